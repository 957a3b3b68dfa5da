"""Brings a demo up: Terraform JSON, emulators, every stack; shows it, and leaves the emulators running."""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from ruamel.yaml import YAML

from modules.spec.check import check
from modules.trouble import Trouble
from tests.binaries import binaries
from tests.control_plane import PROGRAMS

from . import loopback, show
from .deploy import Cluster, Terraform, deploy
from .emulators import ROOT, Emulators
from .interrupt import Children, Stopped
from .place import Place, tell
from .progress import Progress

WHOLE = "Terraform has found hashicorp/kubernetes and hashicorp/helm: cdktf deploy brings up each stack as it is."
HALVES = (
    "Terraform finds no hashicorp/kubernetes and hashicorp/helm here: it applies the AWS half of each stack, and "
    "kubectl and the helm CLI install the rest, with the values that it evaluated."
)


def up(place: Place) -> None:
    if not shutil.which("terraform"):
        raise Trouble("terraform", "There is no terraform on PATH.", "Install Terraform 1.11 or newer.")
    lock = place.take()
    if not lock:
        raise _another(place)
    with lock:
        try:
            binaries(PROGRAMS)  # what is not built yet takes minutes, under the user's eyes
            _bring_up(place, lock)
        except (KeyboardInterrupt, Stopped):
            place.remove()
            raise


def _bring_up(place: Place, lock: IO[str]) -> None:
    system = _system()
    emulators = Emulators(place.folder, system["project"], lock)
    with Children() as children, children.stop_at_signals(emulators.process.terminate):
        try:
            _deploy_and_show(place, system, children, emulators, lock)
        except BaseException:
            emulators.stop()
            if not children.interrupted:
                raise
    if children.interrupted:
        raise Stopped


def _deploy_and_show(
    place: Place, system: dict[str, Any], children: Children, emulators: Emulators, lock: IO[str]
) -> None:
    with Progress(Console(file=sys.stderr)) as progress:
        progress.begin("synth", "python main.py")
        generated = _synth(place.folder, system, children)
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
        progress.say(HALVES if terraform.halved else WHOLE)
        deploy(terraform, cluster, progress)
        environment = place.folder / "environment"
        show.write_environment(environment, cluster, aws, system["region"])
        show.show(Console(), terraform, cluster, progress, aws, system["region"])
    around = show.how_to_look_around(environment, aws["AWS_ENDPOINT_URL"], system["project"])
    tell(lock, pid=emulators.process.pid, around=around)
    emulators.stay()
    print(around)


def _system() -> dict[str, Any]:
    file = ROOT / "services.yaml"
    checked = check(file, datetime.now(UTC).date())
    if checked.mistakes:
        said = "\n  ".join(checked.render(mistake) for mistake in checked.mistakes)
        raise Trouble(file.name, said, "Correct it; make synth checks it too.")
    return dict(YAML(typ="safe").load(file.read_text()))


def _synth(folder: Path, system: dict[str, Any], children: Children) -> Path:
    """The shipped system, but allowed to be destroyed."""
    file, out = folder / "services.yaml", folder / "generated"
    YAML(typ="safe").dump({**system, "protection": False}, file)
    command = [sys.executable, str(ROOT / "main.py"), "--file", str(file), "--out", str(out)]
    done = children.run(command, env=dict(os.environ))
    if done.returncode:
        raise Trouble("synth", done.stderr.strip(), "Run make synth, and mend what it says.")
    return out


def _another(place: Place) -> Trouble:
    holder = place.holder() or {}
    if "around" in holder:
        return Trouble("make demo", f"A demo is up already (process {holder['pid']}).", str(holder["around"]).strip())
    what = "A demo is on its way already, in another terminal."
    return Trouble("make demo", what, "Wait for it, or end it: make demo-down")
