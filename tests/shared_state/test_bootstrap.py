"""`make bootstrap`: the bucket, the states in it, and services.yaml; or a sentence that says why not, and no change."""

import json
import shlex
import stat
from typing import Any

import boto3
import pytest
from botocore import xform_name

from modules.cli import command_line
from modules.shared_state import bucket as buckets
from modules.state import generated
from tests.shared_state.conftest import SERVICES, STATES, System, keys, state

Output = pytest.CaptureFixture[str]


def name(account: str) -> str:
    return f"shop-terraform-{account}-eu-west-1"


def objects(s3: Any, bucket: str) -> dict[str, bytes]:
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", ())
    return {one["Key"]: s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in listed}


def test_it_makes_a_private_bucket_and_moves_the_states_into_it(
    system: System, account: str, s3: Any, capsys: Output
) -> None:
    assert system.run("bootstrap", "--yes") == 0
    said = capsys.readouterr().out
    assert objects(s3, name(account)) == {f"shop/{file}": content for file, content in STATES.items()}
    moved = system.local()
    assert {file.partition(".moved-")[0]: content for file, content in moved.items()} == STATES
    assert all(".moved-2" in file for file in moved)
    assert {stat.S_IMODE(file.stat().st_mode) for file in system.state.iterdir()} == {0o600}
    assert stat.S_IMODE(system.state.stat().st_mode) == 0o700
    backend = generated.configuration(system.generated / "stacks" / "network").terraform.backend
    assert backend["s3"]["bucket"] == name(account)
    value = f"state: {{s3: {{bucket: {name(account)}}}}}"
    comment = "# Where Terraform keeps its states, for all who deploy; `make migrate-state` moves them."
    runs = "# What runs."
    assert system.file.read_text() == SERVICES.replace(runs, f"{comment}\n{value}\n\n{runs}")
    assert "network: 1 resource, serial 3: " in said
    assert f"s3://{name(account)}/shop/network.tfstate, read back and equal" in said
    assert f"services.yaml and generated/ say s3://{name(account)}/shop: commit both." in said


