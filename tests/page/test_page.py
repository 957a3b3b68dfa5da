"""The page of `make report` as a reader has it in Chromium: by pointer, by keyboard, in print."""

import shutil
from pathlib import Path

import pytest

from tests.support import browser as support
from tests.support.browser import Browser, BrowserError, Scheme
from tests.support.tool_missing import ToolMissing

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# Others use the machine too, so that the best of some tries is what the page needs.
TRIES = 3
SHOWN = "[...document.querySelectorAll('{}')].filter((one) => one.checkVisibility()).length"


@pytest.fixture
def page(browser: Browser, shipped: Path) -> Browser:
    """The page of the architecture's system, newly opened."""
    browser.open(shipped)
    return browser


def focus(page: Browser, selector: str) -> None:
    page.evaluate(f"document.querySelector({selector!r}).focus()")


def focused(page: Browser) -> str:
    """Text or label of what has the focus."""
    return str(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()"))


def scale(page: Browser) -> float:
    return float(page.evaluate("new DOMMatrix(getComputedStyle(document.querySelector('.frame svg')).transform).a"))


def shift(page: Browser) -> list[float]:
    place = "new DOMMatrix(getComputedStyle(document.querySelector('.frame svg')).transform)"
    return [float(number) for number in page.evaluate(f"(({{e, f}}) => [e, f])({place})")]


def comes_into_view(page: Browser, selector: str) -> None:
    box = f"document.querySelector({selector!r}).getBoundingClientRect()"
    page.until(f"(({{top, bottom}}) => bottom > 0 && top < innerHeight)({box})")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing_and_the_page_asks_for_nothing(
    browser: Browser, shipped: Path, scheme: Scheme, width: int
) -> None:
    browser.open(shipped, scheme=scheme, width=width)
    assert browser.violations() == []
    focus(browser, ".cell")
    browser.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert browser.violations() == []
    assert (browser.errors, browser.requests) == ([], [])
    assert browser.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_the_page_of_every_key(browser: Browser, everything: Path, scheme: Scheme) -> None:
    browser.open(everything, scheme=scheme)
    browser.evaluate(OPEN)
    assert browser.violations() == []
    assert (browser.errors, browser.requests) == ([], [])


@pytest.mark.nightly(minutes=1)
def test_axe_finds_nothing_on_the_page_of_200_services(browser: Browser, many: Path) -> None:
    browser.open(many)
    assert browser.violations() == []
    assert (browser.errors, browser.requests) == ([], [])


SIDEWAYS = """[...document.querySelectorAll('body, body *')].filter((one) => one.scrollWidth > one.clientWidth + 1
    && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)).map((one) => one.ariaLabel ?? one.className)"""
OPEN = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


def test_no_table_of_the_shipped_system_scrolls_sideways_at_1280_pixels(page: Browser) -> None:
    page.evaluate(OPEN)
    assert page.evaluate(SIDEWAYS) == []


def test_nothing_but_a_table_that_shows_it_scrolls_sideways_with_the_widest_system(
    browser: Browser, widest: Path
) -> None:
    """Such a table has a name, can be scrolled by keys, and fades out where more of it is."""
    browser.open(widest)
    browser.evaluate(OPEN)
    assert browser.evaluate("document.documentElement.scrollWidth") == 1280
    found = browser.evaluate(SIDEWAYS)
    assert "Listener rules" in found, "the longest names do not fit"
    marked = "[...document.querySelectorAll('.scroll[role=region][tabindex=\"0\"]')].map((one) => one.ariaLabel)"
    assert set(found) <= set(browser.evaluate(marked))


def test_axe_is_asked_and_answers(page: Browser) -> None:
    page.evaluate("document.getElementById('search').removeAttribute('aria-describedby')")
    page.evaluate("document.querySelector('search label').remove()")
    page.evaluate("document.getElementById('search').removeAttribute('placeholder')")
    assert any(line.startswith("label: #search") for line in page.violations())


def test_light_and_dark_follow_the_readers_system(browser: Browser, shipped: Path) -> None:
    colours = []
    for scheme in SCHEMES:
        browser.open(shipped, scheme=scheme)
        picture = "getComputedStyle(document.querySelector('.frame rect.page')).fill"
        colours.append(browser.evaluate(f"[getComputedStyle(document.body).backgroundColor, {picture}]"))
    assert colours == [["rgb(246, 248, 250)", "rgb(255, 255, 255)"], ["rgb(11, 17, 27)", "rgb(13, 20, 32)"]]


def test_a_search_hides_what_has_not_all_of_its_words_and_opens_what_has(page: Browser) -> None:
    page.press("/")
    page.type("order-service sqs_queue.")
    assert page.evaluate("document.getElementById('found').textContent") == "2 found"
    shown = "[...document.querySelectorAll('#stacks tbody tr')].filter((one) => one.checkVisibility())"
    assert page.evaluate(f"{shown}.map((one) => one.querySelector('code').textContent)") == [
        "aws_sqs_queue.order_service_dead_letters",
        "aws_sqs_queue.order_service_queue",
    ]
    assert page.evaluate(SHOWN.format("main > section:not(.away)")) == 1
    page.press("Escape")
    assert page.evaluate("document.getElementById('search').value") == ""
    assert page.evaluate(SHOWN.format("main > section:not(.away)")) > 10
    assert page.evaluate(SHOWN.format("#stacks tbody tr")) == 0


def test_a_search_for_nothing_that_is_there_says_so(page: Browser) -> None:
    page.press("/")
    page.type("zzzz")
    assert page.evaluate("document.getElementById('found').textContent") == "0 found"
    assert page.evaluate(SHOWN.format("#nothing")) == 1


@pytest.mark.parametrize(
    ("text", "found"), [("dynamodb:query", "services"), ("L-3032A538", "quotas"), ("/api/orders", "routes")]
)
def test_everything_is_searched(page: Browser, text: str, found: str) -> None:
    page.press("/")
    page.type(text)
    shown = "[...document.querySelectorAll('main > section:not(.away)')].map((one) => one.id)"
    assert found in page.evaluate(shown)


def test_a_link_leads_to_what_a_search_had_hidden(page: Browser) -> None:
    page.press("/")
    page.type("order-service")
    page.click(".side nav a[href='#count']")
    page.until("document.getElementById('search').value === ''")
    comes_into_view(page, "#count")


def test_the_keyboard_alone_reaches_every_part(page: Browser) -> None:
    page.press("Tab")
    assert focused(page) == "Skip to the content"
    page.press("Enter")
    page.until("document.activeElement.id === 'content'")
    page.press("Tab")
    # The next stop after the skip link is in the content.
    assert page.evaluate("document.activeElement.closest('main') !== null")
    reached = set()
    for _ in range(200):
        page.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('main > section')?.id ?? ''"))
    assert reached >= {
        "picture",
        "services",
        "permissions",
        "connections",
        "routes",
        "sizes",
        "cost",
        "quotas",
        "count",
        "stacks",
    }


def test_enter_on_a_service_of_the_picture_leads_to_its_section(page: Browser) -> None:
    page.evaluate("document.getElementById('service-payment-service').open = false")
    focus(page, ".frame a[href='#service-payment-service']")
    page.press("Enter")
    page.until("document.getElementById('service-payment-service').open")
    comes_into_view(page, "#service-payment-service")
    assert focused(page).startswith("payment-service")


def test_a_click_on_a_service_leads_to_its_section_and_a_drag_over_it_moves_the_picture(page: Browser) -> None:
    page.evaluate("document.querySelector('.frame').scrollIntoView()")
    page.click("[data-zoom='full'] >> nth=0")
    focus(page, ".frame a[href='#service-user-service']")
    box = "document.querySelector('.frame a[href=\"#service-user-service\"]').getBoundingClientRect()"
    x, y = page.evaluate(f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])({box})")
    before = shift(page)
    page.drag((x, y), (x - 80, y - 40))
    after = shift(page)
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((-80, -40), abs=6)
    assert page.evaluate("location.hash") == ""
    page.click(".frame a[href='#service-user-service'] text >> nth=0")
    page.until("location.hash === '#service-user-service'")
    comes_into_view(page, "#service-user-service")


