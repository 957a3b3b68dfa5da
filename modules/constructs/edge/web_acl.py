"""The firewall before the load balancer: AWS's managed rules, a limit per address, and a log of its decisions."""

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
from modules.iam.statement import Condition, Statement, service_principal

# Rule group -> priority. Together 1,127 of the 1,500 capacity units that cost nothing more (25 + 700 + 200 + 200 + 2):
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html.
_MANAGED = {
    "AWSManagedRulesAmazonIpReputationList": 10,
    "AWSManagedRulesCommonRuleSet": 20,
    "AWSManagedRulesKnownBadInputsRuleSet": 30,
    "AWSManagedRulesSQLiRuleSet": 40,
}
# Counted instead of blocked: it blocks each request with more than 8 KB of body, and an API has such.
_COUNTED = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}

# Requests of one address within five minutes, looked at before all else.
_RATE, _RATE_PRIORITY = 2000, 0

_REDACTED_HEADERS = ("authorization", "cookie")


class WebAcl(Component):
    """A web ACL in force on the load balancer."""

    def __init__(self, scope: Stack, *, load_balancer_arn: str, logs_key_arn: str) -> None:
        super().__init__(scope, "web-acl")
        acl = Wafv2WebAcl(
            self,
            "acl",
            name=self.stack.names.prefix,
            description="Filters requests to the load balancer",
            scope="REGIONAL",
            default_action=Wafv2WebAclDefaultAction(allow={}),
            rule=[self._rate(), *(self._managed(group, priority) for group, priority in _MANAGED.items())],
            visibility_config=_visible(self.stack.names.prefix),
        )
        self.arn = self.set_address(acl, "main").arn
        association = Wafv2WebAclAssociation(self, "association", resource_arn=load_balancer_arn, web_acl_arn=self.arn)
        self.set_address(association, "main")
        self._log(logs_key_arn)

    def _rate(self) -> Wafv2WebAclRule:
        limit = {"limit": _RATE, "aggregate_key_type": "IP", "evaluation_window_sec": 300}
        return Wafv2WebAclRule(
            name="rate",
            priority=_RATE_PRIORITY,
            action={"block": {}},
            statement={"rate_based_statement": limit},
            visibility_config=_visible("rate"),
        )

    def _managed(self, group: str, priority: int) -> Wafv2WebAclRule:
        statement: dict[str, object] = {"name": group, "vendor_name": "AWS"}
        if counted := _COUNTED.get(group):
            statement["rule_action_override"] = [{"name": rule, "action_to_use": {"count": {}}} for rule in counted]
        return Wafv2WebAclRule(
            name=group,
            priority=priority,
            override_action={"none": {}},
            statement={"managed_rule_group_statement": statement},
            visibility_config=_visible(group),
        )

    def _log(self, logs_key_arn: str) -> None:
        names = self.stack.names
        group = LogGroup(self, "web-acl", name=names.waf_log_group(), logs_key_arn=logs_key_arn)
        # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html; without a policy WAF would write
        # one of its own, AWSWAF-LOGS, that nobody owns and that all web ACLs of the account share.
        write = Statement(
            "Deliver",
            ("logs:CreateLogStream", "logs:PutLogEvents"),
            (f"{group.arn}:*",),
            service_principal("delivery.logs.amazonaws.com"),
            (
                Condition("StringEquals", "aws:SourceAccount", (self.stack.account_id,)),
                Condition("ArnLike", "aws:SourceArn", (self.stack.arn("logs", "*"),)),
            ),
        )
        policy = CloudwatchLogResourcePolicy(
            self,
            "delivery",
            policy_name=names.of("web-acl-logs"),
            policy_document=policy_json(self, ("web-acl", "logs"), [write]),
        )
        logging = Wafv2WebAclLoggingConfiguration(
            self,
            "logging",
            resource_arn=self.arn,
            log_destination_configs=[group.arn],
            redacted_fields=[
                Wafv2WebAclLoggingConfigurationRedactedFields(single_header={"name": header})
                for header in _REDACTED_HEADERS
            ],
            depends_on=[self.set_address(policy, "web-acl")],
        )
        self.set_address(logging, "main")


def _visible(metric: str) -> dict[str, object]:
    return {"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True, "metric_name": metric}
