"""Constructs: roles and policy documents."""
