"""The passwords of services that log in with one: the job's own program, a real PostgreSQL, and the emulated AWS."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.charts.test_sql import make
from tests.support import aws_by_boto3, data_api, embedded_postgresql, helm, postgresql
from tests.support.aws_by_boto3 import AwsCli, Call
from tests.support.emulator import KEYS, clients, emulated_aws
from tests.support.postgresql import DATABASE, MASTER, SUPERUSER, Refused, Server

WEB = "shop_web"
LOGINS = (f"{WEB}__a", f"{WEB}__b")
SETTINGS = (
    "log_statement=all",
    "log_min_duration_statement=0",
    "shared_preload_libraries=pg_stat_statements",
    "pg_stat_statements.track=all",
)
CACHE_USER, RULE = "shop-web-password", "on ~web:* resetchannels -@all +@read"
OFF = "off ~* -@all"


class Job:
    """The job that sets the password of one service."""

    def __init__(self, server: Server, cli: AwsCli, client: Callable[[str], Any], folder: Path) -> None:
        self.server, self.cli, self.client, self.folder = server, cli, client, folder
        cli.put_into(folder)
        self.secret = self.client("secretsmanager").create_secret(Name=f"shop/{folder.name}/logins")["ARN"]
        self.client("elasticache").create_user(
            UserId=CACHE_USER, UserName=CACHE_USER, Engine="redis", AccessString=OFF, NoPasswordRequired=True
        )

    def run(self, request: str = "", **changes: Any) -> "Ran":
        """Its container, with the AWS CLI played by boto3."""
        database = {"users": list(LOGINS), "role": f"{WEB}__owner", "schema": WEB, "connections": 5}
        login = {
            "secret": self.secret,
            "request": request,
            "database": database,
            "cache": {"user": CACHE_USER, "access": RULE},
        }
        values = {"users": [{"name": WEB, "connections": 5}], "logins": [login | changes]}
        pod = helm.objects(helm.USERS, values)["Job"]["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        self.cli.calls.clear()
        done = subprocess.run(
            [sys.executable, *container["command"][1:]],
            env={one["name"]: one["value"] for one in container["env"]} | {"PATH": f"{self.folder}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout + done.stderr, list(self.cli.calls))

    def value(self) -> dict[str, str]:
        """What the secret holds."""
        held = self.client("secretsmanager").get_secret_value(SecretId=self.secret)["SecretString"]
        return dict(json.loads(held))

    def log_in(self, value: dict[str, str], statement: str = "SELECT 1") -> str:
        """As a pod that was given this value."""
        return self.server.run(statement, role=value["DATABASE_USER"], password=value["DATABASE_PASSWORD"])


class Ran(NamedTuple):
    code: int
    said: str
    calls: list[Call]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "log") as environment:
        yield clients(environment)


@pytest.fixture(scope="module", params=embedded_postgresql.VERSIONS.values(), ids=list(embedded_postgresql.VERSIONS))
def job(
    request: pytest.FixtureRequest, client: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Job]:
    with (
        postgresql.started(request.param, with_password=LOGINS, settings=SETTINGS) as server,
        data_api.serving(server) as api,
        aws_by_boto3.playing(
            {
                "secretsmanager": client("secretsmanager"),
                "elasticache": client("elasticache"),
                "rds-data": clients({**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{api.port}"})("rds-data"),
            }
        ) as cli,
    ):
        server.run("CREATE EXTENSION pg_stat_statements", role=SUPERUSER)
        make(server, WEB)
        job = Job(server, cli, client, tmp_path_factory.mktemp("job"))
        try:
            yield job
        finally:
            job.client("elasticache").delete_user(UserId=CACHE_USER)


@pytest.fixture
def value(job: Job) -> dict[str, str]:
    """What the secret holds after a run."""
    ran = job.run(request=job.value()["REQUEST"] if _has_value(job) else "")
    assert ran.code == 0, ran.said
    return job.value()


def _has_value(job: Job) -> bool:
    return bool(job.client("secretsmanager").list_secret_version_ids(SecretId=job.secret)["Versions"])


def test_a_service_logs_in_with_what_its_secret_holds_and_acts_as_the_owner_of_its_schema(
    job: Job, value: dict[str, str]
) -> None:
    assert value["DATABASE_USER"] in LOGINS
    who = "SELECT session_user, current_user, current_setting('search_path')"
    assert job.log_in(value, who) == f"{value['DATABASE_USER']}|{WEB}__owner|{WEB}"
    job.log_in(value, "CREATE TABLE by_password (id int); DROP TABLE by_password")
    with pytest.raises(Refused, match="password authentication failed"):
        job.log_in(value | {"DATABASE_PASSWORD": value["DATABASE_PASSWORD"] + "x"})


def test_a_user_with_a_password_never_holds_rds_iam_and_the_master_can_still_log_in(
    job: Job, value: dict[str, str]
) -> None:
    for group in ("rds_iam", MASTER):
        held = f"SELECT pg_has_role('{value['DATABASE_USER']}', '{group}', 'MEMBER')"
        assert job.server.run(held, role=SUPERUSER) == "f"
    assert job.server.run("SELECT 1", role=MASTER) == "1"


def test_passwords_need_no_escaping_in_a_url(value: dict[str, str]) -> None:
    for name in ("DATABASE_PASSWORD", "REDIS_PASSWORD"):
        assert len(value[name]) >= 43
        assert set(value[name]) <= {*"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"}


def test_no_password_is_in_the_servers_log_or_statistics_or_in_arguments_or_in_what_the_job_says(
    job: Job, value: dict[str, str]
) -> None:
    ran = job.run(request="log")
    passwords = {value["DATABASE_PASSWORD"], value["REDIS_PASSWORD"]} | {
        job.value()[name] for name in ("DATABASE_PASSWORD", "REDIS_PASSWORD")
    }
    assert len(passwords) == 4
    statistics = job.server.run("SELECT query FROM pg_stat_statements", role=SUPERUSER)
    log = job.server.log.read_text()
    for text in (log, statistics):
        assert "SCRAM-SHA-256$4096" in text
    shown = {
        "log": log,
        "statistics": statistics,
        "output": ran.said,
        "arguments": json.dumps([call.argv for call in ran.calls]),
        "SQL": json.dumps([call.given for call in ran.calls if call.argv[0] == "rds-data"]),
    }
    assert [(where, text) for where, text in shown.items() if any(one in text for one in passwords)] == []


def test_a_statement_with_the_password_itself_would_be_in_the_log(job: Job) -> None:
    """So the test above looks where it would stand."""
    job.server.run(f"ALTER ROLE \"{LOGINS[0]}\" PASSWORD 'plain-as-day'", role=SUPERUSER)
    assert "plain-as-day" in job.server.log.read_text()
    assert job.run(request=job.value()["REQUEST"]).code == 0


def test_another_run_keeps_the_password_and_stores_nothing(job: Job, value: dict[str, str]) -> None:
    ran = job.run(request=value["REQUEST"])
    assert ran.code == 0, ran.said
    assert job.value() == value
    assert "put-secret-value" not in [call.name for call in ran.calls]
    assert job.log_in(value) == "1"


def test_a_new_password_goes_to_the_other_login_so_running_pods_keep_theirs(job: Job, value: dict[str, str]) -> None:
    assert job.run(request="once-more").code == 0
    changed = job.value()
    assert {value["DATABASE_USER"], changed["DATABASE_USER"]} == set(LOGINS)
    assert job.log_in(value) == job.log_in(changed) == "1"
    ends = "SELECT rolname, rolvaliduntil < now() + interval '7 days' FROM pg_roles WHERE rolname ~ '__[ab]$'"
    rows = dict(line.split("|") for line in job.server.run(ends, role=SUPERUSER).splitlines())
    assert rows == {value["DATABASE_USER"]: "t", changed["DATABASE_USER"]: "f"}
    assert job.run(request="and-again").code == 0
    with pytest.raises(Refused, match="password authentication failed"):
        job.log_in(value)
    assert job.log_in(job.value()) == job.log_in(changed) == "1"


def test_a_login_that_pods_still_use_gets_no_new_password(job: Job, value: dict[str, str]) -> None:
    job.run(request="first")
    now = job.value()
    with job.server.session(role=value["DATABASE_USER"], password=value["DATABASE_PASSWORD"]):
        ran = job.run(request="second")
    assert ran.code == 1
    assert f"pods still use the login {value['DATABASE_USER']}" in ran.said
    assert job.value() == now
    assert job.log_in(value) == job.log_in(now) == "1"


def test_redis_is_given_its_rule_its_mode_and_both_passwords_at_once(job: Job, value: dict[str, str]) -> None:
    ran = job.run(request="redis")
    (given,) = [call.given for call in ran.calls if call.name == "modify-user"]
    assert given == {
        "UserId": CACHE_USER,
        "AccessString": RULE,
        "AuthenticationMode": {
            "Type": "password",
            "Passwords": [job.value()["REDIS_PASSWORD"], value["REDIS_PASSWORD"]],
        },
    }
    (user,) = job.client("elasticache").describe_users(UserId=CACHE_USER)["Users"]
    assert user["AccessString"].startswith("on ~web:*")
    assert user["Authentication"] == {"Type": "password", "PasswordCount": 2}


def test_a_run_that_ended_before_the_secret_was_stored_is_completed_by_the_next(
    job: Job, value: dict[str, str]
) -> None:
    """The new password of the idle login is lost, and no pod has it."""
    missing = {"secret": job.secret, "cache": {"user": "nobody", "access": RULE}}
    assert job.run(request="half", **missing).code == 1
    assert job.value() == value
    assert job.log_in(value) == "1"
    assert job.run(request="half").code == 0
    assert job.log_in(value) == job.log_in(job.value()) == "1"


def test_logins_of_a_service_that_has_none_any_more_end_a_week_later(job: Job, value: dict[str, str]) -> None:
    make(job.server, WEB)
    ends = f"SELECT rolvaliduntil < now() + interval '7 days' FROM pg_roles WHERE rolname = '{value['DATABASE_USER']}'"
    assert job.server.run(ends, role=SUPERUSER) == "t"
    assert job.log_in(value) == "1"
    assert job.run(request=value["REQUEST"]).code == 0
    assert job.server.run(ends, role=SUPERUSER) == "f"


def test_a_service_without_a_database_needs_no_master(job: Job) -> None:
    values = {
        "users": [],
        "logins": [{"secret": job.secret, "request": "", "cache": {"user": CACHE_USER, "access": RULE}}],
        **dict.fromkeys(("clusterArn", "secretArn", "database")),
    }
    pod = helm.objects(helm.USERS, values)["Job"]["spec"]["template"]["spec"]
    assert "initContainers" not in pod
    assert {one["name"] for one in pod["containers"][0]["env"]} == {"HOME", "AWS_REGION", "LOGINS"}


def test_users_are_made_before_their_passwords_are_set() -> None:
    login = {
        "secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/web/logins-AbCdEf",
        "request": "",
        "database": {"users": list(LOGINS), "role": f"{WEB}__owner", "schema": WEB, "connections": 5},
    }
    values = {"users": [{"name": WEB, "connections": 5}], "logins": [login], "database": DATABASE}
    pod = helm.objects(helm.USERS, values)["Job"]["spec"]["template"]["spec"]
    assert [one["name"] for one in pod["initContainers"]] == ["database-users"]
    assert [one["name"] for one in pod["containers"]] == ["passwords"]
