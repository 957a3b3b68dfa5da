"""Whether the policy of `permissions_boundary:` exists: without it, IAM makes no role."""

from collections.abc import Iterator

from modules.doctor.account import AwsAnswered
from modules.doctor.finding import Finding, ok, problem
from modules.doctor.subject import Subject


def boundary(subject: Subject) -> Iterator[Finding]:
    """Asks IAM for the policy; only for a system whose roles have one."""
    arn = subject.spec.permissions_boundary
    if arn is None:
        yield ok("the roles have none")
        return
    try:
        subject.account.ask("iam", "get_policy", PolicyArn=arn)
    except AwsAnswered as answer:
        if answer.code != "NoSuchEntity":
            raise
        step = "Ask who administers the account to make it, or name another as `permissions_boundary` in services.yaml."
        yield problem(f"{arn} does not exist, so IAM makes no role of the system.", step)
    else:
        yield ok(f"{arn} is there")
