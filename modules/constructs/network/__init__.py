"""Constructs: the VPC, its endpoints, flow logs and security groups."""
