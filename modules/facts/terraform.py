"""Terraform and OpenTofu: the versions that generated/ accepts, and how a stack says where its state is."""

from collections.abc import Mapping
from typing import Any

# S3 state locked by a file (use_lockfile) is stable from 1.11: https://developer.hashicorp.com/terraform/language/backend/s3.
REQUIRED_VERSION = ">= 1.11"

# What pipelines install: the one that the tests run.
PIPELINES = "1.11.4"

# In OpenTofu from 1.10: https://opentofu.org/blog/opentofu-1-10-0/. The file that holds this, versions.tofu, is read in
# place of versions.tf from 1.8 on; an older OpenTofu reads versions.tf, and is refused too.
OPENTOFU_REQUIRED_VERSION = ">= 1.10"

# Only arguments that both majors accept are emitted; 5.100 is what the apply tests run.
AWS_FLOOR = "5.100.0"
AWS = {"source": "hashicorp/aws", "version": f">= {AWS_FLOOR}, < 7.0.0"}
# From the first on, each plan changes the encryption of every bucket; the second is the first without it:
# https://github.com/hashicorp/terraform-provider-aws/issues/47320, read 2026-11-25.
AWS_ENDLESS_DIFF = ("6.22.0", "6.40.0")
# 3.0 removed the types without a version: https://github.com/hashicorp/terraform-provider-kubernetes/blob/main/CHANGELOG.md.
KUBERNETES = {"source": "hashicorp/kubernetes", "version": ">= 2.38.0, < 4.0.0"}
# 3.0 turned nested blocks into attributes: https://github.com/hashicorp/terraform-provider-helm/blob/main/CHANGELOG.md.
HELM = {"source": "hashicorp/helm", "version": "~> 3.1"}

# https://developer.hashicorp.com/terraform/cli/commands/login.
HCP_HOST = "app.terraform.io"

# What says where a state is, in the block `terraform`; one of the two:
# https://developer.hashicorp.com/terraform/language/terraform#cloud.
STATE_BLOCKS = ("backend", "cloud")


def backend(block: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The arguments of what keeps a state, by its kind, from a block `terraform`; HCP Terraform is of kind `cloud`."""
    found = block.get("backend") or ({"cloud": block["cloud"]} if "cloud" in block else {})
    return dict(found)


def state_place(config: Mapping[str, Any]) -> str:
    """What the backend of a state and whoever reads it write alike, and no other stack: path, key or workspace."""
    return str(config.get("path") or config.get("key") or config.get("workspaces", {}).get("name") or "")
