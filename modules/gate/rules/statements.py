"""No statement allows something of everything, unless IAM knows no resource for it and a condition bounds it."""

from collections.abc import Iterator

from modules.gate.tree import Tree

# In the policy of a key, "*" is this key, and `kms:*` what its account's policies may say.
KEYS = "_key"


def unbounded(tree: Tree) -> Iterator[tuple[str, str]]:
    """Statements that allow an action on "*", or every action of a service."""
    for one in tree.statements():
        if not one.allows or one.document.endswith(KEYS):
            continue
        if "*" in one.block.get("resources", []):
            bounds = ", ".join(sorted(one.variables)) or "nothing"
            yield one.place, f"it is of every resource; {bounds} bounds it"
        if one.block.get("not_actions") or one.block.get("not_resources"):
            yield one.place, "it allows all but what it names"
        if wide := [
            action for action in one.block.get("actions", []) if action.endswith((":*", "*:*")) or action == "*"
        ]:
            yield one.place, f"it allows {', '.join(wide)}"
