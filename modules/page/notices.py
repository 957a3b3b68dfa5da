"""Warnings with the place that each is about, and the days on which something that was said stops being true."""

from datetime import date
from typing import NamedTuple

from modules.checks.check import Checked
from modules.checks.warnings import WARNINGS
from modules.facts import eks, regions, zones
from modules.spec.model import Spec
from modules.spec.problem import Problem
from modules.spec.warning_codes import WARNING_CODES


class Case(NamedTuple):
    """One place that a warning is about."""

    where: str
    what: str
    next_step: str


class Notice(NamedTuple):
    """A code with its warnings; an accepted one is no longer printed by `make synth`, but it is still true."""

    code: str
    about: str
    cases: list[Case]
    is_accepted: bool


class Day(NamedTuple):
    """A date, and what is so from or until then."""

    day: str
    what: str
    is_past: bool


def warnings(checked: Checked, today: date) -> list[Notice]:
    """All that there are, those that are not accepted first."""
    spec = checked.spec
    assert spec
    found = [
        Notice(code, WARNING_CODES[code], [_case(checked, problem) for problem in problems], is_accepted)
        for code, warn in WARNINGS.items()
        for is_accepted in (False, True)
        if (problems := [one for one in warn(spec, today) if (one.is_accepted or code in spec.accept) == is_accepted])
    ]
    return sorted(found, key=lambda one: one.is_accepted)


def _case(checked: Checked, problem: Problem) -> Case:
    where, what, next_step = checked.render(problem).split("\n  ")
    return Case(where, what, next_step)


def days(spec: Spec, today: date) -> list[Day]:
    """In their order."""
    found: list[tuple[date, str]] = []
    if support := eks.VERSIONS.get(spec.cluster.version):
        version = f"Kubernetes {spec.cluster.version}"
        found.append((support.standard, f"Standard support of {version} on EKS ends."))
        after = "AWS then upgrades the cluster." if spec.cluster.upgrade_policy == "extended" else ""
        found.append((support.extended, f"All support of {version} on EKS ends. {after}".strip()))
    found += [(date.fromisoformat(regions.AS_OF), "The list of AWS regions was read.")]
    found += [(date.fromisoformat(zones.AS_OF), "The list of availability zones was read.")]
    return [Day(day.isoformat(), what, day < today) for day, what in sorted(found)]
