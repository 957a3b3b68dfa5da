"""Application Load Balancer: how much one of them can route."""

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html, read 2026-11-22:
# target groups per load balancer, not adjustable; rules per load balancer, adjustable.
TARGET_GROUPS = 100
RULES = 100

# Condition values in one rule (same page); a path takes two: itself and what is below it.
CONDITION_VALUES = 5

# Listener rules have priorities 1 to 50000: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html.
MAX_PRIORITY = 50000

# Path patterns: at most 128 characters (same reference, API_PathPatternConditionConfig).
PATH_LENGTH = 128
