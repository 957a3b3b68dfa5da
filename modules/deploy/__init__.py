"""Runs Terraform and cdktf-cli on the stacks of generated/."""
