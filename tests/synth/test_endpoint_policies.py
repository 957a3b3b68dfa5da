"""Which calls the policies of the private endpoints let through: each that the system makes, and none of a stranger.

A call of one of the account's principals has `aws:PrincipalAccount`; a call that is not signed has no such key.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.access.values import ACCOUNT
from modules.design.endpoint_policies import statements
from modules.facts import regions, vpc
from modules.iam.evaluation import Call, allows
from modules.permissions import KINDS
from modules.synth.build import build
from tests.support import policy_documents
from tests.support.every_permission import every_kind
from tests.support.iam_simulator import as_iam
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, spec_of, stack

REGION = "eu-west-1"
ECR_ACCOUNT, STRANGER = "444455556666", "999988887777"
OURS, THEIRS, UNSIGNED = {"aws:PrincipalAccount": ACCOUNT}, {"aws:PrincipalAccount": STRANGER}, dict[str, str]()
LAYER = f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/d4c8/sha256"
# Accounts of the add-ons' images, where it is not the first:
# https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html, read 2026-11-26.
ADDONS = {
    **dict.fromkeys(regions.REGIONS, "602401143452"),
    "af-south-1": "877085696533",
    "ap-east-1": "800184023465",
    "ap-east-2": "533267051163",
    "ap-south-2": "900889452093",
    "ap-southeast-3": "296578399912",
    "ap-southeast-4": "491585149902",
    "ap-southeast-5": "151610086707",
    "ap-southeast-6": "333609536671",
    "ap-southeast-7": "121268973566",
    "cn-north-1": "918309763551",
    "cn-northwest-1": "961992271922",
    "eu-central-2": "900612956339",
    "eu-south-1": "590381155156",
    "eu-south-2": "455263428931",
    "il-central-1": "066635153087",
    "me-central-1": "759879836304",
    "me-south-1": "558608220178",
    "us-gov-east-1": "151742754352",
    "us-gov-west-1": "013241004608",
}
SUPPORTED = r"data\.aws_vpc_endpoint_service\.\w+\.vpc_endpoint_policy_supported \? "
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


class Endpoints:
    """The endpoints of a system, and the calls that its roles allow."""

    def __init__(self, system: System, folder: Path) -> None:
        for path, content in build(spec_of(system, folder)).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        self.generated = policy_documents.read(folder)
        self.documents = {(name, address): policy for name, address, policy in self.generated.documents()}
        self.by_word = {
            word: endpoint.get("policy")
            for address, endpoint in self._resources("network", "aws_vpc_endpoint").items()
            for word in vpc.ENDPOINTS
            if word.replace("-", "_") == address
        }

    def _resources(self, name: str, kind: str) -> dict[str, Any]:
        found: dict[str, Any] = self.generated.stacks[name]["resource"].get(kind, {})
        return found

    def let(self, word: str, call: Call) -> bool:
        """Whether the endpoint lets the call through."""
        return allows([self.documents["network", _document(self.by_word[word])]], call)

    def calls(self) -> Iterator[tuple[str, str, str]]:
        """Stack, action and resource of everything that a role of the system may do."""
        for name in self.generated.stacks:
            for policy in self._resources(name, "aws_iam_role_policy").values():
                for one in self.documents[name, _document(policy["policy"])]["Statement"]:
                    yield from ((name, action, arn) for action in one["Action"] for arn in one["Resource"])

    def roles_of_pods(self) -> dict[str, str]:
        """Name -> ARN of each role that pods assume."""
        return {
            role["name"]: f"arn:aws:iam::{ACCOUNT}:role/{role['name']}"
            for name in self.generated.stacks
            for role in self._resources(name, "aws_iam_role").values()
            if "sts:AssumeRoleWithWebIdentity" in str(self.documents[name, _document(role["assume_role_policy"])])
        }


def _document(reference: str) -> str:
    match = re.fullmatch(rf"\$\{{(?:{SUPPORTED})?data\.aws_iam_policy_document\.(\w+)\.json(?: : null)?\}}", reference)
    assert match, reference
    return match[1]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Endpoints:
    """A system with every kind of permission, and an endpoint for each."""
    system = every_kind() | {"network": {"endpoints": ["auto", *vpc.ENDPOINTS]}}
    return Endpoints(system, tmp_path_factory.mktemp("everything"))


def test_every_endpoint_has_a_policy_and_where_no_page_says_that_it_can_terraform_asks_aws(
    everything: Endpoints,
) -> None:
    assert set(everything.by_word) == set(vpc.ENDPOINTS)
    asked = {word: policy for word, policy in everything.by_word.items() if re.match(rf"\$\{{{SUPPORTED}", policy)}
    assert asked.keys() == {"redshift-data", "redshift-serverless"}
    services = everything.generated.stacks["network"]["data"]["aws_vpc_endpoint_service"]
    for word, policy in asked.items():
        address = word.replace("-", "_")
        assert policy == (
            f"${{data.aws_vpc_endpoint_service.{address}.vpc_endpoint_policy_supported"
            f" ? data.aws_iam_policy_document.{address}_endpoint.json : null}}"
        )
        service = {"service_name": f"com.amazonaws.{REGION}.{word}", "service_type": "Interface"}
        assert services[address] == service


@pytest.mark.parametrize("action", PULL)
@pytest.mark.parametrize("word", ["ecr-api", "ecr-dkr"])
@pytest.mark.parametrize("account", [ACCOUNT, ADDONS[REGION], ECR_ACCOUNT])
def test_an_image_is_pulled_from_our_account_from_the_add_ons_and_from_another_that_a_service_names(
    everything: Endpoints, word: str, action: str, account: str
) -> None:
    repository = f"arn:aws:ecr:{REGION}:{account}:repository/eks/coredns"
    assert everything.let(word, Call("ecr:GetAuthorizationToken", "*", OURS))
    assert everything.let(word, Call(action, repository, OURS))
    assert not everything.let(word, Call(action, repository, THEIRS))


@pytest.mark.parametrize("region", regions.REGIONS)
def test_the_add_ons_images_are_pulled_in_every_region(region: str) -> None:
    policy = {"Statement": [as_iam(one) for one in statements("ecr", region, ACCOUNT)]}
    repository = f"arn:{regions.partition(region)}:ecr:{region}:{ADDONS[region]}:repository/eks/coredns"
    assert [action for action in PULL if not allows([policy], Call(action, repository, OURS))] == []


@pytest.mark.parametrize(
    "layer",
    [LAYER, f"arn:aws:s3:::prod-registry-k8s-io-{REGION}/containers/a", "arn:aws:s3:::quayio-production-s3/sha256/a"],
)
@pytest.mark.parametrize("signer", [{"aws:PrincipalAccount": "222233334444"}, UNSIGNED], ids=["signed", "unsigned"])
def test_layers_are_read_with_the_registrys_own_url_and_not_written(
    everything: Endpoints, layer: str, signer: dict[str, str]
) -> None:
    assert everything.let("s3", Call("s3:GetObject", layer, signer))
    assert not everything.let("s3", Call("s3:PutObject", layer, signer))


def test_every_pod_logs_in_without_a_signature_and_into_our_account_alone(everything: Endpoints) -> None:
    roles = everything.roles_of_pods()
    assert {"shop-orders", "shop-readers", "shop-load-balancer-controller", "shop-database-users"} <= set(roles)
    login = "sts:AssumeRoleWithWebIdentity"
    assert [arn for arn in roles.values() if not everything.let("sts", Call(login, arn, UNSIGNED))] == []
    assert not everything.let("sts", Call(login, f"arn:aws:iam::{STRANGER}:role/shop-orders", UNSIGNED))
    assert not everything.let("sts", Call("sts:AssumeRole", roles["shop-orders"], THEIRS))
    assert everything.let("sts", Call("sts:GetCallerIdentity", "*", OURS))


def test_whatever_a_role_of_the_system_may_do_passes_the_endpoint_that_the_call_takes(everything: Endpoints) -> None:
    taken = [
        (word, name, Call(action, arn, OURS))
        for name, action, arn in everything.calls()
        for word in vpc.endpoints_of(action.partition(":")[0])
        if word in vpc.ENDPOINTS
    ]
    assert [call for word, _, call in taken if not everything.let(word, call)] == []
    words = {word for word, *_ in taken}
    # Of the log router, the load balancer controller and the database job.
    platform = {"logs", "elasticloadbalancing", "ec2", "rds-data"}
    assert platform <= {word for word, name, _ in taken if name == "platform"}
    assert {word for kind in KINDS.values() for word in kind.endpoints} <= words


def test_what_a_stranger_signs_passes_no_endpoint_that_has_a_policy(everything: Endpoints) -> None:
    passed = [
        (word, action)
        for _, action, arn in everything.calls()
        for word in vpc.endpoints_of(action.partition(":")[0])
        for stranger in (THEIRS, UNSIGNED)
        if everything.by_word.get(word) and everything.let(word, Call(action, arn, stranger))
    ]
    assert passed == []
    assert not everything.let("s3", Call("s3:PutObject", f"arn:aws:s3:::{STRANGER}/stolen", THEIRS))
    push = Call("ecr:PutImage", f"arn:aws:ecr:{REGION}:{STRANGER}:repository/stolen", OURS)
    assert not everything.let("ecr-dkr", push)


def test_no_service_changes_the_endpoints_policies(build_system: Callable[[System], Built], built: Built) -> None:
    few = build_system(shipped() | {"services": {"web": {"image": "quay.io/example/web:v1"}}})
    assert stack(few, "network")["data"] == stack(built, "network")["data"]
