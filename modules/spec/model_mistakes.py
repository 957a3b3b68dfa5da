"""What the model does not accept, in words: the kinds of error of pydantic, each as a problem with its next step."""

import re
from typing import Any

from pydantic_core import ErrorDetails

from modules.facts import regions
from modules.schema import patterns
from modules.spec import image_reference, model_fields, pod_size
from modules.spec.document import Document
from modules.spec.job import Job
from modules.spec.model import Service
from modules.spec.problem import Edit, Path, Problem, did_you_mean, nearest, remove, valid_values

_TOO_MANY_KEYS = 8
_OF_SERVICE = 3  # the length of the path of a service's own key
_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "string": "a string",
    "bool": "true or false",
    "tuple": "a list",
    "dict": "a mapping",
    "model": "a mapping",
}
_TRUTH = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
# What people write for `none`.
NONE = ("none", "no", "off", "false", "disabled")
_LIMITS = {
    "ge": ("at least {}", "Write {} or more."),
    "gt": ("greater than {}", "Write more than {}."),
    "le": ("at most {}", "Write {} or less."),
}
_LENGTHS = {
    "min_length": ("at least {} {}", "Write more {1}."),
    "max_length": ("at most {} {}", "Write fewer {1}."),
}


def problem(path: Path, detail: ErrorDetails, document: Document) -> Problem:
    """The problem that pydantic found at `path`."""
    value, context = detail["input"], detail.get("ctx", {})
    match detail["type"].split("_"):
        case ["missing"]:
            return _missing(path)
        case ["extra", "forbidden"]:
            return _unknown_key(path, value, document)
        case ["literal", "error"]:
            return _no_choice(path, value, context["expected"].replace("'", "").replace(" or ", ", ").split(", "))
        case ["string", "pattern", "mismatch"]:
            return _mismatch(path, value, context["pattern"], document)
        case ["text", "file"]:
            what = f"{shown(value)} is not used: {context['reason']}."
            return Problem(path, what, "Name a text file of the repository, beside services.yaml or below its folder.")
        case ["string", "type"] if isinstance(value, int | float) and document.text(path) is not None:
            return _not_text(path, value, document)
        case [kind, "type"] if kind in _TYPES:
            return _wrong_type(path, value, kind, document)
        case _:
            return _out_of_range(path, value, detail)


def short(path: Path, detail: ErrorDetails) -> Problem:
    """A problem that is counted and not listed: no nearest word is looked for, which would take a minute for 20,000."""
    return Problem(
        path, f"{shown(detail['input'])} is not allowed here.", "Compare it with docs/reference/services.md."
    )


def _missing(path: Path) -> Problem:
    if path == ("services",):
        step = "Add `services: {}`, and list your services under it."
        return Problem(path, '"services" is missing.', step, edit=Edit(path, "{}"))
    return Problem(path, f'"{path[-1]}" is missing.', f"Add `{path[-1]}: …`.")


def _unknown_key(path: Path, value: Any, document: Document) -> Problem:
    word, known = str(path[-1]), model_fields.known(path[:-1])
    is_permission = path[:1] == ("services",) and path[2:3] == ("aws",) and len(path) == 4
    if is_permission and word in model_fields.keys(Service):
        return Problem(path, f'"{word}" is a key of the service, not a permission.', "Move it out of `aws:`.")
    if not known:
        what = f'"{word}" is not a valid key: `{path[-2]}` has no options.'
        return Problem(path, what, "Remove it: each service has its own.", edit=remove(path))
    if path[:1] == ("services",) and len(path) == _OF_SERVICE and word in model_fields.keys(Job):
        what = f'"{word}" is a key of a job, and a job belongs to a service, whose image and rights it has.'
        return Problem(path, what, f"Write `jobs: {{{path[1]}: {{{word}: …}}}}` into that service.")
    if path[2:3] == ("aws",) and len(path) == 5 and word in ("of", "access"):
        what = f'"{word}" is not a valid key: `{path[-2]}` can\'t be that of another service.'
        return Problem(path, what, "Remove it: each service has its own.", edit=remove(path))
    what = f'"{word}" is not a valid {"permission" if is_permission else "key"}.'
    meant = nearest(word, known)
    there = (*path[:-1], meant or "")
    is_free = not document.has(there)
    # `ses` needs options that only the user knows.
    is_one_edit = meant is not None and meant != "ses" and is_free and model_fields.fits(there, value)
    edit = Edit(path, meant, renames=True) if is_one_edit else None
    return Problem(path, what, did_you_mean(word, known), edit=edit)


