"""Any valid file is accepted; any mistake has a line and a next step; nothing that is written makes a traceback."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modules.checks.check import Checked, check
from tests.support import random_specs, run_synth
from tests.support.nested_values import places, replaced
from tests.support.tiers import sampled
from tests.unit.conftest import TODAY

SHIPPED = run_synth.SHIPPED.read_text(encoding="utf-8")


def _check(text: str) -> Checked:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "services.yaml"
        file.write_bytes(text.encode(errors="surrogatepass"))
        return check(file, TODAY)


def _assert_helpful(result: Checked, lines: int) -> None:
    for problem in result.mistakes:
        where, what, step = result.render(problem).split("\n")
        assert where.startswith("services.yaml:")
        assert 1 <= int(where.split(":")[1].split()[0]) <= max(lines, 1)
        assert what.strip()
        assert step.strip()


@given(random_specs.valid())
def test_a_valid_file_has_no_mistake(system: random_specs.System) -> None:
    result = _check(random_specs.render(system))
    assert [result.render(problem) for problem in result.mistakes] == []


@given(random_specs.invalid())
def test_one_mutation_is_a_mistake_with_a_line(system: random_specs.System) -> None:
    text = random_specs.render(system)
    result = _check(text)
    assert result.spec is None
    assert result.mistakes
    _assert_helpful(result, text.count("\n"))


@sampled(nightly=2000)
@given(st.data())
def test_a_slip_of_the_keyboard_never_makes_a_traceback(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SHIPPED) - 1))
    cut = data.draw(st.integers(0, 12))
    put = data.draw(
        st.text(st.characters(codec="utf-8"), max_size=6)
        | st.sampled_from(["\n", "\t", ": ", "- ", "[", "}", "&a ", "*a", "!!x "])
    )
    text = SHIPPED[:at] + put + SHIPPED[at + cut :]
    _assert_helpful(_check(text), len(text.splitlines()) + 1)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
KEYS = ["project", "zones", "accept", "network", "cluster", "state", "tags", "services", "x"]


@given(ANYTHING, st.sampled_from(KEYS))
def test_any_value_at_any_key_never_makes_a_traceback(value: object, key: str) -> None:
    system = {"project": "shop", "region": "eu-west-1", "services": {"a": value}, key: value}
    text = random_specs.render(system)
    _assert_helpful(_check(text), len(text.splitlines()) + 1)


WHOLE: random_specs.System = {
    "project": "shop",
    "region": "eu-west-1",
    "zones": ["a", "b", "c"],
    "accept": ["nat-traffic"],
    "tags": {"Team": "shop"},
    "state": {"s3": {"bucket": "shop-state", "prefix": "eks/shop"}},
    "network": {"cidr": "10.0.0.0/16", "endpoints": ["auto", "ec2"]},
    "cluster": {"version": "1.35", "api_access": ["10.1.0.0/16"], "addons": {"coredns": "v1.12.4-eksbuild.1"}},
    "database": {"min_acu": 1, "max_acu": 4},
    "cache": {"nodes": 2},
    "services": {
        "store": {"aws": ["sns", {"dynamodb": {"partition_key": {"name": "id", "type": "S"}, "ttl": "expires"}}]},
        "reader": {
            "path": ["/read", "/r"],
            "priority": 5,
            "command": ["serve", "--now"],
            "calls": ["store"],
            "env": {"LOG_LEVEL": "debug"},
            "aws": {"sqs": {"subscribe": ["store"]}, "dynamodb": {"of": "store", "access": "write"}, "ses": None},
            "statements": {
                "Read": {
                    "actions": ["ssm:GetParameter"],
                    "resources": ["*"],
                    "reason": "none",
                    "conditions": {"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"aws:userid": ["a", "b"]}},
                }
            },
        },
    },
}
WORDS = st.sampled_from(["s3", "store", "auto", "aws:SecureTransport", "10.0.0.0/33", "/", "1.36", "v1", "\ud800", ""])


@given(st.data())
def test_another_value_in_any_place_never_makes_a_traceback(data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(places(WHOLE)))
    system = replaced(WHOLE, place, data.draw(ANYTHING | WORDS | st.dictionaries(WORDS, ANYTHING | WORDS, max_size=2)))
    text = random_specs.render(system)
    _assert_helpful(_check(text), len(text.splitlines()) + 1)
