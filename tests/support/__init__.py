"""Helpers that more than one folder of tests needs. Nothing here is a test."""
