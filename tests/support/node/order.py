"""What a node's supervisor is asked for, in one argument."""

from typing import NamedTuple


class Order(NamedTuple):
    """`from_node` are ports of this machine that the node and its pods reach; `to_node` one of the node."""

    folder: str
    cgroup: str
    path: str  # PATH of the node's programs
    from_node: list[int]
    to_node: list[int]
