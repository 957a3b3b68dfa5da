"""`main.py promote --from dev --to prod`: one environment gets the images of another, and if asked, the sizes."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from modules import terminal
from modules.checks.check import Checked, check
from modules.cli import service_values, synth
from modules.cli.service_values import Change
from modules.cli.services_file import add_file_option, load
from modules.deploy import environments
from modules.deploy.image_digests import pinned
from modules.errors import CommandError
from modules.scaffold.nested_key import Value
from modules.spec.model import Service, Spec
from modules.spec.problem import did_you_mean

COMMAND = "promote"
SIZES = ("cpu", "memory", "pods")


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `promote`."""
    parser.add_argument("services", nargs="*", metavar="SERVICE", help="these (default: all that both have)")
    parser.add_argument("--from", dest="source", required=True, metavar="ENVIRONMENT", help="whose values are copied")
    parser.add_argument("--to", dest="target", required=True, metavar="ENVIRONMENT", help="which gets them")
    parser.add_argument("--sizes", action="store_true", help="copy cpu, memory, pods and max_pods too")
    parser.add_argument("--markdown", action="store_true", help="print it for a comment on a pull request")
    add_file_option(parser)
    synth.add_out_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError for a name that is not there, or where the file can't be edited."""
    checked = check(options.file, datetime.now(UTC).date())
    if checked.spec is None:
        load(options.file, options.reported)  # says the mistakes
        return 1
    source, target = _environments(checked, options)
    services = _services(source, target, options.services)
    changes = [one for name in services for one in _changes(name, source, target, sizes=options.sizes)]
    if target.image_digests:
        changes = _pinned(changes, source)
    if not changes:
        what = "images and sizes" if options.sizes else "images"
        terminal.say(f"Nothing to do: {target.environment_name} has the {what} of {source.environment_name}.")
        return 0
    facts = service_values.write(changes, checked, target, options)
    if facts is None:
        return 1
    for line in lines(changes, source, target, markdown=options.markdown):
        print(line)
    print()
    service_values.say(changes, checked, target, options)
    service_values.print_facts(facts, options)
    return 0


def lines(changes: Sequence[Change], source: Spec, target: Spec, *, markdown: bool) -> Iterator[str]:
    """What changes, for a terminal or for a pull request."""
    head = f"From {source.environment_name} to {target.environment_name}:"
    if not markdown:
        yield head
        yield from (f"  {one.service} {one.key}: {_shown(one)} -> {one.value}" for one in changes)
        return
    yield from (f"**{head}**", "", "| service | key | before | after |", "| --- | --- | --- | --- |")
    yield from (f"| `{one.service}` | `{one.key}` | `{_shown(one)}` | `{one.value}` |" for one in changes)


def _shown(change: Change) -> str:
    if change.was is None:
        return "the placeholder" if change.key == "image" else "three times pods"
    return str(change.was)


def _environments(checked: Checked, options: argparse.Namespace) -> tuple[Spec, Spec]:
    source, target = (environments.named(checked, name) for name in (options.source, options.target))
    if source is target:
        raise CommandError(f"TO={options.target}", "It is the environment of FROM=.", "Name two of them.")
    return source, target


def _services(source: Spec, target: Spec, named: Sequence[str]) -> list[str]:
    """Those that are asked for; says which have nothing to promote."""
    both = [name for name in source.services if name in target.services]
    for name in named:
        if name not in both:
            lacking = target if name in source.services else source
            what = f"{lacking.environment_name} has no service of this name."
            raise CommandError(f"SERVICE={name}", what, did_you_mean(name, both))
    for name in [] if named else source.services:
        if name not in both:
            terminal.say(f"{name} is not in {target.environment_name}.")
    return list(named) or both


def _changes(name: str, source: Spec, target: Spec, *, sizes: bool) -> Iterator[Change]:
    ours, theirs = source.services[name], target.services[name]
    if ours.image is None and theirs.image is not None:
        terminal.say(f"{name} has no image in {source.environment_name}: that of {target.environment_name} stays.")
    elif ours.image is not None and ours.image != theirs.image:
        yield Change(name, "image", ours.image, theirs.image)
    if sizes:
        yield from _sizes(name, ours, theirs)


def _pinned(changes: Sequence[Change], source: Spec) -> list[Change]:
    """With the digests that tags have in the environment that they come from."""
    found = [
        one._replace(value=pinned(str(one.value), one.service, source)) if one.key == "image" else one
        for one in changes
    ]
    return [one for one in found if one.value != one.was]


def _sizes(name: str, ours: Service, theirs: Service) -> Iterator[Change]:
    for key in SIZES:
        value, was = (_whole(getattr(one, key)) for one in (ours, theirs))
        if value != was:
            yield Change(name, key, value, was)
    follows = ours.max_pods is None and theirs.max_pods is None
    if not follows and ours.max_replicas != theirs.max_pods:
        yield Change(name, "max_pods", ours.max_replicas, theirs.max_pods)


def _whole(value: Value) -> Value:
    """As people write it: 1, and not 1.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
