"""A security group, and its rules one by one: each is a resource, so that another stack can add to a group."""

from modules.bindings.aws import SecurityGroup, VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule
from modules.constructs.component import Component
from modules.constructs.stack import Stack


class Group(Component):
    """The group at the address `key`, without a rule: it allows neither ingress nor egress."""

    def __init__(self, scope: Stack | Component, key: str, *, name: str, description: str, vpc_id: str) -> None:
        super().__init__(scope, f"{key}-group")
        group = SecurityGroup(
            self,
            "group",
            name=name,
            description=description,
            vpc_id=vpc_id,
            tags={"Name": name},
            revoke_rules_on_delete=True,
        )
        self.id = self.set_address(group, key).id


def allow_in(
    scope: Component,
    *address: str,
    group: str,
    why: str,
    port: int,
    last: int | None = None,
    protocol: str = "tcp",
    source: str | None = None,
    cidr: str | None = None,
) -> VpcSecurityGroupIngressRule:
    """Admits a port of `group`, or all up to `last`, from another group or a range."""
    rule = VpcSecurityGroupIngressRule(
        scope,
        "-".join((*address, "in")),
        security_group_id=group,
        description=why,
        ip_protocol=protocol,
        from_port=port,
        to_port=port if last is None else last,
        referenced_security_group_id=source,
        cidr_ipv4=cidr,
    )
    return scope.set_address(rule, *address)


def allow_out(
    scope: Component,
    *address: str,
    group: str,
    why: str,
    port: int,
    last: int | None = None,
    protocol: str = "tcp",
    target: str | None = None,
    cidr: str | None = None,
    prefix_list: str | None = None,
) -> VpcSecurityGroupEgressRule:
    """Allows egress from `group` to a port, or all up to `last`, of another group, a range, or an AWS prefix list."""
    rule = VpcSecurityGroupEgressRule(
        scope,
        "-".join((*address, "out")),
        security_group_id=group,
        description=why,
        ip_protocol=protocol,
        from_port=port,
        to_port=port if last is None else last,
        referenced_security_group_id=target,
        cidr_ipv4=cidr,
        prefix_list_id=prefix_list,
    )
    return scope.set_address(rule, *address)


def for_each(rule: VpcSecurityGroupIngressRule | VpcSecurityGroupEgressRule, argument: str, values: str) -> None:
    """Makes a rule of each value of a list that Terraform knows: at the address, by the value."""
    rule.add_override("for_each", f"${{toset({values.removeprefix('${').removesuffix('}')})}}")
    rule.add_override(argument, "${each.value}")
