"""The page for programs: all of it, without the values of any attribute, which may be secrets."""

from typing import Any

from modules.facts.stores import STORES
from modules.plan.change import Change
from modules.plan.page import Facts, Page, page


def as_json(facts: Facts) -> dict[str, Any]:
    """In values of JSON."""
    return {
        **of_page(page(facts)),
        "stacks": list(facts.stacks),
        "changes": [_change(one) for one in facts.changes],
        "notes": {stack: list(notes) for stack, notes in facts.notes.items() if notes},
    }


def of_page(found: Page) -> dict[str, Any]:
    """The keys that every page has."""
    sections = {section.heading: [line.replace("`", "") for line in section.lines] for section in found.sections}
    return {"headline": found.headline, "exit_code": found.code, "sections": sections}


def _change(change: Change) -> dict[str, Any]:
    return {
        "stack": change.stack,
        "address": change.address,
        "type": change.kind,
        "action": change.action,
        "certain": change.is_certain,
        "attributes": list(change.attributes),
        "because": list(change.because),
        "imports": change.imports,
        "refused_by": change.refused_by,
        "data_at_risk": change.destroys and change.kind in STORES,
    }
