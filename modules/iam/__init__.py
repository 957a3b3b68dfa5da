"""IAM statements as values, the few that no resource can narrow, and what IAM answers to a call."""
