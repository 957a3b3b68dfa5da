"""The endpoints of which no page says whether AWS takes a policy for them: real Terraform asks an emulated AWS."""

import json

import pytest

from tests.support.emulator import REGION, emulated_aws
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace

WORDS = ["redshift-data", "redshift-serverless"]
SYSTEM = {
    "project": "shop",
    "region": REGION,
    "accept": ["private-api"],
    "network": {"endpoints": WORDS},
    "services": {"orders": {"pods": 1}},
}


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Endpoint -> the policy that Terraform would give it."""
    folder = tmp_path_factory.mktemp("system")
    for name in ("generated", "work"):
        (folder / name).mkdir()
    with emulated_aws(folder / "log") as aws:
        workspace = Workspace(synthesise(SYSTEM, folder / "generated"), folder / "work", aws)
        network = workspace.whole["network"]
        endpoints = network["resource"]["aws_vpc_endpoint"]
        data = network["data"]
        documents = {f"{name}_endpoint": data["aws_iam_policy_document"][f"{name}_endpoint"] for name in endpoints}
        kept = {name: network[name] for name in ("terraform", "provider")}
        kept["data"] = data | {"aws_iam_policy_document": documents}
        output = {name: {"value": endpoint["policy"]} for name, endpoint in endpoints.items()}
        workspace.whole["network"] = kept | {"resource": {"terraform_data": {"none": {}}}, "output": output}
        (workspace.folder("network") / "cdk.tf.json").write_text(json.dumps(workspace.whole["network"]))
        workspace.init("network")
        workspace.apply("network")
    state = json.loads((folder / "work" / "state" / "network.tfstate").read_text())
    return {name: state["outputs"].get(name, {}).get("value") for name in output}


def test_an_endpoint_gets_the_policy_where_aws_takes_one(policies: dict[str, str]) -> None:
    (statement,) = json.loads(policies["redshift_serverless"])["Statement"]
    assert (statement["Sid"], statement["Action"]) == ("OwnAccount", "redshift-serverless:*")
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}


def test_an_endpoint_stays_without_one_where_aws_takes_none(policies: dict[str, str]) -> None:
    assert policies["redshift_data"] is None
