"""What a scanner or a rule found."""

from typing import NamedTuple


class Finding(NamedTuple):
    tool: str
    check: str  # its id in the tool
    place: str  # a stack, a space, and what it is there, as the tool names it: "edge aws_lb.main"
    said: str
