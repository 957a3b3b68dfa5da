"""What `bank-of-anthos` needs."""

import re

from tests.cases.needs.common import logs_in_to_aurora, starts_slowly
from tests.cases.system import Left, Needs, System


def _image(case: System) -> None:
    image = case.values("frontend")["image"]
    assert re.fullmatch(r"us-central1-docker\.pkg\.dev/example/bank/frontend:v0\.6\.10@sha256:[0-9a-f]{64}", image)


def _databases(case: System) -> None:
    accounts, ledger = "anthos_userservice", "anthos_ledgerwriter"
    for service, schema, role in (
        ("userservice", accounts, "owner"),
        ("contacts", accounts, "write"),
        ("ledgerwriter", ledger, "owner"),
        ("balancereader", ledger, "read"),
        ("transactionhistory", ledger, "read"),
    ):
        logs_in_to_aurora(case, service, schema=schema, role=f"{schema}__{role}")


def _urls(case: System) -> None:
    url = "postgresql://$(DATABASE_USER):$(DATABASE_PASSWORD)@$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)"
    for service in ("userservice", "contacts"):
        assert case.env(service)["ACCOUNTS_DB_URI"] == url
    for service in ("ledgerwriter", "balancereader", "transactionhistory"):
        assert case.env(service)["SPRING_DATASOURCE_PASSWORD"] == "$(DATABASE_PASSWORD)"


def _keys(case: System) -> None:
    assert {path: one["key"] for path, one in case.secret_files("userservice").items()} == {
        "/etc/keys/privatekey": "privatekey",
        "/etc/keys/publickey": "publickey",
    }
    assert case.env("userservice")["PRIV_KEY_PATH"] == "/etc/keys/privatekey"


def _shared_secret(case: System) -> None:
    others = set(case.spec.services) - {"userservice"}
    for service in others:
        assert {path: one["secret"] for path, one in case.secret_files(service).items()} == {
            "/etc/keys/publickey": "${secret_userservice_arn}"
        }
        assert case.resources(service, "aws_secretsmanager_secret") == {}
    assert len(case.resources("userservice", "aws_secretsmanager_secret")) == 1


def _start(case: System) -> None:
    starts_slowly(case, *case.spec.services)


NEEDS: Needs = {
    "a tag with its digest": _image,
    "two databases that five services share": _databases,
    "database URLs with passwords": _urls,
    "key files": _keys,
    "one secret for several": _shared_secret,
    "slow starts": _start,
}

LEFT: Left = ()
