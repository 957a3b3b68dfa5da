"""No text of services.yaml reaches Terraform or CDKTF as an expression, wherever it is written.

Each probe is put into every value and every key of the example that has every key of the schema. Where the model or a
rule refuses it, a mistake must say so at that place; all others are built, and real Terraform evaluates what was built.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.checks.check import Checked, check
from modules.paths import ROOT
from modules.spec.model import Spec
from modules.synth import hcl
from modules.synth.build import build
from tests.synth.conftest import Built
from tests.synth.test_hcl import terraform
from tests.unit.conftest import TODAY

Place = tuple[Any, ...]
HOST = '${trimspace(file("/etc/hostname"))}'
PROBES = [
    HOST,
    HOST.removesuffix("}"),
    # Out of a string inside an expression.
    'x"], file("/etc/hostname"), ["',
    "${file(path.module)}",  # without quotes and spaces, which some patterns refuse
    "%{ if true }x%{ endif }",
    "%{if(true)}x%{endif}",
    "$${a}$",
    "%%%{a}%",
    # CDKTF's own: tokens of a text, a list, a map and a number, and a text that it keeps for itself.
    "${TfToken[TOKEN.0]}",
    "#{TfToken[TOKEN.1]}",
    "&{TfToken[TOKEN.2]}",
    "-1.8881545897087503e+289",
    "String Map Token Value",
]
EVERYTHING: dict[str, Any] = YAML(typ="safe").load((ROOT / "examples/everything/services.yaml").read_text())
del EVERYTHING["accept_escalations"]  # whose texts are those of a statement: none of the two changes alone
KEY = object()
"""Ends the place of a key, whose value's place is that without it."""
# For readers of services.yaml only; everything else that is accepted is written into generated/.
NOT_WRITTEN = {"reason"}


