"""Names that AWS, EKS, PostgreSQL, YAML or the platform keep, and the form that names of services and tags have."""

from modules.naming import PLATFORM_STACKS

# A namespace (RFC 1123) and a Service (RFC 1035, so a letter first) carry the name:
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/.
SERVICE_PATTERN = r"^[a-z]([a-z0-9-]*[a-z0-9])?$"
# Helm ends release names at 53 characters, and the longer of a service's two is "<service>-network".
SERVICE_LENGTH = 53 - len("-network")
# The platform's own security groups, roles, logs and buckets carry these names, made in the same way as a service's.
_PLATFORM_NAMES = (
    "access-logs",
    "alarms",
    "aurora",
    "aurora-monitoring",
    "bucket-logs",
    "endpoints",
    "flow-logs",
    "load-balancer",
    "load-balancer-controller",
    "logs",
    "pod-execution",
    "pods",
    "redis",
    "secrets",
    "services",
)
# Stacks, namespaces and words of commands that the platform is about to have: a name can't be taken back later.
_KEPT_FREE = (
    "all",
    "base",
    "bootstrap",
    "database-users",
    "deployer-apply",
    "deployer-plan",
    "external-secrets",
    "job-watcher",
    "keda",
    "none",
    "own",
)
_KUBERNETES_NAMES = ("default", "coredns", "aws-observability")
# Helm reads these words as something else than text: https://yaml.org/type/bool.html.
_YAML_WORDS = ("y", "yes", "on", "true", "n", "no", "off", "false", "null")
ENVIRONMENTS = (*PLATFORM_STACKS, *_PLATFORM_NAMES, *_YAML_WORDS, *_KUBERNETES_NAMES, *_KEPT_FREE)
# Under `fargate_profiles:`, a word that stands in place of names.
SERVICES = (*ENVIRONMENTS, "shared")
# EKS keeps Fargate profiles that start with eks- for itself (eksctl, pkg/apis/eksctl.io/v1alpha5/fargate.go).
SERVICE_STARTS = ("kube-", "eks-")

# Starts of project names. RDS and ElastiCache identifiers, load balancers, security groups, buckets: the naming rules
# of each service's API.
PROJECT_STARTS = ("internal-", "sg-", "xn-", "sthree-", "amzn-s3-demo-")
# https://www.postgresql.org/docs/current/sql-createrole.html; RDS has rdsadmin, rds_iam, rds_superuser and more.
DATABASE_STARTS = ("pg_", "rds")

# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices
TAG_SIGNS = "_.:/=+@- "
TAG_KEY_LENGTH, TAG_VALUE_LENGTH = 128, 256
# A resource can have 50, and 10 are kept for ours.
MAX_TAGS = 40
AWS_TAGS = "aws:"
# In any case of letters, since keys that differ only in it are one key to IAM:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_naming.
OUR_TAGS = {key.lower(): key for key in ("Environment", "Project", "Service", "ServiceAccount", "Stack")}

# EKS puts these into each pod of an account with a role, unless they are there, and then nothing logs in:
# https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html.
VARIABLES_OF_EKS = (
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
)
# AWS's SDKs ask these before the role of the pod's account, which they would hide:
# https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html.
VARIABLES_OF_LOGIN = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
)

# Folders that Kubernetes or the chart mounts.
MOUNTED = ("/tmp", "/dev", "/proc", "/sys", "/var/run/secrets", "/run/secrets")
# How labels and annotations begin by which Kubernetes, EKS and the charts find pods:
# https://kubernetes.io/docs/reference/labels-annotations-taints/.
LABELS = ("app.kubernetes.io/", "helm.sh/", "checksum/", "fargate-profile", "eks.amazonaws.com/", "vpc.amazonaws.com/")
