"""The documentation: generated parts, alarms' pages, and blocks that run."""
