"""Aurora capacity and versions."""

from collections.abc import Iterator

from modules.facts import aurora
from modules.permissions import rds
from modules.spec.model import Spec
from modules.spec.problem import Problem
from modules.spec.reserved_names import DATABASE_STARTS

_PLACE = ("database",)


def capacity_is_in_halves(spec: Spec) -> Iterator[Problem]:
    """Aurora scales between two capacities, in halves of a unit."""
    database = spec.database
    for key, value in (("min_acu", database.min_acu), ("max_acu", database.max_acu)):
        if value % aurora.ACU_STEP:
            near = round(value / aurora.ACU_STEP) * aurora.ACU_STEP
            yield Problem((*_PLACE, key), f"{value:g} is not a whole or half capacity unit.", f"Write {near:g}.")
    if database.max_acu < 1:
        yield Problem((*_PLACE, "max_acu"), "Aurora wants max_acu to be 1 at least.", "Write 1 or more.")


def capacity_has_a_range(spec: Spec) -> Iterator[Problem]:
    """Aurora scales from the one to the other."""
    database = spec.database
    if database.min_acu > database.max_acu:
        what = f"min_acu, {database.min_acu:g}, is more than max_acu, {database.max_acu:g}."
        yield Problem((*_PLACE, "min_acu"), what, "Lower min_acu or raise max_acu.", also=((*_PLACE, "max_acu"),))


def the_database_has_a_name(spec: Spec) -> Iterator[Problem]:
    """The database is called as the project is, and each user starts with it."""
    if spec.names.database in aurora.RESERVED_NAMES:
        what = f'"{spec.names.database}" is a reserved word of PostgreSQL, and the database has the project\'s name.'
        yield Problem(("project",), what, "Use another name, such as one with a hyphen.")
    if f"{spec.names.database}_".startswith(DATABASE_STARTS):
        what = f"PostgreSQL and RDS keep users that start with {' or '.join(DATABASE_STARTS)} for themselves."
        yield Problem(("project",), what, "Use another name: those of database users start with it.")


def the_master_keeps_its_name(spec: Spec) -> Iterator[Problem]:
    """A service's database user is called by project and service."""
    for name in spec.services:
        if rds.user_name(spec.names, name) == aurora.MASTER:
            what = f"The database user of {name} would be {aurora.MASTER}, which is the master's name."
            yield Problem(("services", name), what, "Use another name.")


def the_version_can_exist(spec: Spec) -> Iterator[Problem]:
    """A major version that Aurora PostgreSQL has never had can't be made; a new minor one can."""
    major = spec.database.version.split(".")[0]
    place = (*_PLACE, "version")
    if major not in aurora.MAJORS:
        known = f"{aurora.MAJORS[0]} to {aurora.MAJORS[-1]}"
        yield Problem(
            place,
            f"Version {spec.database.version} of Aurora PostgreSQL can't be used here; {known} can.",
            f"Write {aurora.DEFAULT_VERSION}.",
        )


def a_database_that_pauses_can(spec: Spec) -> Iterator[Problem]:
    """Older versions run at half a capacity unit at least."""
    major, minor = spec.database.version.split(".")
    place = (*_PLACE, "version")
    if major in aurora.MAJORS and spec.database.min_acu == 0 and int(minor) < aurora.PAUSES_FROM[major]:
        first = f"{major}.{aurora.PAUSES_FROM[major]}"
        what = f"Aurora PostgreSQL {spec.database.version} can't pause, so min_acu can't be 0."
        yield Problem(place, what, f"Take {first} or later, or min_acu 0.5.", also=((*_PLACE, "min_acu"),))
