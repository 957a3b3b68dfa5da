"""What a service can be called: its name becomes a namespace, a stack, two Helm releases and part of AWS names."""

from modules.naming import PLATFORM_STACKS

# A namespace (RFC 1123) and a Service (RFC 1035, so a letter first) carry the name:
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/.
PATTERN = r"^[a-z]([a-z0-9-]*[a-z0-9])?$"
# Helm ends release names at 53 characters, and the longer of a service's two is "<service>-network".
MAX_LENGTH = 53 - len("-network")
# The platform's own security groups, roles, logs and buckets carry these names, made in the same way as a service's.
_PLATFORM_NAMES = (
    "access-logs",
    "alarms",
    "aurora",
    "aurora-monitoring",
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
    "deployer",
    "external-secrets",
    "keda",
    "none",
    "own",
)
_KUBERNETES_NAMES = ("default", "coredns", "aws-observability")
# Helm reads these words as something else than text: https://yaml.org/type/bool.html.
_YAML_WORDS = ("y", "yes", "on", "true", "n", "no", "off", "false", "null")
RESERVED = (*PLATFORM_STACKS, *_PLATFORM_NAMES, *_YAML_WORDS, *_KUBERNETES_NAMES, *_KEPT_FREE)
# EKS keeps Fargate profiles that start with eks- for itself (eksctl, pkg/apis/eksctl.io/v1alpha5/fargate.go).
RESERVED_STARTS = ("kube-", "eks-")
