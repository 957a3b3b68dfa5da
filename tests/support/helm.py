"""Runs helm on a chart: what it renders from values, or the words with which it refuses them."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.support.go_tools import DEFAULT, binary

CHARTS = Path(__file__).parents[2] / "charts"
NETWORK, PODS = "microservice-network", "microservice"
USERS, WATCHER, TEAMS = "database-users", "job-watcher", "team-access"
SYSTEM = (USERS, WATCHER, TEAMS)  # whose releases are in kube-system, with these names
ALL = (NETWORK, PODS, *SYSTEM)
LEAST = "1.31"  # version of Kubernetes

Values = dict[str, Any]
_yaml = YAML(typ="safe", pure=True)


def values(chart: str, changes: Mapping[str, Any] | None = None) -> Values:
    """The sample values of a chart; `changes` by path, such as {"pods.max": 3}, and None takes a key away."""
    result: Values = _yaml.load((CHARTS / chart / "tests" / "values.yaml").read_text())
    for path, value in (changes or {}).items():
        *parents, last = path.split(".")
        place: Any = result
        for key in parents:
            place = place[int(key) if isinstance(place, list) else key]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return result


def with_secrets(chart: str) -> Values:
    """Changes that give a chart of a service the sample's secrets."""
    text = (CHARTS / chart / "tests" / "secrets.values.yaml").read_text()
    return {"secrets": _yaml.load(text)["secrets"]}


def run(
    command: str, chart: str, changes: Mapping[str, Any] | None = None, *options: str, version: str = DEFAULT
) -> subprocess.CompletedProcess[str]:
    """`helm lint` or `helm template` for a cluster of this version."""
    name, namespace = (chart, "kube-system") if chart in SYSTEM else ("user-service", "user-service")
    release = [name, f"--namespace={namespace}"] if command == "template" else []
    arguments = [*release, str(CHARTS / chart), "--values=-", f"--kube-version={version}", *options]
    return subprocess.run(
        [binary("helm"), command, *arguments],
        input=json.dumps(values(chart, changes)),
        capture_output=True,
        text=True,
        check=False,
    )


def rendered(chart: str, changes: Mapping[str, Any] | None = None, *, version: str = DEFAULT) -> str:
    done = run("template", chart, changes, version=version)
    assert done.returncode == 0, done.stderr
    return done.stdout


def kinds(chart: str, changes: Mapping[str, Any] | None = None) -> list[str]:
    """Of each object that the chart makes."""
    return [document["kind"] for document in _documents(chart, changes)]


def objects(chart: str, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the chart makes, by kind, where it makes no two of one."""
    documents = _documents(chart, changes)
    result = {document["kind"]: document for document in documents}
    assert len(result) == len(documents), list(result)
    return result


def _documents(chart: str, changes: Mapping[str, Any] | None) -> list[Any]:
    return [one for one in _yaml.load_all(rendered(chart, changes)) if one]


def refusal(chart: str, changes: Mapping[str, Any], *, version: str = DEFAULT) -> str:
    done = run("template", chart, changes, version=version)
    assert done.returncode != 0, done.stdout
    return done.stderr
