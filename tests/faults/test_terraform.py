"""Terraform that is killed, met by another, or refused by AWS: the next apply ends as an undisturbed one, or the error
says what stands in the way. A fault's name is the rest of the test's.
"""

import re
import shlex
import signal
from collections import Counter
from concurrent.futures import Future

import pytest

from tests.faults.conftest import SECONDS_FOR_ALL, Fault
from tests.support.sandbox import (
    BUCKET,
    HOLD_THEIR_SECOND_CALLS,
    HOLD_THEM,
    MADE,
    SAID,
    SECONDS,
    STACK,
    WAITED_FOR,
    Sandbox,
    lock_held_by_somebody,
)

ALL = "Apply complete! Resources: 51 added, 0 changed, 0 destroyed."
ROLE = "shop-flow-logs"
# On a busy machine the first 20 seconds may be over too soon.
WITHOUT_A_WRITE = {"TF_STATE_PERSIST_INTERVAL": "3600"}


def killed_is_finished_by_the_next_but_what_was_just_being_made_stays_in_aws_unknown(sandbox: Sandbox) -> None:
    sandbox.faults(HOLD_THEM)
    with sandbox.start("apply", "-auto-approve") as apply:
        apply.wait_for_output(*SAID)
        sandbox.until(lambda: sandbox.made(WAITED_FOR) == WAITED_FOR and sandbox.in_state() == MADE)
        apply.signal(signal.SIGKILL)
        assert apply.end().code == -signal.SIGKILL
    sandbox.faults()
    assert sandbox.in_state() == MADE
    assert "Apply complete! Resources: 47 added, 0 changed, 0 destroyed." in sandbox.apply().said
    assert sandbox.is_complete()
    assert sandbox.unknown_to_the_state() == WAITED_FOR


def killed_leaves_what_make_leftovers_finds_and_its_commands_take_over(sandbox: Sandbox) -> None:
    sandbox.faults(HOLD_THEM)
    with sandbox.start("apply", "-auto-approve") as apply:
        apply.wait_for_output(*SAID)
        sandbox.until(lambda: sandbox.made(WAITED_FOR) == WAITED_FOR and sandbox.in_state() == MADE)
        apply.signal(signal.SIGKILL)
    sandbox.faults()
    found = sandbox.leftovers()
    assert Counter(one["address"].partition(".")[0] for one in found) == WAITED_FOR
    for one in found:
        *_, address, identifier = shlex.split(one["command"])
        assert sandbox.run("import", address, identifier).code == 0
    assert sandbox.leftovers() == []
    assert "Apply complete!" in sandbox.apply().said
    assert sandbox.is_as_undisturbed()


def killed_before_it_heard_of_a_name_says_that_the_name_is_taken_and_goes_on_after_an_import(sandbox: Sandbox) -> None:
    sandbox.faults({"answer": "hold", "calls": ["CreateRole"]})
    with sandbox.start("apply", "-auto-approve") as apply:
        apply.wait_for_output("aws_iam_role.flow_logs: Creating...")
        sandbox.until(lambda: sandbox.made(["aws_iam_role"])["aws_iam_role"] == 1)
        apply.signal(signal.SIGKILL)
    sandbox.faults()
    refused = sandbox.apply()
    assert refused.code == 1
    assert f"EntityAlreadyExists: Role with name {ROLE} already exists" in _flat(refused.said)
    assert sandbox.in_state()["aws_vpc_endpoint"] == sandbox.declared["aws_vpc_endpoint"]
    assert sandbox.run("import", "aws_iam_role.flow_logs", ROLE).code == 0
    assert "Apply complete!" in sandbox.apply().said
    assert sandbox.is_complete()


def interrupted_while_it_waits_leaves_nothing_unknown_and_is_finished_by_the_next(sandbox: Sandbox) -> None:
    sandbox.faults(HOLD_THEIR_SECOND_CALLS)
    with sandbox.start("apply", "-auto-approve") as apply:
        apply.wait_for_output(*SAID)
        sandbox.until(lambda: sandbox.fault_hits() == [WAITED_FOR.total()])
        apply.signal(signal.SIGINT)
        done = apply.end()
    sandbox.faults()
    assert done.code == 1
    assert "Interrupt received." in done.said
    assert "Gracefully shutting down..." in done.said
    assert sandbox.in_state() == WAITED_FOR + MADE
    assert sandbox.unknown_to_the_state() == Counter()
    assert "Apply complete!" in sandbox.apply().said
    assert sandbox.is_as_undisturbed()


def interrupted_during_a_call_cancels_it_and_what_it_made_stays_in_aws_unknown(sandbox: Sandbox) -> None:
    sandbox.faults(HOLD_THEM)
    with sandbox.start("apply", "-auto-approve") as apply:
        apply.wait_for_output(*SAID)
        sandbox.until(lambda: sandbox.made(WAITED_FOR) == WAITED_FOR)
        apply.signal(signal.SIGINT)
        done = apply.end()
    sandbox.faults()
    assert done.code == 1
    assert re.search(r"creating EC2 VPC: ((?!Error:).)*context canceled", _flat(done.said))
    assert sandbox.unknown_to_the_state() == WAITED_FOR
    assert "Apply complete!" in sandbox.apply().said
    assert sandbox.is_complete()
    assert sandbox.unknown_to_the_state() == WAITED_FOR


