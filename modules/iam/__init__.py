"""IAM statements as values, and the few that no resource can narrow."""
