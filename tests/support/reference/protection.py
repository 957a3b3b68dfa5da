"""The table of what holds data or an identity: what it holds, and what stands between it and its loss."""

from modules.facts.stores import STORES
from modules.permissions import KINDS
from modules.spec.retired import REPOSITORY, WORDS
from tests.support.reference.table import code, codes, table

HEAD = ["kind", "made by", "holds", "replaced by another", "what AWS does", "`destroy` first switches"]


def _rows() -> list[list[str]]:
    return [
        [
            f"{store.noun} ({code(kind)})",
            _made_by(kind),
            store.holds,
            codes(store.fixed),
            store.aws or "Nothing.",
            codes(store.switches) if store.switches else "",
        ]
        for kind, store in STORES.items()
    ]


def _made_by(kind: str) -> str:
    word = WORDS.get(kind)
    if word in KINDS:
        return code(word) + (", and the platform" if kind in ("aws_kms_key", "aws_s3_bucket", "aws_sns_topic") else "")
    return "each service" if word == REPOSITORY else "the platform"


PARTS = {"stores": lambda: table(HEAD, _rows())}
