"""The ECR repository of a service."""

from modules.bindings.aws import (
    DataAwsEcrLifecyclePolicyDocument,
    DataAwsEcrLifecyclePolicyDocumentRule,
    DataAwsEcrLifecyclePolicyDocumentRuleAction,
    DataAwsEcrLifecyclePolicyDocumentRuleSelection,
    EcrLifecyclePolicy,
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
    EcrRepositoryPolicy,
)
from modules.constructs.adoption import adopt
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.stack import Stack
from modules.design import adopted as names_of
from modules.iam.statement import Statement

_UNTAGGED_DAYS = 7
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html#IAM_allow_other_accounts. The
# repository's key needs no more: ECR has a grant on it, and decrypts by that when somebody pulls
# (https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html). Not tried across accounts.
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


class Repository(Component):
    """Images of one service: tags are immutable, each image is scanned, and those without a tag go after a week."""

    def __init__(self, scope: Stack, service: str, *, key_arn: str, protection: bool) -> None:
        super().__init__(scope, "repository")
        adopted = self.stack.spec.services[service].repository.adopt
        encryption = EcrRepositoryEncryptionConfiguration(encryption_type="KMS", kms_key=key_arn)
        if adopted:
            encryption = EcrRepositoryEncryptionConfiguration(
                encryption_type=adopted.encryption, kms_key=adopted.kms_key
            )
        repository = EcrRepository(
            self,
            "repository",
            name=names_of.repository(self.stack.spec, service),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
            encryption_configuration=[encryption],
            force_delete=not protection,
        )
        self.set_address(repository, service)
        self.arn, self.url = repository.arn, repository.repository_url
        lifecycle = DataAwsEcrLifecyclePolicyDocument(
            self,
            "lifecycle-document",
            # Tagged ones stay: every start of a Fargate pod pulls the image, so one that runs must never expire.
            rule=[_rule(1, "Expire untagged images", "untagged", "sinceImagePushed", _UNTAGGED_DAYS, "days")],
        )
        self.set_address(lifecycle, service, "repository")
        policy = EcrLifecyclePolicy(self, "lifecycle", repository=repository.name, policy=lifecycle.json)
        self.set_address(policy, service)
        if adopted:
            adopt(self.stack, repository, adopted.name, keeps=("image_tag_mutability", "tags"))
            if "lifecycle" in adopted.attached:
                adopt(self.stack, policy, adopted.name)
        spec = self.stack.spec
        others = tuple(one for one in spec.registry.pull_accounts if one != spec.account)
        if others and not adopted:  # an adopted one's policy is its owner's
            self._let_in(service, repository.name, others)

    def _let_in(self, service: str, repository: str, accounts: tuple[str, ...]) -> None:
        """Lets these accounts say who of them pulls the images."""
        roots = tuple(f"arn:{self.stack.partition}:iam::{account}:root" for account in accounts)
        pull = Statement("PullFromOtherAccounts", _PULL, principals=(("AWS", roots),))
        document = policy_json(self, (service, "repository"), [pull])
        self.set_address(EcrRepositoryPolicy(self, "policy", repository=repository, policy=document), service)


def _rule(
    priority: int, description: str, status: str, kind: str, number: int, unit: str | None = None
) -> DataAwsEcrLifecyclePolicyDocumentRule:
    return DataAwsEcrLifecyclePolicyDocumentRule(
        priority=priority,
        description=description,
        selection=[
            DataAwsEcrLifecyclePolicyDocumentRuleSelection(
                tag_status=status, count_type=kind, count_number=number, count_unit=unit
            )
        ],
        action=[DataAwsEcrLifecyclePolicyDocumentRuleAction(type="expire")],
    )
