"""The findings that are no fault: each with its reason, and with who may accept it.

What the owner of a system accepts is accepted only where services.yaml says so. A row that matches nothing any more in
the examples fails a test, and docs/security/exceptions.md is made from this table.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from modules.gate.finding import Finding

MAINTAINERS = ""


class Accepted(NamedTuple):
    tool: str
    check: str
    place: str  # pattern of the finding's place: stack, space, and what it is there
    reason: str
    owner: str = MAINTAINERS  # key of services.yaml by which the owner accepts it, or keys; `accept: X` is a code

    def covers(self, finding: Finding, system: Mapping[str, Any]) -> bool:
        """Whether the finding is this one, in a system whose owner accepts it where that is the owner's to do."""
        same = (self.tool, self.check) == (finding.tool, finding.check)
        # An example's name may come before the stack's, and an environment's in it.
        if not same or not re.fullmatch(rf"(.*/)?([a-z0-9-]+-)?{self.place}", finding.place):
            return False
        stack = finding.place.split(" ")[0].rpartition("/")[2]
        own = [one for name, one in (system.get("environments") or {}).items() if stack.startswith(f"{name}-")]
        return any(self._is_chosen(one) for one in (system, *own))

    def _is_chosen(self, system: Mapping[str, Any]) -> bool:
        key, _, code = self.owner.partition(": ")
        if code:
            return code in system.get(key, [])
        return not key or any(_has(system, one.split(".")) for one in key.split(" or "))


def _has(value: Any, keys: list[str]) -> bool:
    """Whether the value has these keys, one below the other; `*` is any."""
    if not keys:
        return True
    if not isinstance(value, Mapping):
        return False
    names = list(value) if keys[0] == "*" else [keys[0]]
    return any(name in value and _has(value[name], keys[1:]) for name in names)


_HTTP = "accept: http-only"
_WITHOUT_TLS = "Without a domain there is no certificate, and the load balancer speaks HTTP."
_GROUP_RULE = (
    "It admits the load balancer's group alone. checkov does not know `referenced_security_group_id`, and takes a rule "
    "without a range for one that admits everybody. The rule `public` of our own holds it."
)
_NO_WAF = "load_balancer.waf.enabled or load_balancers.*.waf.enabled"
_PROTECTION = "Protection is switched off."
_LOG_DAYS = "Logs are kept for `log_days`."
_API = "The Kubernetes API is public for the ranges that the owner names, and no others."
_PODS = "TLS ends at the load balancer: pods have no certificate. Security groups admit it alone, inside the VPC."
_WORKER = "A worker has no port, and with `health: none` nothing that could be asked."
_SECURITY_GROUPS = "Fargate enforces no NetworkPolicy: SecurityGroupPolicy isolates the pods."
_PULLS = "A Fargate pod starts on a machine without images: it always pulls."
_DIGEST = "The owner names a tag. `make synth` warns of a public image without digest."

_DEPLOYER = r"deployer (data\.)?(plan|apply)_\d+"
_IN_REGION = "What is made, listed or found by an id has no name yet. `aws:RequestedRegion` bounds it."

