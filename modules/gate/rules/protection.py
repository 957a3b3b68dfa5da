"""Every store is protected: against Terraform, and where AWS can, against everybody."""

from collections.abc import Iterator

from modules.facts.stores import STORES, is_protected
from modules.gate.tree import Tree, is_true, value

# Type of a resource -> what AWS does against a deletion, or to undo it.
KEPT = {
    "aws_dynamodb_table": ("deletion_protection_enabled", "point_in_time_recovery.enabled"),
    "aws_lb": ("enable_deletion_protection",),
    "aws_rds_cluster": ("deletion_protection", "backup_retention_period"),
    "aws_elasticache_replication_group": ("snapshot_retention_limit",),
}


def unprotected(tree: Tree) -> Iterator[tuple[str, str]]:
    """Stores that Terraform may delete, that AWS would delete at once, or that keep no earlier versions."""
    for one in tree.resources():
        if one.kind in STORES and not is_protected(one.block):
            yield one.place, "Terraform may delete it"
        for path in KEPT.get(one.kind, ()):
            found = value(one.block, path)
            if not (is_true(found) or (not isinstance(found, bool) and isinstance(found, int) and found > 0)):
                yield one.place, f"it has no `{path}`"
    for one in tree.resources("aws_s3_bucket"):
        found = tree.has("aws_s3_bucket_versioning", one)
        if not any(value(beside.block, "versioning_configuration.status") == "Enabled" for beside in found):
            yield one.place, "it keeps no earlier versions"
