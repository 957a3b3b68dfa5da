"""A service gets another name, as the real provider does it in an emulated AWS, in the passes of `make deploy`."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from modules.design.renaming import MADE_ANEW
from tests.support.deployed_in_passes import Deployed, system
from tests.support.emulator import emulated_aws
from tests.support.random_specs import System
from tests.support.transcripts import Shows, transcript, without

OLD, NEW = "orders", "purchases"
WORDS = ["sqs", "s3", "dynamodb", "sns", "kms", "secrets"]
SWITCH, SWITCHED = "purchases (old and new pods)", "purchases (requests to the new pods)"
APPLIED = re.compile(r"^Apply complete! .+$", re.MULTILINE)
WRITTEN = ".venv/bin/python main.py passes > passes.sh"
RUN = "TF_CLI_ARGS_apply=-auto-approve bash -v passes.sh 2>&1 | grep -e '^# ' -e '^Apply complete!'"
DESTROYED = re.compile(r"^  # (\S+) will be destroyed|^  # (\S+) must be replaced", re.MULTILINE)


def shop(name: str, **more: Any) -> System:
    services = {name: {"path": "/orders", "aws": WORDS, **more}, "basket": {"calls": [name]}}
    return system(services, load_balancer={}, accept=["http-only"], database="none", cache="none")


class Way(NamedTuple):
    """What gets requests, and who is trusted."""

    groups: dict[str, int]
    accounts: set[str]


class Renamed(Deployed):
    """`ways` are as they were after each pass."""

    ways: dict[str, Way]

    def applied(self, text: str) -> None:
        self.ways[text] = self.way

    @property
    def way(self) -> Way:
        elb = self.client("elbv2")
        named = {one["TargetGroupArn"]: one["TargetGroupName"] for one in elb.describe_target_groups()["TargetGroups"]}
        (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
        (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
        ((action,),) = [rule["Actions"] for rule in rules if not rule["IsDefault"]]
        arn = action.get("TargetGroupArn")
        groups = [{"TargetGroupArn": arn, "Weight": 1}] if arn else action["ForwardConfig"]["TargetGroups"]
        return Way({named[one["TargetGroupArn"]]: one["Weight"] for one in groups}, self.accounts)

    @property
    def accounts(self) -> set[str]:
        policy = self.client("iam").get_role(RoleName="shop-orders")["Role"]["AssumeRolePolicyDocument"]
        (equals,) = (statement["Condition"]["StringEquals"] for statement in policy["Statement"])
        (found,) = (value for key, value in equals.items() if key.endswith(":sub"))
        return {found} if isinstance(found, str) else {*found}

    @property
    def identities(self) -> dict[str, Any]:
        """What data and callers are bound to."""
        (bucket,) = (name for name in self.buckets if name.startswith("shop-orders"))
        return {
            "bucket": bucket,
            "object": self.client("s3").get_object(Bucket=bucket, Key="a")["Body"].read(),
            "queues": self.queues,
            "tables": self.tables,
            "topics": [one["TopicArn"] for one in self.client("sns").list_topics()["Topics"]],
            "secret": self.client("secretsmanager").describe_secret(SecretId="shop/orders/secrets")["ARN"],
            "key": self.client("kms").describe_key(KeyId="alias/shop-orders")["KeyMetadata"]["KeyId"],
            "role": self.client("iam").get_role(RoleName="shop-orders")["Role"]["RoleId"],
            "groups": {one["GroupName"]: one["GroupId"] for one in self._groups()},
            "repositories": {
                one["repositoryArn"] for one in self.client("ecr").describe_repositories()["repositories"]
            },
        }

    def _groups(self) -> list[dict[str, Any]]:
        return list(self.client("ec2").describe_security_groups()["SecurityGroups"])


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renamed]:
    folder = tmp_path_factory.mktemp("renamed")
    with emulated_aws(folder / "emulator.log") as aws:
        deployed = Renamed(folder, aws, shop(OLD), apart=("data",))
        deployed.ways = {}
        (bucket,) = (name for name in deployed.buckets if name.startswith("shop-orders"))
        deployed.client("s3").put_object(Bucket=bucket, Key="a", Body=b"a")
        yield deployed


class Change(NamedTuple):
    before: dict[str, Any]
    announced: str
    said: dict[str, str]


@pytest.fixture(scope="module")
def change(deployed: Renamed) -> Change:
    before = deployed.identities
    assert deployed.synth(shop(NEW, renamed_from=OLD)) == 0
    deployed.prepare()
    announced = deployed.main("plan", code=2)
    return Change(before, announced, deployed.deploy(shop(NEW, renamed_from=OLD)))


def test_nothing_that_holds_data_or_an_identity_is_another(deployed: Renamed, change: Change) -> None:
    assert deployed.identities == change.before
    destroyed = {one for text in change.said.values() for found in DESTROYED.findall(text) for one in found if one}
    assert destroyed == {"aws_eks_fargate_profile.orders", "aws_lb_target_group.orders"}
    assert all(one.startswith(MADE_ANEW) for one in destroyed)


def test_the_plan_of_all_stacks_announces_no_store_and_each_pass_ends_well(change: Change, shows: Shows) -> None:
    assert "Data at risk" not in change.announced
    said = "".join(f"# {text}\n{APPLIED.findall(said)[-1]}\n" for text, said in change.said.items())
    shows("rename", transcript(("make plan", without("Cost", change.announced)), (WRITTEN, ""), (RUN, said)))


def test_old_pods_get_the_requests_until_the_new_ones_are_ready(deployed: Renamed, change: Change) -> None:
    both = {f"system:serviceaccount:{name}:{name}" for name in (OLD, NEW)}
    passes = [*change.said]
    assert deployed.ways[SWITCH] == Way({"shop-orders": 1, "shop-purchases": 0}, both)
    assert deployed.ways[SWITCHED] == Way({"shop-orders": 0, "shop-purchases": 1}, both)
    assert deployed.ways["purchases"] == Way({"shop-purchases": 1}, {f"system:serviceaccount:{NEW}:{NEW}"})
    order = ["cluster (delete nothing)", SWITCH, SWITCHED, "basket", "purchases", "cluster"]
    assert [one for one in passes if one in order] == order


def test_nothing_is_left_to_do(deployed: Renamed, change: Change) -> None:
    deployed.has_nothing_left_to_do()
    assert not [*deployed.folder.rglob("overlap_override.tf.json")]
    state = json.loads((deployed.folder / "state" / "orders.tfstate").read_text())
    assert {"purchases"} <= {one["name"] for one in state["resources"] if one["type"] == "aws_iam_role"}
    assert deployed.deploy(shop(NEW, renamed_from=OLD)).keys() == {*deployed.stacks}
