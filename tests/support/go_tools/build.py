"""Builds programs of a Go module into the user's cache: once for the same module, Go and flags, by one process."""

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from . import changed_source

FLAGS = ("-trimpath", "-buildvcs=false", "-mod=readonly")
ENVIRONMENT = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}
# Without a stamp, Kubernetes calls itself v0.0.0-master+$Format:%H$, which clients refuse to parse, helm takes
# the cluster of `helm template` for 1.20, and OpenTofu calls itself a pre-release, which `required_version` refuses.
COMPONENT = "k8s.io/component-base/version"
HELM = "helm.sh/helm/v3"
STAMPS = {
    "k8s.io/kubernetes": {
        f"{COMPONENT}.gitVersion": "v{0}",
        f"{COMPONENT}.gitMajor": "{1}",
        f"{COMPONENT}.gitMinor": "{2}",
    },
    "helm.sh/helm/v3": {f"{HELM}/internal/version.version": "v{0}"},
    "github.com/opentofu/opentofu": {"github.com/opentofu/opentofu/version.dev": "no"},
    "k8s.io/client-go": {
        f"{HELM}/pkg/{package}.k8sVersionM{part}": value
        for package in ("chartutil", "lint/rules")
        for part, value in (("ajor", "1"), ("inor", "{2}"))
    },
}
SECONDS_TO_BUILD = 3600
SECONDS_TO_END = 30
USED = "used"
SECONDS_UNUSED = 24 * 3600  # another checkout may be of the older version
# containerd's support of btrfs is in C.
TAGS = {"github.com/containerd/containerd/v2": "no_btrfs"}
EVERY = 30  # seconds between lines of progress where nobody watches a terminal


class BuildFailed(RuntimeError):
    """Go could not build; the message is what it said."""


def built(module: Path, packages: dict[str, str]) -> dict[str, Path]:
    """The programs of these packages, by name."""
    go_mod = (module / "go.mod").read_text()
    tags = [f"-tags={tag}" for name, tag in TAGS.items() if f"{name} v" in go_mod]
    flags = [*FLAGS, *tags, "-ldflags", " ".join(["-s", "-w", *_stamps(go_mod)])]
    folder = cache_folder() / f"{module.name}-{_key(module, flags)}"
    programs = {name: folder / name for name in packages}
    _use(folder)
    if all(program.exists() for program in programs.values()):
        return programs
    with _alone(folder):
        lacking = {name: packages[name] for name, program in programs.items() if not program.exists()}
        if lacking:
            _build(module, flags, lacking, folder)
            _remove_older(folder)
    return programs


def _use(folder: Path) -> None:
    """Holds a shared lock until this process ends, so that no other removes the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    used = os.open(folder / USED, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC)
    os.utime(used)
    fcntl.flock(used, fcntl.LOCK_SH)


def _remove_older(folder: Path) -> None:
    """Removes what was built from other versions of the same module, unless it is in use or was within a day."""
    module = folder.name.rpartition("-")[0]
    for other in folder.parent.glob(f"{module}-*"):
        if other == folder or not re.fullmatch(rf"{re.escape(module)}-[0-9a-f]{{16}}", other.name):
            continue
        if max(file.stat().st_mtime for file in (other, *other.iterdir())) > time.time() - SECONDS_UNUSED:
            continue
        with suppress(BlockingIOError), (other / USED).open("a") as used:
            fcntl.flock(used, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(other, ignore_errors=True)
            print(f"Removed {other}, which is of an older version and was not used for a day.", file=sys.stderr)


def cache_folder() -> Path:
    """Where built and installed programs are kept."""
    if named := os.environ.get("EKS_FARGATE_TERRAFORM_CACHE"):
        return Path(named).absolute() / "binaries"
    users = os.environ.get("XDG_CACHE_HOME")
    return (Path(users) if users else Path.home() / ".cache") / "eks-fargate-terraform" / "binaries"


def _stamps(go_mod: str) -> Iterator[str]:
    for module, values in STAMPS.items():
        if found := re.search(rf"^\s*{re.escape(module)} v((\d+)\.(\d+)\S*)", go_mod, re.MULTILINE):
            yield from (f"-X {variable}={value.format(*found.groups())}" for variable, value in values.items())


def _key(module: Path, flags: list[str]) -> str:
    command = ["go", "env", "GOVERSION", "GOOS", "GOARCH"]
    go = subprocess.run(command, cwd=module, capture_output=True, text=True, check=False)
    if go.returncode:
        raise BuildFailed(go.stderr)  # such as a Go that is too old for this go.mod
    own = sorted(module.rglob("*.go"))  # of modules that are a program of ours
    parts = [path.read_text() for path in (module / "go.mod", module / "go.sum", *own)]
    parts += [go.stdout, *flags, str(ENVIRONMENT)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Another process builds {folder.name}: waiting for it ...", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(module: Path, flags: list[str], packages: dict[str, str], folder: Path) -> None:
    with TemporaryDirectory(dir=folder) as staging, TemporaryDirectory(dir=folder) as copy:
        if changed_source.is_one(module):
            try:
                changed_source.copy(module, Path(copy))
            except changed_source.NotTheSource as reason:
                raise BuildFailed(str(reason)) from reason
            module = Path(copy)
        log = Path(staging, "log")
        command = ["go", "build", "-v", *flags, "-o", f"{staging}/", *packages.values()]
        with log.open("w") as said:
            process = subprocess.Popen(
                command, cwd=module, env=os.environ | ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        try:
            _watch(process, f"Building {', '.join(packages)}", log)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)  # at which Go removes what it had written
                try:
                    process.wait(SECONDS_TO_END)
                finally:
                    process.kill()
                    process.wait(SECONDS_TO_END)
        if process.returncode:
            raise BuildFailed(f"{' '.join(command)}\nin {module} ended with {process.returncode}:\n{_last(log, 20)}")
        for name, package in packages.items():
            Path(staging, _file(package)).replace(folder / name)


def _file(package: str) -> str:
    """What Go calls the program of a package: its last part that is not the major version."""
    return re.sub(r"/v\d+$", "", package).rpartition("/")[2]


def _watch(process: subprocess.Popen[bytes], what: str, log: Path) -> None:
    started, terminal = time.monotonic(), sys.stderr.isatty()
    while (seconds := time.monotonic() - started) < SECONDS_TO_BUILD:
        packages = len(log.read_text().splitlines())
        line = f"{what}: {seconds:.0f} s, {packages} packages"
        print(f"\r{line}" if terminal else line, end="" if terminal else "\n", file=sys.stderr, flush=True)
        try:
            process.wait(1 if terminal else EVERY)
            break
        except subprocess.TimeoutExpired:
            continue
    else:
        raise BuildFailed(f"{what}: not done after {SECONDS_TO_BUILD} s:\n{_last(log, 20)}")
    print(f"{chr(13) if terminal else ''}{what}: done in {time.monotonic() - started:.0f} s", file=sys.stderr)


def _last(log: Path, lines: int) -> str:
    return "\n".join(log.read_text().splitlines()[-lines:])
