"""Whether a secret of the system is scheduled for deletion: its name can't be used for 7 to 30 days then."""

from collections.abc import Iterator

from modules.doctor.finding import Finding, ok, problem
from modules.doctor.subject import Subject


def secrets(subject: Subject) -> Iterator[Finding]:
    """A finding for each such secret, with the command that restores it."""
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
        resource, region = declared[name], subject.account.region
        what = f"The secret {name} is scheduled for deletion, so a new one can't have its name."
        restore = f"aws secretsmanager restore-secret --region {region} --secret-id {name}"
        adopt = f"terraform -chdir=generated/stacks/{resource.stack} import {resource.address} {one['ARN']}"
        forget = (
            f"aws secretsmanager delete-secret --region {region} --secret-id {name} --force-delete-without-recovery"
        )
        yield problem(what, f"Restore it: {restore}; {adopt}. Or give it up with its value: {forget}.")
    if not leaving:
        yield ok(f"none of {len(declared)} is scheduled for deletion")
