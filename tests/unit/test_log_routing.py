"""The log router's configuration: each namespace to its own log group, within what Fargate takes."""

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
