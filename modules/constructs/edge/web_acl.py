"""The firewall before the load balancer: AWS's managed rules, a limit per address, and a log of its decisions."""

from collections.abc import Sequence

from modules.bindings.aws import (
    CloudwatchLogResourcePolicy,
    Wafv2WebAcl,
    Wafv2WebAclAssociation,
    Wafv2WebAclDefaultAction,
    Wafv2WebAclLoggingConfiguration,
    Wafv2WebAclLoggingConfigurationRedactedFields,
    Wafv2WebAclRule,
)
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.monitoring.log_group import LogGroup
from modules.constructs.stack import Stack
from modules.facts import waf
from modules.iam.statement import Condition, Statement, service_principal
from modules.naming import balancer_address
from modules.spec.model import Waf

# Looked at before all else.
_RATE_PRIORITY = 0

_REDACTED_HEADERS = ("authorization", "cookie")


class WebAclLogs(Component):
    """A log group for each of the firewalls, and one policy that lets WAF write to them: a Region has ten at most.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html, read 2026-11-27.
    """

    def __init__(self, scope: Stack, balancers: Sequence[str | None], *, logs_key_arn: str) -> None:
        super().__init__(scope, "logs-of-web-acls")
        names = self.stack.names
        self.arns = {
            name: LogGroup(self, "-".join(_logs(name)), name=names.waf_log_group(name), logs_key_arn=logs_key_arn).arn
            for name in balancers
        }
        # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html; without a policy WAF would write
        # one of its own, AWSWAF-LOGS, that nobody owns and that all web ACLs of the account share.
        write = Statement(
            "Deliver",
            ("logs:CreateLogStream", "logs:PutLogEvents"),
            tuple(f"{arn}:*" for arn in self.arns.values()),
            service_principal("delivery.logs.amazonaws.com"),
            (
                Condition("StringEquals", "aws:SourceAccount", (self.stack.account_id,)),
                Condition("ArnLike", "aws:SourceArn", (self.stack.arn("logs", "*"),)),
            ),
        )
        policy_of_all = Component(self, "policy")  # apart from the log group of a load balancer with the name `logs`
        policy = CloudwatchLogResourcePolicy(
            self,
            "delivery",
            policy_name=names.of("web-acl-logs"),
            policy_document=policy_json(policy_of_all, ("web-acl", "logs"), [write]),
        )
        self.ready = self.set_address(policy, "web-acl")


class WebAcl(Component):
    """A web ACL in force on a load balancer; `metric` is its name among CloudWatch's dimensions."""

    def __init__(
        self, scope: Stack, name: str | None, declared: Waf, *, load_balancer_arn: str, logs: WebAclLogs
    ) -> None:
        super().__init__(scope, "-".join(_logs(name)))
        self.declared = declared
        self.metric = self.stack.names.web_acl(name)
        acl = Wafv2WebAcl(
            self,
            "acl",
            name=self.metric,
            description="Filters requests to the load balancer",
            scope="REGIONAL",
            default_action=Wafv2WebAclDefaultAction(allow={}),
            rule=[self._rate(), *(self._managed(group, priority) for group, priority in waf.RULE_GROUPS.items())],
            visibility_config=_visible(self.metric),
        )
        self.arn = self.set_address(acl, *balancer_address(name)).arn
        association = Wafv2WebAclAssociation(self, "association", resource_arn=load_balancer_arn, web_acl_arn=self.arn)
        self.set_address(association, *balancer_address(name))
        logging = Wafv2WebAclLoggingConfiguration(
            self,
            "logging",
            resource_arn=self.arn,
            log_destination_configs=[logs.arns[name]],
            redacted_fields=[
                Wafv2WebAclLoggingConfigurationRedactedFields(single_header={"name": header})
                for header in _REDACTED_HEADERS
            ],
            depends_on=[logs.ready],
        )
        self.set_address(logging, *balancer_address(name))

    def _rate(self) -> Wafv2WebAclRule:
        limit = {
            "limit": self.declared.rate,
            "aggregate_key_type": "IP",
            "evaluation_window_sec": waf.WINDOW_SECONDS,
        }
        return Wafv2WebAclRule(
            name="rate",
            priority=_RATE_PRIORITY,
            action={self.declared.rules: {}},
            statement={"rate_based_statement": limit},
            visibility_config=_visible("rate"),
        )

    def _managed(self, group: str, priority: int) -> Wafv2WebAclRule:
        statement: dict[str, object] = {"name": group, "vendor_name": "AWS"}
        if counted := waf.COUNTED.get(group):
            statement["rule_action_override"] = [{"name": rule, "action_to_use": {"count": {}}} for rule in counted]
        return Wafv2WebAclRule(
            name=group,
            priority=priority,
            override_action={"count" if self.declared.rules == "count" else "none": {}},
            statement={"managed_rule_group_statement": statement},
            visibility_config=_visible(group),
        )


def _logs(balancer: str | None) -> tuple[str, ...]:
    return ("web-acl",) if balancer is None else ("web-acl", balancer)


def _visible(metric: str) -> dict[str, object]:
    return {"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True, "metric_name": metric}
