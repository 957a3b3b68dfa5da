"""The way from the load balancer to a service: hosts and gRPC, applied by real Terraform on an emulated AWS."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from modules.deploy import overlap, passes
from modules.deploy.passes import Change
from modules.state import state_file
from modules.state.applied_stacks import Stack
from modules.state.record import Snapshot
from tests.support.emulator import REGION, clients, emulated_aws
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace, expect

WEB: dict[str, Any] = {"path": "/", "image": "v1", "host": ["www.example.com", "x.example.org", "*.example.org"]}
KINDS = (
    "aws_lb_target_group",
    "aws_lb_listener_rule",
    "aws_acm_certificate",
    "aws_acm_certificate_validation",
    "aws_lb_listener_certificate",
    "aws_route53_record",
)
ZONES = {"example.com": "ZEXAMPLECOM", "example.org": "ZEXAMPLEORG"}
Client = Callable[[str], Any]


@dataclass
class Routes:
    """The routes of a service `web`, below a load balancer, a VPC and zones that are made by hand."""

    folder: Path
    aws: dict[str, str]
    client: Client
    outputs: dict[str, dict[str, str]]
    zones: dict[str, str]
    workspace: Workspace | None = None
    turns: Iterator[int] = field(default_factory=lambda: iter(range(100)))

    def apply(self, web: dict[str, Any]) -> dict[str, dict[str, int]]:
        """By the stack of the service, of which only its routes and hosts are kept; the passes of `make deploy`.

        Returns the weight of each target group after each pass.
        """
        weights = {}
        workspace = self._write(web)
        folder = workspace.folder("web")
        snapshot = Snapshot(folder, {"stacks/web/cdk.tf.json": (folder / "cdk.tf.json").read_bytes()}, {})
        stack = Stack("web", (), folder)
        state = state_file.read(self.folder / "state" / "web.tfstate")
        for one in passes.passes(Change({"web": stack}, snapshot, {"web": state}, ()), [stack]):
            if one.override:
                (folder / overlap.FILE).write_text(one.override)
            expect(workspace.run("web", "apply", "-auto-approve", *(f"-target={place}" for place in one.addresses)), 0)
            (folder / overlap.FILE).unlink(missing_ok=True)
            weights[passes.text(one)] = self.weights()
        assert workspace.plan("web").code == 0
        return weights

    def _write(self, web: dict[str, Any]) -> Workspace:
        place = self.folder / str(next(self.turns))
        place.mkdir()
        generated = synthesise(self._system(web), place)
        text = (generated / "stacks" / "web" / "cdk.tf.json").read_text()
        for name, zone in self.zones.items():
            text = text.replace(ZONES[name], zone)  # moto's begin with any letter
        stack = json.loads(text)
        if self.workspace is None:
            self.workspace = Workspace(generated, self.folder, self.aws)
            _write_states(self.folder / "state", self.outputs)
        reads = stack["data"]["terraform_remote_state"]
        self.workspace.whole["web"] = {
            "terraform": stack["terraform"]
            | {"required_providers": {"aws": stack["terraform"]["required_providers"]["aws"]}},
            "provider": {"aws": stack["provider"]["aws"]},
            "data": {"terraform_remote_state": {name: reads[name] for name in self.outputs}},
            "resource": {kind: stack["resource"][kind] for kind in KINDS if kind in stack["resource"]},
        }
        self.workspace.init("web")
        return self.workspace

    @staticmethod
    def _system(web: dict[str, Any]) -> dict[str, Any]:
        return {
            "project": "shop",
            "region": REGION,
            "domain": "example.com",
            "hosted_zone": ZONES["example.com"],
            "hosted_zones": {"example.org": ZONES["example.org"]},
            "services": {"web": web},
        }

    def rules(self) -> list[tuple[dict[str, list[str]], str]]:
        """Conditions and target group of each rule, in the order in which the listener tries them."""
        elb = self.client("elbv2")
        names = {one["TargetGroupArn"]: one["TargetGroupName"] for one in elb.describe_target_groups()["TargetGroups"]}
        found = elb.describe_rules(ListenerArn=self.outputs["edge"]["listener_arn"])["Rules"]
        found = sorted((one for one in found if not one["IsDefault"]), key=lambda one: int(one["Priority"]))
        return [
            ({one["Field"]: _values(one) for one in rule["Conditions"]}, names[rule["Actions"][0]["TargetGroupArn"]])
            for rule in found
        ]

    def weights(self) -> dict[str, int]:
        """What the first rule sends to each target group."""
        elb = self.client("elbv2")
        names = {one["TargetGroupArn"]: one["TargetGroupName"] for one in elb.describe_target_groups()["TargetGroups"]}
        found = elb.describe_rules(ListenerArn=self.outputs["edge"]["listener_arn"])["Rules"]
        action = next(one for one in found if not one["IsDefault"])["Actions"][0]
        arn = action.get("TargetGroupArn")
        groups = [{"TargetGroupArn": arn, "Weight": 1}] if arn else action["ForwardConfig"]["TargetGroups"]
        return {names[one["TargetGroupArn"]]: one["Weight"] for one in groups}

    def groups(self) -> dict[str, Any]:
        return {one["TargetGroupName"]: one for one in self.client("elbv2").describe_target_groups()["TargetGroups"]}

    def records(self, zone: str) -> set[tuple[str, str]]:
        """Names and types in a zone, without its own and those that prove a certificate."""
        found = self.client("route53").list_resource_record_sets(HostedZoneId=self.zones[zone])["ResourceRecordSets"]
        return {(one["Name"].replace("\\052", "*"), one["Type"]) for one in found if one["Type"] == "A"}

    def certificates(self) -> set[str]:
        """Domains of the certificates that the listener has besides its default one."""
        listed = self.client("elbv2").describe_listener_certificates(ListenerArn=self.outputs["edge"]["listener_arn"])
        acm = self.client("acm")
        return {
            acm.describe_certificate(CertificateArn=one["CertificateArn"])["Certificate"]["DomainName"]
            for one in listed["Certificates"]
            if not one.get("IsDefault")
        }


def _values(condition: dict[str, Any]) -> list[str]:
    config = condition.get("HostHeaderConfig") or condition.get("PathPatternConfig") or {}
    return list(config.get("Values") or condition.get("Values") or [])


def _write_states(folder: Path, outputs: dict[str, dict[str, str]]) -> None:
    folder.mkdir(exist_ok=True)
    for name, values in outputs.items():
        offered = {key: {"value": value, "type": "string"} for key, value in values.items()}
        state = {"version": 4, "serial": 1, "lineage": name, "terraform_version": "1.11.0", "outputs": offered}
        (folder / f"{name}.tfstate").write_text(json.dumps(state | {"resources": []}))


def _upstream(client: Client) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Outputs of `network` and `edge`, and the zones."""
    ec2, elb, acm = client("ec2"), client("elbv2"), client("acm")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]
    balancer = elb.create_load_balancer(Name="shop", Subnets=subnets, Type="application")["LoadBalancers"][0]
    certificate = acm.request_certificate(DomainName="example.com", ValidationMethod="DNS")["CertificateArn"]
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[answer],
    )["Listeners"][0]
    route53 = client("route53")
    zones = {
        name: route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"].removeprefix(
            "/hostedzone/"
        )
        for name in ZONES
    }
    edge = {
        "listener_arn": listener["ListenerArn"],
        "load_balancer_dns_name": balancer["DNSName"],
        "load_balancer_zone_id": balancer["CanonicalHostedZoneId"],
    }
    return {"network": {"vpc_id": vpc}, "edge": edge}, zones


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routes]:
    folder = tmp_path_factory.mktemp("routes")
    with emulated_aws(folder / "log") as aws:
        client = clients(aws)
        yield Routes(folder, aws, client, *_upstream(client))


