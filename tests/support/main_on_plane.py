"""main.py in front of a control plane of the tests: `python -m tests.support.main_on_plane KUBECONFIG WORD …`.

Who is logged in where is left out: the cluster is that of the file, and the AWS account is nobody's.
"""

import runpy
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modules.checks.check import check
from modules.cli import in_cluster
from modules.cli.account_of import AccountOf
from modules.deploy import environments
from modules.doctor.account import Account
from modules.operate.cluster import Cluster
from modules.paths import ROOT
from tests.support.control_plane import kubeconfig


def _account_of(file: Path, where: str, environment: str | None = None) -> AccountOf:
    checked = check(file, datetime.now(UTC).date())
    spec = environments.named(checked, environment)
    return AccountOf(checked, spec, Account(spec.region))


if __name__ == "__main__":
    api = kubeconfig.api(Path(sys.argv[1]))

    def _connect(spec: Any, account: Any, command: str) -> Cluster:
        return Cluster(api, command)

    vars(in_cluster).update(account_of=_account_of, connect=_connect)
    sys.argv = ["main.py", *sys.argv[2:]]
    runpy.run_path(str(ROOT / "main.py"), run_name="__main__")