def met_by_a_second_refuses_it_and_says_who_holds_the_lock_or_lets_it_wait(sandbox: Sandbox) -> None:
    sandbox.faults(HOLD_THEM)
    with sandbox.start("apply", "-auto-approve") as first:
        first.wait_for_output("aws_vpc.main: Creating...")
        refused = sandbox.apply()
        with sandbox.start("apply", "-auto-approve", f"-lock-timeout={SECONDS}s") as waiting:
            waiting.wait_for_output("Acquiring state lock.")
            sandbox.faults()
            done, waited = first.end(), waiting.end()
    assert refused.code == 1
    assert "Error acquiring the state lock" in refused.said
    assert lock_held_by_somebody(refused.said)
    assert ALL in done.said
    assert "Resources: 0 added, 0 changed, 0 destroyed." in waited.said
    assert sandbox.is_as_undisturbed()


def with_its_state_in_s3_killed_leaves_its_lock_and_within_20_seconds_no_state(sandbox: Sandbox) -> None:
    sandbox.faults(HOLD_THEM)
    sandbox.workspace.environment |= WITHOUT_A_WRITE
    with sandbox.start("apply", "-auto-approve") as apply:
        apply.wait_for_output(*SAID)
        sandbox.until(lambda: sandbox.made(WAITED_FOR) == WAITED_FOR)
        apply.signal(signal.SIGKILL)
    stale = sandbox.apply()
    assert stale.code == 1
    assert "Error acquiring the state lock" in stale.said
    assert sandbox.run("force-unlock", "-force", lock_held_by_somebody(stale.said)).code == 0
    assert sandbox.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0
    assert "Plan: 51 to add, 0 to change, 0 to destroy." in sandbox.workspace.plan(STACK).text
    assert sandbox.made([*WAITED_FOR, "aws_eip"]) == WAITED_FOR + Counter(aws_eip=3)


def throttled_at_every_tenth_call_tries_again_and_ends_as_undisturbed(sandbox: Sandbox) -> None:
    sandbox.faults({"answer": "throttle", "every": 10})
    assert ALL in sandbox.apply().said
    assert sandbox.fault_hits()[0] > 10
    sandbox.faults()
    assert sandbox.is_as_undisturbed()


def failed_for_seconds_tries_again_and_ends_as_undisturbed(sandbox: Sandbox) -> None:
    sandbox.faults(
        {"answer": "fail", "calls": ["CreateVpc", "CreateKey", "CreateRole", "AllocateAddress"], "seconds": 3}
    )
    assert ALL in sandbox.apply().said
    assert sandbox.fault_hits()[0] > 0
    assert sandbox.is_as_undisturbed()


def failed_for_longer_than_it_tries_says_which_call_and_is_finished_by_the_next(sandbox: Sandbox) -> None:
    sandbox.tries(2)
    sandbox.faults({"answer": "fail", "calls": ["CreateNatGateway"]})
    done = sandbox.apply()
    assert done.code == 1
    assert re.search(
        r"creating EC2 NAT Gateway: .*CreateNatGateway, exceeded maximum number of attempts, 2", _flat(done.said)
    )
    assert "api error InternalError" in _flat(done.said)
    assert sandbox.unknown_to_the_state() == Counter()
    sandbox.faults()
    assert "Apply complete!" in sandbox.apply().said
    assert sandbox.is_as_undisturbed()


FAULTS = [
    killed_is_finished_by_the_next_but_what_was_just_being_made_stays_in_aws_unknown,
    killed_leaves_what_make_leftovers_finds_and_its_commands_take_over,
    killed_before_it_heard_of_a_name_says_that_the_name_is_taken_and_goes_on_after_an_import,
    interrupted_while_it_waits_leaves_nothing_unknown_and_is_finished_by_the_next,
    interrupted_during_a_call_cancels_it_and_what_it_made_stays_in_aws_unknown,
    met_by_a_second_refuses_it_and_says_who_holds_the_lock_or_lets_it_wait,
    with_its_state_in_s3_killed_leaves_its_lock_and_within_20_seconds_no_state,
    throttled_at_every_tenth_call_tries_again_and_ends_as_undisturbed,
    failed_for_seconds_tries_again_and_ends_as_undisturbed,
    failed_for_longer_than_it_tries_says_which_call_and_is_finished_by_the_next,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_an_apply(fault: Fault, running: dict[Fault, Future[None]]) -> None:
    running[fault].result(SECONDS_FOR_ALL)


def _flat(said: str) -> str:
    """Without the line breaks of Terraform's error boxes."""
    return " ".join(said.split())
