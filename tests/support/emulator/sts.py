"""STS: who asks without credentials from here is an IAM user, as `aws_iam_session_context` needs it.

moto's caller is `arn:aws:sts::<account>:user/moto`, a kind of ARN that AWS does not have and EKS refuses.
"""

from moto.sts.models import STSBackend
from moto.sts.responses import TokenResponse

from .extension import extend


class Backend(STSBackend):
    def get_caller_identity(self, access_key_id: str, region: str) -> tuple[str, str, str]:
        user, arn, account = super().get_caller_identity(access_key_id, region)
        return user, arn.replace(":sts:", ":iam:") if ":user/" in arn else arn, account


def install() -> None:
    extend("sts", TokenResponse, Backend)
