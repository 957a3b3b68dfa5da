"""Whatever is handed to main.py, it answers within 5 s of processor time and 300 MB, and lists 100 mistakes at most.

Seconds of a machine on which the YAML library reads VALUES in ORDINARY seconds: where others work, too, it takes up to
three times as long, and so does all else.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from modules import user_cache
from modules.paths import ROOT
from tests.support import child_process

SECONDS, MEGABYTES, WAIT = 5, 300, 120
# As modules/spec/yaml_text.py says: 120,000 in about 3 s.
VALUES, ORDINARY = 10_000, 0.25
HEAD = "project: shop\nregion: eu-west-1\n"
MANY, ALL = 20_000, range(300)


class Answer(NamedTuple):
    code: int
    said: str
    seconds: float
    megabytes: float


# Prints what a command used. One that goes wrong must not take the machine with it.
MEASURED = f"""
import gc, resource, subprocess, sys, time
from ruamel.yaml import YAML
resource.setrlimit(resource.RLIMIT_CPU, ({WAIT}, {WAIT}))
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
gc.disable()
def reads():
    start = time.process_time()
    YAML(typ="safe", pure=True).compose("[" + "a, " * {VALUES} + "a]")
    return time.process_time() - start
before = reads()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, timeout={WAIT}).returncode
slower = max(1, max(before, reads()) / {ORDINARY})
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, (used.ru_utime + used.ru_stime) / slower, used.ru_maxrss / 1024)
"""


def answer(file: Path, out: Path) -> Answer:
    command = [sys.executable, "main.py", "--file", str(file), "--out", str(out / "generated")]
    measured = [sys.executable, "-c", MEASURED, *command]
    # With a cache folder of its own: what an earlier run has read of a text is kept.
    environment = os.environ | {user_cache.VARIABLE: str(out / "cache")}
    process = child_process.start(measured, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    told, said = process.communicate(timeout=2 * WAIT)
    code, seconds, megabytes = told.split()
    return Answer(int(code), said, float(seconds), float(megabytes))


def calls(names: str) -> str:
    return "services:\n" + "".join(
        f"  s{one}: {{calls: [{', '.join(f'{names}{other}' for other in ALL if other != one)}]}}\n" for one in ALL
    )


def deliveries() -> str:
    others = {one: ", ".join(f"s{other}" for other in ALL if other != one) for one in ALL}
    return "services:\n" + "".join(
        f"  s{one}: {{aws: {{sns: , sqs: {{subscribe: [{others[one]}]}}}}}}\n" for one in ALL
    )


TEXTS = {
    "nothing": ("", "The file is empty"),
    "50 MB": ("a: b\n" * 10_000_000, "larger than 1048576 bytes"),
    "deep": ("a: " + "[" * 10_000 + "]" * 10_000, "This is nested too deeply."),
    "a million brackets": ("[" * 1_000_000, "This is nested too deeply."),
    "keys at the top": (HEAD + "services: {}\n" + "".join(f"x{n}: 1\n" for n in range(MANY)), "20000 mistakes"),
    "keys of a service": (
        HEAD + "services:\n  a:\n" + "".join(f"    x{n}: 1\n" for n in range(MANY)),
        "19900 more are not listed: fix these first, and run this again.",
    ),
    "one key again and again": (HEAD + "services: {}\n" + "x: 1\n" * MANY, "20000 mistakes"),
    "wrong services": (HEAD + "services:\n" + "".join(f"  s{n}: {{pods: x}}\n" for n in range(5000)), "5000 mistakes"),
    "all deliver to each other": (
        HEAD + deliveries(),
        "These services refer to each other in a cycle: s0 → s1 → s0.",
    ),
    "all call nobody": (HEAD + calls("x"), 'There is no service "x1".'),
    "a chain with an end that is missing": (
        HEAD + "services:\n" + "".join(f"  s{n}: {{calls: [s{n + 1}]}}\n" for n in range(3000)),
        'There is no service "s3000".',
    ),
    "routes": (
        HEAD
        + "services:\n"
        + "".join(f"  s{one}: {{path: [{', '.join(f'/p{one}/q{n}' for n in range(60))}]}}\n" for one in range(90)),
        "both get priority",
    ),
    "codes": (HEAD + "services: {}\naccept: [" + "x, " * 50_000 + "x]\n", 'There is no warning "x".'),
    "a long word": (f"{HEAD}services: {{}}\n{'x' * 1_000_000}: 1\n", "mistake"),
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_answered_in_bounds(text: str, tmp_path: Path) -> None:
    content, words = TEXTS[text]
    file = tmp_path / "services.yaml"
    file.write_text(content)
    found = answer(file, tmp_path)
    assert found.code == 1, found.said[-2000:]
    assert words in found.said
    assert "Traceback" not in found.said
    assert len(found.said.splitlines()) <= 3 * 100 + 2
    assert found.seconds < SECONDS
    assert found.megabytes < MEGABYTES


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom", "/dev/null", "pipe"])
def test_a_device_or_a_pipe_is_not_read(device: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found = answer(tmp_path / device, tmp_path)
    assert found.code == 1
    assert "can't be read: it is a device or a pipe, not a regular file." in found.said
    assert "--file PATH" in found.said
    assert found.seconds < SECONDS
    assert found.megabytes < MEGABYTES
