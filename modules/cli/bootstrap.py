"""`main.py bootstrap`: makes the S3 bucket for the states of a team, and moves the states of this machine into it."""

import argparse
from collections.abc import Iterable

from modules.checks.check import Checked
from modules.cli import moved_states
from modules.cli.moved_states import Moving, say
from modules.cli.services_file import load_checked
from modules.design import state_location
from modules.doctor.account import Account
from modules.shared_state import bucket as buckets
from modules.shared_state import journal, move, places
from modules.shared_state.bucket import Bucket, Call
from modules.shared_state.s3 import S3
from modules.spec.model import S3State, Spec, State

COMMAND = "bootstrap"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `bootstrap`."""
    moved_states.add_options(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where there is no login, or the bucket can't be used."""
    checked = load_checked(options.file)
    if (spec := checked.spec) is None:
        return 1
    account = moved_states.login(spec, COMMAND)
    target = spec.state or State(s3=S3State(bucket=_name(spec, account)))
    in_s3 = places.bucket_of(target)
    with journal.alone(places.local_folder(options.out)) as journal_:
        moving = _moving(checked, options, target, account)
        calls = list(_calls(spec, in_s3, account))
        if not calls and moving.is_done and not journal_.found:
            say(f"Nothing to do: the states are in {moving.target}, and the bucket has all that it needs.")
            return 0
        moving.require_no_other_states()
        for call in calls:
            say(f"  {call.line()}")
        moving.describe(goes_on=journal_.found is not None)
        if options.dry_run:
            say("Nothing was changed.")
            return 0
        moved_states.confirm(COMMAND, options.yes)
        _make(S3(account, state_location.s3_region(spec, in_s3)), calls)
        moving.run(journal_, f"make {COMMAND}")
    return 0


def _moving(checked: Checked, options: argparse.Namespace, target: State, account: Account) -> Moving:
    """From this machine to the bucket."""
    assert checked.spec
    spec, out = checked.spec, options.out
    stacks = places.stacks_with(spec.state, checked.specs, out)
    sources, targets = (places.of_system(state, spec, out, stacks, account) for state in (None, target))
    title = places.title(target, spec, out)
    return Moving(checked, options.file, out, places.LOCAL, title, target, move.pairs(sources, targets))


def _name(spec: Spec, account: Account) -> str:
    return spec.names.bucket("terraform", account_id=account.id, region=spec.region)


def _calls(spec: Spec, in_s3: S3State, account: Account) -> Iterable[Call]:
    """What makes the bucket, or completes it. A bucket that somebody else has made is left as it is."""
    region = state_location.s3_region(spec, in_s3)
    tags = {**spec.tags, "Project": spec.project, "Environment": spec.names.environment_tag}
    bucket, s3 = Bucket(in_s3.bucket, region, tags), S3(account, region)
    is_there = buckets.exists(s3, bucket)
    missing = list(buckets.missing(s3, bucket, is_there=is_there))
    if not is_there:
        say(f"The bucket {bucket.name} does not exist; these calls make it:")
        return [buckets.creation(bucket), *(call for _, call in missing)]
    if bucket.name == _name(spec, account):
        if missing:
            lacking = ", ".join(setting.title for setting, _ in missing)
            say(f"The bucket {bucket.name} lacks {lacking}; these calls give it that:")
        return [call for _, call in missing]
    for setting, call in missing:
        say(f"The bucket {bucket.name}, which this command did not name, lacks {setting.title}. Its owner can add it:")
        say(f"  {call.line()}")
    return []


def _make(s3: S3, calls: Iterable[Call]) -> None:
    for call in calls:
        buckets.make(s3, call)
        say(f"done: {call.operation}")
