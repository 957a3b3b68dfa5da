"""`make deploy` where a service names a tag of its own repository, with a small script in place of terraform."""

from pathlib import Path

import pytest

from modules.cli.command_line import main
from modules.deploy.first_image import IMAGE_MISSING
from tests.support.aws_answers import AwsAnswers, error

from .test_deploy import VERSION, Machine, interrupted

REPOSITORY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/order"
TERRAFORM = 'if [ $1 = apply ]; then echo "$@" >>../../../terraform; touch ../../../made; fi\n' + VERSION % "1.11.4"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> Machine:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    machine = Machine(tmp_path)
    repository = {"repositories": [{"repositoryUri": REPOSITORY}]}
    logged_in["DescribeRepositories"] = lambda: (
        (200, repository) if (tmp_path / "made").exists() else error("RepositoryNotFoundException")
    )
    logged_in["DescribeImages"] = lambda: (
        (200, {"imageDetails": [{}]}) if (tmp_path / "pushed").exists() else error("ImageNotFoundException")
    )
    machine.install("terraform", TERRAFORM)
    services = "services:\n  order:\n    pods: 1\n    image: v1\n"
    (tmp_path / "services.yaml").write_text(f"project: shop\nregion: eu-west-1\n{services}")
    machine.generate("order", aws_ecr_repository={"order": {}}, aws_ecr_lifecycle_policy={"order": {}})
    return machine


def test_a_first_deploy_makes_the_repository_and_stops_with_the_commands_that_push_the_image(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    assert machine.run("deploy", "--auto-approve") == IMAGE_MISSING
    assert machine.asked == ["deploy network", "deploy cluster", "deploy platform"]
    targets = "-target=aws_ecr_repository.order -target=aws_ecr_lifecycle_policy.order"
    assert Path("terraform").read_text() == f"apply -no-color -auto-approve {targets}\n"
    said = capfd.readouterr().err
    assert f"order\n  Its image v1 is not in {REPOSITORY}.\nPush it, and run make deploy again" in said
    login = f"docker login --username AWS --password-stdin {REPOSITORY.partition('/')[0]}\n"
    assert f"  aws ecr get-login-password --region eu-west-1 | {login}" in said
    assert f"  docker build --platform linux/amd64 --tag {REPOSITORY}:v1 .\n  docker push {REPOSITORY}:v1\n" in said


def test_the_next_deploy_goes_on_once_the_image_is_there(machine: Machine, logged_in: AwsAnswers) -> None:
    machine.run("deploy", "--auto-approve")
    Path("pushed").touch()
    assert machine.run("deploy", "--auto-approve") == 0
    assert machine.asked[-1] == "deploy order"
    assert Path("terraform").read_text().count("apply") == 1
    which = {"repositoryName": "shop/order", "imageIds": [{"imageTag": "v1"}]}
    assert ("DescribeImages", which) in logged_in.asked


def test_a_repository_that_is_there_is_not_applied(machine: Machine) -> None:
    Path("made").touch()
    assert machine.run("deploy", "--auto-approve") == IMAGE_MISSING
    assert not Path("terraform").exists()


def test_every_service_that_lacks_its_image_is_named_at_once(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.add("zoo", "platform")
    services = "".join(f"  {name}:\n    pods: 1\n    image: v1\n" for name in ("order", "zoo"))
    Path("services.yaml").write_text(f"project: shop\nregion: eu-west-1\nservices:\n{services}")
    machine.generate("zoo", aws_ecr_repository={"zoo": {}})
    assert machine.run("deploy", "--auto-approve") == IMAGE_MISSING
    said = capfd.readouterr().err
    assert "order\n  Its image v1 is not in" in said
    assert "zoo\n  Its image v1 is not in" in said


def test_a_repository_that_terraform_can_not_make_stops_the_deploy(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.install("terraform", "[ $1 = apply ] && exit 1\n" + VERSION % "1.11.4")
    assert machine.run("deploy", "--auto-approve") == 1
    assert "deploy order\n  error: Its repository could not be made first (exit code 1;" in capfd.readouterr().err


def test_ctrl_c_waits_until_terraform_has_made_the_repository_and_ends_with_130(machine: Machine) -> None:
    slow = "if [ $1 = apply ]; then echo >../../../working; sleep 1; echo >../../../written; fi\n"
    machine.install("terraform", slow + VERSION % "1.11.4")
    run, error = interrupted(machine, "working")
    assert run.returncode == 130
    assert Path("written").exists()
    assert error.endswith("deploy interrupted; run it again to go on.\n")


def test_a_deployer_who_may_not_look_into_the_repository_is_not_stopped(
    machine: Machine, logged_in: AwsAnswers, capfd: pytest.CaptureFixture[str]
) -> None:
    logged_in["DescribeRepositories"] = error("AccessDeniedException")
    assert machine.run("deploy", "--auto-approve") == 0
    assert (
        "Whether the image of order is in its repository can't be seen: It needs the permission "
        "ecr:DescribeRepositories. Ask who administers the account to allow ecr:DescribeRepositories to you, or check"
    ) in capfd.readouterr().err


def test_without_a_login_it_says_how_to_get_one(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """As after `--ignore-problems`."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert machine.run("deploy", "--auto-approve") == 0
    assert (
        "can't be seen: There are no AWS credentials on this machine. Log in (aws sso login, or aws configure)"
    ) in capfd.readouterr().err


def test_an_image_of_another_registry_is_not_asked_for(machine: Machine, logged_in: AwsAnswers) -> None:
    text = Path("services.yaml").read_text()
    Path("services.yaml").write_text(text.replace("image: v1", "image: registry.example.com/order:v1"))
    assert machine.run("deploy", "--auto-approve") == 0
    assert logged_in.asked == []


def test_the_help_names_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["deploy", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"{IMAGE_MISSING} where the image of a service has to be pushed first" in said
