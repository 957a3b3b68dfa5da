"""Nothing can be reached from the internet but the load balancers that are to be."""

from collections.abc import Iterator

from modules.gate.tree import Tree, is_true, value

ANYBODY = {"0.0.0.0/0", "::/0"}
SWITCHES = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
# Arguments that give a resource an address of the internet.
ADDRESSES = ("publicly_accessible", "map_public_ip_on_launch", "associate_public_ip_address")


def public(tree: Tree) -> Iterator[tuple[str, str]]:
    """Load balancers, security groups, addresses, the Kubernetes API, routes and buckets."""
    for one in tree.resources():
        for argument in ADDRESSES:
            if is_true(one.block.get(argument)):
                yield one.place, f"`{argument}` gives it an address of the internet"
    for one in tree.resources("aws_lb"):
        is_declared = _is_edge(one.stack) and (one.name == "main" or one.name.startswith("load_balancer_"))
        if not is_true(one.block.get("internal")) and not is_declared:
            yield one.place, "it is a second load balancer that the internet reaches"
    yield from _groups(tree)
    for one in tree.resources("aws_eks_cluster"):
        ranges = value(one.block, "vpc_config.public_access_cidrs") or ANYBODY
        if is_true(value(one.block, "vpc_config.endpoint_public_access")):
            everybody = " for everybody" if ANYBODY & set(ranges) else ""
            yield f"{one.place}{everybody}", "the Kubernetes API is public"
    for one in tree.resources("aws_route"):
        if "aws_internet_gateway" in str(one.block.get("gateway_id")) and not one.name.startswith("public"):
            yield one.place, "it leads from a private subnet to the internet gateway"
    for one in tree.resources("aws_s3_bucket"):
        blocks = tree.has("aws_s3_bucket_public_access_block", one)
        if not any(all(is_true(block.block.get(switch)) for switch in SWITCHES) for block in blocks):
            yield one.place, "nothing blocks public access to it"


def _is_edge(stack: str) -> bool:
    """Whether it is the stack of the load balancers, in any environment."""
    return stack == "edge" or stack.endswith("-edge")


def _groups(tree: Tree) -> Iterator[tuple[str, str]]:
    gates = {
        (one.stack, group)
        for one in tree.resources("aws_lb")
        if _is_edge(one.stack) and not is_true(one.block.get("internal"))
        for group in one.block.get("security_groups", ())
    }
    for one in tree.resources("aws_vpc_security_group_ingress_rule"):
        if not any(key in one.block for key in ("cidr_ipv4", "cidr_ipv6", "referenced_security_group_id")):
            yield one.place, "it does not say whom it admits"
        is_open = {one.block.get("cidr_ipv4"), one.block.get("cidr_ipv6")} & ANYBODY
        if is_open and (one.stack, one.block.get("security_group_id")) not in gates:
            yield one.place, "it admits the internet"
    for one in tree.resources("aws_security_group", "aws_default_security_group", "aws_security_group_rule"):
        if one.kind == "aws_security_group_rule" or one.block.get("ingress"):
            yield one.place, "its rules are not resources of their own, which the other rules read"
