"""Measurements; `make bench` runs benchmarks.compare."""
