"""Application Load Balancer: how much one of them can route, its TLS policy, and who writes its access logs."""

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html, read 2026-11-27:
# target groups per load balancer, not adjustable; rules and targets per load balancer, adjustable.
TARGET_GROUPS = 100
RULES = 100
TARGETS = 1000
# Codes of Service Quotas: `aws service-quotas list-aws-default-service-quotas --service-code elasticloadbalancing`.
TARGET_GROUPS_QUOTA = "L-822D1B1B"
RULES_QUOTA = "L-7EED9B64"
TARGETS_QUOTA = "L-7E6692B2"

# Seconds in which the controller makes a new pod a target and reads its health; it asks AWS every 15 seconds
# (https://github.com/kubernetes-sigs/aws-load-balancer-controller, pkg/targetgroupbinding/resource_manager.go, v3.5.0).
REGISTRATION_SECONDS = 30

# Condition values in one rule (same page); a path takes two: itself and what is below it.
CONDITION_VALUES = 5

# Health checks of a target group with targets of type ip, in seconds, in checks in a row, and in characters:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html;
# the numbers are those of botocore's model of elbv2, read 2026-11-26.
HEALTH_INTERVALS = (5, 300)
HEALTH_TIMEOUTS = (2, 120)
HEALTH_COUNTS = (2, 10)
HEALTH_PATH_LENGTH = 1024

# Seconds for which a cookie holds a client to a target, and for which a target's open requests may end (attributes
# stickiness.lb_cookie.duration_seconds and deregistration_delay.timeout_seconds):
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html, read 2026-11-26.
STICKY = (1, 604_800)
MAX_DRAIN = 3600

# Protocol versions of a target group; all but the first need a listener with HTTPS:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-protocol-version.
PROTOCOL_VERSIONS = {"http": "HTTP1", "http2": "HTTP2", "grpc": "GRPC"}

# The method of the gRPC Health Checking Protocol, and its code for success:
# https://github.com/grpc/grpc/blob/master/doc/health-checking.md.
GRPC_HEALTH, GRPC_OK = "/grpc.health.v1.Health/Check", "0"

# Listener rules have priorities 1 to 50000: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html.
MAX_PRIORITY = 50000

# Path patterns: at most 128 characters (same reference, API_PathPatternConditionConfig).
PATH_LENGTH = 128

# Host names and their patterns: at most 128 characters (same reference, API_HostHeaderConditionConfig).
HOST_LENGTH = 128

# Certificates of one load balancer, besides the default ones of its listeners; adjustable (load-balancer-limits.html).
CERTIFICATES = 25
CERTIFICATES_QUOTA = "L-9365A611"

# The first name of a certificate, its common name: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html.
CERTIFICATE_NAME_LENGTH = 64

# What AWS recommends: TLS 1.2 and 1.3 with forward secrecy, and post-quantum key exchange for clients that know it;
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html, read 2026-11-22.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

# Regions older than August 2022 write access logs as an account of AWS, all of them as a service principal too:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html, and ELBV2_ACCOUNTS of
# aws-cdk-lib 2.276.0; read 2026-11-22. The table is closed.
LOG_PRINCIPAL = "logdelivery.elasticloadbalancing.amazonaws.com"
LOG_ACCOUNTS = {
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
    "af-south-1": "098369216593",
    "ap-east-1": "754344448648",
    "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887",
    "ap-northeast-3": "383597477331",
    "ap-south-1": "718504428378",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ap-southeast-3": "589379963580",
    "ca-central-1": "985666609251",
    "cn-north-1": "638102146993",
    "cn-northwest-1": "037604701340",
    "eu-central-1": "054676820928",
    "eu-north-1": "897822967062",
    "eu-south-1": "635631232127",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "me-south-1": "076674570225",
    "sa-east-1": "507241528517",
    "us-gov-east-1": "190560391635",
    "us-gov-west-1": "048591011584",
}
