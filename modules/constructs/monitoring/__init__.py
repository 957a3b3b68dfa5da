"""Constructs: alarms, dashboards and logs."""
