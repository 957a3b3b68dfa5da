"""Calls of Terraform as actions of IAM: AWS's API models and IAM have other names for some."""

import json
import urllib.request
from collections.abc import Collection, Iterable
from typing import NamedTuple

# What a signature calls a service -> its prefix in IAM.
_PREFIXES = {"monitoring": "cloudwatch", "email": "ses"}
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html, read 2026-11-27
_ACTIONS = {
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycle": "s3:GetLifecycleConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
_READS = ("Describe", "Get", "Head", "List")


class Calls(NamedTuple):
    """Actions of IAM, by whether they only read."""

    reads: frozenset[str]
    writes: frozenset[str]


def made(endpoint: str) -> Calls:
    """What Terraform has asked this emulator for so far."""
    with urllib.request.urlopen(f"{endpoint}/calls", timeout=30) as answer:
        return of(json.load(answer))


def of(calls: Iterable[Collection[str]]) -> Calls:
    """Of pairs of service and operation."""
    pairs = {(service, operation) for service, operation in calls}
    reads = {pair for pair in pairs if pair[1].startswith(_READS)}
    return Calls(frozenset(map(_action, reads)), frozenset(map(_action, pairs - reads)))


def _action(call: tuple[str, str]) -> str:
    service, operation = call
    action = f"{_PREFIXES.get(service, service)}:{operation}"
    return _ACTIONS.get(action, action)
