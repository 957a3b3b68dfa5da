"""ElastiCache for Redis: the engine that the architecture names."""

# The last version of Redis that ElastiCache offers, without an end date (endoflife.date, read 2026-11-22). Families of
# parameter groups: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html.
VERSION = "7.1"
FAMILY = "redis7"

# Redis' own; https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html.
PORT = 6379

# Of a user group, and a replication group takes one: https://docs.aws.amazon.com/general/latest/gr/elasticache-service.html
# (Service quotas, "Users per user group"), read 2026-11-27; no tool here has seen an account refuse the next one.
USERS = 100
USERS_QUOTA = "L-943F0F1C"
