"""Files of generated/ as they would be if services had always had their names of today."""

import json
from collections.abc import Collection, Mapping

from modules.naming import PLAIN, Names, address, renamed

Files = Mapping[str, bytes]
"""Content by path below generated/."""


def of_today(files: Files, earlier: Mapping[str, str], but: Collection[str] = (), names: Names = PLAIN) -> Files:
    """`earlier`: what services were called, and what they are called now. Addresses of the types in `but` stay.

    Only files of the environment of `names` change.
    """
    if not earlier:
        return files
    found = {}
    for path, content in files.items():
        match path.split("/"):
            case ["stacks", called, name] if stack := names.part(called):
                today = names.stack(earlier.get(stack, stack))
                found[f"stacks/{today}/{name}"] = _content(stack, content, earlier, but)
            case _:
                found[path] = content
    return found


def _content(stack: str, content: bytes, earlier: Mapping[str, str], but: Collection[str]) -> bytes:
    if not any(address(old).encode() in content for old in earlier):
        return content

    def today(text: str) -> str:
        # The longest first, which may begin with a shorter one; in the folder of today, most has the name of today.
        for old, new in sorted(earlier.items(), key=lambda names: len(names[0]), reverse=True):
            text = renamed(text, old, new, only=stack not in (old, new), but=but, mixed=stack == new)
        return text

    text = today(content.decode(errors="replace"))
    try:
        whole = json.loads(text)
        whole["resource"] = {
            kind: {today(f"{kind}.{key}").partition(".")[2]: one for key, one in named.items()}
            for kind, named in whole["resource"].items()
        }
    except (ValueError, TypeError, AttributeError, KeyError):  # no configuration, or a damaged one
        return text.encode()
    return json.dumps(whole).encode()
