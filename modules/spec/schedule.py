"""When a job runs: the five fields of Kubernetes, and what others write in their place.

As https://github.com/robfig/cron/blob/v3.0.1/parser.go (ParseStandard) reads them, which Kubernetes uses:
https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax.
"""

import re
from typing import NamedTuple

EXAMPLE = "30 9 * * 1-5"
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# Days of the longest February, and of each other month.
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Mistake(NamedTuple):
    """What is wrong with a text, what to write, and the text that replaces it where there is one."""

    what: str
    step: str
    fixed: str | None = None


class _Field(NamedTuple):
    name: str
    first: int
    last: int
    words: tuple[str, ...] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 6, _DAYS),
)
_ITEM = re.compile(r"(?P<first>\*|\?|\w+)(-(?P<last>\w+))?(/(?P<step>\w+))?")
_EVERY = re.compile(r"(?:rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)|@every\s+(\d+)([mhd]))", re.IGNORECASE)
_CRON = re.compile(r"cron\((.*)\)", re.IGNORECASE)
MACROS = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")


def mistake(text: str) -> Mistake | None:
    """Why Kubernetes would not take it, or never run it; None where it is a schedule."""
    if every := _EVERY.fullmatch(text.strip()):
        return _of_every(text, int(every[1] or every[3]), (every[2] or every[4])[0].lower())
    if of_aws := _CRON.fullmatch(text.strip()):
        return _of_aws(text, of_aws[1].split())
    if text in MACROS:
        return None
    fields = text.split()
    if len(fields) != len(_FIELDS):
        what = f'"{text}" is no schedule: it has {len(fields)} of the fields minute, hour, day, month, day of the week.'
        return Mistake(what, f'Write five fields, such as "{EXAMPLE}", or one of {", ".join(MACROS[:5])}.')
    found: list[set[int]] = []
    for field, written in zip(_FIELDS, fields, strict=True):
        values = _values(field, written)
        if isinstance(values, str):
            return _wrong(text, field, written, values)
        found.append(values)
    return _never(text, fields, found[2], found[3])


def _wrong(text: str, field: _Field, written: str, why: str) -> Mistake:
    names = f" or {field.words[0]}-{field.words[-1]}" if field.words else ""
    what = f'"{text}": {why}, in the place of the {field.name}.'
    if field.words == _DAYS and written == "7":
        fixed = f"{text[: text.rindex('7')]}0"
        return Mistake(what, f'Sunday is 0: write "{fixed}".', fixed)
    return Mistake(
        what, f"Write {field.first}-{field.last}{names} there, `*`, a list such as 1,2 or a step such as */5."
    )


def _values(field: _Field, written: str) -> set[int] | str:
    """The numbers that a field stands for, or why it can't be read."""
    values: set[int] = set()
    for item in written.split(","):
        match = _ITEM.fullmatch(item)
        if match is None:
            return f'"{item}" can\'t be read'
        is_any = match["first"] in ("*", "?")
        first = field.first if is_any else _number(field, match["first"])
        default = field.last if is_any or match["step"] else first
        last = default if match["last"] is None else _number(field, match["last"])
        step = match["step"] or "1"
        if first is None or last is None or (is_any and match["last"]):
            return f'"{item}" is not from {field.first} to {field.last}'
        if not step.isascii() or not step.isdigit() or int(step) == 0:
            return f'"{step}" is not a step'
        if first > last:
            return f"{item} begins after its end"
        values |= set(range(first, last + 1, int(step)))
    return values


def _number(field: _Field, text: str) -> int | None:
    if text.upper() in field.words:
        return field.words.index(text.upper()) + field.first
    if not text.isascii() or not text.isdigit() or not field.first <= int(text) <= field.last:
        return None
    return int(text)


def _never(text: str, fields: list[str], days: set[int], months: set[int]) -> Mistake | None:
    """A day that none of the months has, where the day of the week is not another way."""
    if fields[4] in ("*", "?") and min(days) > max(_LENGTHS[month - 1] for month in months):
        return Mistake(f'"{text}" never comes: none of its months has such a day.', "Write a day that they have.")
    return None


def _of_every(text: str, count: int, unit: str) -> Mistake:
    """AWS's rate(…), which Kubernetes has only where it divides the next larger unit."""
    while unit in _LARGER and count and count % _LARGER[unit][0] == 0:
        count, unit = count // _LARGER[unit][0], _LARGER[unit][1]
    what = f'"{text}" is how AWS and others write an interval; Kubernetes takes five fields.'
    if unit == "d":
        if count == 1:
            return _replaced(what, "0 0 * * *")
        step = "There is no interval of days: write days of the week or of the month, such as"
        return Mistake(what, f'{step} "0 0 * * 1" or "0 0 1,15 * *".')
    within = _LARGER[unit][0]
    even = max(one for one in range(1, within) if within % one == 0 and one <= max(count, 1))
    if even == count:
        return _replaced(what, _every(even, unit))
    name = {"m": "minutes do not divide an hour", "h": "hours do not divide a day"}[unit]
    return Mistake(
        f"{what} {count} {name}, so they have no equal steps.", f'Write "{_every(even, unit)}", for example.'
    )


_LARGER = {"m": (60, "h"), "h": (24, "d")}


def _every(count: int, unit: str) -> str:
    every = "*" if count == 1 else f"*/{count}"
    return f"{every} * * * *" if unit == "m" else f"0 {every} * * *"


def _of_aws(text: str, fields: list[str]) -> Mistake:
    """AWS's cron(…): six fields with a year, `?`, and days of the week from 1, which is Sunday."""
    what = f'"{text}" is how AWS writes a schedule; Kubernetes takes five fields, without a year.'
    if len(fields) != len(_FIELDS) + 1:
        return Mistake(what, f'Write five fields, such as "{EXAMPLE}".')
    *five, year = fields
    if year != "*":
        return Mistake(f"{what} It has no years.", "Write it without one, and take the job out when it has run.")
    if any(re.search(r"\d[LW#]|^[LW]|[LW]$", field) for field in (five[2], five[4])):
        step = "Write a day that comes before, such as 28, and let the program see whether it is the day"
        return Mistake(f"{what} It has no L, W and #.", f"{step}.")
    five[4] = re.sub(r"(?<![\d/])[1-7](?!\d)", lambda day: str(int(day[0]) - 1), five[4])
    fixed = " ".join("*" if field == "?" else field for field in five)
    if (wrong := mistake(fixed)) is not None:
        return Mistake(f"{what} {wrong.what}", wrong.step)
    return _replaced(what, fixed)


def _replaced(what: str, fixed: str) -> Mistake:
    return Mistake(what, f'Write "{fixed}". Without `time_zone`, it is in UTC.', fixed)
