"""The state of a stack, also where that is an object in S3, which is read without Terraform."""

from modules.doctor.account import Account, AwsAnswered
from modules.state import state_file
from modules.state.applied_stacks import Stack
from modules.state.state_file import State

_NO_STATE = ("NoSuchKey", "NoSuchBucket")


def read(stack: Stack, account: Account) -> State | None:
    """None where it is in another backend. Raises CommandError where it is damaged, NotChecked where S3 refuses it."""
    state, s3 = stack.state, stack.backend("s3") or {}
    bucket, key = s3.get("bucket"), s3.get("key")
    if state is not None or not (bucket and key):
        return state
    try:
        content = account.content(bucket, key, s3.get("region"))
    except AwsAnswered as answered:
        if answered.code in _NO_STATE:
            return state_file.NEVER_APPLIED
        raise
    return state_file.parse(content, f"s3://{bucket}/{key}")
