"""cdktf-cli itself, as `make deploy`, `diff` and `destroy` run it. What a run does is the rest of the test's name."""

import signal
from collections import Counter
from concurrent.futures import Future

import pytest

from modules.deploy import cdktf_cli
from tests.faults.conftest import Fault
from tests.support.sandbox import (
    HOLD_THEIR_SECOND_CALLS,
    HOLD_THEM,
    MADE,
    SAID,
    STATE,
    WAITED_FOR,
    Place,
    lock_held_by_somebody,
)


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


def with_its_state_in_s3_interrupted_waits_until_it_is_written_and_is_finished_by_the_next(place: Place) -> None:
    place.faults(HOLD_THEIR_SECOND_CALLS, {"answer": "hold", "calls": [f"PUT /{STATE}"]})
    with place.cdktf("deploy") as deploy:
        deploy.says(*SAID)
        place.until(lambda: place.struck()[0] == WAITED_FOR.total())
        deploy.signal(signal.SIGINT)
        deploy.says("is still writing its state; waiting for it.")
        place.until(lambda: place.struck()[1] == 1)
        place.faults()
        assert deploy.end().code == cdktf_cli.INTERRUPTED, deploy.said
    assert place.in_state() == MADE + WAITED_FOR
    assert place.unknown_to_the_state() == Counter()
    with place.cdktf("deploy") as deploy:
        assert deploy.end().code == 0, deploy.said
    assert place.is_as_undisturbed()


def met_by_a_second_refuses_it_and_says_who_holds_the_lock(place: Place) -> None:
    place.faults(HOLD_THEM)
    with place.cdktf("deploy") as first:
        first.says("aws_vpc.main: Creating...")
        with place.cdktf("deploy") as second:
            assert second.end().code == 1, second.said
        place.faults()
        assert first.end().code == 0, first.said
    assert "Error acquiring the state lock" in second.said
    assert lock_held_by_somebody(second.said)
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
    with_its_state_in_s3_interrupted_waits_until_it_is_written_and_is_finished_by_the_next,
    met_by_a_second_refuses_it_and_says_who_holds_the_lock,
    refused_by_aws_ends_with_an_exit_code_and_says_which_call,
]


@pytest.mark.parametrize("fault", RUNS, ids=lambda run: run.__name__)
def test_cdktf(fault: Fault, running: dict[Fault, Future[None]]) -> None:
    running[fault].result()
