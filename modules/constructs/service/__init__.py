"""Constructs: what every service has."""
