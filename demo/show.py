"""What stands after a deployment, as asked from the emulated AWS and the API server, and how to look around."""

import json
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from rich import box
from rich.console import Console
from rich.table import Table

from tests.support.clean_environment import PROXY, THEIRS
from tests.support.control_plane import free_ports

from .deploy import Cluster, Terraform
from .progress import Progress


def show(
    console: Console, terraform: Terraform, cluster: Cluster, progress: Progress, aws: dict[str, str], region: str
) -> None:
    session = boto3.Session(
        aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"], aws["AWS_SESSION_TOKEN"], region_name=region
    )
    elbv2 = session.client("elbv2", endpoint_url=aws["AWS_ENDPOINT_URL"])
    for table in (_stacks(terraform, progress), _pods(cluster), _routes(elbv2, cluster)):
        console.print(table)


def how_to_look_around(environment: Path, endpoint: str, cluster: str, answers: tuple[str, int] | None) -> str:
    """`answers`: a service whose pods run, and its port."""
    aws = f"aws --endpoint-url {endpoint}"
    return f"""
Look around, in a shell that `. {shlex.quote(str(environment))}` has led to the demo:
  kubectl get pods -A{_and_ask(*answers) if answers else ""}
  helm list -A
  {aws} elbv2 describe-target-groups --query 'TargetGroups[].TargetGroupName'
  {aws} eks describe-cluster --name {cluster}
It stays up until `make demo-down`."""


def _and_ask(service: str, port: int) -> str:
    (ours,) = free_ports(1)
    forward = f"kubectl port-forward -n {service} service/{service} {ours}:{port} & sleep 2"
    return f"""
  kubectl logs -n {service} deployment/{service}
  {forward}; curl http://127.0.0.1:{ours}/; kill $!"""


def write_environment(file: Path, cluster: Cluster, aws: dict[str, str], region: str) -> None:
    """For a shell: the demo's kubectl, helm and AWS, and nothing of the user's own accounts."""
    regions = dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), region)
    ours = {name: value for name, value in cluster.environment.items() if name.startswith((*THEIRS, *PROXY))}
    values = {**ours, **regions, **aws}
    programs = {str(cluster.programs[name].parent) for name in ("kubectl", "helm")}
    path = ":".join(shlex.quote(folder) for folder in sorted(programs))
    theirs = f"unset AWS_PROFILE $(env | cut -d= -f1 | grep -E '^({'|'.join(THEIRS)})')"
    lines = [theirs, *(f"export {name}={shlex.quote(value)}" for name, value in values.items())]
    file.write_text("\n".join([*lines, f'export PATH={path}:"$PATH"', ""]))


def _stacks(terraform: Terraform, progress: Progress) -> Table:
    table = _table("Stacks")
    table.add_column("stack", f"{len(terraform.stacks)} stacks")
    table.add_column("resources", str(sum(terraform.made.values())), justify="right")
    table.add_column("seconds", f"{progress.seconds(terraform.stacks):.0f}", justify="right")
    for stack in terraform.stacks:
        table.add_row(stack, str(terraform.made[stack]), f"{progress.steps[stack].seconds:.0f}")
    return table


def _pods(cluster: Cluster) -> Table:
    pods = _items(cluster, "pods")
    phases = Counter((pod["metadata"]["namespace"], pod["status"]["phase"]) for pod in pods)
    running = sum(count for (_, phase), count in phases.items() if phase == "Running")
    table = _table("Pods")
    table.add_column("namespace", f"{len({namespace for namespace, _ in phases})} namespaces")
    table.add_column("pods", f"{running} pods Running", justify="right")
    for (namespace, phase), count in sorted(phases.items()):
        table.add_row(namespace, f"{count} {phase}")
    return table


def _routes(elbv2: Any, cluster: Cluster) -> Table:
    """A rule of the load balancer leads to a target group, and a binding in the cluster from there to a Service."""
    bound = {one["spec"]["targetGroupARN"]: one["spec"] for one in _items(cluster, "targetgroupbindings")}
    table = _table("Routes")
    for header in ("path", "service", "target group"):
        table.add_column(header)
    for paths, group in sorted(_forwards(elbv2), key=lambda route: route[0]):
        reference = bound.get(group["TargetGroupArn"], {}).get("serviceRef")
        service = f"{reference['name']}:{reference['port']}" if reference else "none is bound"
        table.add_row("\n".join(paths), service, group["TargetGroupName"])
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, show_footer=title != "Routes")


def _forwards(elbv2: Any) -> Iterator[tuple[list[str], Any]]:
    groups = {group["TargetGroupArn"]: group for group in elbv2.describe_target_groups()["TargetGroups"]}
    for balancer in elbv2.describe_load_balancers()["LoadBalancers"]:
        for listener in elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            for rule in elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]:
                paths = sorted(path for one in rule["Conditions"] for path in one["PathPatternConfig"]["Values"])
                for arn in [one["TargetGroupArn"] for one in rule["Actions"] if "TargetGroupArn" in one]:
                    yield paths, groups[arn]


def _items(cluster: Cluster, kinds: str) -> list[Any]:
    return list(json.loads(cluster.kubectl("get", kinds, "--all-namespaces", "--output=json"))["items"])
