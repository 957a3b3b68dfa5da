"""What the platform has in the region besides its VPC."""

from collections.abc import Iterator

from modules.diagram.scene import Box
from modules.facts.waf import RULE_GROUPS
from modules.spec.model import Spec

_CARD, _HEIGHT, _GAP, _ROW, _PAD, _COLUMNS = 340, 44, 12, 52, 24, 2
WIDTH = _COLUMNS * (_CARD + _GAP) - _GAP + 2 * _PAD
_TITLE = 44


def boxes(spec: Spec, x: int, y: int, width: int, height: int) -> Iterator[Box]:
    """The group, and a card for each service."""
    yield Box("platform", "cloud", "region", x, y, width, height, "AWS services of the platform", (), "region")
    for number, (icon, title, line) in enumerate(_cards(spec)):
        row, column = divmod(number, _COLUMNS)
        left, top = x + _PAD + column * (_CARD + _GAP), y + _TITLE + row * _ROW
        yield Box(f"platform:{icon}", "platform", "card", left, top, _CARD, _HEIGHT, title, (line,), icon)


def _cards(spec: Spec) -> Iterator[tuple[str, str, str]]:
    """Icon, title, line; at most ten."""
    yield "ecr", "Elastic Container Registry", f"a repository a service: {spec.names.repository('<service>')}"
    yield "cloudwatch", "CloudWatch", f"logs kept {spec.log_days} days, alarms, dashboard"
    yield "sns", "Alarm topic (SNS)", f"mails {spec.alarm_email}" if spec.alarm_email else "has no subscriber yet"
    stores = [title for title, has in (("Aurora", spec.database), ("Redis", spec.cache)) if has]
    yield "kms", "KMS", f"keys of {', '.join(['logs', *stores])} and each service"
    yield "iam", "IAM roles for service accounts", "a role a service, for its pods alone"
    own = [balancer for balancer in spec.balancers.values() if balancer.is_own]
    if not own:
        return
    yield "s3", "S3", f"access logs of the load balancer{'s' if len(own) > 1 else ''}"
    if firewalls := [one.waf for one in own if one.waf.enabled]:
        waf, count = firewalls[0], len(firewalls)
        does = "blocks" if waf.rules == "block" else "counts"
        line = f"{does}: {len(RULE_GROUPS)} rule groups, {waf.rate} requests an address"
        yield "waf", "AWS WAF", line if count == 1 else f"{count} firewalls, each with {len(RULE_GROUPS)} rule groups"
    if spec.domain or spec.certificate_arn:
        yield "certificate", "Certificate Manager", spec.domain or "a certificate that is there already"
    if spec.domain and spec.hosted_zone:
        yield "dns", "Route 53", f"in zone {spec.hosted_zone}"
