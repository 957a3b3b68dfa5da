"""Every decision that follows from a spec, as pure functions: the constructs only carry them out."""
