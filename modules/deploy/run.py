"""make deploy and destroy: one stack or all, in order of apply or in its reverse, each only when it can work."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from modules import parallel, terminal
from modules.checks.check import check
from modules.deploy import (
    captured,
    cdktf_cli,
    empty_secrets,
    environments,
    first_image,
    log_groups,
    outcome,
    partial_apply,
    passes,
    restored_secrets,
    summary,
    terraform_cli,
)
from modules.deploy.cluster_access import unreachable
from modules.deploy.in_cluster import InCluster
from modules.deploy.outcome import Outcome
from modules.deploy.passes import Change, Pass
from modules.deploy.side_by_side import SideBySide
from modules.design import lifelong_keys
from modules.doctor import examine, report, stack_state
from modules.doctor.account import Account
from modules.doctor.finding import NotChecked
from modules.errors import CommandError
from modules.naming import DEPLOYER
from modules.spec.model import Spec
from modules.spec.problem import did_you_mean
from modules.spec.retired import SHARED
from modules.state import applied_stacks, record
from modules.state.applied_stacks import Stack, Stacks
from modules.state.record import Record
from modules.state.state_file import State

Outcomes = Callable[[Sequence[Outcome]], None]


def run(
    command: str,
    stacks: list[str],
    root: Path,
    environment: str | None = None,
    *,
    auto_approve: bool,
    ignore_problems: bool = False,
    at_once: str | None = None,
    found: Outcomes | None = None,
) -> int:
    """`deploy` or `destroy` of these stacks (none named: all) after a synth; returns the exit code.

    All are of one environment, which has to be named where there are several, unless a stack's name says it.

    With `ignore_problems` it begins whatever the checks of `make doctor` find. Where nothing is asked, so many stacks
    are worked on `at_once`; `found` is called with what became of each, and lets a single one go that way too.

    Raises CommandError where it can't begin or go on.
    """
    try:
        talk = sys.stderr if found else None  # stdout is for what became of each stack
        if synth := subprocess.run([sys.executable, "main.py"], cwd=root, stdout=talk, check=False).returncode:
            return synth
        limit = parallel.at_once(at_once) if auto_approve else 1
        return _command(command, stacks, root, environment, auto_approve, ignore_problems, limit, found)
    except KeyboardInterrupt:
        terminal.hide()
        _say(f"{command} interrupted; run it again to go on.")
        return cdktf_cli.INTERRUPTED


def _command(
    command: str,
    named: list[str],
    root: Path,
    environment: str | None,
    auto_approve: bool,
    ignore_problems: bool,
    at_once: int,
    found: Outcomes | None,
) -> int:
    checked = check(root / "services.yaml", datetime.now(UTC).date())
    if checked.spec is None:
        raise CommandError("services.yaml", "It has a mistake.", "Run make synth, which says where.")
    spec = environments.chosen(command, checked, environment, named)
    stacks = environments.of(spec.names, applied_stacks.read(root / "generated"))
    named = [name if name in stacks else spec.names.stack(name) for name in named]
    order = _order(command, stacks if named else environments.without_deployer(spec.names, stacks), named)
    if not order:
        _say("None of these stacks is applied, so there is nothing to destroy.")
        return 0
    _say(f"{command}: {', '.join(stack.name for stack in order)}")
    if spec.deployer and not named:
        own = spec.names.stack(DEPLOYER)
        _say(f"{own} is left out, which is an administrator's to change: make {command} STACK={own}")
    _require_approval(command, auto_approve)
    if command == "destroy":
        _require_unprotected(order)
        _require_let_go(order, root / "generated", spec)
    if not _can_begin(command, spec, root, ignore_problems):
        return 1
    one_after_the_other = [Pass(stack, "apply") for stack in order]
    if command == "deploy":
        one_after_the_other = passes.passes(change(stacks, spec, root / "generated"), order)
        if not passes.is_plain(one_after_the_other):
            _say(f"in this order: {', '.join(passes.text(one) for one in one_after_the_other)}")
    run_ = _Run(command, stacks, root, spec, auto_approve)
    if found or (at_once > 1 and len(order) > 1):
        return run_.side_by_side(one_after_the_other, at_once, found or (lambda _: None))
    return run_.each(one_after_the_other)


def change(stacks: Stacks, spec: Spec, generated: Path) -> Change:
    """What is to be deployed, and what is applied, by the states on this machine and in S3.

    Terraform is asked for other states only where something is retired or renamed: first those that hold what goes with
    it, and the others only while something does.
    """
    held = _record(generated, spec).on_disk
    names = {spec.names.stack(name): (*spec.earlier_of(name), name) for name in spec.services if spec.earlier_of(name)}
    retired = {spec.names.stack(name) for name in spec.retired_services}
    first = {*names, *map(spec.retired_stack, spec.retired)}
    first |= set(map(spec.names.stack, spec.platform_stacks)) if first else set()
    account = Account(spec.region, spec.deployer_role)
    states = {name: _state(stack, account) for name, stack in stacks.items()}
    for asked in (first, stacks):
        unknown = [name for name, state in states.items() if state is None and name in asked]
        states |= {name: terraform_cli.pull(stacks[name].folder) for name in unknown}
        found = Change(stacks, held, states, retired, names, spec.names)
        if not any(found.going.get(name) or found.allowed(name) for name in first):
            break
    return found


def _state(stack: Stack, account: Account) -> State | None:
    """None where it is elsewhere, or S3 does not give it."""
    try:
        return stack_state.read(stack, account)
    except NotChecked:
        return None


def _record(generated: Path, spec: Spec) -> Record:
    return record.read(generated, lifelong_keys.file(spec.names), names=spec.names)


def _can_begin(command: str, spec: Spec, root: Path, ignore_problems: bool) -> bool:
    """Whether the checks of `make doctor` find no problem; only a deployment needs those of the account."""
    checks = examine.everything(spec, root / "generated") if command == "deploy" else examine.login_only(spec)
    examined = []
    for one in terminal.watched(checks, f"Checking that {command} can begin"):
        examined.append(one)
        if one.finding.status != "ok":
            _say(report.line(one, sys.stderr))
    if ignore_problems or not report.has_problems(examined):
        return True
    _say(f"{command} did not begin: {report.summary(examined)} make doctor shows all checks.")
    _say(f"Where a check is wrong: .venv/bin/python main.py {command} --ignore-problems")
    return False


def _order(command: str, stacks: Stacks, named: list[str]) -> list[Stack]:
    for name in named:
        if name not in stacks:
            raise CommandError(f"{command} {name}", f'There is no stack "{name}".', did_you_mean(name, list(stacks)))
    chosen = [stack for stack in stacks.values() if not named or stack.name in named]
    if command == "destroy":
        return [stack for stack in reversed(chosen) if stack.applied is not False]
    return chosen


def _require_approval(command: str, auto_approve: bool) -> None:
    if not auto_approve and not sys.stdin.isatty():
        what = "Each plan has to be approved, and there is no terminal to ask on."
        raise CommandError(command, what, f"Run it in a terminal, or run make {command} AUTO_APPROVE=1.")


def _require_unprotected(order: list[Stack]) -> None:
    """Raises CommandError for what AWS or Terraform refuses to delete: a destroy would stop half-way."""
    if protected := {stack.name: stack.deletion_protected for stack in order if stack.deletion_protected}:
        what = "; ".join(f"{name} ({', '.join(addresses)})" for name, addresses in protected.items())
        step = "Write `protection: false` into services.yaml, for the system or for the service"
        again = f"run make deploy STACK={next(iter(protected))}" if len(protected) == 1 else "run make deploy"
        raise CommandError(
            "destroy", f"These resources are protected from deletion: {what}.", f"{step}, {again}, then destroy."
        )


def _require_let_go(order: list[Stack], generated: Path, spec: Spec) -> None:
    """Raises CommandError for what retired: keeps and a state still holds: a destroy would delete it."""
    held = _record(generated, spec).on_disk
    for stack in order:
        kept = [place for place in held.let_go(spec.names.part(stack.name) or "") if stack.holds(*place.split(".", 1))]
        if kept:
            what = f"The state of {stack.name} still holds what is to be kept: {', '.join(kept)}."
            raise CommandError("destroy", what, f"Let go of it first: make deploy STACK={stack.name}")


class _Run:
    """One command over some stacks."""

    def __init__(self, command: str, stacks: Stacks, root: Path, spec: Spec, auto_approve: bool) -> None:
        self.command, self.stacks, self.root, self.spec, self.auto_approve = command, stacks, root, spec, auto_approve
        self.account = Account(spec.region, spec.deployer_role)
        self.cluster = InCluster(spec.names.cluster, self.account, _say)
        self.started = time.monotonic()
        self.is_captured = False

    def each(self, order: list[Pass]) -> int:
        """Goes through the stacks; returns the exit code of the first that fails."""
        for number, one in enumerate(order, 1):
            stack = one.stack
            terminal.say(f"{self.command} {passes.text(one)} ({number} of {len(order)})", "bold")
            begun = time.monotonic()
            code, is_begun = self._one(one, [later.stack for later in order[number - 1 :]])
            if code:
                why = "interrupted" if code == cdktf_cli.INTERRUPTED else f"exit code {code}; the error is above"
                if is_begun:
                    _say(f"{self.command} stopped at {stack.name} ({why}); run it again to go on.")
                return code
            now = time.monotonic()
            taken, so_far = terminal.duration(now - begun), terminal.duration(now - self.started)
            _say(f"{self.command} {stack.name}: done in {taken} ({number} of {len(order)}, {so_far} in all)")
        self._say_what_is_left([one.stack for one in order])
        return 0

    def side_by_side(self, order: list[Pass], at_once: int, found: Outcomes) -> int:
        """Goes through the stacks by their graph; returns the exit code of the first in order that fails."""
        _say(f"at most {at_once} at once; PARALLEL=1 is one after another")
        self.is_captured = True
        retired = {self.spec.names.stack(name) for name in self.spec.retired_services}

        def do(one: Pass) -> int:
            return self._one(one, [one.stack])[0]

        by_graph = SideBySide(self.command, order, self.stacks, do, at_once, retired)
        code = by_graph.run()
        outcomes = [*by_graph.outcomes.values()]
        for line in outcome.lines(self.command, outcomes):
            _say(line)
        self._say_what_is_left([self.stacks[one.stack] for one in outcomes if one.is_done])
        if code:
            why = "was interrupted" if code == cdktf_cli.INTERRUPTED else "failed"
            _say(f"{self.command} {why}; run it again to go on.")
        found(outcomes)
        return code

    def _say_what_is_left(self, applied: list[Stack]) -> None:
        if self.command == "deploy":
            once = list(dict.fromkeys(applied))
            for line in (*_gone(once, self.spec), *summary.lines(once, self.spec, self.account)):
                _say(line)

    def _one(self, one: Pass, rest: list[Stack]) -> tuple[int, bool]:
        """The exit code of a pass, and whether it was begun; `rest` are its stack and those that follow."""
        _check_prerequisites(self.command, one.stack, self.stacks)
        if self.command == "destroy":
            self.cluster.require_no_bindings(one.stack)
        if self.command == "deploy" and one.how != "allow" and (code := self._prepare(rest)):
            return code, False
        if code := self._run(one):
            return code, True
        if self.command == "deploy":
            self.cluster.prune(one.stack)
        return 0, True

    def _run(self, one: Pass) -> int:
        if self.command != "deploy":
            return self._apply(one)
        with self.cluster.watching(one.stack) as watch:
            code = self._apply(one)
        if code and watch:
            _say(watch.report())
        return code

    def _apply(self, one: Pass) -> int:
        match one.how:
            case "allow":
                return partial_apply.allow(one.stack.folder, one.addresses, auto_approve=self.auto_approve)
            case "overlap" | "switch" | "bind" | "turn":
                return partial_apply.overlapping(
                    one.stack.folder, one.addresses, one.override, auto_approve=self.auto_approve
                )
            case "add" | "delete":
                return partial_apply.apply_only(one.stack.folder, one.addresses, auto_approve=self.auto_approve)
        partial_apply.clear(one.stack.folder)
        if self.is_captured:
            verb = "apply" if self.command == "deploy" else "destroy"
            return terraform_cli.run(one.stack.folder, verb, "-input=false", "-auto-approve")
        return cdktf_cli.run(self.command, one.stack.name, self.root, auto_approve=self.auto_approve)

    def _prepare(self, rest: list[Stack]) -> int:
        """What the apply of the first of these stacks would stop at; returns an exit code where it can't be."""
        stack = rest[0]
        if missing := self._missing_image(stack):
            ready = [one for one in rest[1:] if self._is_ready(one)]
            others = [found for one in ready if (found := self._missing_image(one))]
            _say("\n".join([first_image.explain([missing, *others], self.spec.region), *summary.as_role(self.spec)]))
            return first_image.IMAGE_MISSING
        try:
            for name in log_groups.adopt(stack, self.account):
                _say(f"AWS had made the log group {name} anew after a destroy: it was imported into the state.")
        except NotChecked as reason:
            _say(f"Whether AWS has made log groups of {stack.name} anew can't be seen: {reason}")
        try:
            restored_secrets.restore(stack, self.account, _say)
        except NotChecked as reason:
            _say(f"Whether secrets of {stack.name} are scheduled for deletion can't be seen: {reason}")
        if empty := self._empty_secrets(stack):
            ready = [one for one in dict.fromkeys(rest) if one != stack and self._is_ready(one)]
            empty += [found for one in ready for found in self._empty_secrets(one)]
            _say("\n".join([empty_secrets.explain(empty, self.spec.region), *summary.as_role(self.spec)]))
            return empty_secrets.SECRET_EMPTY
        self.cluster.heal(stack)
        return 0

    def _empty_secrets(self, stack: Stack) -> list[empty_secrets.EmptySecret]:
        try:
            return empty_secrets.missing(stack, self.spec, self.account, auto_approve=self.auto_approve)
        except NotChecked as reason:
            _say(f"Whether the secrets of {stack.name} have values can't be seen: {reason}")
            return []

    def _missing_image(self, stack: Stack) -> first_image.MissingImage | None:
        try:
            return first_image.missing(stack, self.spec, self.account, auto_approve=self.auto_approve)
        except NotChecked as reason:
            _say(f"Whether the image of {stack.name} is in its repository can't be seen: {reason}")
            return None

    def _is_ready(self, stack: Stack) -> bool:
        """Whether what it reads is applied."""
        return all(one.applied is not False for one in applied_stacks.upstream_of(self.stacks, stack.name))


