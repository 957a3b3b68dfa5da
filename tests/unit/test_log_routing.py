"""The log router's configuration: each namespace to its own log group, within what Fargate takes."""

import fnmatch
import re
from collections.abc import Callable, Iterable
from itertools import islice

import pytest

from modules.checks.check import Checked
from modules.design import log_routing
from modules.spec.model import Spec

Check = Callable[[str], Checked]


def _spec(checked: Checked) -> Spec:
    assert checked.spec is not None
    return checked.spec


def test_each_service_and_kube_system_have_an_output(system: Check) -> None:
    outputs = log_routing.files(_spec(system("b: {}\na: {}")))["output.conf"].split("[OUTPUT]\n")[1:]
    assert [output.split("Match ")[1].split("\n")[0] for output in outputs] == ["*_kube-system_*", "*_a_*", "*_b_*"]
    assert "log_group_name /shop/a\n" in outputs[1]
    assert all("auto_create_group false" in output for output in outputs)


def _of(system: Check, names: Iterable[str]) -> Spec:
    return _spec(system("\n".join(f"{name}: {{}}" for name in names)))


def _with_the_first(spec: Spec, count: int) -> Spec:
    return spec.model_copy(update={"services": dict(islice(spec.services.items(), count))})


def _groups(spec: Spec, tags: Iterable[str]) -> dict[str, list[str]]:
    """Where the router puts the lines of each namespace."""
    found: dict[str, list[str]] = {tag: [] for tag in tags}
    for output in log_routing.files(spec)["output.conf"].split("[OUTPUT]\n")[1:]:
        settings = dict(line.strip().split(" ", 1) for line in output.splitlines())
        match = settings.get("Match_Regex") or fnmatch.translate(settings["Match"])
        for tag, names in found.items():
            if re.search(match, f"kube.var.log.containers.{tag}-1_{tag}_server-0f.log"):
                names.append(settings["log_group_name"])
    return found


@pytest.mark.parametrize("length", [3, 14, 40])
def test_a_service_that_is_added_moves_no_other_to_another_log_group(system: Check, length: int) -> None:
    names = [f"{f's{number}':x<{length}}" for number in range(60)]
    whole = _of(system, names)
    earlier: dict[str, list[str]] = {}
    shares = 0
    for count in range(1, 60):
        spec = _with_the_first(whole, count)
        assert log_routing.length(log_routing.files(spec)) <= log_routing.MAX_CHARACTERS
        found = _groups(spec, ["kube-system", *names[:count]])
        assert found == earlier | {names[count - 1]: found[names[count - 1]], "kube-system": ["/shop/kube-system"]}
        assert all(found[name] == [f"/shop/{log_routing.group(spec, name)}"] for name in names[:count])
        assert {name for name in names[:count] if found[name] == ["/shop/services"]} == set(log_routing.sharing(spec))
        earlier, shares = found, len(log_routing.sharing(spec))
    assert 0 < shares < 59 - 15


@pytest.mark.parametrize("length", range(36, 46))
def test_where_lines_go_is_what_is_said_of_it(system: Check, length: int) -> None:
    """Also where the outputs fit as they are, and would not beside one for the rest."""
    names = [f"{f's{number}':x<{length}}" for number in range(26)]
    whole = _of(system, names)
    for count in range(14, 26):
        spec = _with_the_first(whole, count)
        told = {name: [f"/shop/{log_routing.group(spec, name)}"] for name in names[:count]}
        assert _groups(spec, names[:count]) == told
        assert {name for name, groups in told.items() if groups == ["/shop/services"]} == set(log_routing.sharing(spec))


def test_json_becomes_fields_and_other_text_stays(system: Check) -> None:
    """The order matters: the runtime's parser leaves in `log` what the program wrote, and only then is that JSON."""
    files = log_routing.files(_spec(system("a: {}")))
    filters = [_settings(one) for one in files["filters.conf"].split("[FILTER]\n")[1:]]
    parsers = {one["Name"]: one for one in map(_settings, files["parsers.conf"].split("[PARSER]\n")[1:])}
    assert [(one["Name"], one["Key_Name"], parsers[one["Parser"]]["Format"]) for one in filters] == [
        ("parser", "log", "Regex"),
        ("parser", "log", "json"),
    ]
    assert filters[1]["Reserve_Data"] == "On"  # without it, lines of JSON would lose `stream`
    assert "Time_Keep" not in parsers["crio"]


def test_a_line_of_the_runtime_gives_what_the_program_wrote(system: Check) -> None:
    parsers = log_routing.files(_spec(system("a: {}")))["parsers.conf"]
    (pattern,) = re.findall(r"Regex (.*)\n", parsers)
    line = re.fullmatch(pattern.replace("(?<", "(?P<"), '2026-11-26T03:00:00.123456789Z stdout F {"level": "info"}')
    assert line is not None
    assert line.groupdict() == {
        "time": "2026-11-26T03:00:00.123456789Z",
        "stream": "stdout",
        "logtag": "F",
        "log": '{"level": "info"}',
    }


def _settings(section: str) -> dict[str, str]:
    return dict(line.strip().split(" ", 1) for line in section.splitlines() if line.startswith("    "))
