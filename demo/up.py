"""Brings a demo up: Terraform JSON, emulators, every stack; shows it, and leaves the emulators running."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from rich.console import Console
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.doctor import tools
from modules.errors import CommandError
from modules.spec.model import Spec
from tests.support import node
from tests.support.control_plane import PROGRAMS
from tests.support.go_tools import binaries
from tests.support.run_synth import command

from . import loopback, show
from .deploy import Cluster, Terraform, deploy, wait_for_pods
from .emulators import Emulators
from .interrupt import Children, Stopped
from .place import Place, tell
from .pods import Pods, why_played
from .progress import Progress

WHOLE = "Terraform has found hashicorp/kubernetes and hashicorp/helm: cdktf deploy brings up each stack as it is."
OUTSIDE = (
    "account",
    "deployer_role",
    "certificate_arn",
    "domain",
    "environment",
    "environments",
    "hosted_zone",
    "hosted_zones",
    "state",
)
HALVES = (
    "Terraform finds no hashicorp/kubernetes and hashicorp/helm here: it applies the AWS half of each stack, and "
    "kubectl and the helm CLI install the rest, with the values that it evaluated."
)
RUN = (
    "Pods run: containerd and a kubelet start them on this machine, with small programs in place of the services' "
    "images, and the database job reaches a real PostgreSQL."
)
# What a program is that is to end: its stand-in says what it sees.
ENDS = {"command": ["/service", "-show"]}
PLAYED = "Pods are played: kwok writes their statuses, and nothing runs, since no node can run here."


class System(NamedTuple):
    declared: dict[str, Any]
    spec: Spec
    why_played: str | None


def up(place: Place, file: Path) -> None:
    tools.require_terraform()
    lock = place.take()
    if not lock:
        raise _another(place)
    with lock:
        try:
            system = _system(file)
            # What is not built yet takes minutes, under the user's eyes.
            binaries([*PROGRAMS, *([] if system.why_played else node.ALL_PROGRAMS)])
            _bring_up(place, lock, system)
        except (KeyboardInterrupt, Stopped):
            place.remove()
            raise


def _bring_up(place: Place, lock: IO[str], system: System) -> None:
    pods = "" if system.why_played else Pods.of(system.spec).text()
    with Children() as children:
        emulators = Emulators(place.folder, system.spec.project, system.spec.region, pods, lock)
        children.also = emulators.process.terminate
        try:
            around = _deploy_and_show(place, system, children, emulators)
            tell(lock, pid=emulators.process.pid, around=around)
            emulators.stay()
            print(around)
        except BaseException:
            emulators.stop()
            if not children.interrupted:
                raise
    if children.interrupted:
        emulators.stop()
        raise Stopped


def _deploy_and_show(place: Place, system: System, children: Children, emulators: Emulators) -> str:
    """How to look around."""
    region = system.spec.region
    with Progress(Console(file=sys.stderr)) as progress:
        progress.begin("synth", "python main.py")
        generated = _synth(place.folder, system.declared, children)
        progress.end("synth", f"services.yaml -> {len(list(generated.glob('stacks/*')))} stacks")
        progress.begin("providers", "terraform init")
        terraform = Terraform(generated, place.folder / "terraform", children, progress)
        terraform.init_all()
        progress.end("providers", f"for {len(terraform.stacks)} stacks")
        progress.begin("emulators", "the emulated AWS and the control plane start")
        where = emulators.where()
        aws, cluster = where["aws"], Cluster(Path(where["kubeconfig"]).parent, children)
        progress.end("emulators", f"{aws['AWS_ENDPOINT_URL']}, {cluster.server}")
        terraform.environment |= aws
        loopback.refuse_all_else(terraform.environment, cluster.kubeconfig)
        progress.say(HALVES if terraform.aws_only else WHOLE)
        played = system.why_played or where["no_node"]
        progress.say(f"{PLAYED}\n{played}" if played else RUN)
        deploy(terraform, cluster, progress)
        wait_for_pods(cluster, progress, {name: service.pods for name, service in system.spec.services.items()})
        environment = place.folder / "environment"
        show.write_environment(environment, cluster, aws, region)
        show.show(Console(), terraform, cluster, progress, aws, region)
    servers = (
        (name, service.listens_on)
        for name, service in system.spec.services.items()
        if service.listens_on and not played
    )
    answers = next(servers, None)
    return show.how_to_look_around(environment, aws["AWS_ENDPOINT_URL"], system.spec.project, answers)


def _system(file: Path) -> System:
    checked = check(file, datetime.now(UTC).date())
    if not checked.spec:
        said = "\n  ".join(checked.render(mistake) for mistake in checked.mistakes)
        raise CommandError(file.name, said, "Correct it; make synth checks it too.")
    return System(_inside(YAML(typ="safe").load(file.read_text())), checked.spec, why_played(checked.spec))


def _inside(declared: dict[str, Any]) -> dict[str, Any]:
    """Without what names things outside of the demo, and allowed to be destroyed; a stand-in knows no command.

    Without a domain there is no HTTPS, and a path needs it for all but HTTP/1.1, which the stand-ins speak.
    """
    services = {}
    for name, body in declared["services"].items():
        service = body or {}
        by_http = ("protocol", "health") if service.get("path") and service.get("protocol", "http") != "http" else ()
        by_command = ("health",) if service.get("port") == "none" else ()
        left_out = ("command", *by_http, *by_command)
        services[name] = {key: value for key, value in service.items() if key not in left_out}
        if jobs := service.get("jobs"):
            services[name]["jobs"] = {job: {**one, **ENDS} for job, one in jobs.items()}
        if before := service.get("before_deploy"):
            services[name]["before_deploy"] = {**before, **ENDS}
    inside = {key: value for key, value in declared.items() if key not in OUTSIDE}
    return {**inside, "services": services, "protection": False}


def _synth(folder: Path, declared: dict[str, Any], children: Children) -> Path:
    done = children.run(command(declared, folder), env=dict(os.environ))
    if done.returncode:
        raise CommandError("synth", done.stderr.strip(), "Run make synth, and mend what it says.")
    return folder / "generated"


def _another(place: Place) -> CommandError:
    holder = place.holder() or {}
    if "around" in holder:
        return CommandError(
            "make demo", f"A demo is up already (process {holder['pid']}).", str(holder["around"]).strip()
        )
    what = "A demo is on its way already, in another terminal."
    return CommandError("make demo", what, "Wait for it, or end it: make demo-down")
