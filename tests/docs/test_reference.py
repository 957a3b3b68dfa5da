"""The reference says what the model, the permissions, the warnings and the commands say."""

import pytest

from tests.support.reference import pages


@pytest.mark.parametrize("page", pages.PAGES)
def test_a_page_of_the_reference_follows_from_the_code(page: str, request: pytest.FixtureRequest) -> None:
    new = pages.with_parts(page)
    if request.config.getoption("--rewrite-goldens"):
        (pages.FOLDER / f"{page}.md").write_text(new, encoding="utf-8")
    assert pages.parts(page) == set(pages.PAGES[page])
    different = [
        f"{was!r} should be {now!r}"
        for was, now in zip(pages.text(page).splitlines(), new.splitlines(), strict=False)
        if was != now
    ]
    assert pages.text(page) == new, "\n".join([f"docs/{page}.md: run `make golden`.", *different[:3]])
