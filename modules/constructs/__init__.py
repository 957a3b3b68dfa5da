"""Terraform resources, one construct a file, in one folder per AWS area; each takes values and offers outputs."""
