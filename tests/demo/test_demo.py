"""The demo's edges, with small programs in the place of terraform and of the emulators: refusals, leftovers, ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo import __main__ as command_line
from demo import loopback, show
from demo.deploy import Cluster
from demo.down import down
from demo.place import Place, tell
from demo.up import up
from modules.errors import CommandError
from modules.paths import ROOT
from tests.support import child_process
from tests.support.process_group import has_ended
from tests.support.run_synth import SHIPPED

PRODUCTION = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ENDPOINT_URL_S3",
    "KUBECONFIG",
    "KUBECACHEDIR",
    "HELM_KUBEAPISERVER",
)
HERE = "http://127.0.0.1:5000"
MANIFEST: dict[str, dict[str, dict[str, list[str]]]] = {
    "stacks": {"network": {"dependencies": []}, "edge": {"dependencies": []}}
}
STACK = {"provider": {"aws": {}}, "resource": {"aws_vpc": {"main": {}}}}
TERRAFORM = """
[ "$1" = version ] && echo '{"terraform_version": "1.11.0"}'
[ "$1" = apply ] || exit 0
sleep 600 &
env >>"$PIDS.environment"
echo $$ $! >>"$PIDS"
exec sleep 600
"""
STARTING = "import os, sys, time; open(os.environ['PIDS'], 'a').write(f'{os.getpid()}\\n'); time.sleep(600)"
SERVING = """
import json, os, sys, time; from pathlib import Path
open(os.environ["PIDS"], "a").write(f"{os.getpid()}\\n")
file = Path(sys.argv[1], "kubeconfig")
file.write_text(json.dumps({"clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}]}))
aws = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
print(json.dumps({"aws": aws, "kubeconfig": str(file), "no_node": None}), flush=True)
if sys.stdin.readline():
    time.sleep(600)
"""
# At the last moments: the emulators have been told to stay, and then nothing is left of the group of children.
AT_THE_END = """
import os, signal
from demo import interrupt
up._deploy_and_show = lambda place, system, children, emulators: emulators.where() and "How to look around"

def followed_by_an_interrupt(does):
    return lambda *given: (does(*given), os.kill(os.getpid(), signal.SIGINT))
"""
LAST_MOMENTS = {
    "stays": "emulators.Emulators.stay = followed_by_an_interrupt(emulators.Emulators.stay)",
    "no children left": """
import contextlib, time
leader = interrupt.leader()
end = leader.communicate

def communicate():
    end()
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.killpg(leader.pid, 0)
            time.sleep(0.01)

leader.communicate = followed_by_an_interrupt(communicate)
interrupt.leader = lambda: leader
""",
}
DRIVER = """
import sys; from pathlib import Path
from demo import __main__, deploy, emulators, up
IN_A_TERMINAL_OF_ITS_OWN = [sys.executable, "-c", "import pty; pty.spawn(['terraform', 'apply'])"]
deploy.INSTALL_CDKTF, deploy.cdktf_cli.line = ["true"], lambda *_, **__: IN_A_TERMINAL_OF_ITS_OWN
up.binaries = deploy.binaries = lambda *_: {}
up._synth = lambda *_: Path(sys.argv[1])
emulators.SERVE = [sys.executable, "-c", sys.argv[2]]
exec(sys.argv[3])
sys.exit(__main__.main([]))
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "bin").mkdir()
    for name, script in (("terraform", TERRAFORM), ("aws", "exit 1")):
        program = tmp_path / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return Place.of_the_user()


def kubeconfig(folder: Path, server: str) -> Path:
    file = folder / "kubeconfig"
    file.write_text(json.dumps({"clusters": [{"name": "local", "cluster": {"server": server}}]}))
    return file


def start(tmp_path: Path, emulators: str, waiting: int, more: str = "") -> tuple[subprocess.Popen[str], list[int]]:
    """A run, and the ids of its processes as soon as so many of them wait; they never end by themselves."""
    for stack in MANIFEST["stacks"]:
        folder = tmp_path / "generated" / "stacks" / stack
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(STACK))
    (tmp_path / "generated" / "manifest.json").write_text(json.dumps(MANIFEST))
    pids = tmp_path / "pids"
    pids.touch()
    run = child_process.start(
        [sys.executable, "-c", DRIVER, str(tmp_path / "generated"), emulators, more],
        cwd=ROOT,
        env=os.environ | dict.fromkeys(PRODUCTION, "production") | {"PIDS": str(pids)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    end = time.monotonic() + 60
    while len(pids.read_text().split()) < waiting and run.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    return run, [int(pid) for pid in pids.read_text().split()]


def test_help_says_what_a_demo_touches_and_how_to_end_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "{up,down}" in said
    assert "It talks to no AWS and no cluster but its own" in said


def test_an_unknown_command_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["upp"])
    assert ended.value.code == 2
    assert "'upp'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "server", "words"),
    [
        ({}, HERE, "AWS_ENDPOINT_URL\n  It is not set"),
        ({"AWS_ENDPOINT_URL": "https://sts.amazonaws.com"}, HERE, "https://sts.amazonaws.com is not on the loopback"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1.example.com"}, HERE, "example.com is not on the loopback"),
        ({"AWS_ENDPOINT_URL": "http://0.0.0.0:5000"}, HERE, "0.0.0.0:5000 is not on the loopback"),
        ({"AWS_ENDPOINT_URL": HERE, "AWS_ENDPOINT_URL_S3": "https://s3.example.com"}, HERE, "AWS_ENDPOINT_URL_S3\n"),
        ({"AWS_ENDPOINT_URL": HERE}, "https://cluster.example.com", "cluster.example.com is not on the loopback"),
    ],
)
def test_anything_but_loopback_is_refused(environment: dict[str, str], server: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        loopback.refuse_all_else(environment, kubeconfig(tmp_path, server))
    assert words in str(refused.value)


def test_loopback_is_not_refused(tmp_path: Path) -> None:
    loopback.refuse_all_else({"AWS_ENDPOINT_URL": HERE}, kubeconfig(tmp_path, "https://127.0.0.1:6443"))


def test_the_users_accounts_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = dict.fromkeys(PRODUCTION, "production")
    kept = {"PATH": "/bin", "TF_PLUGIN_MIRROR": "mirror", "KUBEBUILDER_ASSETS": "assets", "HTTPS_PROXY": "proxy"}
    monkeypatch.setattr(os, "environ", {**theirs, **kept, "TF_VAR_account": "production", "NO_PROXY": "intranet"})
    loopback.forget_the_users_accounts()
    assert "production" not in os.environ.values()
    assert kept.items() <= os.environ.items()
    assert os.environ["NO_PROXY"] == "127.0.0.1,intranet"


def test_a_file_that_nobody_holds_is_left_over_even_if_a_process_has_its_id(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = place.take()
    assert lock
    tell(lock, pid=os.getpid())
    lock.close()
    assert place.holder() is None
    down(place)
    assert "No demo is up. Removed what one had left." in capsys.readouterr().err
    assert not place.folder.exists()


def test_a_new_demo_starts_without_what_a_dead_one_left(place: Place) -> None:
    (place.folder / "terraform").mkdir(parents=True)
    (place.folder / "terraform" / "state").touch()
    place.file.write_text('{"pid": 1}')
    lock = place.take()
    assert lock
    with lock:
        assert [file.name for file in place.folder.iterdir()] == ["running.json"]
        assert place.holder() == {"pid": os.getpid()}


def test_a_second_demo_says_where_the_first_is_and_how_to_end_it(place: Place) -> None:
    lock = place.take()
    assert lock
    with lock:
        with pytest.raises(CommandError, match=r"on its way already, in another terminal\.\n.*make demo-down"):
            up(place, SHIPPED)
        tell(lock, pid=1, around="kubectl get pods -A")
        with pytest.raises(CommandError, match=r"A demo is up already \(process 1\).\n  kubectl get pods -A"):
            up(place, SHIPPED)


def test_without_terraform_it_says_what_to_install(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match=r"There is no terraform on PATH\.\n  Install Terraform"):
        up(place, SHIPPED)
    assert not place.folder.exists()


@pytest.mark.parametrize(
    ("emulators", "waiting"), [(STARTING, 1), (SERVING, 5)], ids=["while the emulators start", "during two applies"]
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_nothing_behind(
    emulators: str, waiting: int, number: signal.Signals, place: Place, tmp_path: Path
) -> None:
    run, pids = start(tmp_path, emulators, waiting)
    run.send_signal(number)
    _, said = run.communicate(timeout=30)
    assert (len(pids), run.returncode) == (waiting, command_line.INTERRUPTED), said
    assert [pid for pid in pids if not has_ended(pid)] == []
    assert "Interrupted; nothing of the demo is left." in said
    assert not place.folder.exists()


@pytest.mark.parametrize("moment", LAST_MOMENTS)
def test_ctrl_c_when_all_is_up_leaves_nothing_behind_either(moment: str, place: Place, tmp_path: Path) -> None:
    run, pids = start(tmp_path, SERVING, 1, AT_THE_END + LAST_MOMENTS[moment])
    said, complaints = run.communicate(timeout=30)
    assert "How to look around" in said
    assert (len(pids), run.returncode) == (1, command_line.INTERRUPTED), complaints
    assert [pid for pid in pids if not has_ended(pid)] == []
    assert "Interrupted; nothing of the demo is left." in complaints
    assert not place.folder.exists()


def test_emulators_that_are_not_on_this_machine_are_refused_before_anything_is_applied(
    place: Place, tmp_path: Path
) -> None:
    run, pids = start(tmp_path, SERVING.replace("http://127.0.0.1:1", "http://10.0.0.1:1"), 1)
    _, said = run.communicate(timeout=30)
    assert run.returncode == 1
    assert "http://10.0.0.1:1 is not on the loopback interface, so nothing was applied." in said
    assert Path(f"{tmp_path}/pids").read_text().split() == [str(pid) for pid in pids]


def test_an_apply_meets_no_account_of_the_users(place: Place, tmp_path: Path) -> None:
    run, _ = start(tmp_path, SERVING, 5)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=30)
    environment = (tmp_path / "pids.environment").read_text()
    assert "AWS_ENDPOINT_URL=http://127.0.0.1:1\n" in environment
    assert "production" not in environment


def test_a_shell_that_looks_around_forgets_the_users_accounts(tmp_path: Path) -> None:
    cluster = Cluster.__new__(Cluster)
    cluster.folder, cluster.kubeconfig = tmp_path, tmp_path / "kubeconfig"
    cluster.programs = {"kubectl": tmp_path / "a" / "kubectl", "helm": tmp_path / "b" / "helm"}
    file = tmp_path / "environment"
    show.write_environment(file, cluster, {"AWS_ENDPOINT_URL": HERE}, "eu-west-1")
    theirs = dict.fromkeys(PRODUCTION, "production") | {"PATH": os.environ["PATH"], "NO_PROXY": "intranet"}
    done = subprocess.run(["sh", "-c", f". '{file}'; env"], env=theirs, capture_output=True, text=True, check=True)
    environment = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert "production" not in environment.values()
    assert Path(environment["KUBECACHEDIR"]).parent == tmp_path
    assert (environment["KUBECONFIG"], environment["AWS_ENDPOINT_URL"]) == (str(cluster.kubeconfig), HERE)
    assert environment["AWS_REGION"] == "eu-west-1"
    assert environment["PATH"].startswith(f"{tmp_path / 'a'}:{tmp_path / 'b'}:")
    assert "127.0.0.1" in environment["NO_PROXY"].split(",")


def test_down_ends_a_demo_that_is_on_its_way(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, pids = start(tmp_path, SERVING, 5)
    down(place)
    _, said = run.communicate(timeout=30)
    assert (len(pids), run.returncode) == (5, command_line.INTERRUPTED), said
    assert [pid for pid in pids if not has_ended(pid)] == []
    assert "The demo is down" in capsys.readouterr().err
    assert not place.folder.exists()


def test_a_killed_demo_leaves_no_process_either(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, pids = start(tmp_path, SERVING, 5)
    run.kill()
    run.communicate(timeout=30)
    assert (len(pids), [pid for pid in pids if not has_ended(pid)]) == (5, [])
    down(place)
    assert "Removed what one had left" in capsys.readouterr().err
