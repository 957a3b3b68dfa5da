"""ElastiCache for Redis: the engine that the architecture names."""

# The last version of Redis that ElastiCache offers, without an end date (endoflife.date, read 2026-11-22). Families of
# parameter groups: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html.
VERSION = "7.1"
FAMILY = "redis7"

# Redis' own; https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html.
PORT = 6379