def _no_choice(path: Path, value: Any, choices: list[str]) -> Problem:
    step = did_you_mean(value, choices) if isinstance(value, str) else valid_values(choices)
    meant = nearest(value, choices) if isinstance(value, str) else None
    edit = Edit(path, meant) if meant else None
    if path[:1] == ("accept",):
        return Problem(path, f"There is no warning {shown(value)}.", step, edit=edit)
    return Problem(path, f"{shown(value)} is not a valid value.", step, edit=edit)


def _mismatch(path: Path, value: str, pattern: str, document: Document) -> Problem:
    if pattern == patterns.IMAGE:
        what, step, fixed = image_reference.mistake(value)
        return Problem(path, what, step, edit=Edit(path, fixed) if fixed else None)
    if pattern == patterns.MEMORY and len(path) == _OF_SERVICE and (size := pod_size.meant_memory(value)):
        return _in_other_units(path, value, "memory", size, document)
    if pattern == patterns.VARIABLE and (name := re.sub(r"[.-]", "_", value)) != value:
        return _not_a_variable(path, value, name.upper())
    if pattern == patterns.SECRET_PLACE and re.fullmatch(patterns.VARIABLE, name := re.sub(r"[.-]", "_", value)):
        return _not_a_variable(path, value, name.upper())
    name, example = patterns.EXAMPLES[pattern]
    what = f"{shown(value)} is not {name}."
    if pattern == patterns.REGION and (meant := nearest(value, regions.REGIONS)):
        return Problem(path, what, f'Did you mean "{meant}"?', edit=Edit(path, meant))
    if pattern == patterns.CIDR and patterns.is_address(value):
        return Problem(path, what, f"Write {value}/32 for one address.", edit=Edit(path, f"{value}/32"))
    if pattern == patterns.CIDR and "api_access" in path:
        example = "203.0.113.7/32"
    return Problem(path, what, f"Write a value such as {example}.")


def _not_a_variable(path: Path, value: str, meant: str) -> Problem:
    """Kubernetes takes such names, but a shell drops them: https://pubs.opengroup.org/onlinepubs/9799919799/, 8.1."""
    what = f"{shown(value)} has a dot or a hyphen, and a shell that starts the program would drop that variable."
    if not re.fullmatch(patterns.VARIABLE, meant):
        return Problem(path, what, "Write a name of letters, digits and underscores, such as LOG_LEVEL.")
    return Problem(path, what, f"Write {meant}: frameworks such as Spring read the same setting from it.")


def _not_text(path: Path, value: float, document: Document) -> Problem:
    text = document.text(path) or ""
    parsed = f"{text} is parsed as {'true or false' if isinstance(value, bool) else 'a number'}"
    if path[-1] == "memory" and len(path) == _OF_SERVICE and (size := pod_size.meant_memory(text)):
        return _in_other_units(path, text, "memory", size, document)
    if not model_fields.fits(path, text):
        name, example = patterns.EXAMPLES.get(model_fields.pattern(path) or "", ("a string", "v1.4"))
        return Problem(path, f"{parsed}; {name} is required.", f"Write a value such as {example}.")
    return Problem(
        path, f"{parsed}; a string is required.", f'Write "{text}", with quotes.', edit=Edit(path, f'"{text}"')
    )


def _in_other_units(path: Path, written: object, key: str, meant: str, document: Document) -> Problem:
    """ECS's and Kubernetes' units for `cpu` and `memory`."""
    service: Any = document.values["services"][path[1]]
    step, is_enough = pod_size.fitting_step(service.get("cpu"), service.get("memory"), key)
    what = (
        f"{written} is {meant} vCPU in the units of Kubernetes." if key == "cpu" else f"{written} is not in MB or GB."
    )
    return Problem(path, what, step, edit=Edit(path, meant) if is_enough else None)


