"""The command line: one entry, one file a subcommand."""
