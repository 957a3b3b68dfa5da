"""Whatever the files of generated/ and the Terraform states hold: an answer or a CommandError, never a traceback."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modules.errors import CommandError
from modules.state import applied_stacks, record
from modules.state.applied_stacks import Stack
from modules.state.orphaned_stacks import find_orphaned
from tests.support.nested_values import places, replaced
from tests.support.tiers import sampled

INSTANCE = {"attributes": {"deletion_protection": True}}
SOUND: dict[str, Any] = {
    "generated/manifest.json": {"stacks": {"a": {"dependencies": ["b"]}, "b": {"dependencies": []}}},
    "generated/stacks/a/cdk.tf.json": {
        "provider": {"helm": [{}]},
        "resource": {"aws_lb": {"main": {"lifecycle": {"prevent_destroy": True}}}},
        "terraform": {"backend": {"local": {"path": "../../../state/a.tfstate"}}},
    },
    "generated/stacks/b/cdk.tf.json": {"terraform": {"backend": {"s3": {"bucket": "shop"}}}},
    "generated/stacks/a/.terraform/terraform.tfstate": {"version": 3, "backend": {"type": "s3", "config": {}}},
    "state/a.tfstate": {
        "version": 4,
        "outputs": {"cluster_endpoint": {"value": "https://example.com"}},
        "resources": [{"mode": "managed", "type": "aws_lb", "name": "main", "instances": [INSTANCE]}],
    },
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of a system, one of which has another value in one place, or is cut or something else."""
    files = {name: json.dumps(content).encode() for name, content in SOUND.items()}
    name = draw(st.sampled_from(list(SOUND)))
    place = draw(st.sampled_from(places(SOUND[name])))
    other = json.dumps(replaced(SOUND[name], place, draw(ANYTHING))).encode()
    cut = files[name][: draw(st.integers(0, len(files[name])))]
    files[name] = draw(st.sampled_from([other, other, other, cut]) | st.binary(max_size=5))
    return files


def ask(stack: Stack) -> None:
    """All that a command asks of a stack, each whether or not another was answered."""
    for question in (
        lambda: stack.applied,
        lambda: stack.deletion_protected,
        lambda: stack.uses_kubernetes,
        lambda: stack.output("cluster_endpoint"),
    ):
        with suppress(CommandError):
            question()


@sampled(nightly=2000)
@given(damaged())
def test_damage_anywhere_is_answered(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        generated = Path(folder, "generated")
        problems = find_orphaned(record.read(generated, "lifelong.json"), ())
        assert {problem.stack for problem in problems} >= {"a", "b"}
        with suppress(CommandError):
            for stack in applied_stacks.read(generated).values():
                ask(stack)


def test_what_is_sound_is_read() -> None:
    """Or the test above would see nothing but refusals."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in SOUND.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content))
        stacks = applied_stacks.read(Path(folder, "generated"))
        assert list(stacks) == ["b", "a"]
        assert (stacks["a"].applied, stacks["b"].applied) == (True, None)
        assert stacks["a"].deletion_protected == ["aws_lb.main"]
        assert stacks["a"].uses_kubernetes
        assert stacks["a"].output("cluster_endpoint") == "https://example.com"
