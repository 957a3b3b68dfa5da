"""From constructs to the files of generated/."""
