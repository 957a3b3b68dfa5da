"""A system with every kind of permission: `orders` owns one of each, `readers` and `subscribers` reach what it owns."""

from tests.support.random_specs import System


def every_kind(owner: str = "orders") -> System:
    """With the owner under another name, if asked."""
    return {
        "project": "shop",
        "region": "eu-west-1",
        "services": {
            owner: {
                "aws": {
                    "s3": {},
                    "rds": {},
                    "redis": {},
                    "secrets": {},
                    "sqs": {"visibility_timeout": 60, "max_receives": 3},
                    "sns": {},
                    "dynamodb": {
                        "partition_key": {"name": "pk"},
                        "sort_key": {"name": "at", "type": "N"},
                        "ttl": "gone",
                    },
                    "kms": {},
                    "cloudwatch": {},
                    "ses": {"from": "no-reply@example.com"},
                    "athena": {},
                    "glue": {},
                    "redshift": {},
                },
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
                    "s3": {"of": owner},
                    "sqs": {"of": owner, "access": "write"},
                    "sns": {"of": owner},
                    "dynamodb": {"of": owner},
                    "kms": {"of": owner, "access": "read"},
                }
            },
            "subscribers": {"aws": {"sqs": {"subscribe": [owner]}, "ses": {"domain": "example.com"}}},
        },
    }
