"""Asks this machine and the AWS account, before a deployment, whether the system can be built; changes nothing."""
