"""Whether a secret of the system is scheduled for deletion: its name can't be used for 7 to 30 days then.

`make deploy` restores it.
"""

from collections.abc import Iterator

from modules.doctor.finding import Finding, notice, ok
from modules.doctor.subject import Subject


def secrets(subject: Subject) -> Iterator[Finding]:
    """A finding for each such secret."""
    declared = subject.names("aws_secretsmanager_secret", "name")
    if not declared:
        yield ok("the system has none")
        return
    filters = [{"Key": "name", "Values": [subject.spec.names.prefix]}]
    answer = subject.account.pages(
        "secretsmanager", "list_secrets", "SecretList", IncludePlannedDeletion=True, Filters=filters
    )
    leaving = {one["Name"]: one for one in answer if one["Name"] in declared and one.get("DeletedDate")}
    for name, one in leaving.items():
        what = f"The secret {name} is scheduled for deletion since {one['DeletedDate']:%Y-%m-%d}."
        words = f"--region {subject.account.region} --secret-id {name} --force-delete-without-recovery"
        forget = f"aws secretsmanager delete-secret {words}"
        yield notice(what, f"make deploy restores it with its value. To give that up and begin anew: {forget}")
    if not leaving:
        yield ok(f"none of {len(declared)} is scheduled for deletion")
