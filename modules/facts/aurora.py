"""Aurora PostgreSQL Serverless v2: engine versions and capacity."""

# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html, read 2026-11-22:
# Aurora capacity units come in halves, up to 256.
MAX_ACU = 256.0
ACU_STEP = 0.5

# Minor versions that can be created, read from endoflife.date and aws-cdk-lib 2.276.0 on 2026-11-22.
DEFAULT_VERSION = "16.13"
MAJORS = ("13", "14", "15", "16", "17", "18")

# The first minor version of a major that can pause at 0 ACU:
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html.
PAUSES_FROM = {"13": 15, "14": 12, "15": 7, "16": 3, "17": 0, "18": 0}

# A cluster has one writer and at most 15 readers:
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html.
MAX_INSTANCES = 16
