"""`main.py migrate-state`: moves the states of all stacks; services.yaml and generated/ then say the new place."""

import argparse
from pathlib import Path

from modules.cli import moved_states
from modules.cli.moved_states import Moving, say
from modules.cli.services_file import load_checked
from modules.doctor.account import Account
from modules.errors import CommandError
from modules.shared_state import journal, move, places
from modules.shared_state.local_state import LocalState
from modules.shared_state.places import Place
from modules.spec.model import Spec, State

COMMAND = "migrate-state"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `migrate-state`."""
    moved_states.add_options(parser)
    place = "`local`, or s3://my-bucket/prefix of a bucket that exists"
    parser.add_argument("--from", dest="source", metavar="PLACE", help=f"{place} (default: what generated/ says)")
    parser.add_argument("--to", dest="target", metavar="PLACE", help=f"{place} (default: what services.yaml says)")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where there is no login, or a place can't be used."""
    checked = load_checked(options.file)
    if (spec := checked.spec) is None:
        return 1
    account = moved_states.login(spec, COMMAND)
    with journal.alone(places.local_folder(options.out)) as journal_:
        stacks = places.stacks_with(spec.state, checked.specs, options.out)
        declared = places.declared(options.out, stacks, account)
        begun = journal_.found
        source = options.source or (begun.source if begun else _text(declared))
        wanted = options.target or (begun.target if begun else None)
        state = _state(wanted, spec, options.out, account) if wanted else spec.state
        target = places.LOCAL if state is None else places.title(state, spec, options.out)
        if source == target:
            say(f"Nothing to do: the states are in {target}. Name the other place: make {COMMAND} TO=…, or FROM=…")
            return 0
        at_source = _state(source, spec, options.out, account)
        sources = declared if source == _text(declared) else _of(at_source, spec, options.out, stacks, account)
        targets = _of(state, spec, options.out, stacks, account)
        moving = Moving(checked, options.file, options.out, source, target, state, move.pairs(sources, targets))
        if moving.is_done and not begun:
            say(f"Nothing to do: no state is left in {source}.")
            return 0
        moving.require_no_other_states()
        moving.describe(goes_on=journal_.found is not None)
        if options.dry_run:
            say("Nothing was changed.")
            return 0
        moved_states.confirm(COMMAND, options.yes)
        moving.run(journal_, f"make {COMMAND} FROM={source} TO={target}")
    return 0


def _state(text: str, spec: Spec, out: Path, account: Account) -> State | None:
    """The value of `state:` for a place; that of services.yaml, where it means the same place."""
    if spec.state and text == places.title(spec.state, spec, out):
        return spec.state
    found = places.parse(text, account)
    if found and (s3 := places.bucket_of(found)).prefix == spec.project:
        return State(s3=s3.model_copy(update={"prefix": None}))
    return found


def _of(state: State | None, spec: Spec, out: Path, stacks: dict[str, Spec], account: Account) -> dict[str, Place]:
    return places.of_system(state, spec, out, stacks, account)


def _text(declared: dict[str, Place]) -> str:
    """The one place in which generated/ has the states."""
    texts = {
        places.LOCAL if isinstance(one, LocalState) else f"s3://{one.place.bucket}/{one.place.key.rpartition('/')[0]}"
        for one in declared.values()
    }
    if len(texts) != 1:
        what = f"generated/ names several places of states: {', '.join(sorted(texts))}."
        raise CommandError(COMMAND, what, "Run make synth, and then this again.")
    return texts.pop()
