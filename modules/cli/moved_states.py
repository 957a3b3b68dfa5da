"""What `bootstrap` and `migrate-state` share: the states move, and services.yaml and generated/ say where they are."""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from modules.checks.check import Checked
from modules.cli.services_edit import check_content, replace
from modules.cli.services_file import add_file_option
from modules.cli.synth import add_out_option
from modules.doctor.account import Account
from modules.doctor.login import log_in
from modules.errors import CommandError
from modules.paths import ROOT
from modules.scaffold import top_level_key
from modules.scaffold.services_text import NotEditableError
from modules.shared_state import lock, move, places
from modules.shared_state.journal import Journal
from modules.shared_state.local_state import LocalState
from modules.shared_state.move import Pair
from modules.spec.model import Spec, State
from modules.state import generated
from modules.state.json_file import shown
from modules.synth import hcl

COMMENT = "Where Terraform keeps its states, for all who deploy; `make migrate-state` moves them."


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of both commands."""
    add_file_option(parser)
    add_out_option(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask before anything is changed")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")


def login(spec: Spec, command: str) -> Account:
    """The account that the credentials lead to; raises CommandError where there is none, or another than `account:`."""
    account, finding = log_in(spec)
    if account is None:
        raise CommandError(command, finding.what, finding.next_step)
    say(f"Logged in: {finding.what}")
    return account


def say(text: str) -> None:
    """Prints a line at once."""
    print(text, flush=True)


def confirm(command: str, yes: bool) -> None:
    """Raises CommandError without a yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        what = "This has to be approved, and there is no terminal to ask on."
        raise CommandError(command, what, f"Run it in a terminal, or run make {command} YES=1.")
    print("Go on? [y/N] ", end="", flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandError(command, "It was not approved, and nothing was changed.", "Run it again when you want to.")


@dataclass(frozen=True)
class Moving:
    """A move of the states of one system."""

    checked: Checked
    file: Path
    out: Path
    source: str  # as `migrate-state` takes it
    target: str
    state: State | None  # the target, as services.yaml has it
    pairs: list[Pair]

    @property
    def spec(self) -> Spec:
        """The system."""
        assert self.checked.spec
        return self.checked.spec

    def require_no_other_states(self) -> None:
        """Raises CommandError for a state that Terraform left in a stack's folder: it may be the newest."""
        for pair in self.pairs:
            for stray in sorted(generated.stray_states(generated.folder_of(self.out, pair.stack))):
                what = "Terraform has left this state here, which is in no place where states are kept."
                push = f"terraform -chdir={shown(stray.parent)} state push {stray.name}"
                step = f"If it is the newest, push it: {push}. Otherwise delete it. Then run this again."
                raise CommandError(shown(stray), what, step)

    def describe(self, *, goes_on: bool) -> None:
        """Says what there is to move, and what services.yaml gets."""
        if goes_on:
            say("An earlier run was ended before it was done: this one goes on with it.")
        found = [(pair, state) for pair in self.pairs if (state := pair.state())]
        if found:
            say(f"States to move ({len(found)} of {len(self.pairs)} stacks):")
        for pair, state in found:
            say(f"  {pair.stack}: {move.described(state)}: {pair.source} -> {pair.target}")
        if not found:
            say(f"No state is left in {self.source}.")
        if not self.is_written:
            value = f"gets state: {_value(self.state)}" if self.state else "loses state:"
            say(f"{self.file.name} {value}")

    @property
    def is_written(self) -> bool:
        """Whether services.yaml says the target."""
        return self.spec.state == self.state

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to move, and services.yaml and generated/ say the target."""
        declares = all(
            isinstance(pair.target, LocalState) == bool(self._backend(pair.stack).local_file) for pair in self.pairs
        )
        return self.is_written and declares and not any(pair.source.read() for pair in self.pairs)

    def _backend(self, stack: str) -> generated.Backend:
        return generated.declared_backend(generated.folder_of(self.out, stack))

    def run(self, journal: Journal, command: str) -> None:
        """Moves them. Raises CommandError where that can't be; then the old place is the true one, as before."""
        begun = journal.begin(self.source, self.target)
        switched: list[bool] = []

        def switch() -> None:
            self._switch()
            switched.append(True)

        try:
            move.move(self.pairs, lock.new(begun.lock, command), switch, say)
        except BaseException:
            if not switched:
                journal.end()
            raise
        journal.end()
        say(f"{self.file.name} and {self.out.name}/ say {self.target}: commit both.")

    def _switch(self) -> None:
        """Writes services.yaml, then generated/, or neither; Terraform then forgets where it found the states."""
        original = self.file.read_bytes()
        if not self.is_written:
            replace(self.file, self._edited(original.decode("utf-8")).encode("utf-8"))
        if _synth(self.file, self.out):
            replace(self.file, original)
            what = f"{self.out.name}/ could not be written; why is above. {self.file.name} is as it was."
            raise CommandError(str(self.file), what, "Correct that, and run this again.")
        for pair in self.pairs:
            (generated.folder_of(self.out, pair.stack) / ".terraform" / "terraform.tfstate").unlink(missing_ok=True)

    def _edited(self, text: str) -> str:
        """The text of services.yaml with the target; raises CommandError where it can't be written there."""
        value = _value(self.state)
        by_hand = f"Write `state: {value}` by hand" if self.state else "Take `state:` out by hand"
        step = f"{by_hand}, and run make migrate-state FROM={self.source}"
        try:
            after = (
                top_level_key.write(text, "state", value, COMMENT)
                if self.state
                else top_level_key.remove(text, "state", COMMENT)
            )
        except NotEditableError as problem:
            raise CommandError(f"{self.file.name} state", f"It can't be edited. {problem}", step) from None
        checked = check_content(after.encode("utf-8"), self.file, datetime.now(UTC).date())
        others = [{k: v for k, v in one.document.values.items() if k != "state"} for one in (self.checked, checked)]
        if checked.spec is None or checked.spec.state != self.state or others[0] != others[1]:
            raise CommandError(f"{self.file.name} state", "It can't be edited without a change of another value.", step)
        return after


def _value(state: State | None) -> str:
    """As YAML on one line, without what is so anyway."""
    values = places.bucket_of(state).model_dump(by_alias=True, exclude_none=True) if state else {}
    return f"{{s3: {{{', '.join(f'{key}: {value}' for key, value in values.items())}}}}}"


def _synth(file: Path, out: Path) -> int:
    """`main.py` in a process of its own, in the language that generated/ has; returns its exit code.

    A lock of a local state ends when any part of a process closes the file, so none of this process may read it now.
    """
    is_hcl = any(out.glob("stacks/*/cdk.tf"))
    line = [sys.executable, str(ROOT / "main.py"), "--file", str(file), "--out", str(out)]
    environment = os.environ | {hcl.VARIABLE: str(is_hcl).lower()}
    return subprocess.run(line, env=environment, stdout=subprocess.DEVNULL, check=False).returncode
