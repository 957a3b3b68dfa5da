"""Aurora PostgreSQL Serverless v2: engine versions and capacity."""

# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html, read 2026-11-22:
# Aurora capacity units come in halves, up to 256.
MAX_ACU = 256.0
ACU_STEP = 0.5

# Minor versions that can be created, read from endoflife.date and aws-cdk-lib 2.276.0 on 2026-11-22.
DEFAULT_VERSION = "16.13"
# 13 and 14 are not offered here: before 15, everybody may create objects in schema `public`
# (https://www.postgresql.org/docs/release/15.0/).
MAJORS = ("15", "16", "17", "18")

# The first minor version of a major that can pause at 0 ACU:
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html.
PAUSES_FROM = {"15": 7, "16": 3, "17": 0, "18": 0}

# Neither reserved, as rdsadmin is, nor the well-known postgres.
MASTER = "database_admin"

# A cluster has one writer and at most 15 readers:
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html.
MAX_INSTANCES = 16

# Aurora keeps its storage in three zones, whatever the subnet group covers:
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.StorageReliability.html.
ZONES = 3

# An Aurora capacity unit has about 2 GiB of memory (aurora-serverless-v2.how-it-works.html).
ACU_BYTES = 2 * 1024**3

# Default max_connections, read 2026-11-22 from the table in
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html:
# 189 at a max_acu of 1, a little more than that a unit above, at most 5000, and at most 2000 where min_acu is below 1.
CONNECTIONS_PER_ACU = 189
MAX_CONNECTIONS = 5000
MAX_CONNECTIONS_FROM_HALF = 2000

# Performance Insights lives on as this mode of CloudWatch Database Insights, which keeps 7 days free of charge:
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_PerfInsights.Enabling.html, read 2026-11-22.
DATABASE_INSIGHTS_MODE = "standard"
DATABASE_INSIGHTS_DAYS = 7

# PostgreSQL's own; https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html.
PORT = 5432

# Aurora refuses a database with the name of a reserved word or of its own databases:
# https://www.postgresql.org/docs/16/sql-keywords-appendix.html, read 2026-11-22.
RESERVED_NAMES = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between binary both case cast check
    collate collation column concurrently constraint create cross current_catalog current_date current_role
    current_schema current_time current_timestamp current_user default deferrable desc distinct do else end
    except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into
    is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on
    only or order outer overlaps placing primary references returning right select session_user similar some
    symmetric system_user table tablesample then to trailing true union unique user using variadic verbose
    when where window with
    postgres rdsadmin template0 template1
    """.split()
)
