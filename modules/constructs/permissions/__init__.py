"""Constructs: what a word under `aws:` makes; one file a word, as in modules/permissions."""
