"""From the values to the page: one file that asks for nothing else, and runs no script but its own."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from modules.page.contents import Contents

_FOLDER = Path(__file__).parent
_ASSETS = _FOLDER / "assets"
FOLDED_ROWS = 30
"""A table with more rows is folded until somebody opens it."""


def render(contents: Contents) -> str:
    """The file; the same for the same contents."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["coded"] = _coded
    # Nested, so that the pictures' style holds for them alone.
    pictures = [f".picture-{one.key} {{{one.style}}}" for one in contents.pictures]
    styles = [*_texts("*.css"), *pictures]
    scripts = list(_texts("*.js"))
    return environment.get_template("page.html.jinja").render(
        page=contents,
        styles=[Markup(text) for text in styles],
        scripts=[Markup(text) for text in scripts],
        policy=_policy(styles, scripts),
        folded_rows=FOLDED_ROWS,
    )


def _coded(text: str) -> Markup:
    """Text in which `backticks` mark code, as messages have them."""
    parts = [escape(part) for part in text.split("`")]
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(Markup("<code>%s</code>") % part if odd % 2 else part for odd, part in enumerate(parts))


def _texts(pattern: str) -> Iterable[str]:
    """Our own files of a kind, by name. Raises ValueError where one would end the element that it is put into."""
    for file in sorted(_ASSETS.glob(pattern)):
        text = file.read_text(encoding="utf-8")
        if "</" in text or "<!--" in text:
            raise ValueError(f"{file.name} can't be put into a page: it has </ or <!-- in it")
        yield text


def _policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """The page loads nothing, and what is not our own text is no style and no script."""
    return (
        f"default-src 'none'; style-src {' '.join(map(_hash, styles))}; script-src {' '.join(map(_hash, scripts))}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