def test_the_picture_zooms_and_moves_by_keys_and_by_buttons(page: Browser) -> None:
    focus(page, ".frame")
    fitted = scale(page)
    page.press("+", "+")
    assert scale(page) == pytest.approx(fitted * 1.25**2)
    before = shift(page)
    page.press("ArrowRight", "ArrowDown")
    assert [now - then for now, then in zip(shift(page), before, strict=True)] == pytest.approx([-60, -60])
    page.press("-", "-", "-", "-")
    assert scale(page) == fitted, "it is never smaller than its frame"
    page.click("[data-zoom='full'] >> nth=0")
    assert scale(page) == 1
    page.click("[data-zoom='fit'] >> nth=0")
    assert scale(page) == fitted


def test_a_service_beyond_the_frame_comes_into_it_with_the_focus(page: Browser) -> None:
    focus(page, ".frame")
    page.press("1", *["ArrowLeft"] * 5, *["ArrowUp"] * 20)
    focus(page, ".frame a[href='#service-analytics-service']")
    box = "document.querySelector({!r}).getBoundingClientRect()"
    service, frame = box.format(".frame a[href='#service-analytics-service']"), box.format(".frame")
    assert page.evaluate(f"{service}.top >= {frame}.top && {service}.bottom <= {frame}.bottom")


