"""Its first line of stdout is JSON that the demo reads."""

import subprocess
import sys

from modules.paths import ROOT

TALKS = """
import os
from demo.serve import stdout_for_the_answer
answer = stdout_for_the_answer()
print("a library", flush=True)
os.system("echo an installer")
print("the answer", file=answer, flush=True)
"""


def test_only_the_answer_is_on_stdout() -> None:
    done = subprocess.run([sys.executable, "-c", TALKS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "the answer\n"
    assert done.stderr == "a library\nan installer\n"
