"""Nothing is spoken without TLS."""

from collections.abc import Iterator

from modules.gate.tree import Tree, is_true, value

# Type of a resource -> the type of its policy and the argument that names it.
REFUSING = {
    "aws_s3_bucket": ("aws_s3_bucket_policy", "bucket"),
    "aws_sns_topic": ("aws_sns_topic_policy", "arn"),
    "aws_sqs_queue": ("aws_sqs_queue_policy", "queue_url"),
}
POLICIES = ("ELBSecurityPolicy-TLS13-",)


def plain_text(tree: Tree) -> Iterator[tuple[str, str]]:
    """Stores that refuse calls without TLS, the load balancer, its groups of targets, the databases and mail."""
    for kind, (policy, argument) in REFUSING.items():
        for one in tree.resources(kind):
            texts = [str(found.block.get("policy")) for found in tree.has(policy, one, argument)]
            if not any(_refuses(tree, one.stack, text) for text in texts):
                yield one.place, "its policy does not refuse calls without TLS"
    yield from _load_balancer(tree)
    for one in tree.resources("aws_rds_cluster_parameter_group"):
        parameters = {each["name"]: each["value"] for each in one.block.get("parameter", [])}
        if parameters.get("rds.force_ssl") != "1":
            yield one.place, "PostgreSQL lets clients in without TLS"
    for one in tree.resources("aws_elasticache_replication_group"):
        encrypted = is_true(one.block.get("transit_encryption_enabled"))
        if not encrypted or one.block.get("transit_encryption_mode") != "required":
            yield one.place, "Redis lets clients in without TLS"
    for one in tree.resources("aws_sesv2_configuration_set"):
        if value(one.block, "delivery_options.tls_policy") != "REQUIRE":
            yield one.place, "mail leaves without TLS"


def _load_balancer(tree: Tree) -> Iterator[tuple[str, str]]:
    for one in tree.resources("aws_lb_listener"):
        if one.block.get("protocol") != "HTTPS" and value(one.block, "default_action.type") != "redirect":
            yield one.place, "it answers without TLS"
        elif one.block.get("protocol") == "HTTPS" and not str(one.block.get("ssl_policy")).startswith(POLICIES):
            yield one.place, "it does not ask for TLS 1.2"
    for one in tree.resources("aws_lb_target_group"):
        if one.block.get("protocol") != "HTTPS":
            yield one.place, "the load balancer speaks to it without TLS"


def _refuses(tree: Tree, stack: str, policy: str) -> bool:
    """Whether the document that the policy is made from denies everybody who comes without TLS."""
    for statement in tree.statements():
        if statement.stack == stack and f"aws_iam_policy_document.{statement.document}.json" in policy:
            plain = {"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}
            if not statement.allows and ("*", "*") in statement.principals and statement.block["condition"] == [plain]:
                return True
    return False
