"""A next step that is one change of the file is carried as data: applied, the mistake is gone and no other appears."""

import pytest

from modules.checks.check import Checked
from modules.spec.problem import Problem
from tests.support.apply_edit import apply_edit
from tests.unit.conftest import HEAD, Check, file_text
from tests.unit.test_mistakes import PLATFORM, SERVICES

WHOLE = [
    f"{HEAD}services:\n",
    "project: shop\nregion: eu-west-1\n",
    "project: shop\nregion: eu-west1\nservices: {}\n",
    "project: shop\nregion: eu-west-1\naccept: [nat-trafic]\nservices: {}\n",
    "project: shop\nregion: eu-west-1\naccept: nat-trafic\nservices: {}\n",
]
TEXTS = [
    *(file_text(services) for services, *_ in SERVICES),
    *(file_text(platform=f"{platform}\n") for platform, *_ in PLATFORM),
    *WHOLE,
]


def _mistakes(result: Checked) -> list[str]:
    return sorted(problem.what for problem in result.mistakes)


def _with_edits(checked: Check) -> list[tuple[str, Problem, Checked]]:
    results = [(text, checked(text)) for text in dict.fromkeys(TEXTS)]
    return [(text, problem, result) for text, result in results for problem in result.mistakes if problem.edit]


def test_an_edit_removes_its_mistake_and_brings_no_other(checked: Check) -> None:
    for text, problem, before in _with_edits(checked):
        assert problem.edit
        after = checked(apply_edit(problem.edit, text, before.document))
        expected = _mistakes(before)
        expected.remove(problem.what)
        assert _mistakes(after) == expected, f"{text}\n{before.render(problem)}\n{problem.edit}"


def test_so_many_mistakes_carry_an_edit_and_the_others_need_a_decision(
    checked: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    mistakes = [problem for text in dict.fromkeys(TEXTS) for problem in checked(text).mistakes]
    edits = [problem for problem in mistakes if problem.edit]
    with capsys.disabled():
        print(f"\n{len(edits)} of {len(mistakes)} mistakes carry their next step as an edit.")
    # The others need a decision of the file's owner.
    assert len(edits) > 0.3 * len(mistakes)


@pytest.mark.parametrize("words", ["Did you mean", "Remove this one.", "Remove it"])
def test_a_step_that_leaves_no_choice_is_never_prose(checked: Check, words: str) -> None:
    # The right key is there too, or its value is still to be written.
    choices = {'Did you mean "ses"?', 'Did you mean "sqs"?', 'Did you mean "account"?'}
    for text in dict.fromkeys(TEXTS):
        for problem in checked(text).mistakes:
            if problem.next_step.startswith(words) and not problem.edit:
                assert problem.next_step in choices, text
