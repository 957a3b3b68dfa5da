"""Log groups that AWS makes anew after a destroy, taken over before an apply that would find their names in use.

EKS, RDS and Redshift write their last lines after Terraform has deleted the group of a cluster, and make it again for
them: https://github.com/hashicorp/terraform-provider-aws/issues/42858. Such a group has no tags; Terraform's have.
"""

from modules.deploy import terraform_cli
from modules.doctor.account import Account
from modules.errors import CommandError
from modules.state.applied_stacks import Stack

KIND = "aws_cloudwatch_log_group"
_OF_AWS = "/aws/"


def adopt(stack: Stack, account: Account) -> list[str]:
    """Imports into the stack's state what AWS made of its log groups; returns their names.

    Raises NotChecked where AWS does not say what is there, CommandError where Terraform can't import.
    """
    adopted = []
    for address, declared in stack.declared(KIND).items():
        name = str(declared.get("name", ""))
        if not name.startswith(_OF_AWS) or stack.holds(KIND, address) or not _is_made_by_aws(name, account):
            continue
        if code := terraform_cli.run(stack.folder, "import", "-input=false", f"{KIND}.{address}", name):
            what = f"AWS made the log group {name} anew, and it could not be imported (exit code {code})."
            step = f"Delete it, and run make deploy again: aws logs delete-log-group --log-group-name {name}"
            raise CommandError(f"deploy {stack.name}", what, step)
        adopted.append(name)
    return adopted


def _is_made_by_aws(name: str, account: Account) -> bool:
    """Whether there is a group of this name that no Terraform has tagged."""
    found = account.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    group = next((one for one in found if one["logGroupName"] == name), None)
    if group is None:
        return False
    arn = str(group["arn"]).removesuffix(":*")
    return not account.ask("logs", "list_tags_for_resource", resourceArn=arn).get("tags")
