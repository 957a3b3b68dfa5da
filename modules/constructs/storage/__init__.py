"""Constructs: buckets."""