def places(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every text in the file with its place: first that of each key, and then that of each value."""
    if isinstance(value, str):
        yield place, value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if isinstance(key, str):
            yield (*place, key, KEY), key
        yield from places(inner, (*place, key))


TEXTS = dict(places(EVERYTHING))
KEYS = {place for place in TEXTS if place[-1] is KEY}


def written(value: Any, texts: dict[Place, str], place: Place = ()) -> Any:
    """The file with other texts at some places."""
    if isinstance(value, dict):
        return {
            texts.get((*place, key, KEY), key): written(inner, texts, (*place, key)) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [written(inner, texts, (*place, index)) for index, inner in enumerate(value)]
    return texts.get(place, value)


def shown(place: Place, texts: dict[Place, str]) -> Place:
    """How mistakes call the place, in a file with these texts."""
    path = place[:-1] if place[-1] is KEY else place
    return tuple(texts.get((*path[: n + 1], KEY), part) for n, part in enumerate(path))


def checked(texts: dict[Place, str], folder: Path) -> Checked:
    file = folder / "services.yaml"
    shutil.copytree(ROOT / "examples/everything/config", folder / "config", dirs_exist_ok=True)  # files that it names
    file.write_text(json.dumps(written(EVERYTHING, texts)))
    return check(file, TODAY)


def spec_of(texts: dict[Place, str], folder: Path) -> Spec:
    spec = checked(texts, folder).spec
    assert spec is not None
    return spec


def accepted(probe: str, at: Iterable[Place], folder: Path) -> dict[Place, str]:
    """The texts with the probe at all of these places that accept it: instead of the text there, or behind it."""
    # The keys of a mapping have to differ.
    texts = {place: TEXTS[place] + probe if place in KEYS else probe for place in at}
    for _ in range(2 * len(texts) + 1):
        result = checked(texts, folder)
        if result.spec is not None:
            return texts
        mistakes = {path for problem in result.mistakes for path in problem.places}
        mistakes |= {path[:-1] for path in mistakes if path[-1:] == (0,)}  # a text where a list may be
        refused = [place for place in texts if shown(place, texts) in mistakes]
        assert refused, [result.render(problem) for problem in result.mistakes]
        for place in refused:
            behind = TEXTS[place] + probe
            if texts[place] == behind:
                del texts[place]
            else:
                texts[place] = behind
    raise AssertionError("each round refuses at least one text, and each place has two at most")


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from strings(inner)
    yield from value if isinstance(value, dict) else ()


def _known(text: str) -> str:
    """A JSON text in which what other stacks offer has a value."""
    of_states = r"(?<!\$)\$\{data\.terraform_remote_state\.\w+\.outputs\.\w+}"
    return re.sub(of_states, "known", text) if text.startswith("{") else text


def within(text: str) -> Iterator[str]:
    """A text, and the texts of the JSON that it is."""
    yield text
    if text.startswith("{"):
        with suppress(json.JSONDecodeError):
            yield from strings(json.loads(text))


class Evaluated:
    """A folder in which Terraform evaluates what was generated; references to resources and states are left out."""

    def __init__(self, folder: Path, *, as_hcl: bool) -> None:
        self.folder, self.as_hcl = folder, as_hcl
        self.texts: set[str] = set()
        self.files: set[bytes] = set()

    def add(self, built: Built) -> None:
        for name, data in built.items():
            if name.endswith("/cdk.tf.json"):
                found = {_known(text) for text in strings(json.loads(data))}
                refer = {text for text in found if "${" in text.replace("$${", "").replace("${path.module}", "")}
                assert [text for text in refer for probe in PROBES if probe in text] == []
                self.texts |= found - refer
            elif name.endswith("values.yaml") and name.startswith("stacks/"):
                self.files.add(data)

    def values(self) -> set[str]:
        """All texts and those in all files, as Terraform reads them."""
        calls = []
        for number, data in enumerate(sorted(self.files)):
            (self.folder / f"{number}.yaml").write_bytes(data)
            names = sorted(set(re.findall(r"(?<!\$)\$\{(\w+)}", data.decode())))
            known = ", ".join(f'"{name}" = "known"' for name in names)
            calls.append(f'${{templatefile("${{path.module}}/{number}.yaml", {{{known}}})}}')
        content = {"locals": {"all": [*sorted(self.texts), *calls]}}
        name = "cdk.tf" if self.as_hcl else "cdk.tf.json"
        (self.folder / name).write_text(hcl.render(content, frozenset()) if self.as_hcl else json.dumps(content))
        answer = terraform("console", folder=self.folder, text="jsonencode(local.all)\n")
        found: list[str] = json.loads(json.loads(answer))
        files = found[len(self.texts) :]
        assert len(files) == len(self.files)
        texts = (text for file in files for text in strings(YAML(typ="safe").load(file)))
        return {*(inner for text in found for inner in within(text)), *texts}


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Built, set[str]]]:
    """The files of each system with one of the probes wherever it is accepted, and the texts there."""
    folder = tmp_path_factory.mktemp("system")
    found = {}
    for probe in PROBES:
        texts = accepted(probe, KEYS, folder) | accepted(probe, TEXTS.keys() - KEYS, folder)
        expected = {text for place, text in texts.items() if place[-1] not in NOT_WRITTEN}
        found[probe] = build(spec_of(texts, folder)), expected
    return found


@pytest.mark.parametrize("as_hcl", [False, True], ids=["json", "hcl"])
def test_terraform_reads_every_value_that_is_accepted_as_it_is_written(
    systems: dict[str, tuple[Built, set[str]]], tmp_path: Path, *, as_hcl: bool
) -> None:
    evaluated = Evaluated(tmp_path, as_hcl=as_hcl)
    for built, _ in systems.values():
        evaluated.add(built)
    probed = {text for _, texts in systems.values() for text in texts}
    assert any(probe in text for probe in PROBES for text in probed)
    assert probed - evaluated.values() == set()
