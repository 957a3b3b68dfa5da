"""Texts as Terraform and CDKTF read them literally; tests/synth has the proof by real Terraform."""

import pytest

from modules.design.terraform_text import literal, text
from modules.spec.model import Service, Spec


@pytest.mark.parametrize(
    ("written", "template"),
    [
        ("plain $HOME $ {} 100% $$ $(A)", "plain $HOME $ {} 100% $$ $(A)"),
        ("${a}%{b}", "$${a}%%{b}"),
        ("$${a}", "$$${a}"),
        ("${TfToken[TOKEN.0]}", "$${TfToken%{if(true)}%{endif}[TOKEN.0]}"),
        ("-1.8881545897087503e+289", "-1.8881545897087503%{if(true)}%{endif}e+289"),
        ("String Map Token Value", "String Map%{if(true)}%{endif} Token Value"),
        ("a String Map Token Value", "a String Map Token Value"),
    ],
)
def test_what_is_evaluated_elsewhere_is_escaped(written: str, template: str) -> None:
    assert text(written) == template


@pytest.mark.parametrize("plain", ["1e5", "-1.5e+20", "0f1e2d3c-4b5e-4697-8879-6a5b4c3e123f", "-e1", "|e5", "--1e+289"])
def test_what_only_looks_like_a_number_token_is_left_alone(plain: str) -> None:
    assert text(plain) == plain


def test_every_text_of_a_system_is_escaped_and_nothing_else_is_changed() -> None:
    service = Service(command=("${a}",), env={"A": "%{b}"}, pods=3)
    spec = Spec(project="shop", region="eu-west-1", tags={"${k}": "v"}, services={"a": service})
    changed = literal(spec)
    assert changed.tags == {"$${k}": "v"}
    assert (changed.services["a"].command, changed.services["a"].env) == (("$${a}",), {"A": "%%{b}"})
    assert changed.model_copy(update={"tags": spec.tags, "services": spec.services}) == spec
