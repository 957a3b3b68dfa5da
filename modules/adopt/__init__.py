"""Asks AWS about a resource that a service is to take over: what belongs to it, and what would replace it."""
