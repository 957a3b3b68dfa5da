"""What to do about a pod that is not ready: one table, by the reason and by what was said of it."""

import re
from typing import NamedTuple

from modules.facts.fargate import VCPU_QUOTA

_LOGS_AND_FIX = (
    "Read the last log lines: they are the program's own words. Correct it, push a new tag, and write that tag"
)

# What the kubelet says of a Secret that is not there, or lacks a key: pkg/kubelet/kubelet_pods.go of Kubernetes 1.36.
_SECRET = r"secret \"[^\"]+-[0-9a-f]{10}\" not found|couldn't find key .* in Secret|references non-existent secret key"
_SECRET_STEP = (
    "A value under `secrets:` has not come: kubectl describe externalsecret in its namespace says why. Mostly a key is "
    "missing in the secret's JSON: fill it (aws secretsmanager put-secret-value), and deploy again."
)
_MOVE_THE_PORT = (
    "Ports below 1024 are refused here. Let the program listen on one above, such as 8080 (nginx: `listen 8080;`), and "
    "write `port: 8080` with `ports: {80: 8080}`: other services still call port 80."
)


class Row(NamedTuple):
    """For this reason, where its message or an event matches: the next step."""

    reason: str
    pattern: str
    next_step: str


# The first row that fits.
# Messages of Fargate: https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html and
# https://repost.aws/knowledge-center/eks-pod-status-troubleshooting, read 2026-11-26.
NEXT_STEPS = (
    Row(
        "ImagePullBackOff",
        r"(?i)not found|manifest unknown|does not exist",
        "Push this image, or write a tag that was pushed into `image:`; then run make synth and deploy again.",
    ),
    Row(
        "ImagePullBackOff",
        r"(?i)denied|forbidden|403|401|unauthorized|no basic auth",
        "The registry refuses the pod execution role. A repository of another account needs a policy that admits this "
        "account; a private registry other than ECR can't be used.",
    ),
    Row(
        "ImagePullBackOff",
        r"(?i)timeout|timed out|no such host|connection refused|unreachable|deadline",
        "The pod can't reach the registry. A service without a way to the internet pulls only from its own repository: "
        "push the image there and write its tag into `image:`.",
    ),
    Row(
        "ImagePullBackOff",
        "",
        "Compare the image's name with what is in its registry, correct `image:`, and deploy again.",
    ),
    Row("OOMKilled", "", "The program used more than its memory: raise `memory:`, or let the program use less."),
    Row(
        "CrashLoopBackOff",
        r"(?i)exec format error",
        "The image was built for another processor: build it with `docker build --platform linux/amd64`.",
    ),
    Row("CrashLoopBackOff", "", f"{_LOGS_AND_FIX} into `image:`. Check `command:` and `env:` too."),
    Row(
        "RunContainerError",
        r"(?i)exec format error",
        "The image was built for another processor: build it with `docker build --platform linux/amd64`.",
    ),
    Row(
        "RunContainerError",
        "",
        "The image has no such program, or user 65532 may not run it: check `command:` and the image's ENTRYPOINT.",
    ),
    Row(
        "CreateContainerConfigError",
        r"(?i)non-root|runAsNonRoot|runAsUser",
        "The image runs as root, which is refused: let its Dockerfile end with `USER 65532`.",
    ),
    Row("CreateContainerConfigError", _SECRET, _SECRET_STEP),
    Row("FailedMount", _SECRET, _SECRET_STEP),
    Row(
        "CreateContainerConfigError",
        "",
        "A ConfigMap or Secret that the pod names is not there: make it, or correct what names it.",
    ),
    Row(
        "ProbeFailed",
        r"(?i)statuscode|status code",
        "The server answers its health check with an error: let it answer 2xx or 3xx there, or correct `health:`.",
    ),
    Row(
        "ProbeFailed",
        r"(?i)connection refused|connect:",
        "Nothing listens there: let the program listen on `port:` on all addresses (0.0.0.0), or correct `port:`.",
    ),
    Row(
        "ProbeFailed",
        "",
        "The server does not answer its health check in time: check `health:` and `port:`, or give it more `cpu:`.",
    ),
    Row("SysctlForbidden", "", _MOVE_THE_PORT),
    Row("Unschedulable", r"(?i)sysctl", _MOVE_THE_PORT),
    Row("FailedCreate", r"(?i)sysctl", _MOVE_THE_PORT),
    Row(
        "Unschedulable",
        r"(?i)reached the limit|capacity|vCPU",
        f"Fargate has no room for it: ask AWS to raise quota {VCPU_QUOTA} (Fargate vCPU), or try again later.",
    ),
    Row(
        "Unschedulable",
        r"(?i)fargate profile|no nodes available|didn't match|not supported on fargate",
        "No Fargate profile takes the pod: run make deploy STACK=cluster, then deploy again.",
    ),
    Row(
        "Unschedulable",
        r"(?i)insufficient (cpu|memory)",
        "No node has that much room: ask for less `cpu:` or `memory:`, or for fewer `pods:`.",
    ),
    Row(
        "Unschedulable",
        "",
        f"Fargate starts a pod in one to two minutes. Check quota {VCPU_QUOTA} (Fargate vCPU), and that its profile is "
        "ACTIVE: aws eks list-fargate-profiles.",
    ),
    Row(
        "ReadinessGate",
        r"(?i)response|code|unhealthy",
        "The load balancer's health check fails: let the server answer 200 there, or correct `health:` and `port:`.",
    ),
    Row(
        "ReadinessGate",
        "",
        "The load balancer has not found the pod healthy: check that the load balancer controller runs (kubectl get "
        "pods --namespace=kube-system), and read the target group's reasons in the EC2 console.",
    ),
    Row("FailedMount", "", "A volume of the pod can't be mounted: make what the event names, and deploy again."),
    Row(
        "FailedCreatePodSandBox",
        "",
        "The pod got no network: check that its subnets have free addresses and that its security groups exist "
        "(make deploy STACK=cluster).",
    ),
    Row(
        "FailedCreate",
        r"(?i)podsecurity",
        "The namespace admits only pods of level `restricted`: correct what the event names.",
    ),
    Row(
        "FailedCreate",
        r"(?i)serviceaccount|service account",
        "The service account is not there: run make deploy STACK=platform, then deploy again.",
    ),
    Row(
        "FailedCreate",
        r"(?i)failed calling webhook.*elbv2",
        "No pod starts while the load balancer controller is down, since it would get no requests: see why it is "
        "(kubectl get pods --namespace=kube-system), and deploy again.",
    ),
    Row("FailedCreate", "", "The cluster refuses to make the pod: correct what the event names, and deploy again."),
    Row(
        "NotEnded",
        "",
        "Let it end, or give it a longer `timeout:` under `before_deploy:`: its last log lines say how far it came. "
        "The old pods go on.",
    ),
    Row(
        "Error",
        "",
        "Read the last log lines: they are the program's own words. Correct what they name, and deploy again.",
    ),
    Row("NotReady", "", "Nothing is wrong with it so far: it may need longer to start. Read its log lines and events."),
)


def next_step(reason: str, said: str) -> str:
    """Of the first row that fits; `said` is the message of the pod and those of its events."""
    rows = (row for row in NEXT_STEPS if row.reason == reason and re.search(row.pattern, said))
    return next(rows, NEXT_STEPS[-1]).next_step
