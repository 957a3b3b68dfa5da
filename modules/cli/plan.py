"""`main.py plan`: what a change does to all stacks, in words; changes nothing."""

import argparse
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modules import parallel, terminal
from modules.cli import committed_files
from modules.cli.account_of import account_of
from modules.cli.reported import say_mistake
from modules.cli.services_file import add_environment_option, add_file_option
from modules.cli.synth import add_out_option
from modules.deploy import environments, passes
from modules.deploy import run as run_
from modules.deploy.cluster_access import unreachable
from modules.doctor import tools
from modules.errors import CommandError
from modules.naming import DEPLOYER
from modules.plan import certain, cost_lines, file_changes, left_out, page, page_json, render, system, undone
from modules.plan.change import Change
from modules.plan.page import Facts, Page
from modules.plan.planner import StackPlan
from modules.plan.system import Question
from modules.reports.changes import changes, held
from modules.spec import retired
from modules.spec.model import Spec
from modules.state import applied_stacks
from modules.state.applied_stacks import Stacks

ADMINISTRATORS = "make deploy leaves it out: an administrator applies it, by make deploy STACK={}"
EXIT_CODES = "Exit codes: 0 nothing to do; 2 changes; 3 data at risk; 1 an error; 130 interrupted."


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `plan`."""
    add_file_option(parser)
    add_environment_option(parser)
    add_out_option(parser)
    parser.epilog = EXIT_CODES
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="plan these and all downstream (default: all)")
    parser.add_argument(
        "--replace", action="append", default=[], metavar="STACK:ADDRESS", help="as if this had to be replaced"
    )
    parallel.add_option(parser)
    parser.add_argument("--base", metavar="COMMIT", help="plan what differs from this commit, and all downstream")
    add_forms(parser)


def add_forms(parser: argparse.ArgumentParser) -> None:
    """Adds `--json` and `--markdown`."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object to stdout, without values of resources, and all else to stderr",
    )
    form.add_argument("--markdown", action="store_true", help="print it for a comment on a pull request")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code, one of EXIT_CODES; raises CommandError where nothing can be planned."""
    at_once = parallel.at_once(options.at_once)
    tools.require_terraform()
    stacks = applied_stacks.read(options.out)
    replace = _replace(options.replace)
    environments.require_known("plan", (*(() if options.env else options.stacks), *replace), stacks)
    named = [*options.stacks, *(_changed_since(options.base, options.out) if options.base else ())]
    if options.base and not (named or replace):
        print(f"Nothing to do: no stack's files differ from {options.base}.")
        return page.NOTHING
    checked, _, account = account_of(options.file, "plan", options.env)
    named = environments.asked("plan", checked, options.env, account.id, stacks, named)
    question = Question(options.out, [*named, *replace] if named else [], replace, at_once)
    with terminal.Waiting("Planning"):
        found = system.plan(question, unreachable, terminal.say)
        planned = [one for one in found.values() if isinstance(one, StackPlan)]
        errors = [one for one in found.values() if isinstance(one, CommandError)]
        if errors and not planned:
            _say_refused(errors[:-1], options)
            raise errors[-1]
        environments_ = [spec for spec in checked.specs if any(spec.names.part(one) for one in found)]
        in_passes = [_passes(environments.of(spec.names, stacks), spec, options.out) for spec in environments_]
    after = file_changes.configurations(held(options.out))
    facts = _facts(planned, checked.specs, [name for name in stacks if named and name not in found])
    facts = facts._replace(before=undone.before(planned, after), after=after)
    sentences, settled = ([line for one in in_passes for line in one[part]] for part in (0, 1))
    failed = left_out.failed(found)
    code = print_page(facts._replace(passes=sentences, settled=settled, failed=failed), options)
    _say_refused(errors, options)
    return code


def _say_refused(errors: Sequence[CommandError], options: argparse.Namespace) -> None:
    for error in errors:
        options.reported.refused(error)
        say_mistake(str(error))


def _passes(stacks: Stacks, spec: Spec, generated: Path) -> tuple[list[str], list[str]]:
    """How `make deploy` would apply it, where that is not once a stack, or why it would not; what is no longer needed.

    An entry of a service that lives stays while it keeps something: it keeps the key when the service goes.
    """
    keeping = [name for name, entry in spec.retired.items() if "keep" in retired.ways(entry).values()]
    entries = [name for name in spec.retired if name not in keeping or name not in spec.services]
    try:
        change, deployed = run_.change(stacks, spec, generated), environments.without_deployer(spec.names, stacks)
        settled = passes.settled(change, {name: spec.retired_stack(name) for name in entries})
        return passes.sentences(passes.passes(change, deployed.values()), change.names), settled
    except CommandError as refused:
        return [f"make deploy refuses this: {refused.what} {refused.next_step}"], []


def _replace(given: list[str]) -> dict[str, list[str]]:
    """Stack -> addresses."""
    found: dict[str, list[str]] = {}
    for text in given:
        stack, _, address = text.partition(":")
        found.setdefault(stack, []).append(address)
    return found


def _changed_since(commit: str, generated: Path) -> list[str]:
    """The stacks whose files differ from those of a commit, which is what was applied if its owner says so."""
    before = committed_files.read(generated, commit)
    # What Terraform leaves beside them, such as its lock file, is none of the generator's.
    after = {path: content for path, content in held(generated).items() if "/." not in path}
    return [one.stack for one in changes(before, after) if not one.is_gone]


def print_page(facts: Facts, options: argparse.Namespace) -> int:
    """Prints it in the form that was asked for; returns the exit code."""
    return print_found(page.page(facts), page_json.as_json(facts), options)


def print_found(found: Page, data: Mapping[str, Any], options: argparse.Namespace) -> int:
    """Likewise; `data` are its keys for `--json`."""
    if options.json:
        options.reported.data = dict(data)
    else:
        print(render.markdown(found) if options.markdown else render.text(found))
    return found.code


def _facts(planned: list[StackPlan], specs: Sequence[Spec], others: list[str]) -> Facts:
    """What was planned, as the page wants it; nobody asked for the `others`."""
    found = certain.changes(planned)
    configurations = {one.stack: one.configuration for one in planned}
    administered = {spec.names.stack(DEPLOYER) for spec in specs}
    return Facts(
        [one.stack for one in planned],
        found,
        configurations,
        {one.stack: _notes(one, found, administered) for one in planned},
        _cost(found, configurations, specs),
        left_out.sentences(planned, others),
    )


def _cost(found: list[Change], configurations: Mapping[str, Any], specs: Sequence[Spec]) -> list[str]:
    """Of each environment, at the prices of its region."""
    lines: list[str] = []
    for spec in specs:
        own = {stack: one for stack, one in configurations.items() if spec.names.part(stack)}
        changes = [one for one in found if one.stack in own]
        lines += cost_lines.lines(changes, own, spec, datetime.now(UTC).date())
    return lines


def _notes(planned: StackPlan, found: list[Change], administered: Collection[str]) -> list[str]:
    """Outputs that differ, where nothing else of the stack does: those of a changed resource follow from it."""
    if any(one.stack == planned.stack for one in found):
        return [ADMINISTRATORS.format(planned.stack)] if planned.stack in administered else []
    if not planned.changed_outputs:
        return []
    return [f"only outputs differ: {', '.join(planned.changed_outputs)}"]
