"""Constructs: keys."""
