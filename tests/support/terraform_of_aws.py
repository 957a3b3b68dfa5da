"""terraform without providers for Kubernetes and Helm: `python -m tests.support.terraform_of_aws PROGRAM WORD …`.

The program runs on the AWS half of the stack in the working directory.
"""

import json
import os
import sys
from pathlib import Path

from tests.support import without_kubernetes

if __name__ == "__main__":
    file = Path("cdk.tf.json")
    if file.is_file():
        file.write_text(json.dumps(without_kubernetes.of(json.loads(file.read_text()))))
    os.execv(sys.argv[1], sys.argv[1:])
