"""A service that gets another name keeps what it has; only what carries the name in Kubernetes is new."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.cli import command_line
from modules.deploy import terraform_cli
from modules.deploy.run import change
from modules.design.renaming import MADE_ANEW
from modules.doctor.account import Account
from modules.facts.stores import STORES
from modules.naming import PLATFORM_STACKS, STORE_PARTS
from modules.naming import renamed as renamed_text
from modules.plan.replacing import REPLACING
from modules.shared_state import places
from modules.state import applied_stacks
from modules.state.record import Resources, by_address
from modules.state.renamed_files import of_today
from modules.state.state_file import Instance, Resource, State
from tests.support import made_up_states
from tests.support.built_files import stack
from tests.support.every_permission import every_kind
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built
from tests.synth.test_cli import Run, run
from tests.unit.conftest import TODAY

__all__ = ["run"]

OLD, NEW = "orders", "purchases"
# Arguments that say the name, or the target group; the provider changes each in place.
SAID = {
    "action",
    "alarm_description",
    "assume_role_policy",
    "comment",
    "content",
    "dashboard_body",
    "data",
    "depends_on",
    "description",
    "dimensions",
    "metric_query",
    "policy",
    "tags",
}


@pytest.fixture
def before(build_system: Callable[[System], Built]) -> Built:
    return build_system(of(OLD))


@pytest.fixture
def after(build_system: Callable[[System], Built]) -> Built:
    return build_system(renamed(OLD))


def of(name: str) -> System:
    """With routes by path, and by hosts that the domain covers and does not cover."""
    system = every_kind(name)
    zones = {"domain": "shop.example.com", "hosted_zone": "Z0123456789ABCDEFGHIJ"}
    system["services"][name] |= {"path": "/orders", "host": ["a.shop.example.com", "*.b.shop.example.com"]}
    system["services"]["subscribers"]["calls"] = [name]
    system["services"][name]["aws"] |= {"rds": {"login": "password"}, "redis": {"login": "password"}}
    return system | zones


def renamed(*earlier: str) -> System:
    system = of(NEW)
    system["services"][NEW]["renamed_from"] = [*earlier]
    return system


def folder(name: str) -> str:
    return NEW if name == OLD else name


def moved(files: Built, name: str) -> dict[str, str]:
    content = files.get(f"stacks/{name}/transitions.tf.json", b"{}")
    return {one["from"]: one["to"] for one in json.loads(content).get("moved", [])}


def resources(files: Built, name: str) -> Resources:
    return by_address(stack(files, name).get("resource", {}))


def stacks(files: Built) -> list[str]:
    return list(json.loads(files["manifest.json"])["stacks"])


def with_new_addresses(value: Any, moves: dict[str, str]) -> Any:
    """References to what moved, and to what other stacks offer under the name, as Terraform follows them."""
    offered = json.dumps(value).replace(f'[\\"{OLD}\\"]', f'[\\"{NEW}\\"]').replace(f"_state.{OLD}.", f"_state.{NEW}.")
    places = "|".join(re.escape(place) for place in moves)
    return json.loads(
        re.sub(rf"(?<![\w.])({places})(?=\.)", lambda found: moves[found[1]], offered) if moves else offered
    )


def test_all_that_aws_knows_by_name_moves_and_nothing_else_of_it_changes(before: Built, after: Built) -> None:
    stores = set()
    for name in stacks(before):
        moves, now = moved(after, folder(name)), resources(after, folder(name))
        for place, old in resources(before, name).items():
            kind = place.partition(".")[0]
            target = moves.get(place, place)
            if kind in MADE_ANEW and target not in now:
                continue
            assert target in now, f"{name}: {place} would be destroyed"
            was = with_new_addresses(old, moves)
            changed = {key for key in was.keys() | now[target].keys() if was.get(key) != now[target].get(key)}
            assert changed.isdisjoint(REPLACING.get(kind, ())), (name, place, changed)
            assert changed <= SAID, (name, place, {key: (was.get(key), now[target].get(key)) for key in changed})
            stores |= {kind} & STORES.keys() if name == OLD else set()
    assert stores >= {"aws_dynamodb_table", "aws_kms_key", "aws_s3_bucket", "aws_sqs_queue"}


def test_what_a_system_was_is_read_with_the_names_of_today(before: Built, after: Built) -> None:
    read = of_today(before, {OLD: NEW}, MADE_ANEW)
    for name in stacks(after):
        gone = resources(dict(read), name).keys() - resources(after, name).keys()
        assert {place.partition(".")[0] for place in gone} <= {*MADE_ANEW}, name


@pytest.mark.parametrize("new", ["orders-v2", "order"])
def test_one_of_two_names_may_go_on_after_the_other(
    build_system: Callable[[System], Built], before: Built, new: str
) -> None:
    text = json.dumps(renamed(OLD)).replace(f'"{NEW}"', f'"{new}"')
    after = build_system(json.loads(text))
    moves, now = moved(after, new), resources(after, new)
    stores = {place for place in resources(before, OLD) if place.partition(".")[0] in STORES}
    assert len(stores) > 5
    assert {moves[place] for place in stores} <= now.keys()
    read = dict(of_today(before, {OLD: new}, MADE_ANEW))
    for name in stacks(after):
        gone = resources(read, name).keys() - resources(after, name).keys()
        assert {place.partition(".")[0] for place in gone} <= {*MADE_ANEW}, name
        again = resources(dict(of_today(after, {OLD: new})), name)
        assert again.keys() == resources(after, name).keys(), name


def test_words_of_addresses_that_no_name_may_go_on_with_are_known(before: Built) -> None:
    kinds = {*STORES, *(kind for store in STORES.values() for kind in store.attached)}
    places = [place.partition(".") for place in resources(before, OLD)]
    words = {name.removeprefix(f"{OLD}_").split("_")[0] for kind, _, name in places if kind in kinds and name != OLD}
    assert words >= {"dead", "queue", "results", "stores"}
    assert words <= {*STORE_PARTS}


def documents(files: Built, name: str) -> dict[str, Any]:
    found: dict[str, Any] = stack(files, name).get("data", {}).get("aws_iam_policy_document", {})
    return found


def test_policies_name_the_same_but_for_the_account_of_the_pods(before: Built, after: Built) -> None:
    differing = []
    for name in stacks(before):
        now = documents(after, folder(name))
        for key, old in documents(before, name).items():
            place = renamed_text(f"x_y.{key}", OLD, NEW).partition(".")[2] if name == OLD else key
            was = with_new_addresses(json.loads(renamed_text(json.dumps(old), OLD, NEW)), {})
            differing += [place] if now[place] != was else []
    assert differing == ["purchases_trust"]


def test_users_of_the_database_stay(before: Built, after: Built) -> None:
    path = "stacks/platform/database-users.values.yaml"
    users = [{one["name"] for one in YAML(typ="safe").load(files[path])["users"]} for files in (before, after)]
    assert users[0] == users[1]
    assert len(users[0]) > 1


def test_callers_know_it_by_both_names(after: Built) -> None:
    values = YAML(typ="safe").load(after["stacks/subscribers/values.yaml"])
    urls = {one["name"]: one["value"] for one in values["env"] if one["name"].endswith("S_URL")}
    assert urls == dict.fromkeys(("ORDERS_URL", "PURCHASES_URL"), "http://purchases.purchases.svc.cluster.local:8080")
    names = YAML(typ="safe").load(after["stacks/subscribers/network.values.yaml"])["names"]
    assert names == dict.fromkeys((OLD, NEW), "purchases.purchases.svc.cluster.local")


def test_the_state_keeps_its_name(before: Built, after: Built) -> None:
    assert stack(after, NEW)["terraform"]["backend"] == stack(before, OLD)["terraform"]["backend"]
    reads = stack(after, "readers")["data"]["terraform_remote_state"]
    assert (
        reads[NEW]["config"]["path"]
        == stack(before, "readers")["data"]["terraform_remote_state"][OLD]["config"]["path"]
    )


def test_what_carries_the_name_in_kubernetes_is_made_anew(after: Built) -> None:
    namespace = resources(after, "platform")[f"kubernetes_namespace_v1.{NEW}"]
    assert namespace["metadata"]["name"] == NEW
    profile = resources(after, "cluster")[f"aws_eks_fargate_profile.{NEW}"]
    assert profile["fargate_profile_name"] == f"{NEW}-fp"
    assert not [place for name in stacks(after) for place in moved(after, name) if place.startswith(MADE_ANEW)]


def test_a_service_that_was_renamed_twice_moves_from_either_name(build_system: Callable[[System], Built]) -> None:
    moves = moved(build_system(renamed("carts", OLD)), NEW)
    assert moves["aws_iam_role.carts"] == "aws_iam_role.orders"
    assert moves["aws_iam_role.orders"] == "aws_iam_role.purchases"


def shipped_with(earlier: object = "order-service", *, words: list[str] | None = None) -> System:
    """The shipped system with another name for order-service."""
    system: System = json.loads(json.dumps(shipped()).replace('"order-service"', '"orders"'))
    if earlier:
        system["services"]["orders"]["renamed_from"] = earlier
    if words is not None:
        system["services"]["orders"]["aws"] = words
    return system


@pytest.fixture
def deployed(run: Run, tmp_path: Path) -> Run:
    assert run(shipped()).returncode == 0
    made_up_states.apply(tmp_path / "generated")
    return run


def test_a_deployed_service_gets_another_name(deployed: Run, tmp_path: Path) -> None:
    done = deployed(shipped_with())
    assert done.returncode == 0, done.stderr
    assert "1 added: aws_eks_fargate_profile.orders; 1 removed: aws_eks_fargate_profile.order_service" in done.stderr
    assert "~ orders " in done.stderr
    assert sorted(path.name for path in (tmp_path / "generated/stacks").glob("order*")) == ["orders"]
    again = deployed(shipped_with())
    assert (again.returncode, again.stdout) == (0, "")
    spec = check(tmp_path / "services.yaml", TODAY).spec
    assert spec
    account, out = cast("Account", None), tmp_path / "generated"
    owners = places.stacks_with(None, [spec], out)
    stacks = places.declared(out, owners, account)
    of_system = places.of_system(None, spec, out, owners, account)
    assert {name: str(place) for name, place in of_system.items()} == {
        name: str(place) for name, place in stacks.items()
    }


def test_its_stores_are_kept_as_those_of_others(deployed: Run) -> None:
    done = deployed(shipped_with(words=["sns"]))
    assert done.returncode == 1
    assert "the stack orders, which is applied, would lose its queue" in done.stderr


def test_its_earlier_name_stays_for_life(deployed: Run, tmp_path: Path) -> None:
    assert deployed(shipped_with()).returncode == 0
    made_up_states.apply(tmp_path / "generated")
    done = deployed(shipped_with(None))
    assert done.returncode == 1
    assert (
        "The state of orders is called order-service, and with this orders: Terraform would make a second"
        in done.stderr
    )
    assert "Write `renamed_from: order-service`: it stays as long as the service." in done.stderr
    done = deployed(shipped_with("shop-service"))
    assert "The state of orders is called order-service, and with this shop-service" in done.stderr


def test_a_service_that_had_no_other_name_can_not_have_had_one(deployed: Run) -> None:
    system = shipped()
    system["services"]["order-service"]["renamed_from"] = "orders"
    done = deployed(system)
    assert done.returncode == 1
    assert "Remove renamed_from." in done.stderr


def test_the_new_name_may_begin_with_the_old_one(deployed: Run, tmp_path: Path) -> None:
    def longer(**change: Any) -> System:
        system: System = json.loads(json.dumps(shipped_with(**change)).replace('"orders"', '"order-service-v2"'))
        return system

    for _ in ("the state has the old addresses", "it has the new ones"):
        done = deployed(longer())
        assert done.returncode == 0, done.stderr
        lost = deployed(longer(words=["sns"]))
        assert lost.returncode == 1
        assert "the stack order-service-v2, which is applied, would lose its queue" in lost.stderr
        made_up_states.apply(tmp_path / "generated")


def test_a_store_may_be_destroyed_before_the_rename_is_applied(deployed: Run, tmp_path: Path) -> None:
    """The state has it under the old address; nothing is known of the state where it is elsewhere."""
    words = shipped_with(words=["sqs", "sns"]) | {"retired": {"orders": {"dynamodb": "destroy"}}}
    whole = shipped_with() | {"retired": {"orders": {"all": "destroy", "renamed_from": "order-service"}}}
    del whole["services"]["orders"]
    whole["services"]["notification-service"]["aws"]["sqs"] = {}
    for system in (words, whole, whole):
        done = deployed(system)
        assert done.returncode == 0, done.stderr
        file = json.loads((tmp_path / "generated/stacks/orders/retired.json").read_text())
        assert file["resource"]["aws_dynamodb_table"].keys() == {"order_service", "orders"}


@pytest.mark.parametrize(
    ("held", "is_all"), [({}, False), ({"cluster": "aws_eks_fargate_profile.order_service"}, True)]
)
def test_states_in_s3_are_asked_for_only_where_the_rename_is_about(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: dict[str, str], is_all: bool
) -> None:
    assert run(shipped_with() | {"state": {"s3": {"bucket": "states", "region": "eu-west-1"}}}).returncode == 0
    asked = []

    def pull(folder: Path) -> State:
        asked.append(folder.name)
        kind, _, name = held.get(folder.name, "").partition(".")
        one = Resource(mode="managed", type=kind, name=name, instances=[Instance()])
        return State(version=4, resources=[one] if name else [])

    monkeypatch.setattr(terraform_cli, "pull", pull)
    spec = check(tmp_path / "services.yaml", TODAY).spec
    assert spec
    stacks = applied_stacks.read(tmp_path / "generated")
    change(stacks, spec, tmp_path / "generated")
    platform = [name for name in stacks if name in PLATFORM_STACKS]
    assert sorted(asked) == sorted(stacks if is_all else [*platform, "orders"])


def test_without_it_a_new_name_is_a_lost_stack(deployed: Run) -> None:
    done = deployed(shipped_with(None))
    assert done.returncode == 1
    assert "If the service has another name now, write `renamed_from: order-service` into its block." in done.stderr


def test_a_renamed_service_that_goes_keeps_its_state(deployed: Run, tmp_path: Path) -> None:
    system = shipped_with()
    system["services"]["notification-service"]["aws"]["sqs"] = {}
    assert deployed(system).returncode == 0
    file = tmp_path / "services.yaml"
    options = ["--file", str(file), "--out", str(tmp_path / "generated")]
    assert command_line.main(["retire", "orders", *options]) == 0
    assert "renamed_from: [order-service]" in file.read_text()
    assert command_line.main(options) == 0
    content = json.loads((tmp_path / "generated/stacks/orders/cdk.tf.json").read_text())
    assert content["terraform"]["backend"]["local"]["path"] == "../../../state/order-service.tfstate"
    removed = json.loads((tmp_path / "generated/stacks/orders/transitions.tf.json").read_text())["removed"]
    assert {"from": "aws_sqs_queue.order_service_queue", "lifecycle": {"destroy": False}} in removed


def test_an_entry_of_retired_is_renamed_too(run: Run) -> None:
    system = shipped_with() | {"retired": {"order-service": {"ses": "keep"}}}
    done = run(system)
    assert done.returncode == 1
    assert '"order-service" is reserved: orders had this name' in done.stderr
    assert "Write this under retired.orders." in done.stderr
