"""Constructs: what Terraform installs in the cluster."""