def test_the_bucket_is_versioned_encrypted_private_and_asks_for_tls(system: System, account: str, s3: Any) -> None:
    assert system.run("bootstrap", "--yes") == 0
    bucket = {"Bucket": name(account)}
    assert s3.head_bucket(**bucket)["BucketRegion"] == "eu-west-1"
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert set(s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"]
    assert rule == {"ObjectOwnership": "BucketOwnerEnforced"}
    (rule,) = s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    (statement,) = json.loads(s3.get_bucket_policy(**bucket)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Action"], statement["Principal"]) == ("Deny", "s3:*", "*")
    assert statement["Resource"] == [f"arn:aws:s3:::{name(account)}", f"arn:aws:s3:::{name(account)}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(**bucket)["TagSet"]}
    assert tags == {"Project": "shop", "Environment": "base"}


def test_the_calls_that_it_prints_are_those_that_make_the_bucket(
    system: System, account: str, s3: Any, capsys: Output
) -> None:
    assert system.run("bootstrap", "--dry-run") == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  aws s3api ")]
    assert len(lines) == 1 + len(buckets.SETTINGS)
    for line in lines:
        _call(s3, line)
    assert system.run("bootstrap", "--dry-run") == 0
    assert "aws s3api" not in capsys.readouterr().out


def _call(s3: Any, line: str) -> None:
    """As the AWS CLI does: its options are the API's parameters, and a value that is no text is JSON."""
    _, _, operation, *words = shlex.split(line)
    values = dict(zip(words[::2], words[1::2], strict=True))
    assert values.pop("--region") == "eu-west-1"
    method = operation.replace("-", "_")
    members = s3.meta.service_model.operation_model(s3.meta.method_to_api_mapping[method]).input_shape.members
    names = {f"--{xform_name(member, '-')}": member for member in members}
    is_text = {f"--{xform_name(member, '-')}": shape.type_name == "string" for member, shape in members.items()}
    arguments = {names[key]: value if is_text[key] else json.loads(value) for key, value in values.items()}
    getattr(s3, method)(**arguments)


def test_a_dry_run_changes_nothing(system: System, account: str, s3: Any, capsys: Output) -> None:
    assert system.run("bootstrap", "--dry-run") == 0
    said = capsys.readouterr().out
    assert f"The bucket {name(account)} does not exist; these calls make it:" in said
    assert "States to move (2 of 5 stacks):\n" in said
    assert said.endswith("Nothing was changed.\n")
    assert s3.list_buckets()["Buckets"] == []
    assert (system.local(), system.file.read_text()) == (STATES, SERVICES)
    assert sorted(one.name for one in system.state.iterdir()) == sorted(STATES)


def test_a_second_run_has_nothing_to_do(system: System, account: str, s3: Any, capsys: Output) -> None:
    assert system.run("bootstrap", "--yes") == 0
    before = system.file.read_text(), system.local(), objects(s3, name(account))
    capsys.readouterr()
    assert system.run("bootstrap") == 0
    assert "Nothing to do: the states are in" in capsys.readouterr().out
    assert before == (system.file.read_text(), system.local(), objects(s3, name(account)))


def test_a_system_that_was_never_applied_gets_its_bucket(system: System, account: str, s3: Any, capsys: Output) -> None:
    for file in system.state.iterdir():
        file.unlink()
    system.state.rmdir()
    assert system.run("bootstrap", "--yes") == 0
    assert "No state is left in local." in capsys.readouterr().out
    assert objects(s3, name(account)) == {}
    assert f"bucket: {name(account)}" in system.file.read_text()
    assert not system.state.exists()


def test_what_its_own_bucket_has_lost_is_put_back_and_what_others_added_stays(
    system: System, account: str, s3: Any, capsys: Output
) -> None:
    assert system.run("bootstrap", "--yes") == 0
    ours = json.loads(s3.get_bucket_policy(Bucket=name(account))["Policy"])["Statement"]
    theirs = {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": account}, "Action": "s3:GetObject"}
    theirs["Resource"] = f"arn:aws:s3:::{name(account)}/*"
    policy = {"Version": "2012-10-17", "Statement": [theirs]}
    s3.put_bucket_policy(Bucket=name(account), Policy=json.dumps(policy))
    s3.put_bucket_versioning(Bucket=name(account), VersioningConfiguration={"Status": "Suspended"})
    capsys.readouterr()
    assert system.run("bootstrap", "--yes") == 0
    said = capsys.readouterr().out
    assert f"The bucket {name(account)} lacks versioning, a policy that asks for TLS; these calls give it that:" in said
    assert s3.get_bucket_versioning(Bucket=name(account))["Status"] == "Enabled"
    assert json.loads(s3.get_bucket_policy(Bucket=name(account))["Policy"])["Statement"] == [theirs, *ours]


def test_a_bucket_of_the_users_own_is_used_and_not_changed(
    system: System, account: str, s3: Any, capsys: Output
) -> None:
    s3.create_bucket(Bucket=f"own-{account}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    system.file.write_text(f"{SERVICES}state: {{s3: {{bucket: own-{account}, prefix: systems/shop}}}}\n")
    assert system.run("bootstrap", "--yes") == 0
    said = capsys.readouterr().out
    assert f"The bucket own-{account}, which this command did not name, lacks versioning. Its owner can add it:" in said
    assert "Status" not in s3.get_bucket_versioning(Bucket=f"own-{account}")
    assert set(objects(s3, f"own-{account}")) == {f"systems/shop/{file}" for file in STATES}


def _fails(system: System, capsys: Output) -> str:
    """What it says on stderr; nothing of the system has changed."""
    before = system.file.read_text()
    assert system.run("bootstrap", "--yes") == 1
    assert (system.file.read_text(), system.local()) == (before, STATES)
    assert sorted(one.name for one in system.state.iterdir()) == sorted(STATES)
    return capsys.readouterr().err


def test_a_bucket_of_another_account_is_said(
    system: System, account: str, environment: dict[str, str], capsys: Output
) -> None:
    other = keys(environment, "299999999999")
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    theirs = boto3.client("s3", region_name="eu-west-1", **dict(zip(names, other.values(), strict=True)))
    theirs.create_bucket(Bucket=name(account), CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    said = _fails(system, capsys)
    theirs.delete_bucket(Bucket=name(account))
    assert (
        f"s3://{name(account)}\n  error: AWS refuses HeadBucket to you (account {account}): the bucket belongs to "
        "another account, or you lack a permission.\n  If it is another's, write another name into `state:`. "
        "Otherwise ask who administers the account to allow s3:ListBucket on it to you.\n"
    ) in said


def test_a_bucket_in_another_region_is_said(system: System, account: str, capsys: Output) -> None:
    there = boto3.client("s3", region_name="us-west-2")
    there.create_bucket(Bucket=name(account), CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    said = _fails(system, capsys)
    assert f"s3://{name(account)}\n  error: The bucket is in us-west-2, and not in eu-west-1.\n" in said
    assert f"Write its region: `state: {{s3: {{bucket: {name(account)}, region: us-west-2}}}}`" in said


def test_another_account_than_that_of_services_yaml_is_refused(system: System, account: str, capsys: Output) -> None:
    system.file.write_text(f'{SERVICES}account: "111122223333"\n')
    said = _fails(system, capsys)
    assert (
        f"bootstrap\n  error: You are logged in to account {account}, and services.yaml allows only 111122223333.\n"
        in said
    )
    assert "Set AWS_PROFILE to a profile of that account, or correct `account:`." in said


def test_without_a_login_it_says_how_to_log_in(
    system: System, account: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    said = _fails(system, capsys)
    assert "bootstrap\n  error: There are no AWS credentials on this machine.\n  Log in (aws sso login" in said


@pytest.mark.usefixtures("account")
def test_without_a_terminal_it_asks_for_yes(system: System, capsys: Output) -> None:
    assert system.run("bootstrap") == 1
    assert "there is no terminal to ask on.\n  Run it in a terminal, or run make bootstrap YES=1." in (
        capsys.readouterr().err
    )
    assert system.local() == STATES


def test_a_state_that_terraform_could_not_save_is_not_left_behind(system: System, account: str, capsys: Output) -> None:
    file = system.generated / "stacks" / "network" / "errored.tfstate"
    file.write_bytes(state("network", serial=4))
    said = _fails(system, capsys)
    assert (
        "errored.tfstate\n  error: Terraform has left this state here, which is in no place where states are kept.\n"
        in said
    )
    assert "stacks/network state push errored.tfstate. Otherwise delete it. Then run this again." in said


def test_services_in_braces_are_not_edited_and_the_copies_go(
    system: System, account: str, s3: Any, capsys: Output
) -> None:
    system.file.write_text("{project: shop, region: eu-west-1, protection: false, services: {}}\n")
    said = _fails(system, capsys)
    assert "services.yaml state\n  error: It can't be edited. The file is written in braces.\n" in said
    assert f"Write `state: {{s3: {{bucket: {name(account)}}}}}` by hand, and run make migrate-state FROM=local" in said
    assert objects(s3, name(account)) == {}


def test_a_generated_that_cannot_be_written_leaves_all_as_it_was(
    system: System, account: str, s3: Any, capsys: Output
) -> None:
    (system.generated / ".staging").write_text("in the way")
    said = _fails(system, capsys)
    assert "generated/ could not be written; why is above. services.yaml is as it was.\n" in said
    assert objects(s3, name(account)) == {}


def test_help_names_its_options(capsys: Output) -> None:
    with pytest.raises(SystemExit):
        command_line.main(["bootstrap", "--help"])
    assert {"--yes", "--dry-run"} <= set(capsys.readouterr().out.split())
