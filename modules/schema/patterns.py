"""The forms that words in services.yaml have: a regular expression each, and how people call it, with an example."""

import re

_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
CIDR = rf"^{_OCTET}(\.{_OCTET}){{3}}/(3[0-2]|[12]?[0-9])$"
# A VPC of AWS in private addresses (RFC 1918 and RFC 6598), as large as ours can be.
_PRIVATE = r"(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.)"
VPC_CIDR = rf"^{_PRIVATE}.*/(1[6-9]|2[01])$"
# What EKS accepts for Services: RFC 1918, /12 to /24.
SERVICE_CIDR = r"^((10\.|172\.(1[6-9]|2[0-9]|3[01])\.).*/(1[2-9]|2[0-4])|192\.168\..*/(1[6-9]|2[0-4]))$"
PRINCIPAL = r"^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$"
ROLE = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$"
# Of the account, or of AWS's own: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html.
POLICY = r"^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+$"
# Whose tokens roles trust, by its address: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html.
OIDC_PROVIDER = r"^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/[a-z0-9.-]+(/[A-Za-z0-9_.-]+)*$"
# What the tokens of an engine say of a job: the first two parts name the repository, so they have no wildcard of IAM's;
# `$` (\x24) would begin a variable of IAM's. Who applies is a branch or an environment, which a pull request is not.
_PART_OF_JOB = r"[^\s:*?\x24]+"
_ANY_OF_JOB = r"[^\s\x24]+"
SUBJECT = rf"^{_PART_OF_JOB}:{_PART_OF_JOB}:{_ANY_OF_JOB}$"
APPLYING_SUBJECT = rf"^{_PART_OF_JOB}:{_PART_OF_JOB}:{_PART_OF_JOB}:{_ANY_OF_JOB}$"
# So deep a path can be: each depth has a band of priorities of listener rules.
ROUTE_SEGMENTS = 8
ROUTE = r"^/([A-Za-z0-9_.~@+-]+(/[A-Za-z0-9_.~@+-]+)*)?$"
ADDON_VERSION = r"^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$"
KUBERNETES_VERSION = r"^1\.[0-9]{2}$"
POSTGRESQL_VERSION = r"^[0-9]{2}\.[0-9]{1,2}$"
NODE_TYPE = r"^cache\.[a-z0-9]+\.[a-z0-9]+$"
BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
PREFIX = r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$"
MEMORY = r"^[0-9]{1,6}(\.[0-9]{1,3})?(MB|GB)$"
DURATION = r"^[0-9]{1,6}[sm]$"
_HEALTH = r"/[A-Za-z0-9_.~@+/-]*(\?[A-Za-z0-9_.~@+/?&=%,:-]*)?"
HEALTH = rf"^{_HEALTH}$"
LIVE = rf"^(none|{_HEALTH})$"
# A status code of HTTP, from 200 to 399, or of gRPC, from 0 to 99: what a target group takes.
_STATUS = r"([23][0-9]{2}|[1-9]?[0-9])"
STATUS_CODES = rf"^{_STATUS}(-{_STATUS})?$"
PORT = r"^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$"
# https://github.com/distribution/reference: a tag alone, or a name with a registry or path and a tag, a digest or both.
# The charts take only the latter, and their values.schema.json has the same text as IMAGE_REFERENCE.
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"@sha256:[0-9a-f]{64}"
_HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?"
_PATH = r"(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+"
_REFERENCE = rf"{_HOST}{_PATH}(:{_TAG}({_DIGEST})?|{_DIGEST})"
IMAGE_REFERENCE = rf"^{_REFERENCE}$"
IMAGE = rf"^({_TAG}({_DIGEST})?|{_REFERENCE})$"
# A registry, and a folder in it.
IMAGE_MIRROR = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:[0-9]{1,5})?" + rf"({_PATH})?$"
LATEST = r"(^|:)latest$"
# A folder or file in a container: absolute, without `.` and `..`.
CONTAINER_PATH = r"^(/\.?[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]*)+$"
# A file beside services.yaml or below its folder.
REPOSITORY_FILE = r"^\.?[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]*(/\.?[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]*)*$"
# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set.
_LABEL_PART = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
LABEL_KEY = rf"^([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{_LABEL_PART}$"
# Of GitHub: any text without commas; of GitLab: likewise. Theirs that are in use have these signs.
RUNNER = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
LABEL_VALUE = rf"^({_LABEL_PART})?$"
# A Service in Kubernetes, and a name of DNS outside of it.
SHORT_NAME = r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
# In the name of a Kubernetes group, and in a Terraform address, where two hyphens are as good as one.
TEAM = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
# Likewise.
BALANCER = r"^[a-z](-?[a-z0-9]){0,19}$"
# In names of stacks and of AWS, where load balancers and target groups have 32 characters in all.
ENVIRONMENT = r"^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$"
HOST_NAME = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
# A variable, or a file in the container; and where its value is. Secrets Manager takes more signs in a key than can be
# looked up: External Secrets Operator reads `*`, `?`, `|`, `#` and `@` as a search (https://github.com/tidwall/gjson).
SECRET_PLACE = rf"{VARIABLE}|{CONTAINER_PATH}"
_SECRET_SIGNS = "[A-Za-z0-9/_+=.@-]"
# Secrets Manager ends each ARN in six signs of its own, and IAM compares all of it.
_SECRET_ARN = rf"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{{12}}:secret:{_SECRET_SIGNS}{{1,512}}-[A-Za-z0-9]{{6}}"
SECRET = rf"^({_SECRET_ARN}|{_SECRET_SIGNS}{{1,512}})$"
SECRET_WORD = rf"^(own|{_SECRET_ARN}|{_SECRET_SIGNS}*/{_SECRET_SIGNS}*)$"
SECRET_KEY = r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$"
CHART_MIRROR = r"^(oci://[!-~]+|[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)$"
HCP_ORGANIZATION = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
HCP_PROJECT = r"^[A-Za-z0-9][A-Za-z0-9 _-]*$"
PROJECT = r"^[a-z]([a-z0-9-]*[a-z0-9])?$"
REGION = r"^[a-z]{2}(-[a-z]+)+-[0-9]$"
ACCOUNT = r"^[0-9]{12}$"
EMAIL = r"^[A-Za-z0-9._%+-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$"
DOMAIN = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$"
# A host of a request: a certificate and a DNS record of it are for one label in the place of a star.
HOST = rf"^(\*\.)?{DOMAIN[1:]}"
HOSTED_ZONE = r"^Z[A-Z0-9]+$"
KMS_KEY = r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+$"
LISTENER = r"^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener/app/[A-Za-z0-9-]+/[0-9a-f]+/[0-9a-f]+$"
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
TABLE = r"^[A-Za-z0-9_.-]{3,255}$"
QUEUE_URL = r"^https?://[A-Za-z0-9.:-]+/[0-9]{12}/[A-Za-z0-9_-]{1,80}$"
TOPIC = r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"
KEY_ID = r"^(mrk-[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$"
SECRET_ARN = rf"^{_SECRET_ARN}$"
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
REPOSITORY = r"^[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$"
VPC = r"^vpc-[0-9a-f]{8,17}$"
SUBNET = r"^subnet-[0-9a-f]{8,17}$"
CERTIFICATE = r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$"
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
ATTRIBUTE = r"^[A-Za-z0-9_.-]{1,255}$"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
SID = r"^[A-Z][A-Za-z0-9]*$"
ACTION = r"^[a-z0-9-]+:[A-Za-z][A-Za-z0-9]*\*?$"
RESOURCE = r"^(\*|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws|\*)?:.+)$"

