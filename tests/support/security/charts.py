"""The charts of a generated tree as helm renders them, without the values that only Terraform knows."""

import re
import subprocess
from pathlib import Path

from ruamel.yaml import YAML

from modules.paths import ROOT
from tests.support.go_tools import binary

# Values file of a stack -> the chart that it is for. The other values files are for charts that others publish.
CHARTS = {
    "values.yaml": "microservice",
    "network.values.yaml": "microservice-network",
    "database-users.values.yaml": "database-users",
    "job-watcher.values.yaml": "job-watcher",
    "team-access.values.yaml": "team-access",
}
SYSTEM = ("database-users", "job-watcher", "team-access")  # releases that live in kube-system


def rendered(generated: Path) -> dict[str, str]:
    """What the releases of each stack bring, in YAML: one may speak of what another brings."""
    charts = generated / "charts" if (generated / "charts").is_dir() else ROOT / "charts"
    texts: dict[str, list[str]] = {}
    for file in sorted(generated.glob("stacks/*/*values.yaml")):
        if chart := CHARTS.get(file.name):
            texts.setdefault(file.parent.name, []).append(_template(charts / chart, file))
    return {stack: "---\n".join(parts) for stack, parts in texts.items()}


def _template(chart: Path, values: Path) -> str:
    text = _filled(values.read_text(encoding="utf-8"))
    name = chart.name if chart.name in SYSTEM else YAML(typ="safe").load(text)["service"]
    namespace = "kube-system" if chart.name in SYSTEM else name
    # Their schemas want ARNs and ids where a placeholder's name is.
    options = [f"--namespace={namespace}", "--values=-", "--skip-schema-validation"]
    command = [binary("helm"), "template", name, str(chart), *options]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"helm could not render {chart.name} with {values}: {done.stderr}")
    return done.stdout


def _filled(text: str) -> str:
    """With the name of each value that only Terraform knows in its place."""
    filled = re.sub(r"(?<!\$)\$\{(\w+)\}", r"\1", text)
    return filled.replace("$${", "${").replace("%%{", "%{")
