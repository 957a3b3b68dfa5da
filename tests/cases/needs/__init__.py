"""For each system a table: what it needs -> what asserts that the generated files meet it."""
