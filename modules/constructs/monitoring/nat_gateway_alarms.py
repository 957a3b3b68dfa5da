"""An alarm per NAT gateway."""

from collections.abc import Mapping

from modules.constructs.component import Component
from modules.constructs.monitoring.alarm import Alarm
from modules.constructs.stack import Stack
from modules.design import metrics


class NatAlarms(Component):
    """Goes off when a gateway (by zone) has no source port left for a connection."""

    def __init__(self, scope: Stack, gateways: Mapping[str, str], *, topic_arn: str) -> None:
        super().__init__(scope, "nat-alarms")
        for zone, gateway in gateways.items():
            # Each is a connection that failed: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html.
            Alarm(
                self,
                "nat",
                zone,
                "ports",
                topic_arn=topic_arn,
                why=f"The NAT gateway of zone {zone} has no free port for a destination and refuses connections",
                page="nat-ports",
                metric=metrics.nat_gateway(gateway, "ErrorPortAllocation", "Sum"),
                comparison=">",
                threshold=0,
                minutes=5,
                missing="notBreaching",
            )
