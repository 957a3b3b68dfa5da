"""Every log group keeps its logs for a time that somebody chose, encrypted with a key of ours."""

from collections.abc import Iterator

from modules.gate.tree import Tree

YEAR = 365


def short_logs(tree: Tree) -> Iterator[tuple[str, str]]:
    """Log groups without retention or key, or with less than a year."""
    for one in tree.resources("aws_cloudwatch_log_group"):
        days = one.block.get("retention_in_days")
        if not days:
            yield one.place, "it keeps logs for ever"
        elif days < YEAR:
            yield one.place, f"it keeps logs for less than a year: {days} days"
        if not one.block.get("kms_key_id"):
            yield one.place, "no key of ours encrypts it"
