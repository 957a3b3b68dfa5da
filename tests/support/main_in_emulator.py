"""main.py in an emulated AWS: `python -m tests.support.main_in_emulator main.py WORD …`.

What `make doctor` asks of an account before a deployment is left out: the emulator has no quotas.
"""

import runpy
import sys

from modules.doctor import examine, finding
from modules.paths import ROOT

if __name__ == "__main__":
    vars(examine).update(ACCOUNT={}, log_in=lambda spec: (None, finding.ok("account 111122223333")))
    del sys.argv[0]
    runpy.run_path(str(ROOT / "main.py"), run_name="__main__")
