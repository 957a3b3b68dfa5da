"""Aurora capacity and versions."""

from collections.abc import Iterator

from modules.design.database import max_connections
from modules.facts import aurora
from modules.permissions import rds
from modules.spec.model import Spec
from modules.spec.problem import Edit, Problem
from modules.spec.reserved_names import DATABASE_STARTS

_PLACE = ("database",)


def capacity_is_in_halves(spec: Spec) -> Iterator[Problem]:
    """Aurora's capacities are multiples of half a unit."""
    database = spec.database
    if database is None:
        return
    for key, value in (("min_acu", database.min_acu), ("max_acu", database.max_acu)):
        if value % aurora.ACU_STEP:
            near = max(round(value / aurora.ACU_STEP) * aurora.ACU_STEP, 1 if key == "max_acu" else 0)
            what = f"{value:g} is not a multiple of {aurora.ACU_STEP:g} capacity units."
            yield Problem((*_PLACE, key), what, f"Write {near:g}.", edit=Edit((*_PLACE, key), f"{near:g}"))
    if database.max_acu < 1 and database.max_acu % aurora.ACU_STEP == 0:
        yield Problem((*_PLACE, "max_acu"), "max_acu must be at least 1.", "Write 1 or more.")


def capacity_has_a_range(spec: Spec) -> Iterator[Problem]:
    """Aurora scales from min_acu to max_acu."""
    database = spec.database
    if database and database.min_acu > database.max_acu:
        what = f"min_acu, {database.min_acu:g}, is greater than max_acu, {database.max_acu:g}."
        yield Problem((*_PLACE, "min_acu"), what, "Lower min_acu or raise max_acu.", also=((*_PLACE, "max_acu"),))


def connections_fit(spec: Spec) -> Iterator[Problem]:
    """A limit above that of the whole database is none."""
    if spec.database is None:
        return
    most = int(max_connections(spec.database))
    for name, service in spec.services.items():
        options = service.permissions.get("rds")
        if isinstance(options, rds.RdsOptions) and (options.connections or 0) > most:
            what = f"{options.connections:,} connections are more than the {most:,} that Aurora takes"
            what += f" with `min_acu: {spec.database.min_acu:g}` and `max_acu: {spec.database.max_acu:g}`."
            step = f"Write at most {most}, or change these under `database:`."
            yield Problem(("services", name, "aws", "rds", "connections"), what, step)


def the_database_has_a_name(spec: Spec) -> Iterator[Problem]:
    """The database has the name of the project, and the names of its users start with it."""
    if spec.names.database in aurora.RESERVED_NAMES:
        what = (
            f'"{spec.names.database}" is a reserved word of PostgreSQL, and the database gets the name of the project.'
        )
        yield Problem(("project",), what, "Use another name, such as one with a hyphen.")
    if f"{spec.names.database}_".startswith(DATABASE_STARTS):
        what = f"PostgreSQL and RDS reserve user names that start with {' or '.join(DATABASE_STARTS)}."
        yield Problem(("project",), what, "Use another name: the names of database users start with it.")


def the_master_keeps_its_name(spec: Spec) -> Iterator[Problem]:
    """The name of a service's database user is made of project and service."""
    for name in spec.services:
        if rds.schema(spec.names, name) == aurora.MASTER:
            what = f"The database user of {name} would be {aurora.MASTER}, which is the name of the master user."
            yield Problem(("services", name), what, "Use another name.")


def the_version_can_exist(spec: Spec) -> Iterator[Problem]:
    """A major version that Aurora PostgreSQL never had is a mistake; an unknown minor version may be new."""
    if spec.database is None:
        return
    major = spec.database.version.split(".")[0]
    place = (*_PLACE, "version")
    if major not in aurora.MAJORS:
        known = f"{aurora.MAJORS[0]} to {aurora.MAJORS[-1]}"
        yield Problem(
            place,
            f"Version {spec.database.version} of Aurora PostgreSQL is not supported; {known} are.",
            f'Write "{aurora.DEFAULT_VERSION}", in quotes.',
            edit=Edit(place, f'"{aurora.DEFAULT_VERSION}"'),
        )


def a_database_that_pauses_can(spec: Spec) -> Iterator[Problem]:
    """Older versions can't pause: they run at half a capacity unit or more."""
    if spec.database is None:
        return
    major, minor = spec.database.version.split(".")
    place = (*_PLACE, "version")
    if major in aurora.MAJORS and spec.database.min_acu == 0 and int(minor) < aurora.PAUSES_FROM[major]:
        first = f"{major}.{aurora.PAUSES_FROM[major]}"
        what = f"Aurora PostgreSQL {spec.database.version} can't pause, so min_acu can't be 0."
        yield Problem(place, what, f"Use {first} or later, or set `min_acu: 0.5`.", also=((*_PLACE, "min_acu"),))
