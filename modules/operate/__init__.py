"""Looks at the pods of a running service, and runs commands in them; each call is said, as one makes it by hand."""
