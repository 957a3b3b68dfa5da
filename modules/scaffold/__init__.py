"""What is written for users to own: a new service in services.yaml."""
