"""What each private endpoint lets through: calls of this account's principals, and the few that are signed otherwise.

So an endpoint is no way out for credentials of another account. What a caller may do is still said by its own role:
these statements only bound it. They depend on no service, so that none changes stack `network`.
"""

from modules.facts import regions, registries
from modules.iam.statement import Condition, Statement

_ANYBODY = (("*", ("*",)),)
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def statements(prefix: str, region: str, account: str) -> list[Statement]:
    """Statements of the policy of the endpoints for calls of IAM actions with this prefix."""
    partition = regions.partition(region)
    ours = Condition("StringEquals", "aws:PrincipalAccount", (account,))
    match prefix:
        case "ecr":
            return _ecr(f"arn:{partition}:ecr:{region}", account, ours)
        case "s3":
            return [_own(prefix, ours), *_layers(f"arn:{partition}:s3:::", region)]
        case "sts":
            return [_own(prefix, ours), _web_identity(f"arn:{partition}:iam::{account}:role/*")]
        case _:
            return [_own(prefix, ours)]


def _own(prefix: str, ours: Condition) -> Statement:
    return Statement("OwnAccount", (f"{prefix}:*",), ("*",), _ANYBODY, (ours,))


def _ecr(arn: str, account: str, ours: Condition) -> list[Statement]:
    """Images are pulled from other accounts too: from those that `image:` names, and from those of EKS's add-ons.

    Of these there is one for most regions and another for each new one:
    https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html, read 2026-11-26.
    """
    return [
        Statement("OwnRepositories", ("ecr:*",), (f"{arn}:{account}:repository/*",), _ANYBODY, (ours,)),
        Statement("Login", ("ecr:GetAuthorizationToken",), ("*",), _ANYBODY, (ours,)),
        Statement("Pull", _PULL, (f"{arn}:*:repository/*",), _ANYBODY, (ours,)),
    ]


def _layers(arn: str, region: str) -> list[Statement]:
    """Layers are read with URLs that the registry has signed, or without any signature."""
    buckets = (registries.ECR_LAYERS, *registries.PUBLIC_LAYERS)
    arns = tuple(f"{arn}{bucket.format(region=region)}/*" for bucket in buckets)
    return [Statement("ImageLayers", ("s3:GetObject",), arns, _ANYBODY)]


def _web_identity(roles: str) -> Statement:
    """The login of pods is not signed, so no condition on a principal fits it; the role's trust says who may.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    """
    return Statement("PodLogin", ("sts:AssumeRoleWithWebIdentity",), (roles,), _ANYBODY)
