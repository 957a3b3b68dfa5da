"""Expressions of generated/ as what they refer to: a security group by its name, an output by its words."""

import re
from collections.abc import Mapping
from typing import Any

Configuration = Mapping[str, Any]
_READ = re.compile(r'\$\{data\.terraform_remote_state\.(\w+)\.outputs\.(\w+)(?:\["([\w-]+)"\])?\}')
_OWN = re.compile(r"\$\{(data\.)?(\w+)\.(\w+)(?:\[[^\]]*\])?\.\w+\}")
_ENDINGS = re.compile(r"(_security_group)?_(id|ids|arn)$")


def readable(text: Any, configuration: Configuration) -> str:
    """The text with its expressions in words."""

    def own(found: re.Match[str]) -> str:
        data, kind, address = found.groups()
        if data:
            return "…"
        declared = configuration.get("resource", {}).get(kind, {}).get(address, {}).get("name")
        return declared if isinstance(declared, str) and "${" not in declared else f"`{kind}.{address}`"

    return _OWN.sub(own, _READ.sub(_output, str(text)))


def _output(found: re.Match[str]) -> str:
    stack, name, key = found.groups()
    return key or f"{_ENDINGS.sub('', name).replace('_', ' ')} of {stack}"
