"""The reference says what the model, the permissions, the warnings and the commands say."""

import re
from collections.abc import Iterator

import pytest

from tests.support.reference import pages
from tests.support.reference.plan import Plans

WITH_PLANS = ("reference/services", "reference/permissions")  # what a plan shows takes a build for each key: minutes
COLUMN = "| the plan shows |"
LAST_CELL = re.compile(r"(?<= \| )(?:[^|\\]|\\.)*(?= \|$)")


@pytest.mark.parametrize("page", pages.PAGES)
def test_a_page_of_the_reference_follows_from_the_code(
    page: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pages.parts(page) == set(pages.PAGES[page])
    if request.config.getoption("--rewrite-goldens"):
        (pages.FOLDER / f"{page}.md").write_text(pages.with_parts(page), encoding="utf-8")
    elif page in WITH_PLANS:
        monkeypatch.setattr(Plans, "of", lambda _: "")
        _expect(page, _without_plans(pages.text(page)), _without_plans(pages.with_parts(page)))
        return
    _expect(page, pages.text(page), pages.with_parts(page))


@pytest.mark.nightly(minutes=5)
@pytest.mark.parametrize("page", WITH_PLANS)
def test_what_a_plan_shows_of_each_key_follows_from_a_build_without_it(page: str) -> None:
    _expect(page, pages.text(page), pages.with_parts(page))


def test_only_what_a_plan_shows_is_left_out() -> None:
    table = f"| key | meaning {COLUMN}\n| --- | --- | --- |\n| `a` | b \\| c | d. |\n\n| x | y |\n| 1 | 2 |\n"
    assert _without_plans(table) == table.replace("| d. |", "|  |")


def _expect(page: str, was: str, now: str) -> None:
    pairs = zip(was.splitlines(), now.splitlines(), strict=False)
    different = [f"{one!r} should be {other!r}" for one, other in pairs if one != other]
    assert was == now, "\n".join([f"docs/{page}.md: run `make golden`.", *different[:3]])


def _without_plans(text: str) -> str:
    return "".join(_lines_without_plans(text))


def _lines_without_plans(text: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines():
        left_out = inside and not line.startswith("| ---")
        yield re.sub(r"(?<=the plan shows: ).*", "", LAST_CELL.sub("", line) if left_out else line) + "\n"
        inside = line.endswith(COLUMN) or (inside and line.startswith("|"))
