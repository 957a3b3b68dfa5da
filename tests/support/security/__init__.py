"""What `make security` runs: each scanner gives a Scan, and `accepted` has the findings that are no fault."""
