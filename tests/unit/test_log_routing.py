"""The log router's configuration: each namespace to its own log group, within what Fargate takes."""

import re
from collections.abc import Callable

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


def test_many_services_share_an_output(system: Check) -> None:
    names = [f"service-number-{number}" for number in range(100)]
    few, many = ("\n".join(f"{name}: {{}}" for name in names[:count]) for count in (20, 100))
    assert not log_routing.is_shared(_spec(system(few)))
    files = log_routing.files(_spec(system(many)))
    assert files["output.conf"].count("[OUTPUT]") == 1
    assert "Match *\n" in files["output.conf"]
    assert "log_group_name /shop/services\n" in files["output.conf"]
    assert log_routing.length(files) <= log_routing.MAX_CHARACTERS


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
