"""From YAML to the model and the permission statements nothing imports cdktf: a mistake is said in milliseconds."""

import subprocess
import sys

from modules.paths import ROOT


def test_checking_a_file_loads_neither_cdktf_nor_jsii() -> None:
    code = (
        "import sys, modules.checks.check, modules.permissions, modules.design;"
        "import modules.reports.matrix, modules.design.connectivity, modules.design.helm_values;"
        "print([name for name in sys.modules if name.split('.')[0] in ('cdktf', 'jsii', 'constructs')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_the_bindings_package_imports_the_bindings() -> None:
    importers = {
        path.relative_to(ROOT).parts[1]
        for path in (ROOT / "modules").rglob("*.py")
        if any(
            line.startswith(("from cdktf", "import cdktf")) for line in path.read_text(encoding="utf-8").splitlines()
        )
    }
    assert importers == {"bindings"}
