"""A system with every kind of permission: `orders` owns one of each, `readers` and `subscribers` reach what it owns."""

from modules.permissions import KINDS
from modules.permissions.kind import SharedOptions
from tests.support.random_specs import System


def every_kind(owner: str = "orders") -> System:
    """With the owner under another name, if asked."""
    return {
        "project": "shop",
        "region": "eu-west-1",
        "services": {
            owner: {
                "aws": {word: dict(kind.example) for word, kind in KINDS.items()},
                "statements": {
                    "ReadParameters": {
                        "actions": ["ssm:GetParameter"],
                        "resources": ["arn:aws:ssm:eu-west-1:111122223333:parameter/shop/${aws:userid}"],
                        "conditions": {"StringEquals": {"aws:ResourceTag/team": "shop"}},
                    }
                },
            },
            "readers": {
                "aws": {
                    **{word: {"of": owner} for word, kind in KINDS.items() if issubclass(kind.options, SharedOptions)},
                    "sqs": {"of": owner, "access": "write"},
                }
            },
            "subscribers": {"aws": {"sqs": {"subscribe": [owner]}, "ses": {"domain": "example.com"}}},
        },
    }
