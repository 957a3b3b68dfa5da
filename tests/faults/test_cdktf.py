"""cdktf-cli itself, as `make deploy`, `diff` and `destroy` run it. What a run does is the rest of the test's name."""

import signal
from collections import Counter
from concurrent.futures import Future

import pytest

from modules import cdktf_cli
from tests.faults.conftest import Fault
from tests.faults.place import Place


def deploys_finds_no_difference_and_destroys(place: Place) -> None:
    with place.cdktf("deploy") as deploy:
        assert deploy.end().code == 0, deploy.said
    assert place.is_as_undisturbed()
    with place.cdktf("diff") as diff:
        assert diff.end().code == 0, diff.said
    assert "No changes. Your infrastructure matches the configuration." in diff.said
    with place.cdktf("destroy") as destroy:
        assert destroy.end().code == 0, destroy.said
    assert place.in_state() == Counter()


def interrupted_waits_until_terraform_has_written_its_state_and_is_finished_by_the_next(place: Place) -> None:
    with place.cdktf("deploy") as deploy:
        deploy.says("aws_iam_role.flow_logs: Creation complete")
        deploy.signal(signal.SIGINT)
        assert deploy.end().code == cdktf_cli.INTERRUPTED, deploy.said
    assert "is still writing its state; waiting for it." in deploy.said
    assert place.in_state().total() < place.declared.total()
    assert place.unknown_to_the_state() == Counter()
    with place.cdktf("deploy") as deploy:
        assert deploy.end().code == 0, deploy.said
    assert place.is_as_undisturbed()


def refused_by_aws_ends_with_an_exit_code_and_says_which_call(place: Place) -> None:
    place.tries(2)
    place.faults({"answer": "fail", "calls": ["CreateNatGateway"]})
    with place.cdktf("deploy") as deploy:
        assert deploy.end().code == 1, deploy.said
    assert "CreateNatGateway" in deploy.said
    assert place.unknown_to_the_state() == Counter()


RUNS = [
    deploys_finds_no_difference_and_destroys,
    interrupted_waits_until_terraform_has_written_its_state_and_is_finished_by_the_next,
    refused_by_aws_ends_with_an_exit_code_and_says_which_call,
]


@pytest.mark.parametrize("fault", RUNS, ids=lambda run: run.__name__)
def test_cdktf(fault: Fault, running: dict[Fault, Future[None]]) -> None:
    running[fault].result()
