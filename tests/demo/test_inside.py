"""What the demo makes of a system that needs things outside of it."""

from pathlib import Path
from typing import Any

from demo.up import _inside
from tests.support.random_specs import System
from tests.synth.conftest import spec_of


def test_a_service_of_grpc_behind_a_domain_is_one_of_http_in_the_demo_which_has_no_certificate(tmp_path: Path) -> None:
    health: dict[str, Any] = {"codes": "0", "path": "/a.B/C"}
    web = {"path": "/", "image": "v1", "protocol": "grpc", "host": "www.example.com", "health": health}
    system: System = {
        "project": "shop",
        "region": "eu-west-1",
        "domain": "example.com",
        "hosted_zone": "Z0123456789ABCDEFGHIJ",
        "services": {"web": web, "inner": {"image": "v1", "protocol": "grpc"}, "bare": None},
    }
    assert spec_of(system, tmp_path).services["web"].protocol == "grpc"
    inside = spec_of(_inside(system), tmp_path)
    assert {name: one.protocol for name, one in inside.services.items()} == {
        "web": "http",
        "inner": "grpc",
        "bare": "http",
    }
    assert inside.services["web"].host == ("www.example.com",)


def test_the_demo_shows_the_file_itself_and_none_of_its_environments() -> None:
    system = {"environment": "prod", "environments": {"dev": {}}, "services": {"web": None}, "project": "shop"}
    assert _inside(system) == {"project": "shop", "services": {"web": {}}, "protection": False}


def test_the_account_and_its_role_are_left_outside(tmp_path: Path) -> None:
    role = "arn:aws:iam::111122223333:role/deployer"
    system: System = {"project": "shop", "region": "eu-west-1", "account": "111122223333", "deployer_role": role}
    inside = spec_of(_inside({**system, "services": {}}), tmp_path)
    assert (inside.account, inside.deployer_role) == (None, None)
