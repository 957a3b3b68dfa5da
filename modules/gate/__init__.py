"""What a security reviewer asks of generated/: rules of our own, and the findings that are accepted, with reasons."""
