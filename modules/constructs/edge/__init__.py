"""Constructs: the load balancer and what belongs to it."""