ACCEPTED = (
    Accepted("checkov", "CKV2_AWS_11", "network aws_vpc.main", "Flow logs are switched off.", "network.flow_logs"),
    Accepted("checkov", "CKV2_AWS_20", r"edge aws_lb\.\w+", _WITHOUT_TLS, _HTTP),
    Accepted("checkov", "CKV2_AWS_28", r"edge aws_lb\.\w+", "The web ACL is switched off.", _NO_WAF),
    Accepted(
        "checkov",
        "CKV2_AWS_5",
        r"cluster aws_security_group\..*",
        "SecurityGroupPolicy attaches it to pods, which Terraform does not see.",
    ),
    Accepted(
        "checkov",
        "CKV2_AWS_5",
        r"network aws_security_group\.endpoints",
        "Only gateway endpoints are chosen, which have no group; it is kept for others, since services' rules name it.",
        "network.endpoints",
    ),
    Accepted(
        "checkov",
        "CKV2_AWS_57",
        r"\S+ aws_secretsmanager_secret\..*",
        "Its value comes from the owner, and nobody else can make another. `make rotate` gives the passwords that "
        "the generator makes others.",
    ),
    Accepted(
        "checkov",
        "CKV2_AWS_62",
        r"\S+ aws_s3_bucket\..*",
        "Nothing waits for events of these buckets.",
    ),
    Accepted(
        "checkov",
        "CKV2_AWS_64",
        r"\S+ aws_kms_key\.\w+",
        "An adopted key keeps the policy of its owner, who is not overwritten.",
        "services.*.aws.kms.adopt",
    ),
    Accepted(
        "checkov",
        "CKV2_AWS_71",
        r"\S+ aws_acm_certificate\..*",
        "It is for one label below the domain, so that a service can have a host; its key never leaves ACM.",
        "domain",
    ),
    Accepted(
        "checkov",
        "CKV2_AWS_76",
        r"edge aws_lb\.\w+",
        "The group of rules against Log4j's fault is there. checkov also wants AWSManagedRulesAnonymousIpList, which "
        "refuses users of VPNs and of hosting providers.",
    ),
    Accepted(
        "checkov",
        "CKV2_AWS_8",
        "data aws_rds_cluster.main",
        "Aurora's own backups allow any moment of `backup_days` to be restored; a plan of AWS Backup is the account's.",
    ),
    *(Accepted("checkov", f"CKV_AWS_{number}", _DEPLOYER, _IN_REGION, "deployer") for number in (111, 356)),
    Accepted("checkov", "CKV_AWS_103", r"edge aws_lb_listener\.(\w+_)?http", _WITHOUT_TLS, _HTTP),
    Accepted("checkov", "CKV_AWS_139", r"data \w+\.main", _PROTECTION, "protection"),
    Accepted(
        "checkov",
        "CKV_AWS_144",
        r"\S+ aws_s3_bucket\..*",
        "The system is in one Region: a copy in another is the owner's decision on where data may be.",
    ),
    Accepted(
        "checkov",
        "CKV_AWS_145",
        r"(edge aws_s3_bucket\.access_logs|network aws_s3_bucket\.bucket_logs)",
        "Elastic Load Balancing and S3 deliver logs to no bucket with a KMS key, so S3's own key encrypts it.",
    ),
    Accepted("checkov", "CKV_AWS_150", r"edge \w+\.(main|load_balancer_\w+)", _PROTECTION, "protection"),
    Accepted(
        "checkov",
        "CKV_AWS_18",
        r"network aws_s3_bucket\.bucket_logs",
        "It holds the access logs of the other buckets; its own would be logged without end.",
    ),
    Accepted(
        "checkov",
        "CKV_AWS_192",
        r"edge \w+\.(main|load_balancer_\w+)",
        "The rules of the web ACL count what they would block.",
        "load_balancer.waf.rules or load_balancers.*.waf.rules",
    ),
    Accepted("checkov", "CKV_AWS_2", r"edge \w+\.(\w+_)?http", _WITHOUT_TLS, _HTTP),
    Accepted(
        "checkov",
        "CKV_AWS_226",
        r"data \w+\.[a-z]",
        "The version is in services.yaml, and changes when the owner says so: AWS would raise it behind Terraform.",
    ),
    Accepted("checkov", "CKV_AWS_24", r"\S+ \w+\.\w+_load_balancer_\d+", _GROUP_RULE),
    Accepted("checkov", "CKV_AWS_25", r"\S+ \w+\.\w+_load_balancer_\d+", _GROUP_RULE),
    Accepted("checkov", "CKV_AWS_260", r"\S+ \w+\.\w+_load_balancer_\d+", _GROUP_RULE),
    Accepted(
        "checkov",
        "CKV_AWS_260",
        r"edge \w+\.load_balancer_(\w+_)?http",
        "Browsers begin at port 80. With a certificate the load balancer only redirects there.",
    ),
    Accepted("checkov", "CKV_AWS_338", r"\S+ \w+\.\w+", _LOG_DAYS, "log_days"),
    Accepted(
        "checkov",
        "CKV_AWS_339",
        r"cluster \w+\.main",
        "checkov's list ends at 1.35; `make synth` refuses a version that has left all support.",
    ),
    Accepted(
        "checkov",
        "CKV_AWS_378",
        r"\S+ aws_lb_target_group\..*",
        _PODS,
    ),
    Accepted(
        "checkov",
        "CKV_AWS_39",
        r"cluster \w+\.main",
        _API,
        "cluster.api_access",
    ),
    Accepted("checkov", "CKV2_K8S_6", r"\S+ Pod\..*", _SECURITY_GROUPS),
    Accepted("checkov", "CKV_K8S_15", r"\S+ (Deployment|CronJob|Job)\..*", _PULLS),
    Accepted(
        "checkov",
        "CKV_K8S_35",
        r"\S+ (Deployment|CronJob|Job)\..*",
        "The owner gives a secret to a variable. One whose name is a path becomes a file.",
        "services.*.secrets",
    ),
    Accepted(
        "checkov",
        "CKV_K8S_40",
        r"\S+ (Deployment|CronJob|Job)\..*",
        "No host is shared with other pods.",
        "services.*.user",
    ),
    Accepted("checkov", "CKV_K8S_43", r"\S+ (Deployment|CronJob|Job)\..*", _DIGEST, "services.*.image"),
    Accepted("checkov", "CKV_K8S_8", r"\S+ Deployment\..*", "A sidecar has no probe.", "services.*.sidecars"),
    Accepted("checkov", "CKV_K8S_8", r"\S+ Deployment\..*", _WORKER, "services.*.port"),
    Accepted("checkov", "CKV_K8S_9", r"\S+ Deployment\..*", "A sidecar has no probe.", "services.*.sidecars"),
    Accepted("checkov", "CKV_K8S_9", r"\S+ Deployment\..*", _WORKER, "services.*.port"),
    Accepted(
        "parliament",
        "MISMATCHED_TYPE_BUT_USABLE",
        _DEPLOYER,
        "The boundary of a role is compared with its ARN, which has no wildcard.",
        "deployer",
    ),
    Accepted(
        "parliament",
        "RESOURCE_MISMATCH",
        _DEPLOYER,
        "EKS's guide allows to make a cluster by its name; AWS's reference names no resource for it. Unproven on AWS.",
        "deployer",
    ),
    Accepted("parliament", "RESOURCE_STAR", _DEPLOYER, _IN_REGION, "deployer"),
    Accepted(
        "parliament",
        "UNKNOWN_ACTION",
        _DEPLOYER,
        "parliament does not know the dependent actions of a web ACL, which are in AWS's reference.",
        "deployer",
    ),
    Accepted("parliament", "RESOURCE_STAR", r"\S+ \w+_key", "In the policy of a key, * is this key."),
    Accepted(
        "checkov",
        "CKV_K8S_38",
        r"\S+ Deployment\.kube-system\.job-watcher",
        "It lists CronJobs and Jobs, which is all that its token allows.",
    ),
    Accepted(
        "parliament",
        "RESOURCE_STAR",
        r"network \w+_endpoint",
        "The policy of an endpoint bounds whose calls pass; what each may do is the caller's own policy.",
    ),
    Accepted(
        "parliament",
        "RESOURCE_MISMATCH",
        "network (ecr|sts)_endpoint",
        "It lets all calls on our repositories or roles through; those on the registry or account need not pass.",
    ),
    Accepted(
        "parliament",
        "UNKNOWN_CONDITION_FOR_ACTION",
        r"\S+ \w+_trust",
        "The condition keys of a web identity carry its issuer's name.",
    ),
    Accepted(
        "parliament",
        "UNKNOWN_CONDITION_FOR_ACTION",
        r"\S+ \w+_key",
        "Of the actions of `kms:*`, these are asked of no key. CloudWatch Logs' statement is as AWS writes it.",
    ),
    Accepted(
        "parliament",
        "MISMATCHED_TYPE",
        "network logs_key",
        "The encryption context of a log group is text that holds an ARN with a pattern.",
    ),
    Accepted(
        "parliament",
        "MALFORMED",
        r"\S+ \w+_repository",
        "The policy of a repository is about that repository: ECR's has no resource.",
    ),
    Accepted("kube-score", "pod-networkpolicy", r"\S+ .*", _SECURITY_GROUPS),
    Accepted(
        "kube-score",
        "deployment-replicas",
        r"\S+ .*",
        "KEDA makes the autoscaler of the Deployment, which kube-score does not see.",
        "services.*.scale",
    ),
    Accepted(
        "kube-score",
        "container-ephemeral-storage-request-and-limit",
        r"\S+ .*",
        "A Fargate pod has 20 GiB of its own, which no neighbour can fill.",
    ),
    Accepted("kube-score", "container-image-pull-policy", r"\S+ .*", _PULLS),
    Accepted(
        "kube-score",
        "pod-probes-identical",
        r"\S+ .*",
        "Both ask one path; liveness waits four times as long as readiness.",
    ),
    Accepted(
        "kube-score",
        "container-security-context-user-group-id",
        r"\S+ .*",
        "No host is shared with other pods.",
        "services.*.user",
    ),
    Accepted(
        "kube-score",
        "horizontalpodautoscaler-replicas",
        r"\S+ .*",
        "The owner wants one pod at rest.",
        "services.*.pods",
    ),
    Accepted(
        "kube-score",
        "horizontalpodautoscaler-replicas",
        r"\S+ .*",
        "The owner wants one pod at most.",
        "services.*.max_pods",
    ),
    Accepted("kube-score", "deployment-has-host-podantiaffinity", r"\S+ .*", "No two Fargate pods share a machine."),
    Accepted("rules", "logs", r"\S+ aws_cloudwatch_log_group\.\w+", _LOG_DAYS, "log_days"),
    Accepted(
        "rules",
        "principals",
        r"deployer (plan|apply)_trust Jobs",
        "The owner names an OIDC provider of the account; `aud` and `sub` bind its tokens to jobs of a repository.",
        "deployer",
    ),
    Accepted(
        "rules",
        "principals",
        "edge access_logs_bucket Write",
        "Elastic Load Balancing writes as its own service or account, and does not always say for whom. It may write "
        "below the path of this account alone, and a load balancer of another account writes below that account's.",
    ),
    Accepted(
        "rules",
        "principals",
        "network s3_endpoint ImageLayers",
        "The policy of a private endpoint, which only this VPC reaches: the layers of images are in a bucket of AWS's.",
    ),
    Accepted(
        "rules",
        "principals",
        "network sts_endpoint PodLogin",
        "The policy of a private endpoint, which only this VPC reaches: a pod has no identity before it logs in.",
    ),
    Accepted(
        "rules",
        "principals",
        r"\S+ \w+_repository PullFromOtherAccounts",
        "The owner names the accounts that run the service's images: they may pull, and do nothing else.",
        "registry.pull_accounts",
    ),
    Accepted("rules", "protection", r"\S+ aws_\w+\.\w+", _PROTECTION, "protection"),
    Accepted("rules", "protection", r"\S+ aws_\w+\.\w+", _PROTECTION, "services.*.protection"),
    Accepted(
        "rules", "protection", r"\S+ aws_s3_bucket\.\w+_results", "Results of queries can be had again by asking again."
    ),
    Accepted(
        "rules",
        "protection",
        r"platform aws_secretsmanager_secret\.\w+_logins",
        "A job writes the passwords into it, and makes others whenever it is asked to.",
    ),
    Accepted("rules", "public", r"cluster aws_eks_cluster\.main", _API, "cluster.api_access"),
    Accepted("rules", "statements", rf"{_DEPLOYER} \w+", _IN_REGION, "deployer"),
    Accepted(
        "rules",
        "statements",
        r"network \w+_endpoint \w+",
        "The policy of a private endpoint: for callers of this account only, and within what their own policies allow.",
    ),
    Accepted(
        "rules",
        "statements",
        "network flow_logs_permissions Find",
        "A list of all log groups is of none of them; `aws:RequestedRegion` bounds it.",
    ),
    Accepted(
        "rules",
        "statements",
        "platform load_balancer_controller_permissions Look",
        "Calls that describe have no resource; `aws:RequestedRegion` bounds them.",
    ),
    Accepted(
        "rules",
        "statements",
        "platform keda_permissions Requests",
        "A metric has no ARN; `aws:RequestedRegion` bounds it.",
        "services.*.scale.requests",
    ),
    Accepted(
        "rules",
        "statements",
        r"\S+ \w+_permissions Metrics",
        "A metric has no ARN; `cloudwatch:namespace` bounds it.",
    ),
    Accepted(
        "rules",
        "statements",
        r"\S+ \w+_permissions WarehouseStatements",
        "A running SQL statement has no ARN; only whoever started it sees it.",
    ),
    Accepted(
        "rules",
        "statements",
        r"\S+ \w+_permissions \w+",
        "The owner wrote the statement, and says why in its `reason`.",
        "services.*.statements",
    ),
    Accepted("rules", "tls", r"edge aws_lb_listener\.(\w+_)?http", _WITHOUT_TLS, _HTTP),
    Accepted("rules", "tls", r"\S+ aws_lb_target_group\..*", _PODS),
)


def left(findings: Iterable[Finding], system: Mapping[str, Any]) -> list[Finding]:
    """The findings that nobody accepts; `system` is what services.yaml holds."""
    return [finding for finding in findings if not any(row.covers(finding, system) for row in ACCEPTED)]