@pytest.mark.nightly(minutes=4)
def test_hosts_protocol_and_what_they_need_are_made_changed_and_removed(routes: Routes) -> None:
    """One apply after the other, as a service lives."""
    routes.apply(WEB)
    assert routes.rules() == [
        ({"host-header": ["www.example.com", "x.example.org"]}, "shop-web"),
        ({"host-header": ["*.example.org"]}, "shop-web"),
    ]
    assert routes.certificates() == {"x.example.org", "*.example.org"}
    assert routes.records("example.com") == {("www.example.com.", "A")}
    assert routes.records("example.org") == {("x.example.org.", "A"), ("*.example.org.", "A")}

    old = routes.groups()["shop-web"]["TargetGroupArn"]
    assert routes.apply(WEB | {"protocol": "grpc", "port": 9000, "sticky": "5m", "drain": "1m"}) == {
        "web (both protocols)": {"shop-web": 1, "shop-web-GRPC": 0},
        "web (requests by the new protocol)": {"shop-web": 0, "shop-web-GRPC": 1},
        "web": {"shop-web-GRPC": 1},
    }
    (name, group), *others = routes.groups().items()
    assert (name, group["ProtocolVersion"], others) == ("shop-web-GRPC", "GRPC", [])
    assert (group["HealthCheckPath"], group["Matcher"]) == ("/grpc.health.v1.Health/Check", {"GrpcCode": "0"})
    assert group["TargetGroupArn"] != old
    assert {target for _, target in routes.rules()} == {"shop-web-GRPC"}
    attributes = routes.client("elbv2").describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])
    found = {one["Key"]: one["Value"] for one in attributes["Attributes"]}
    assert found["deregistration_delay.timeout_seconds"] == "60"
    assert (found["stickiness.enabled"], found["stickiness.lb_cookie.duration_seconds"]) == ("true", "300")

    routes.apply(WEB | {"path": "/api", "host": ["www.example.com"]})
    assert routes.rules() == [({"host-header": ["www.example.com"], "path-pattern": ["/api", "/api/*"]}, "shop-web")]
    assert routes.certificates() == set()
    assert routes.records("example.org") == set()