def _wrong_type(path: Path, value: Any, kind: str, document: Document) -> Problem:
    required = "a string or a list" if kind == "tuple" and model_fields.can_be_a_word(path) else _TYPES[kind]
    if is_none := kind in ("model", "int") and model_fields.can_be_none(path):
        required = "a path, a mapping or `none`" if path[-1] == "health" else f"{_TYPES[kind]} or `none`"
    if value is None:
        return _empty(path, required)
    if is_none and (value is False or str(value).lower() in NONE):
        return Problem(path, f"{shown(value)} is not {required}.", "Write `none`.", edit=Edit(path, "none"))
    if kind == "int" and isinstance(value, float):
        return _not_whole(path, value)
    what = f"{shown(value)} is not {required}."
    if (
        kind in ("int", "float")
        and isinstance(value, str)
        and re.fullmatch(r"\d+" if kind == "int" else r"\d+(\.\d+)?", value)
    ):
        number = f"{float(value):g}"
        return Problem(path, what, f"Write {number}, without quotes.", edit=Edit(path, number))
    if path[-1] == "cpu" and len(path) == _OF_SERVICE and isinstance(value, str) and (cpu := pod_size.meant_cpu(value)):
        return _in_other_units(path, value, "cpu", f"{cpu:g}", document)
    if kind == "bool" and (truth := _TRUTH.get(str(value).lower())):
        return Problem(path, what, f"Write {truth}.", edit=Edit(path, truth))
    known = model_fields.known(path) if kind == "model" else []
    with_keys = f" with the keys {', '.join(known)}" if 0 < len(known) < _TOO_MANY_KEYS else ""
    if path[2:3] == ("egress",) and kind in ("model", "tuple"):
        return Problem(path, what, "Write `internet`, or a mapping such as {to: 203.0.113.0/24, ports: [9092]}.")
    if path[-1] == "health":
        return Problem(path, what, "Write a path such as /healthz, or `none`.")
    if path[2:3] == ("secrets",) and len(path) == 4:
        return _not_a_secret(path, value)
    or_none = ", or `none`" if is_none else ""
    return Problem(path, what, f"Write {_TYPES[kind] if is_none else required}{with_keys}{or_none}.")


def _not_a_secret(path: Path, value: Any) -> Problem:
    """A value itself is not shown: whoever writes one there has written a secret into a file that git keeps."""
    what = "This is not where a secret value is found, and the value itself must not be in services.yaml."
    if isinstance(value, str) and (near := nearest(value, ["own"])):
        return Problem(path, f"{shown(value)} is not a valid value.", f'Did you mean "{near}"?', edit=Edit(path, near))
    mappings = "{of: web}, or {from: arn:…, key: dsn}"
    return Problem(path, what, f"Write `own`, a secret's name with a slash, such as shared/sentry, {mappings}.")


def _not_whole(path: Path, value: float) -> Problem:
    what = f"{value} is not a whole number."
    if not value.is_integer():  # what is infinite, or no number, is none
        return Problem(path, what, "Write a whole number.")
    return Problem(path, what, f"Write {value:.0f}.", edit=Edit(path, f"{value:.0f}"))


def _empty(path: Path, required: str) -> Problem:
    what = f"The value is empty; {required} is required."
    if path == ("services",):
        return Problem(path, what, "Write `services: {}`, or list your services under it.", edit=Edit(path, "{}"))
    if model_fields.is_required(path):
        return Problem(path, what, f"Write {required}.")
    return Problem(path, what, f"Write {required}, or remove the key.", edit=remove(path))


def _out_of_range(path: Path, value: Any, detail: ErrorDetails) -> Problem:
    context = detail.get("ctx", {})
    for name, (limit, step) in _LIMITS.items():
        if name in context:
            number = f"{context[name]:g}"
            return Problem(
                path, f"{path[-1]} is {shown(value)}; it must be {limit.format(number)}.", step.format(number)
            )
    unit = "characters" if isinstance(value, str) else "items"
    for name, (limit, step) in _LENGTHS.items():
        if name in context:
            what = f"{shown(value)} has {len(value)} {unit}; it must have {limit.format(context[name], unit)}."
            return Problem(path, what, step.format(context[name], unit))
    message = detail["msg"].replace("Input", "It").replace("String", "It")
    return Problem(path, f"{shown(value)} is not a valid value. {message}.", "Write a valid value.")


def shown(value: Any) -> str:
    """A value of the file as a message shows it."""
    match value:
        case str():
            return f'"{value}"' if len(value) <= 80 else f'"{value[:77]}…"'
        case bool():
            return str(value).lower()
        case tuple():
            return "A list"
        case dict():
            return "A mapping"
        case _:
            return str(value)
