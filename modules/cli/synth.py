"""`main.py synth`: services.yaml in, generated/ out; with a mistake, exit code 1 and nothing changed."""

import argparse
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from modules import signature, terminal
from modules.checks.check import Checked
from modules.cli.reported import Reported, add_json_option, of_problem, say_mistake
from modules.cli.services_at_commit import line_at
from modules.cli.services_file import add_file_option, count, load_checked, warning_lines, warnings
from modules.design import kept_stores, lifelong_keys, renaming, retirement
from modules.design.retirement import Before
from modules.errors import CommandError
from modules.naming import DATA, DEPLOYER
from modules.paths import ROOT
from modules.reports import changes
from modules.spec import environments, text_file
from modules.spec.model import Spec
from modules.spec.problem import Path as Place
from modules.spec.problem import Problem, did_you_mean, listed
from modules.spec.retired import SHARED
from modules.state import backend_login, orphaned_stacks, record, renamed_files
from modules.state.generated import CONFIGURATION_NAMES, Configuration
from modules.state.record import Environment, Record, Resources
from modules.synth import foreseen, hcl, json_schema_file, last_run, writer
from modules.synth.rendered import resources_in


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `synth`."""
    add_file_option(parser)
    add_out_option(parser)
    add_json_option(parser)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 and name the files that would change"
    )
    parser.add_argument(
        "--files",
        action="store_true",
        help="name each file that changed, on a terminal too, where the stacks are enough",
    )
    parser.add_argument(
        "--rebuild", action="store_true", help="build every stack, and take none from the cache of earlier runs"
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="do it again whenever services.yaml, or a file that it names, changes; ctrl-C ends it",
    )
    parser.add_argument(
        "--never-applied",
        action="append",
        default=[],
        metavar="STACK",
        help="a stack whose state can't be read here, and of which nothing that goes is applied: never, or no longer",
    )


def add_out_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--out`; cdktf sets CDKTF_OUTDIR to the `output` of cdktf.json."""
    out = Path(os.environ.get("CDKTF_OUTDIR") or ROOT / "generated")
    parser.add_argument("--out", type=Path, default=out, help="where to write (default: generated)")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    if options.watch:
        from modules.cli import watch

        return watch.run(options, once)
    return once(options)


def once(options: argparse.Namespace) -> int:
    """Likewise, whether or not it is to be done again."""

    def settle(checked: Checked) -> bool:
        from modules.cli import priorities  # which loads what edits YAML

        return priorities.settle(checked, options.file, options.out, options.never_applied)

    checked = load_checked(options.file, options.reported, None if options.check else settle)
    if checked.spec is None:
        return 1
    writer.recover(options.out)
    known = records(checked.specs, options.out, options.never_applied)
    _say_unknown(options.never_applied, known, options.out.name)
    both = list(zip(checked.specs, known, strict=True))
    other = [
        (spec, one)
        for spec, before in both
        for one in lifelong_keys.changed(before.values_if_applied, before.recorded, spec)
    ]
    if _refused(checked, other, options.reported):
        return 1
    files = build(checked.specs, options.out, known, rebuild=options.rebuild)
    changes_of = [(spec, before, _changed(before, files)) for spec, before in both]
    lost = [
        (spec, one)
        for spec, before, changed in changes_of
        for one in _lost(before, changed, files, spec, _was(options, spec))
    ]
    if _refused(checked, lost, options.reported):
        return 1
    if options.check:
        return compare(files, options)
    going = [line for spec, before, changed in changes_of for line in _going(before, changed, spec)]
    for line in going:
        _say(line)
    if any(spec.retired for spec in checked.specs):
        _say("make deploy applies what is retired in passes; main.py passes prints them for Terraform alone.")
    try:
        code = write(files, options, checked.specs, name_files=options.files)
        record.remember(known)
        _remember(options, checked, known, files, is_certain=not (going or options.never_applied))
    except OSError as problem:
        error = CommandError(
            str(options.out), f"It can't be written: {problem}.", "Name a folder that can (--out), and run this again."
        )
        options.reported.refused(error)
        say_mistake(str(error))
        return 1
    return code


def _remember(
    options: argparse.Namespace,
    checked: Checked,
    known: Collection[Record],
    files: Mapping[str, bytes],
    *,
    is_certain: bool,
) -> None:
    """Notes what this run was made of, so that another one can end at once where all of it is there still.

    `is_certain`: nothing that is in the states, or that somebody vouches for, takes part in what the run says.
    """
    if (begun := foreseen.begun()) is None:
        return
    stacks = json.loads(files["manifest.json"])["stacks"]
    stay = all(one.names.stack(name) in stacks for one in known for name in one.stacks)
    left = None
    if is_certain and stay and not any(spec.retired or spec.earlier_names for spec in checked.specs):
        looked_at = [file for one in known for file in one.state_files]
        if _is_the_repositorys(options.file):
            looked_at.append(ROOT / json_schema_file.FILE_NAME)
        read = {str(file): found for file, found in text_file.read_here.items()}
        read |= {str(file.absolute()): signature.of(file) for file in looked_at}
        lines = [*warning_lines(checked), _summary(files, options.reported.data["resources"], 0)]
        said = last_run.Said(warnings(checked), lines)
        left = last_run.left(begun, options.out, writer.recorded(files), read, next(iter(known)).tree, said)
    last_run.remember(options.file, options.out, last_run.LastRun(checked.document.digest, left))


