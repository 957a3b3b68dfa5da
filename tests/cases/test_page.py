"""docs/reference/public-systems.md says what the systems and their needs are."""

import pytest

from tests.cases.page import PARTS
from tests.support.reference import pages

PAGE = "reference/public-systems"


def test_the_page_of_public_systems_counts_them_as_they_are(request: pytest.FixtureRequest) -> None:
    new = pages.filled(pages.text(PAGE), PARTS)
    if request.config.getoption("--rewrite-goldens"):
        (pages.FOLDER / f"{PAGE}.md").write_text(new, encoding="utf-8")
    assert pages.parts(PAGE) == {*PARTS}
    assert pages.text(PAGE) == new, "docs/reference/public-systems.md: run `make golden`."
