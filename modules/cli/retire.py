"""`main.py retire NAME`: writes into services.yaml what becomes of the data of a service that goes, at first `keep`.

A service that is still there goes as a whole: its block is removed. One whose `aws:` has lost words keeps its block.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from modules.checks.check import Checked, check
from modules.cli import services_edit, synth
from modules.cli.services_file import add_file_option, count, load
from modules.design import kept_stores, lifelong_keys
from modules.errors import CommandError
from modules.facts.stores import STORES
from modules.scaffold import services_text, top_level_key
from modules.scaffold.services_text import NotEditableError
from modules.spec import retired
from modules.spec.model import Spec
from modules.spec.problem import did_you_mean
from modules.state import record

_COMMENT = "What becomes of the data of what is gone: keep, or destroy. An entry may go once it is applied."
_BY_HAND = "Write it by hand: docs/production/retiring.md shows how."


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `retire`."""
    parser.add_argument("name", help="a service that goes, or that has lost words under aws:")
    add_file_option(parser)
    synth.add_out_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where there is nothing to retire, or the file can't be edited."""
    today = datetime.now(UTC).date()
    before = check(options.file, today).spec or load(options.file)  # which prints the mistakes
    if before is None:
        return 1
    name, stores = options.name, _stores(options, before)
    if not stores and name not in before.services:
        known = [*before.services, *record.read(options.out, lifelong_keys.FILE).stacks]
        what = f"Neither {options.file.name} nor {options.out.name}/ knows a service of this name."
        raise CommandError(f"SERVICE={name}", what, did_you_mean(name, known))
    has = before.services[name].permissions if name in before.services else {}
    lost = {word: places for word, places in stores.items() if word and word not in has and word != "repository"}
    goes = name not in before.services or not lost
    ways = dict.fromkeys((word for word in stores if word), "keep") if goes else dict.fromkeys(lost, "keep")
    original = options.file.read_bytes()
    text = _edited(original.decode("utf-8"), before, name, ways or {retired.ALL: "keep"}, removes=goes).encode("utf-8")
    after = services_edit.check_content(text, options.file, today)
    if after.spec is None:
        return _refused(after, options)
    services_edit.replace(options.file, text)
    _say(name, ways, stores, options)
    return 0


def _stores(options: argparse.Namespace, spec: Spec) -> dict[str | None, list[str]]:
    """What the service's stack has that holds data, by the word that made it."""
    found: dict[str | None, list[str]] = {}
    declared, deleted = record.read(options.out, lifelong_keys.FILE, earlier=spec.earlier_names).before(options.name)
    for place in sorted({**declared, **deleted}):
        if kept_stores.is_store(options.name, place):
            found.setdefault(kept_stores.word(options.name, place), []).append(place)
    return found


def _edited(text: str, spec: Spec, name: str, ways: dict[str, str], *, removes: bool) -> str:
    """The whole text with the entry, and without the block of a service that goes."""
    entries = {one: _entry(retired.ways(of), of.renamed_from) for one, of in spec.retired.items()}
    earlier = retired.ways(spec.retired[name]) if name in spec.retired else {}
    called = spec.earlier_of(name) if removes else ()
    entries[name] = _entry({**ways, **earlier}, called)
    value = "{" + ", ".join(f"{one}: {entry}" for one, entry in entries.items()) + "}"
    try:
        if removes and name in spec.services:
            text = services_text.remove(text, name)
        return top_level_key.write(text, "retired", value, _COMMENT)
    except NotEditableError as problem:
        raise CommandError("services.yaml", f"It can't be edited here. {problem}", _BY_HAND) from None


def _entry(ways: Mapping[str, str], earlier: Sequence[str]) -> str:
    if [*ways] == [retired.ALL] and not earlier:
        return ways[retired.ALL]
    words = [f"{word}: {way}" for word, way in ways.items()]
    return "{" + ", ".join([*words, f"renamed_from: [{', '.join(earlier)}]"] if earlier else words) + "}"


def _refused(after: Checked, options: argparse.Namespace) -> int:
    for mistake in after.mistakes:
        print(after.render(mistake), file=sys.stderr)
    what = count(len(after.mistakes), "mistake")
    print(f"{what} in {options.file.name} once {options.name} is gone; nothing was changed.", file=sys.stderr)
    return 1


def _say(name: str, ways: Iterable[str], stores: dict[str | None, list[str]], options: argparse.Namespace) -> None:
    """What holds data, and what comes next."""
    print(
        f"{options.file.name} says under retired: what becomes of the data of {name}, at first `keep`:", file=sys.stderr
    )
    for word in ways:
        for place in stores.get(word, ()):
            store = STORES[place.partition(".")[0]]
            print(f"  {word}: {store.noun} {place} holds {store.holds}", file=sys.stderr)
    print(
        f"Next: write `destroy` where the data may go; make synth; review git diff; make deploy. For `{name}`, "
        "make deploy says when the entry may go.",
        file=sys.stderr,
    )
