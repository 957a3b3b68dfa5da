"""An IAM statement as a value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """A condition of a statement."""

    test: str
    variable: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """A statement of a policy; `principals` are (type, identifiers) and stand in resource and trust policies only."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    principals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    conditions: tuple[Condition, ...] = ()
    effect: str = "Allow"


def service_principal(*services: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Principals of AWS services, by their domain names."""
    return (("Service", services),)


def via_service(service: str, region: str) -> Condition:
    """Of a KMS key: it is used by this AWS service for the caller, and in no other way."""
    # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service. China's page
    # does not say which of the two names KMS sees there (docs/faults.md).
    domains = ("amazonaws.com", "amazonaws.com.cn") if region.startswith("cn-") else ("amazonaws.com",)
    return Condition("StringEquals", "kms:ViaService", tuple(f"{service}.{region}.{domain}" for domain in domains))


def tls_only(action: str, *arns: str) -> Statement:
    """Refuses a resource to everybody who comes without TLS."""
    plain = Condition("Bool", "aws:SecureTransport", ("false",))
    return Statement("OnlyByTls", (action,), arns, (("*", ("*",)),), (plain,), "Deny")


def tagged(**tags: str) -> tuple[Condition, ...]:
    """The resource has all of these tags."""
    return tuple(Condition("StringEquals", f"aws:ResourceTag/{key}", (value,)) for key, value in tags.items())
