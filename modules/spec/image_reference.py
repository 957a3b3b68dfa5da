"""What is wrong with an `image:`, and the reference that was probably meant."""

import re

from modules.schema import patterns

_OFFICIAL = "docker.io/library/"


def mistake(written: str) -> tuple[str, str, str | None]:
    """What is wrong, the next step, and the right text where there is exactly one."""
    if re.search(r"[$][{(]", written):
        return (
            f'"{written}" contains a variable, and services.yaml is read without substitution.',
            "Write the tag itself, such as v1.4; let the pipeline write it into the file.",
            None,
        )
    if fixed := _fixed(written):
        return f'"{written}" {_why(written)}.', f"Write {fixed}.", fixed
    if "@" in written:
        what = f'"{written}" has no valid digest: a digest is sha256: and 64 hexadecimal digits.'
        return what, "Copy the whole digest from the registry.", None
    example = f"{written.lower()}:v1.4" if "/" in written and ":" not in written.rpartition("/")[2] else "v1.4"
    return f'"{written}" is not an image with a tag.', f"Write a value such as {example}.", None


def _fixed(written: str) -> str | None:
    name = re.sub(r"^https?://", "", written)
    if "/" not in name and ":" in name:
        name = f"{_OFFICIAL}{name}"
    head, colon, tag = name.partition(":")
    fixed = f"{head.lower()}{colon}{tag}"
    return fixed if re.fullmatch(patterns.IMAGE_REFERENCE, fixed) and not re.search(patterns.LATEST, fixed) else None


def _why(written: str) -> str:
    if "://" in written:
        return "is a URL, and an image reference has no scheme"
    if "/" not in written:
        return "has no registry: a name without a slash is read as a tag of the service's own repository"
    return "has capital letters, which the name of an image can't have"
