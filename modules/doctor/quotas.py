"""Whether the account's quotas hold what the system needs."""

from collections.abc import Callable, Iterator
from math import ceil
from typing import NamedTuple

from modules.design import fargate_vcpu
from modules.doctor.account import AwsAnswered
from modules.doctor.finding import Finding, NotChecked, notice, ok, problem
from modules.doctor.subject import Subject
from modules.facts import eks, fargate, redshift, vpc
from modules.spec.problem import listed


class Quota(NamedTuple):
    """A quota that counts resources of a Terraform type; `used` counts what is there, the system's own included."""

    title: str
    type: str
    service: str
    code: str
    used: Callable[[Subject], int]


def _addresses(subject: Subject) -> int:
    return len(subject.account.ask("ec2", "describe_addresses")["Addresses"])


def _vpcs(subject: Subject) -> int:
    return len(subject.account.pages("ec2", "describe_vpcs", "Vpcs"))


def _profiles(subject: Subject) -> int:
    """The cluster is the system's own."""
    return len(subject.held("aws_eks_fargate_profile"))


QUOTAS = (
    Quota("Elastic IP addresses", "aws_eip", "ec2", vpc.ELASTIC_IPS_QUOTA, _addresses),
    Quota("VPCs", "aws_vpc", "vpc", vpc.VPCS_QUOTA, _vpcs),
    Quota("Fargate profiles of the cluster", "aws_eks_fargate_profile", "eks", eks.PROFILES_QUOTA, _profiles),
)


def quotas(subject: Subject) -> Iterator[Finding]:
    """A finding for each quota."""
    checks: list[tuple[str, Callable[[], Finding]]] = [("Fargate vCPU", lambda: _vcpu(subject))]
    checks += [(quota.title, lambda quota=quota: _counted(quota, subject)) for quota in QUOTAS]  # type: ignore[misc]
    checks += [("IAM roles", lambda: _roles(subject)), ("Redshift workgroups", lambda: _workgroups(subject))]
    for title, check in checks:
        try:
            yield check()
        except NotChecked as reason:
            yield Finding("not checked", f"{title}: {reason.finding.what}", reason.finding.next_step)


def _vcpu(subject: Subject) -> Finding:
    """Pods over the quota stay pending; a rollout goes on, pod by pod, while it leaves room for one new pod."""
    needed = fargate_vcpu.needed(subject.spec)
    services, renaming = subject.spec.services, subject.renaming()
    # A rollout goes on pod by pod; a rename waits until all pods are there twice.
    largest = max((service.cpu for service in services.values()), default=0)
    beside = max(largest, sum(services[name].pods * services[name].cpu for name in renaming))
    limit = _limit(subject, "fargate", fargate.VCPU_QUOTA)
    step = _raise(subject, "fargate", fargate.VCPU_QUOTA, ceil(needed.most))
    need = f"The pods need {needed.at_rest:g} Fargate vCPU at rest, {needed.rolling:g} during a rollout"
    need += f" and {needed.most:g} at most"
    need += f", and {needed.at_rest + beside:g} to rename {listed(renaming)}" if renaming else ""
    need += f"; the quota is {limit:g}"
    if limit < needed.at_rest + beside:
        return problem(f"{need}, so pods would stay pending.", step)
    if limit < needed.rolling:
        return notice(f"{need}, so a rollout replaces pods one after another and may run into its timeout.", step)
    if limit < needed.most:
        return notice(f"{need}, so the autoscalers can't reach their maximum.", step)
    return ok(f"Fargate vCPU: {needed.most:g} of {limit:g} at most")


def _counted(quota: Quota, subject: Subject) -> Finding:
    limit = _limit(subject, quota.service, quota.code)
    used = quota.used(subject)
    coming = max(0, len(subject.declared(quota.type)) - len(subject.held(quota.type)))
    if quota.type == "aws_eks_fargate_profile":  # the earlier one of a renamed service goes at the end
        coming += len(subject.renaming())
    step = _raise(subject, quota.service, quota.code, used + coming)
    return _compared(quota.title, used, coming, int(limit), step)


def _roles(subject: Subject) -> Finding:
    """IAM tells its quota itself: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html."""
    summary = subject.account.ask("iam", "get_account_summary")["SummaryMap"]
    coming = max(0, len(subject.declared("aws_iam_role")) - len(subject.held("aws_iam_role")))
    step = 'Ask AWS to raise the quota "Roles per account" of IAM.'
    return _compared("IAM roles", summary["Roles"], coming, summary["RolesQuota"], step)


def _workgroups(subject: Subject) -> Finding:
    declared = len(subject.declared("aws_redshiftserverless_workgroup"))
    if not declared:
        return ok("Redshift Serverless workgroups: the system has none")
    used = len(subject.account.pages("redshift-serverless", "list_workgroups", "workgroups"))
    coming = max(0, declared - len(subject.held("aws_redshiftserverless_workgroup")))
    step = "Unless AWS has raised it for this account, ask for more workgroups of Redshift Serverless."
    found = _compared("Redshift Serverless workgroups", used, coming, redshift.WORKGROUPS, step)
    return notice(found.what, found.next_step) if found.status == "problem" else found


def _compared(title: str, used: int, coming: int, limit: int, step: str) -> Finding:
    if used + coming > limit:
        return problem(f"{title}: {used} are in use, the system needs {coming} more, and the quota is {limit}.", step)
    return ok(f"{title}: {used + coming} of {limit}")


def _limit(subject: Subject, service: str, code: str) -> float:
    """The account's quota; AWS's default where nobody has asked for another."""
    asked = {"ServiceCode": service, "QuotaCode": code}
    try:
        answer = subject.account.ask("service-quotas", "get_service_quota", **asked)
    except AwsAnswered as answered:
        if answered.code != "NoSuchResourceException":
            raise
        answer = subject.account.ask("service-quotas", "get_aws_default_service_quota", **asked)
    return float(answer["Quota"]["Value"])


def _raise(subject: Subject, service: str, code: str, value: int) -> str:
    names = f"--service-code {service} --quota-code {code} --desired-value {value}"
    return (
        f"Ask AWS for more: aws service-quotas request-service-quota-increase --region {subject.account.region} {names}"
    )
