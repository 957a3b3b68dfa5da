"""What `score-sample` needs."""

from tests.cases.needs.common import logs_in_to_aurora
from tests.cases.system import Left, Needs, System


def _names(case: System) -> None:
    env = case.env("hello-world")
    for name, platform in (("DB_DATABASE", "NAME"), ("DB_USER", "USER"), ("DB_HOST", "HOST"), ("DB_PORT", "PORT")):
        assert env[name] == f"$(DATABASE_{platform})"


def _login(case: System) -> None:
    assert case.env("hello-world")["DB_PASSWORD"] == "$(DATABASE_PASSWORD)"
    logs_in_to_aurora(case, "hello-world", schema="score_hello_world", role="score_hello_world__owner")


NEEDS: Needs = {
    "values of the database under own names": _names,
    "password login": _login,
}

LEFT: Left = ()