def _gone(applied: list[Stack], spec: Spec) -> Iterator[str]:
    """Which entries of `retired:` have done their work."""
    names = {stack.name for stack in applied}
    for service in spec.retired:
        if spec.retired_stack(service) not in names:
            continue
        if service in SHARED:
            yield f"{service} is gone with its data, and services.yaml no longer needs retired.{service}."
        elif service in spec.retired_services:
            yield f"{service} is retired: its state is empty, and services.yaml no longer needs retired.{service}."
        else:
            yield (
                f"What retired.{service} names is gone from the state. Leave the entry where something is kept: "
                f"it keeps the key that encrypts it when {service} itself is retired."
            )


def _check_prerequisites(command: str, stack: Stack, stacks: Stacks) -> None:
    where = f"{command} {stack.name}"
    under = applied_stacks.upstream_of(stacks, stack.name)
    if command == "destroy":
        if applied := [one.name for one in applied_stacks.downstream_of(stacks, stack.name) if one.applied]:
            what = f"These stacks read outputs of {stack.name} and are still applied: {', '.join(applied)}."
            raise CommandError(where, what, f"Destroy first: make destroy STACK={applied[0]}")
    elif missing := [one.name for one in under if one.applied is False]:
        what = f"It reads outputs of stacks that are not applied yet: {', '.join(missing)}."
        raise CommandError(where, what, f"Apply first: make deploy STACK={missing[0]}")
    endpoints = [endpoint for one in under if (endpoint := one.output("cluster_endpoint"))]
    if stack.uses_kubernetes and endpoints and (error := unreachable(str(endpoints[0]))):
        raise error


def _say(text: str) -> None:
    (captured.current() or terminal).say(text)
