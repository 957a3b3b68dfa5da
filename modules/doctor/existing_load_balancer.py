"""Whether existing load balancers can route to the services: listener, VPC, and priorities that are free."""

from collections.abc import Iterator
from typing import Any

from modules.design import listener_rules, load_balancers
from modules.doctor.account import AwsAnswered
from modules.doctor.finding import Finding, notice, ok, problem
from modules.doctor.subject import Subject
from modules.facts import load_balancer as facts
from modules.spec.problem import render_path

_ELB = "elbv2"
_MISSING = ("ListenerNotFound", "LoadBalancerNotFound")


def load_balancer(subject: Subject) -> Iterator[Finding]:
    """A finding for each thing that would fail, or hide a route."""
    existing = {name: one.listener_arn for name, one in subject.spec.balancers.items() if one.listener_arn}
    for name, arn in existing.items():
        yield from _existing(subject, name, arn)
    if not existing:
        own = len(subject.spec.balancers)
        yield ok("the system has none" if own == 0 else f"the system has {'one' if own == 1 else own} of its own")


def _existing(subject: Subject, name: str | None, arn: str) -> Iterator[Finding]:
    try:
        listener = subject.account.ask(_ELB, "describe_listeners", ListenerArns=[arn])["Listeners"][0]
    except AwsAnswered as answered:
        if answered.code not in _MISSING:
            raise
        place = render_path(load_balancers.place(name))
        yield problem(f"There is no listener {arn}.", f"Correct `listener_arn:` under `{place}:`.")
        return
    arns = [listener["LoadBalancerArn"]]
    balancer = subject.account.ask(_ELB, "describe_load_balancers", LoadBalancerArns=arns)["LoadBalancers"][0]
    rules = subject.account.pages(_ELB, "describe_rules", "Rules", ListenerArn=arn)
    found = [*_place(subject, balancer), *_protocol(listener), *_rules(subject, name, rules)]
    yield from found or [ok(f"{balancer['LoadBalancerName']} listens on port {listener['Port']}")]


def _place(subject: Subject, balancer: dict[str, Any]) -> Iterator[Finding]:
    name, own = balancer["LoadBalancerName"], subject.spec.network.vpc_id
    held = [own] if own else [str(one.get("id")) for one in subject.held("aws_vpc")]
    if held and balancer["VpcId"] not in held:
        what = f"{name} is in {balancer['VpcId']}, and the system in {held[0]}: it can't reach the pods there."
        yield problem(what, "Name a listener of a load balancer in the same VPC.")
    elif not held:
        what = f"{name} is in {balancer['VpcId']}, and the system has no VPC yet."
        yield problem(what, f"Write `vpc_id: {balancer['VpcId']}` under `network:`, to build the system there.")
    if not balancer.get("SecurityGroups"):
        yield problem(f"{name} has no security group, which could allow it to reach the pods.", "Give it one.")


def _protocol(listener: dict[str, Any]) -> Iterator[Finding]:
    redirects = any(action["Type"] == "redirect" for action in listener.get("DefaultActions", ()))
    if listener["Protocol"] == "HTTP" and not redirects:
        what = f"The listener on port {listener['Port']} serves HTTP, so traffic can be read on its way."
        yield notice(what, "Name the HTTPS listener, if the load balancer has one.")


def _rules(subject: Subject, balancer: str | None, rules: list[dict[str, Any]]) -> Iterator[Finding]:
    own = {str(one.get("arn")) for one in subject.held("aws_lb_listener_rule")}
    others = {int(one["Priority"]): one for one in rules if one["RuleArn"] not in own and one["Priority"].isdigit()}
    wanted = {
        rule.priority: (name, rule)
        for name, service in load_balancers.routed(subject.spec)[balancer].items()
        for rule in listener_rules.rules(name, service)
    }
    for priority, (name, ours) in wanted.items():
        if priority in others:
            free = next(one for one in range(priority + 1, 2 * facts.MAX_PRIORITY) if one not in {*others, *wanted})
            what = f"Priority {priority}, that of {ours.text} of {name}, is that of {others[priority]['RuleArn']}."
            yield problem(what, f"Write `priority: {free}` at {name}, or another that is free.")
    for priority, rule in others.items():
        for path in _paths(rule):
            for own_priority, (name, ours) in wanted.items():
                if priority < own_priority and ours.path in (path, path.removesuffix("/*") or "/"):
                    before = f"priority {priority} before {own_priority}"
                    what = f"{rule['RuleArn']} answers {path} before {name}, by {before}."
                    yield problem(what, f"Write a `priority:` below {priority} at {name}, or another path.")
    if len(others) + len(wanted) > facts.RULES:
        what = (
            f"The listener has {len(others)} rules of others, the system {len(wanted)}; the default is {facts.RULES}."
        )
        yield notice(what, f"Ask AWS to raise quota {facts.RULES_QUOTA} if it was never raised.")


def _paths(rule: dict[str, Any]) -> list[str]:
    """The patterns of a rule that asks for a path alone; one that asks for a host as well leaves other hosts."""
    conditions = rule.get("Conditions", ())
    if [one.get("Field") for one in conditions] != ["path-pattern"]:
        return []
    return list(conditions[0].get("PathPatternConfig", conditions[0]).get("Values", ()))
