"""Building blocks of the input language: the base of every model, and the patterns that words must have."""