def records(specs: Iterable[Spec], out: Path, vouched: Collection[str] = ()) -> list[Record]:
    """What is known of each environment in `out`."""
    asked = [Environment(lifelong_keys.file(one.names), one.earlier_names, one.names) for one in specs]
    return record.read_each(out, asked, vouched)


def _say_unknown(names: list[str], known: Iterable[Record], out: str) -> None:
    stacks = [before.names.stack(one) for before in known for one in before.stacks]
    for name in names:
        if name not in stacks:
            _say(f"--never-applied {name}: {out} has no stack of this name. {did_you_mean(name, stacks)}")


def _was(options: argparse.Namespace, spec: Spec) -> kept_stores.Was:
    """Lines of the last commit's file, by a place in an environment."""
    name = spec.names.environment
    return lambda place: line_at(options.file, "HEAD", (environments.KEY, name, *place) if name else place)


def _refused(checked: Checked, against: Iterable[tuple[Spec, Problem]], reported: Reported) -> bool:
    """Whether there is a mistake against a deployed environment; prints each."""
    found = [checked.in_file(problem, spec) for spec, problem in against]
    for mistake in found:
        reported.problems.append(of_problem(checked, mistake))
        say_mistake(checked.render(mistake))
    if found:
        _say(f"{count(len(found), 'mistake')} in {checked.document.name}; nothing was changed.")
    return bool(found)


def _changed(before: Record, files: Mapping[str, bytes]) -> Mapping[str, Resources]:
    """By stack: what it declares in these files, of those that stay and are not what they were."""
    stacks = json.loads(files["manifest.json"])["stacks"]
    return {
        stack: _declared(files, called)
        for stack in before.stacks
        if (called := before.names.stack(stack)) in stacks and before.differs(stack, files)
    }


def _lost(
    before: Record, changed: Mapping[str, Resources], files: Mapping[str, bytes], spec: Spec, was: kept_stores.Was
) -> Iterator[Problem]:
    """What a deployed environment would lose by these files: whole stacks, and stores in those that stay."""
    stacks = [part for one in json.loads(files["manifest.json"])["stacks"] if (part := spec.names.part(one))]
    for orphan in orphaned_stacks.find_orphaned(before, stacks):
        place: Place = {DEPLOYER: (DEPLOYER,), "edge": ("load_balancer",), DATA: ("database",)}.get(
            orphan.stack, ("services",)
        )
        yield Problem(place, orphan.what, orphan.next_step)
    for stack, after in changed.items():
        old = before.last.state_name(stack, spec.project)
        new = _configuration(files, spec.names.stack(stack)).state_name(spec.project)
        if old not in (None, new) and before.bound(stack):
            yield renaming.another_state(stack, old, new, spec)
        yield from _lost_in(stack, before, after, spec, was)


def _lost_in(stack: str, before: Record, after: Resources, spec: Spec, was: kept_stores.Was) -> Iterator[Problem]:
    """Stores that would go, or that Terraform is yet to let go of."""
    retired = retirement.of(spec, stack, _before(before, stack), after)
    bound = before.bound(stack)
    found = kept_stores.losses(stack, bound, after, retired.named)
    yield from kept_stores.problems(found, {stack: bound}, spec, [stack] if before.unread(stack) else [], was)
    kept = {one.address for one in retired.kept} | after.keys()
    if forgotten := before.may_hold(stack, [place for place in before.let_go(stack) if place not in kept]):
        yield kept_stores.still_to_be_let_go(stack, forgotten, sure=not before.unread(stack), spec=spec)


def _going(before: Record, changed: Mapping[str, Resources], spec: Spec) -> Iterator[str]:
    """Applied stores that may go, since their protection is off: they go, but not without a word."""
    for stack, after in changed.items():
        if found := kept_stores.unprotected(before.bound(stack), after):
            gone = f"protection is off, so with the next apply these go with their data: {listed(found)}."
            yield f"{spec.names.stack(stack)}: {gone}"


def _declared(files: Mapping[str, bytes], stack: str) -> Resources:
    """The resources of a stack in these files, by address."""
    return record.by_address(_configuration(files, stack).resource)


def _configuration(files: Mapping[str, bytes], stack: str) -> Configuration:
    content = next(files[path] for name in CONFIGURATION_NAMES if (path := f"stacks/{stack}/{name}") in files)
    return Configuration.model_validate_json(content)


