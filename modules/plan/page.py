"""One page on a planned change, risk first: what goes, what is unreachable, who may do more, then all by stack."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from modules.facts.stores import STORES
from modules.plan import unreachable
from modules.plan.access import Access
from modules.plan.access_lines import AccessLines
from modules.plan.change import Change
from modules.plan.meanings import noun
from modules.plan.unreachable import Configurations
from modules.plan.words import DONE, MOST_NAMED, done, listed, number, title, titles

NOTHING, FAILED, CHANGES, AT_RISK = 0, 1, 2, 3  # exit codes
MOST_LINES = 20  # of a section; --json has all


class Section(NamedTuple):
    """Lines under a heading; in them, `…` marks Terraform's names."""

    heading: str
    lines: list[str]


class Facts(NamedTuple):
    """What a page is made of. `notes` say what else of a stack differs; `left_out` are sentences."""

    stacks: Sequence[str]  # that were looked at, in order of apply
    changes: Sequence[Change]
    configurations: Configurations
    notes: Mapping[str, Sequence[str]]
    cost: Sequence[str]
    left_out: Sequence[str]
    before: Configurations = MappingProxyType({})  # as they were, as far as access goes
    after: Configurations = MappingProxyType({})  # as they will be
    looked: str = "planned"  # what was done with the stacks
    passes: Sequence[str] = ()  # sentences, where a stack is applied more than once
    settled: Sequence[str] = ()  # what services.yaml no longer needs
    failed: Sequence[str] = ()  # sentences: a stack that could not be planned, with those that wait for it


class Page(NamedTuple):
    headline: str
    sections: list[Section]
    code: int


def page(facts: Facts) -> Page:
    """The page; sections without lines are not there."""
    risk = [one for one in facts.changes if one.destroys and one.kind in STORES]
    sections = [
        Section("Data at risk", [_at_risk(one) for one in risk]),
        Section("Replaced or destroyed", list(_goes(facts.changes, risk))),
        Section("Applied in passes", list(facts.passes)),
        Section("Unreachable meanwhile", unreachable.sentences(facts.changes, facts.configurations)),
        Section("Connections and permissions", _access(facts)),
        Section("By stack, in the order to apply", list(_by_stack(facts))),
        Section("Cost", list(facts.cost)),
        Section("No longer needed", list(facts.settled)),
        Section("Not part of this plan", [*facts.failed, *facts.left_out]),
    ]
    return Page(_headline(facts), [one for one in sections if one.lines], _code(facts, risk))


def _code(facts: Facts, risk: Sequence[Change]) -> int:
    if facts.failed or risk:
        return FAILED if facts.failed else AT_RISK
    return CHANGES if facts.changes or any(facts.notes.values()) else NOTHING


def _access(facts: Facts) -> list[str]:
    """Rules by their changes, permissions as they are evaluated."""
    is_same = facts.before == facts.after
    permissions = [] if is_same else AccessLines(facts.before, facts.after).permissions()
    return Access(facts.changes, facts.before, facts.configurations).sentences(permissions)


def _headline(facts: Facts) -> str:
    failed = f" {number(len(facts.failed), 'stack')} could not be {facts.looked}." if facts.failed else ""
    return f"{_of_the_planned(facts)}{failed}"


def _of_the_planned(facts: Facts) -> str:
    touched = {one.stack for one in facts.changes} | {stack for stack, notes in facts.notes.items() if notes}
    planned = number(len(facts.stacks), "stack")
    if not touched:
        nothing = "No change" if facts.failed else "Nothing to do"
        return f"{nothing}: {planned} {facts.looked}, and no resource would change."
    counts = {
        "to add": sum(one.action in ("create", "replace") for one in facts.changes),
        "to change": sum(one.action == "update" for one in facts.changes),
        "to destroy": sum(one.destroys for one in facts.changes),
        "to take over": sum(one.imports for one in facts.changes),
        "to move": sum(one.action == "move" for one in facts.changes),
        "to leave": sum(one.action == "forget" for one in facts.changes),
    }
    always = list(counts)[:3]
    parts = ", ".join(f"{count} {what}" for what, count in counts.items() if count or what in always)
    uncertain = sum(not one.is_certain for one in facts.changes)
    may = f" {uncertain} of them may turn out to be no change." if uncertain else ""
    return f"{parts}, in {len(touched)} of {planned}.{may}"


def _at_risk(change: Change) -> str:
    text = f"{title(change)} in {change.stack} is {done(change)}. It holds {STORES[change.kind].holds}."
    if not change.is_certain:
        text = text.replace(" is may be ", " may be ")
    return text + _refusal(change) + (f" {kept}" if (kept := _kept_by_aws(change)) else "")


def _kept_by_aws(change: Change) -> str:
    """What AWS keeps of it; whether its deletion protection is on is known, and said otherwise."""
    return "" if change.refused_by else STORES[change.kind].aws.removeprefix("Deletion protection.").strip()


def _refusal(change: Change) -> str:
    if change.refused_by == "Terraform":
        return " Terraform will refuse: prevent_destroy is set."
    return " AWS will refuse: its deletion protection is on." if change.refused_by else ""


def _goes(changes: Sequence[Change], risk: Sequence[Change]) -> Iterator[str]:
    """Several of a type with the same reason in one line; what belongs to a store that goes is not said again."""
    alike: dict[tuple[str, ...], list[Change]] = {}
    attached = {(one.stack, kind) for one in risk for kind in STORES[one.kind].attached}
    for change in changes:
        if change.destroys and change not in risk and (change.stack, change.kind) not in attached:
            because = f", because of {listed(f'`{one}`' for one in change.because)}" if change.because else ""
            alike.setdefault((change.kind, f"{done(change)}{because}.{_refusal(change)}"), []).append(change)
    for (kind, text), found in alike.items():
        stacks = listed(dict.fromkeys(one.stack for one in found))
        what = titles(found) if len(found) <= MOST_NAMED else f"{noun(kind)} ({len(found)})"
        yield f"{what} in {stacks}: {text}"


def _by_stack(facts: Facts) -> Iterator[str]:
    for number_, stack in enumerate(facts.stacks, 1):
        parts = list(_parts([one for one in facts.changes if one.stack == stack]))
        parts += facts.notes.get(stack, [])
        if parts:
            yield f"{number_}. {stack}: {'; '.join(parts)}"


def _parts(changes: Sequence[Change]) -> Iterator[str]:
    for action in DONE:
        for certain in (True, False):
            found = [one for one in changes if one.action == action and one.is_certain == certain]
            others = [one for one in found if not (one.imports and one.action == "update")]
            if others:
                yield f"{done(others[0])}: {titles(others)}"
            for one in found:
                if one not in others:
                    what = listed(one.attributes)
                    yield f"taken over: {title(one)}, and {done(one)} in place: {what}"