EXAMPLES = {
    CIDR: ("an address range", "10.0.0.0/16"),
    PRINCIPAL: ("the ARN of an IAM role or user", "arn:aws:iam::111122223333:role/platform"),
    ROLE: ("the ARN of an IAM role", "arn:aws:iam::111122223333:role/deployer"),
    POLICY: ("the ARN of an IAM policy", "arn:aws:iam::111122223333:policy/shop-boundary"),
    OIDC_PROVIDER: (
        "the ARN of an OIDC provider",
        "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
    ),
    SUBJECT: ("the `sub` of a token with its repository in full", "repo:acme/shop:pull_request"),
    APPLYING_SUBJECT: (
        "the `sub` of a token with its repository in full, and a branch or an environment",
        "repo:acme/shop:environment:production",
    ),
    ROUTE: ("a path", "/api/orders"),
    ADDON_VERSION: ("an EKS add-on version", "v1.11.4-eksbuild.2"),
    KUBERNETES_VERSION: ("a Kubernetes version", "1.36"),
    POSTGRESQL_VERSION: ("an Aurora PostgreSQL version", "16.13"),
    NODE_TYPE: ("an ElastiCache node type", "cache.t4g.small"),
    BUCKET: ("a bucket name", "shop-terraform-state"),
    PREFIX: ("a folder in a bucket", "shop/production"),
    HCP_ORGANIZATION: ("the name of an organization", "acme"),
    HCP_PROJECT: ("the name of a project", "Web shop"),
    MEMORY: ("a memory size", "512MB"),
    DURATION: ("a time", "90s"),
    HEALTH: ("a path to ask for health", "/healthz"),
    LIVE: ("a path to ask, or `none`", "/livez"),
    STATUS_CODES: ("a status code or a range of them, 200 to 399 of HTTP or 0 to 99 of gRPC", "200-299"),
    PORT: ("a port, from 1 to 65535", "80"),
    IMAGE: ("an image with a tag", "v1.4"),
    IMAGE_REFERENCE: ("an image with its registry and a tag", "docker.io/envoyproxy/envoy:v1.36.0"),
    CONTAINER_PATH: ("a path in a container", "/var/cache/nginx"),
    REPOSITORY_FILE: ("the path of a file beside services.yaml", "config/app.yaml"),
    LABEL_KEY: ("a name for a label or an annotation", "example.com/team"),
    LABEL_VALUE: ("a value for a label", "payments"),
    RUNNER: ("a label of a runner", "self-hosted"),
    SHORT_NAME: ("a name without dots", "user-db"),
    TEAM: ("a name of a team, of lower-case letters, digits and single hyphens", "orders"),
    BALANCER: (
        "a name of a load balancer, of at most 20 lower-case letters and digits, with single hyphens",
        "internal",
    ),
    ENVIRONMENT: ("the name of an environment, of at most 12 letters, digits and hyphens,", "dev"),
    HOST_NAME: ("a host name", "db.example.com"),
    VARIABLE: ("the name of an environment variable", "LOG_LEVEL"),
    SECRET_PLACE: ("the name of an environment variable, or the path of a file", "API_KEY or /etc/keys/api.key"),
    SECRET: ("the name of a secret, or its whole ARN with the six signs at its end", "shared/sentry"),
    SECRET_KEY: ("a key of a JSON object, of letters, digits, `.`, `_` and `-`", "api-key"),
    CHART_MIRROR: ("a folder or an OCI registry", "oci://registry.example.com/charts"),
    IMAGE_MIRROR: ("a registry of images, with a folder or without", "registry.example.com/mirror"),
    PROJECT: ("a project name", "shop"),
    REGION: ("an AWS region", "eu-west-1"),
    ACCOUNT: ("an AWS account id", "111122223333"),
    EMAIL: ("a mail address", "ops@example.com"),
    DOMAIN: ("a domain", "shop.example.com"),
    HOST: ("a host, or a wildcard for one label", "www.example.com"),
    HOSTED_ZONE: ("the id of a Route 53 zone", "Z0123456789ABCDEFGHIJ"),
    LISTENER: (
        "the ARN of a listener of an Application Load Balancer",
        "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2",
    ),
    TABLE: ("the name of a table", "orders"),
    QUEUE_URL: ("the URL of a queue", "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"),
    TOPIC: ("the ARN of a topic", "arn:aws:sns:eu-west-1:111122223333:orders"),
    KEY_ID: ("the id of a KMS key", "11112222-3333-4444-5555-666677778888"),
    SECRET_ARN: (
        "the ARN of a secret, with the six characters that AWS adds",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf",
    ),
    REPOSITORY: ("the name of an ECR repository", "shop/orders"),
    VPC: ("the id of a VPC", "vpc-0123456789abcdef0"),
    SUBNET: ("the id of a subnet", "subnet-0123456789abcdef0"),
    CERTIFICATE: ("the ARN of an ACM certificate", "arn:aws:acm:eu-west-1:111122223333:certificate/…"),
    KMS_KEY: ("the ARN of a KMS key", "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    SID: ("a name of a statement", "ReadParameters"),
    ACTION: ("an IAM action", "ssm:GetParameter"),
    RESOURCE: ("an ARN", "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/*"),
    ATTRIBUTE: ("the name of an attribute", "id"),
}


def is_address(text: str) -> bool:
    """Whether it is an address, not a range."""
    return re.fullmatch(rf"{_OCTET}(\.{_OCTET}){{3}}", text) is not None
