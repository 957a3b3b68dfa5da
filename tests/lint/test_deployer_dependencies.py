"""A deployer's rights as AWS's reference has them: with dependent actions, and on resources where there are some."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from modules.design.deployer import Deployer
from modules.facts.deployer import SERVICES
from modules.paths import ROOT
from tests.support.run_synth import shipped
from tests.support.security.parliament import PYTHON
from tests.support.tool_missing import ToolMissing
from tests.synth.conftest import spec_of

# Dependent actions -> why no system here needs them.
NOT_NEEDED = {
    r"(amplify|apigateway|apprunner|appsync|cognito-idp):.*": "A web ACL is for a load balancer.",
    r"ec2:\w+VerifiedAccessInstanceWebAcl": "A web ACL is for a load balancer.",
    "ecs:List.*": "A flow log is of a VPC.",
    r"rds:(Create|Delete)TenantDatabase": "That is of Oracle.",
    "rds:CreateDBSnapshot": "The last snapshot is of a cluster.",
    r"s3:(Delete|Get|Put)Object": "No cache is filled from a bucket.",
}
# A type of each service of the table.
TYPES = """
aws_acm_certificate aws_athena_workgroup aws_cloudwatch_dashboard aws_dynamodb_table aws_vpc aws_ecr_repository
aws_eks_cluster aws_elasticache_user aws_lb aws_cloudwatch_event_rule aws_glue_catalog_database aws_flow_log
aws_rds_cluster aws_redshiftserverless_workgroup aws_route53_record aws_s3_bucket aws_secretsmanager_secret
aws_sesv2_email_identity aws_sns_topic aws_sqs_queue aws_wafv2_web_acl
""".split()


# https://docs.aws.amazon.com/eks/latest/userguide/security-iam-id-based-policy-examples.html
NAMED_IN_EKS_GUIDE = ["eks:CreateCluster"]


def test_every_dependent_action_is_allowed(tmp_path: Path) -> None:
    statements = Deployer(spec_of(shipped(), tmp_path), TYPES).apply()
    allowed = {action for one in statements for action in one.actions}
    assert {action.partition(":")[0] for action in allowed} >= SERVICES.keys()
    wild = tuple(one[:-1] for one in allowed if one.endswith("*"))
    asked = json.dumps([one for one in sorted(allowed) if not one.endswith("*")])
    found: dict[str, list[str]] = _by_policy_sentry("dependent_actions", asked)
    left = [one for one in found if one not in allowed and not one.startswith(wild)]
    assert len(found) > len(left) > 0
    assert [one for one in left if not any(re.fullmatch(pattern, one) for pattern in NOT_NEEDED)] == []
    assert [pattern for pattern in NOT_NEEDED if not any(re.fullmatch(pattern, one) for one in left)] == []


def test_what_has_no_resource_is_allowed_on_all(tmp_path: Path) -> None:
    """IAM denies an action without resources where a statement names some."""
    statements = Deployer(spec_of(shipped(), tmp_path), TYPES).apply()
    named = {action for one in statements if one.resources != ("*",) for action in one.actions}
    found: list[str] = _by_policy_sentry("actions_without_resource", json.dumps(sorted(named)))
    assert found == NAMED_IN_EKS_GUIDE


def _by_policy_sentry(program: str, asked: str) -> Any:
    if not PYTHON.exists():
        raise ToolMissing("policy_sentry is not installed: run `make test`, or name its Python in LINT_PYTHON")
    command = [str(PYTHON), "-m", f"tests.support.{program}"]
    done = subprocess.run(command, cwd=ROOT, input=asked, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return json.loads(done.stdout)
