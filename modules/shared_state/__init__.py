"""The state that a team shares: the bucket for it, and moves of states from one place to another."""
