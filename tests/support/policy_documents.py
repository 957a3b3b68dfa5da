"""Every policy in generated/ as IAM would get it, each reference replaced by an ARN of its resource's type.

As a script it gives them to parliament, which knows IAM's actions and the resource types that each can have:
`python policy_documents.py generated`. parliament has an environment of its own (requirements-lint.lock), so this file
needs nothing else of the project.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ACCOUNT = "111122223333"
_UUID = "1234abcd-12ab-34cd-56ef-1234567890ab"
# Type of a resource -> its ARN after "arn:<partition>:"; {argument} is one of the resource's own, {region} the stack's.
_ARNS = {
    "aws_athena_workgroup": "athena:{region}:{account}:workgroup/{name}",
    "aws_cloudwatch_event_rule": "events:{region}:{account}:rule/{name}",
    "aws_cloudwatch_log_group": "logs:{region}:{account}:log-group:{name}",
    "aws_dynamodb_table": "dynamodb:{region}:{account}:table/{name}",
    "aws_eks_cluster": "eks:{region}:{account}:cluster/{name}",
    "aws_elasticache_replication_group": "elasticache:{region}:{account}:replicationgroup:{replication_group_id}",
    "aws_elasticache_user": "elasticache:{region}:{account}:user:{user_id}",
    "aws_glue_catalog_database": "glue:{region}:{account}:database/{name}",
    "aws_iam_openid_connect_provider": "iam::{account}:oidc-provider/oidc.eks.{region}.amazonaws.com/id/EXAMPLE",
    "aws_iam_role": "iam::{account}:role/{name}",
    "aws_kms_key": "kms:{region}:{account}:key/{uuid}",
    "aws_rds_cluster": "rds:{region}:{account}:cluster:{cluster_identifier}",
    "aws_redshiftserverless_workgroup": "redshift-serverless:{region}:{account}:workgroup/{uuid}",
    "aws_s3_bucket": "s3:::{bucket}",
    "aws_secretsmanager_secret": "secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    "aws_sesv2_configuration_set": "ses:{region}:{account}:configuration-set/{configuration_set_name}",
    "aws_sesv2_email_identity": "ses:{region}:{account}:identity/{email_identity}",
    "aws_sns_topic": "sns:{region}:{account}:{name}",
    "aws_sqs_queue": "sqs:{region}:{account}:{name}",
}
# What Terraform learns from AWS and is no ARN.
_LEARNT = {
    "aws_rds_cluster.cluster_resource_id": "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "aws_rds_cluster.master_user_secret[0].secret_arn": (
        f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:rds!cluster-{_UUID}-AbCdEf"
    ),
    "aws_caller_identity.account_id": ACCOUNT,
    "aws_eks_cluster.identity[0].oidc[0].issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE",
}
Json = dict[str, Any]
Policy = dict[str, Any]


class Generated:
    """The stacks of a generated tree, which refer to each other's outputs."""

    def __init__(self, folder: Path) -> None:
        files = sorted(folder.glob("stacks/*/cdk.tf.json"))
        self.stacks = {file.parent.name: json.loads(file.read_text(encoding="utf-8")) for file in files}
        self._by_address = {re.sub(r"[^a-z0-9]+", "_", name): name for name in self.stacks}

    def policies(self) -> Iterator[tuple[str, str, Policy]]:
        """Stack, address and content of each policy document."""
        for name, stack in self.stacks.items():
            for address, document in stack.get("data", {}).get("aws_iam_policy_document", {}).items():
                yield name, address, self._policy(name, document)

    def _policy(self, stack: str, document: Json) -> Policy:
        resolved = json.loads(self._resolve(stack, json.dumps(document)))
        return {"Version": "2012-10-17", "Statement": [_statement(one) for one in resolved["statement"]]}

    def _resolve(self, stack: str, text: str) -> str:
        """The text with IAM's variables as IAM writes them, and the value of each of Terraform's references."""
        found = re.sub(r"(?<!\$)\$\{([^}]*)\}", lambda match: self._value(stack, match[1]), text)
        return found.replace("&{", "${").replace("$${", "${").replace("%%{", "%{")

    def _value(self, stack: str, reference: str) -> str:
        if output := re.fullmatch(r"data\.terraform_remote_state\.(\w+)\.outputs\.(\w+)", reference):
            other = self._by_address[output[1]]
            return self._resolve(other, str(self.stacks[other]["output"][output[2]]["value"]))
        if strip := re.fullmatch(r'replace\((.+), \\*"https://\\*", \\*"\\*"\)', reference):
            return self._value(stack, strip[1]).removeprefix("https://")
        kind, name, attribute = reference.removeprefix("data.").split(".", 2)
        if learnt := _LEARNT.get(f"{kind}.{attribute}"):
            return learnt
        resource = self.stacks[stack]["data" if reference.startswith("data.") else "resource"][kind][name]
        region = self.stacks[stack]["provider"]["aws"][0]["region"]
        if attribute == "arn":
            partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov") else "aws"
            arn = _ARNS[kind].format(**{**resource, "region": region, "account": ACCOUNT, "uuid": _UUID})
            return self._resolve(stack, f"arn:{partition}:{arn}")
        argument = {"aws_s3_bucket.id": "bucket"}.get(f"{kind}.{attribute}", attribute)
        return self._resolve(stack, str(resource[argument]))


def _statement(block: Json) -> Json:
    statement: Json = {"Sid": block["sid"], "Effect": block.get("effect", "Allow"), "Action": block["actions"]}
    if resources := block.get("resources"):
        statement["Resource"] = resources
    for principal in block.get("principals", []):
        values = principal["identifiers"]
        statement["Principal"] = "*" if principal["type"] == "*" else {principal["type"]: values}
    for condition in block.get("condition", []):
        # As Terraform writes it; parliament fails at a list of one.
        value = condition["values"][0] if len(condition["values"]) == 1 else condition["values"]
        statement.setdefault("Condition", {}).setdefault(condition["test"], {})[condition["variable"]] = value
    return statement


def findings(folder: Path) -> Iterator[tuple[str, str, str]]:
    """What parliament says: the issue, the place, and its words; with no issue for a policy that it read to the end."""
    import parliament

    for stack, address, policy in Generated(folder).policies():
        place = f"{stack} {address}"
        for finding in parliament.analyze_policy_string(json.dumps(_identity_based(policy))).findings:
            yield finding.issue, place, str(finding.detail)
        yield "", place, ""


def _identity_based(policy: Policy) -> Policy:
    """parliament knows policies of identities only: a trust policy gets a role as resource, and none a principal."""
    statements = []
    for statement in policy["Statement"]:
        plain = {key: value for key, value in statement.items() if key != "Principal"}
        if statement["Action"][0].startswith("sts:"):
            plain["Resource"] = [f"arn:aws:iam::{ACCOUNT}:role/any"]
        statements.append(plain)
    return {**policy, "Statement": statements}


if __name__ == "__main__":
    json.dump(list(findings(Path(sys.argv[1]))), sys.stdout)
