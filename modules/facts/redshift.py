"""Redshift Serverless: its quota of workgroups."""

# In a region, adjustable; read 2026-11-25: https://docs.aws.amazon.com/redshift/latest/mgmt/amazon-redshift-limits.html.
WORKGROUPS = 25
