"""IAM actions by which a role gets more than its policy says.

From https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html, AWS's pages of the services named, and
https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/, read 2026-11-26.
"""

from dataclasses import dataclass

PASS_ROLE = "iam:PassRole"
ASSUME_ROLE = "sts:AssumeRole"


@dataclass(frozen=True)
class Escalation:
    """Actions as a regular expression, and what a service that has them can do, as a phrase.

    With `needs` it takes that action too; with `unless`, a condition on that key makes it harmless.
    """

    actions: str
    can: str
    needs: str | None = None
    unless: str | None = None


ESCALATIONS = (
    Escalation(PASS_ROLE, "hand the roles in `resources` to AWS services, and act as them"),
    Escalation(
        r"iam:(Add(User|Role)|Attach|Create(?!ServiceLinkedRole)|Put|Set|Update|Upload|Delete\w*Boundary|Reset|Enable)\w*",
        "change who may do what in the account, and give itself every permission",
    ),
    # https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    Escalation(
        "kms:CreateGrant",
        "let anybody in any account use the keys",
        unless="kms:GrantIsForAWSResource",
    ),
    # https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    Escalation(
        "eks:(CreateAccessEntry|UpdateAccessEntry|AssociateAccessPolicy)", "make itself administrator of the cluster"
    ),
    Escalation(
        "eks:(Create|Update)PodIdentityAssociation",
        f"give its pods every role that {PASS_ROLE} allows",
        needs=PASS_ROLE,
    ),
    Escalation(
        "lambda:(UpdateFunctionCode|UpdateFunctionConfiguration)", "run its own code with the roles of these functions"
    ),
    Escalation(
        "codebuild:(StartBuild|StartBuildBatch|UpdateProject)|glue:(UpdateDevEndpoint|UpdateJob)"
        "|cloudformation:(UpdateStack|CreateChangeSet|ExecuteChangeSet)|states:UpdateStateMachine",
        "run what it likes with the roles that these resources have",
    ),
    Escalation(
        "(cloudformation:Create(Stack|StackSet|ChangeSet)|codebuild:CreateProject|datapipeline:CreatePipeline"
        "|ec2:(RunInstances|AssociateIamInstanceProfile)|ecs:(RegisterTaskDefinition|RunTask|CreateService)"
        "|eks:CreateFargateProfile|glue:Create(DevEndpoint|Job)|lambda:CreateFunction"
        "|sagemaker:Create(NotebookInstance|ProcessingJob|TrainingJob)|states:CreateStateMachine)",
        f"run its own code with every role that {PASS_ROLE} allows",
        needs=PASS_ROLE,
    ),
    Escalation(
        "ssm:(SendCommand|StartSession|ResumeSession|StartAutomationExecution|CreateAssociation)"
        "|ec2-instance-connect:\\w+|ecs:ExecuteCommand|sagemaker:CreatePresigned\\w+",
        "run commands on machines that have other roles",
    ),
)
# Of the actions that AWS sorts under "Permissions management", those that give.
GIVES = (
    r"(Put|Set|Add|Attach|Create|Update|Modify|Grant|Authorize)\w*(Polic|Permission|Acl|Grant|Share|Attributes?$)\w*"
)
GIVING_CAN = "change who may use these resources, from other accounts too"

# Resources of these have the names of services in theirs (naming.py).
OWNED = (
    *("athena", "dynamodb", "ecr", "elasticache", "glue", "iam", "kms", "logs"),
    *("rds-db", "redshift-serverless", "s3", "secretsmanager", "sns", "sqs"),
)
# IAM prefix -> what an ARN without a kind in front of the name is of:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html and the pages of the others.
WITHOUT_KIND = {"s3": "bucket", "sns": "topic", "sqs": "queue"}
# The name that matters is behind the last slash: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html.
NAME_IS_LAST = ("rds-db",)