CELL = ".cell[href='#grant-order-service-sqs']"


def tip(page: Browser) -> str:
    return str(page.evaluate("document.getElementById('tip').innerText")) if page.evaluate(SHOWN.format("#tip")) else ""


def test_a_permission_says_its_actions_and_arns_on_focus_until_escape(page: Browser) -> None:
    focus(page, CELL)
    assert "sqs:SendMessage" in tip(page)
    assert "arn:aws:sqs:eu-west-1:<account>:shop-order-service" in tip(page)
    assert page.evaluate(f"document.querySelector({CELL!r}).getAttribute('aria-describedby')") == "tip"
    assert focused(page) == "order-service, SQS: own"
    page.press("Escape")
    assert tip(page) == ""
    page.press("Enter")
    comes_into_view(page, "#grant-order-service-sqs")


def test_a_permission_says_the_same_on_hover_and_stays_while_one_points_at_it(page: Browser) -> None:
    for tries_left in reversed(range(5)):
        page.hover("h1")
        page.hover(CELL)
        page.until("document.getElementById('tip').innerText.includes('sqs:SendMessage')")
        try:
            page.hover("#tip h4", seconds=5)
            break
        except BrowserError:  # on a busy machine the pointer can need longer to get there than the tip stays
            assert tries_left
    page.evaluate("new Promise((later) => setTimeout(later, 400))")
    assert "sqs:SendMessage" in tip(page)
    page.hover("h1")
    page.until("document.getElementById('tip').hidden")


def test_print_unfolds_everything_and_folds_it_again(page: Browser, tmp_path: Path) -> None:
    folded = "document.querySelectorAll('details:not([open])').length"
    before = page.evaluate(folded)
    assert before > 5
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.foldedInPrint = {folded}; }})")
    page.pdf(tmp_path / "page.pdf")
    assert page.evaluate("window.foldedInPrint") == 0
    page.until(f"{folded} === {before}")
    pages = (tmp_path / "page.pdf").read_bytes().count(b"/Type /Page\n")
    assert pages > 10, "all resources of all stacks are more than ten pages"


def test_no_text_of_the_file_runs(browser: Browser, of_hostile_text: Path) -> None:
    browser.open(of_hostile_text)
    browser.press("/")
    browser.type("<script>")
    browser.evaluate("document.querySelectorAll('.cell').forEach((one) => one.focus())")
    assert (browser.evaluate("document.title"), browser.errors, browser.requests) == ("shop: system report", [], [])
    shown = browser.evaluate("document.getElementById('service-web').textContent")
    assert "</script><script>document.title='run'</script>" in shown
    assert "{{ 7 * 7 }}{% raw %}${7 * 7}" in shown


@pytest.mark.nightly(minutes=2)
def test_200_services_stay_within_their_bounds(browser: Browser, many: Path) -> None:
    assert many.stat().st_size < 4 * 1024 * 1024
    assert min(_first_paint(browser, many) for _ in range(TRIES)) < 1000, "milliseconds"
    assert browser.evaluate("document.querySelectorAll('details.fold:not([open])').length") >= 4
    assert browser.evaluate(SHOWN.format("main tbody tr")) < 100, "large tables are folded"
    for text in ("s", "sqs", "service-042", "aws_", "sqs service-14", "nothing", ""):
        assert min(_search(browser, text) for _ in range(3 * TRIES)) < 100, f"milliseconds of a search for {text!r}"
    assert (browser.errors, browser.requests) == ([], [])
    assert browser.evaluate("document.documentElement.scrollWidth") == 1280
    browser.evaluate(OPEN)
    assert browser.evaluate(SIDEWAYS) == []


def _first_paint(page: Browser, file: Path) -> float:
    """Milliseconds from the start of the navigation."""
    page.open(file)
    paint = "performance.getEntriesByName('first-contentful-paint')"
    page.until(f"{paint}.length > 0")
    return float(page.evaluate(f"{paint}[0].startTime"))


def _search(page: Browser, text: str) -> float:
    """Milliseconds from the input to the new layout."""
    page.evaluate(
        "((field) => { field.value = ''; field.dispatchEvent(new Event('input')); })(document.getElementById('search'))"
    )
    page.evaluate("new Promise((later) => requestAnimationFrame(() => setTimeout(later)))")
    done = page.evaluate(
        "((field, start) => {"
        f" field.value = {text!r}; field.dispatchEvent(new Event('input'));"
        " return [document.body.offsetHeight, performance.now() - start];"
        "})(document.getElementById('search'), performance.now())"
    )
    return float(done[1])


def test_a_browser_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with (
        pytest.raises(ToolMissing, match=r"^Chromium is not installed\. On Debian: apt install chromium$"),
        support.browser(),
    ):
        pass
