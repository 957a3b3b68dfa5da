"""cdktf-cli itself, as `make deploy`, `diff` and `destroy` run it. What a run does is the rest of the test's name."""

import signal
from collections import Counter
from concurrent.futures import Future

import pytest

from modules.deploy import cdktf_cli
from tests.faults.conftest import SECONDS_FOR_ALL, Fault
from tests.support.sandbox import (
    HOLD_THEIR_SECOND_CALLS,
    HOLD_THEM,
    MADE,
    SAID,
    STATE,
    WAITED_FOR,
    Sandbox,
    lock_held_by_somebody,
)


def deploys_finds_no_difference_and_destroys(sandbox: Sandbox) -> None:
    with sandbox.cdktf("deploy") as deploy:
        assert deploy.end().code == 0, deploy.said
    assert sandbox.is_as_undisturbed()
    with sandbox.cdktf("diff") as diff:
        assert diff.end().code == 0, diff.said
    assert "No changes. Your infrastructure matches the configuration." in diff.said
    with sandbox.cdktf("destroy") as destroy:
        assert destroy.end().code == 0, destroy.said
    assert sandbox.in_state() == Counter()


def with_its_state_in_s3_interrupted_waits_until_it_is_written_and_is_finished_by_the_next(sandbox: Sandbox) -> None:
    sandbox.faults(HOLD_THEIR_SECOND_CALLS, {"answer": "hold", "calls": [f"PUT /{STATE}"]})
    with sandbox.cdktf("deploy") as deploy:
        deploy.wait_for_output(*SAID)
        sandbox.until(lambda: sandbox.fault_hits()[0] == WAITED_FOR.total())
        deploy.signal(signal.SIGINT)
        deploy.wait_for_output("is still writing its state; waiting for it.")
        sandbox.until(lambda: sandbox.fault_hits()[1] == 1)
        sandbox.faults()
        assert deploy.end().code == cdktf_cli.INTERRUPTED, deploy.said
    assert sandbox.in_state() == MADE + WAITED_FOR
    assert sandbox.unknown_to_the_state() == Counter()
    with sandbox.cdktf("deploy") as deploy:
        assert deploy.end().code == 0, deploy.said
    assert sandbox.is_as_undisturbed()


def met_by_a_second_refuses_it_and_says_who_holds_the_lock(sandbox: Sandbox) -> None:
    sandbox.faults(HOLD_THEM)
    with sandbox.cdktf("deploy") as first:
        first.wait_for_output("aws_vpc.main: Creating...")
        with sandbox.cdktf("deploy") as second:
            assert second.end().code == 1, second.said
        sandbox.faults()
        assert first.end().code == 0, first.said
    assert "Error acquiring the state lock" in second.said
    assert lock_held_by_somebody(second.said)
    assert sandbox.is_as_undisturbed()


def refused_by_aws_ends_with_an_exit_code_and_says_which_call(sandbox: Sandbox) -> None:
    sandbox.tries(2)
    sandbox.faults({"answer": "fail", "calls": ["CreateNatGateway"]})
    with sandbox.cdktf("deploy") as deploy:
        assert deploy.end().code == 1, deploy.said
    assert "CreateNatGateway" in deploy.said
    assert sandbox.unknown_to_the_state() == Counter()


# The last two are faults that test_terraform.py has of Terraform alone.
NIGHTLY = pytest.mark.nightly(minutes=2)
RUNS = [
    deploys_finds_no_difference_and_destroys,
    with_its_state_in_s3_interrupted_waits_until_it_is_written_and_is_finished_by_the_next,
    pytest.param(met_by_a_second_refuses_it_and_says_who_holds_the_lock, marks=NIGHTLY),
    pytest.param(refused_by_aws_ends_with_an_exit_code_and_says_which_call, marks=NIGHTLY),
]


@pytest.mark.parametrize("fault", RUNS, ids=lambda run: run.__name__)
def test_cdktf(fault: Fault, running: dict[Fault, Future[None]]) -> None:
    running[fault].result(SECONDS_FOR_ALL)
