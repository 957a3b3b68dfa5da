"""Constructs: Aurora and Redis."""