def build(specs: Sequence[Spec], out: Path, known: Iterable[Record] = (), *, rebuild: bool = False) -> dict[str, bytes]:
    """The files of `out`, in HCL where cdktf asks for it; `known`, one for each, say what is to be retired.

    Loading the providers takes most of a second, and a mistake should not wait for it.
    """
    as_hcl = _takes_hcl()  # before the import, which starts the process that CDKTF runs in
    # What is kept between runs makes this a second; the first run on a machine, or a busy one, takes longer.
    patience = terminal.AFTER if terminal.is_terminal(sys.stderr) else terminal.EVERY
    with terminal.Waiting(f"Building {out.name}/", after=patience):
        from modules.synth.build import build

        retiring = {
            spec.names.stack(stack): _before(before, stack)
            for spec, before in zip(specs, known, strict=False)
            for stack in (DATA if name in SHARED else name for name in spec.retired)
        }
        return build(specs[0], out, retiring, further=specs[1:], as_hcl=as_hcl, cached=not rebuild)


def _before(record: Record, stack: str) -> Before:
    return Before(*record.before(stack), record.let_go(stack))


def write(
    files: Mapping[str, bytes], options: argparse.Namespace, specs: Iterable[Spec] = (), *, name_files: bool = False
) -> int:
    """Makes `options.out` hold these files and no other of ours, and says what changed; returns the exit code.

    `specs` know what services were called, and what they are called now. `name_files`: on a terminal too.
    """
    out = options.out
    is_first = not any(out.glob("stacks/*"))
    with writer.writing(files, out) as writing:
        changed = writing.different
        differ = {stack for path in changed if (stack := changes.stack_of(path))}
        before: Mapping[str, bytes] = changes.held(out, differ)
        for spec in specs:
            before = renamed_files.of_today(before, spec.earlier_names, renaming.MADE_ANEW, spec.names)
        writing.finish()
    backend_login.forget(out)
    if _is_the_repositorys(options.file):
        changed += json_schema_file.write(ROOT)
    if name_files or not terminal.is_terminal(sys.stdout):
        for name in changed:
            print(name)
    after = {path: content for path, content in files.items() if changes.stack_of(path) in differ}
    found = changes.changes(before, after)
    for line in () if is_first else changes.lines(found):
        _say_change(line)
    resources = _resources(files)
    options.reported.data |= {
        "changed": changed,
        "stacks": [one._asdict() for one in found],
        "resources": resources,
    }
    _say(_summary(files, resources, len(changed)))
    return 0


def _summary(files: Mapping[str, bytes], resources: int, changed: int) -> str:
    stacks = json.loads(files["manifest.json"])["stacks"]
    held_by = f"{count(len(stacks), 'stack')}, {count(resources, 'resource')}"
    return f"{held_by}; {count(changed, 'file')} changed."


def compare(files: Mapping[str, bytes], options: argparse.Namespace) -> int:
    """Prints the names of files that `write` would change; returns the exit code."""
    out = options.out
    different = writer.differences(files, out)
    if _is_the_repositorys(options.file):
        different += json_schema_file.differences(ROOT)
    options.reported.data["different"] = different
    for name in different:
        print(name)
    if different and (hint := _other_language(files, out)):
        _say(hint)
        return 1
    if different:
        _say(f"{count(len(different), 'file')} would change. Run `make synth`, and commit what it writes.")
        return 1
    _say(f"{count(len(files), 'file')} as committed.")
    return 0


def _is_the_repositorys(file: Path) -> bool:
    """Whether it is services.yaml beside the schema; another system than the repository's changes no file of it."""
    return file.parent.resolve() / file.name == ROOT / "services.yaml"


def _takes_hcl() -> bool:
    """What `cdktf synth --hcl` sets; taken out, because CDKTF inside this process is to make the JSON for it."""
    return os.environ.pop(hcl.VARIABLE, "") in ("true", "1")


def _other_language(files: Mapping[str, bytes], out: Path) -> str | None:
    is_hcl, was_hcl = any(name.endswith("/cdk.tf") for name in files), any(out.glob("stacks/*/cdk.tf"))
    if is_hcl == was_hcl or not any(out.glob("stacks/*")):
        return None
    step = f"Set {hcl.VARIABLE}=true to compare HCL" if was_hcl else f"Unset {hcl.VARIABLE} to compare JSON"
    return f"{out.name} holds {'HCL' if was_hcl else 'JSON'}, and this run makes {'HCL' if is_hcl else 'JSON'}. {step}."


def _resources(files: Mapping[str, bytes]) -> int:
    return sum(resources_in(content) for name, content in files.items() if name.endswith(CONFIGURATION_NAMES))


def _say(text: str) -> None:
    terminal.say(text)


def _say_change(line: str) -> None:
    """The sign in a colour, and no more than a line of the terminal."""
    sign, rest = line[:1], terminal.cut(line, sys.stderr)[1:]
    style = {"+": "green", "-": "red", "~": "yellow"}.get(sign)
    terminal.say(f"{terminal.paint(sign, style, sys.stderr) if style else sign}{rest}")
