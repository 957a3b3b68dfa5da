"""The whole system on one machine, on the loopback interface only: what `make demo` runs and `make demo-down` ends."""
