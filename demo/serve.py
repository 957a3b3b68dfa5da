"""Holds the emulated AWS and the control plane behind its EKS cluster until told to stop.

Says on stdout where they are, and ends with who started it unless that has said something by then.
"""

import json
import signal
import sys
from pathlib import Path
from typing import NoReturn

from tests.support.control_plane import ControlPlane
from tests.support.emulator import as_deployer, emulated_aws, issuer, lead_to


def main(folder: Path, cluster: str, region: str) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    log, plane_folder = folder / "aws.log", folder / "control-plane"
    plane_folder.mkdir()
    with emulated_aws(log) as aws:
        deployer = {**as_deployer(aws), "AWS_REGION": region}
        tokens_of = issuer(region)
        with ControlPlane(folder=plane_folder, aws=deployer, cluster_name=cluster, issuer=tokens_of) as plane:
            lead_to(log, plane.endpoint, plane.ca_pem, plane.issuer)
            print(json.dumps({"aws": deployer, "kubeconfig": str(plane.kubeconfig)}), flush=True)
            if sys.stdin.readline():
                signal.pause()


def _end(*_: object) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
