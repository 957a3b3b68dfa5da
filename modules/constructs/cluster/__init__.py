"""Constructs: EKS and its Fargate profiles."""
