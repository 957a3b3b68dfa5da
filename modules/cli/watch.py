"""`main.py --watch`: writes generated/ whenever what it is made of changes, by a process that has all imported already.

Each time is a fork of this process, which itself computes nothing: so what is written is what a run of its own writes.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from modules import generator, signature, terminal
from modules.cli.reported import say_mistake
from modules.errors import CommandError
from modules.signature import Signature
from modules.spec import text_file
from modules.synth import foreseen, warm

EVERY = 0.03  # seconds between two looks
Once = Callable[[argparse.Namespace], int]
Signatures = Mapping[str, Signature | None]
"""By path."""


def run(options: argparse.Namespace, once: Once) -> int:
    """Returns the exit code, after ctrl-C; raises CommandError where it can't be done."""
    if not hasattr(os, "fork"):
        raise CommandError("--watch", "It needs a system with processes as POSIX has them.", "Run `make synth`.")
    if options.check or getattr(options, "json", False):
        raise CommandError("--watch", "It goes with neither --check nor --json.", "Leave one of them out.")
    if not warm.load():
        raise CommandError("--watch", "It needs jsii with the changes that make it fast.", "Run `make synth`.")
    made_by = generator.digest()
    made_of: Signatures = {str(options.file): None}
    try:
        while True:
            made_of = _again(options, once, _signatures(made_of))
            warm.renew()
            _wait_for_change(made_of)
            generator.digest.cache_clear()
            if generator.digest() != made_by:
                _begin_anew()
    except KeyboardInterrupt:
        return 0


def _again(options: argparse.Namespace, once: Once, before: Signatures) -> Signatures:
    """Runs it in a fork; what that was made of, as it was before it was read."""
    began = time.monotonic()
    reads, writes = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    if (child := os.fork()) == 0:
        os.close(reads)
        _run_and_exit(options, once, writes)
    os.close(writes)
    try:
        with os.fdopen(reads, "rb") as pipe:
            named = pipe.read()
    finally:  # after ctrl-C too, which both get
        os.waitpid(child, 0)
    terminal.say(f"{time.monotonic() - began:.2f} s; waiting for the next change, until ctrl-C.")
    if not named:  # it was killed
        return before
    read = {file: found and tuple(found) for file, found in json.loads(named).items()}
    return {**read, str(options.file): before[str(options.file)]}


def _wait_for_change(made_of: Signatures) -> None:
    """And until it is done: an editor may empty a file before it writes, or put another one in its place."""
    before: Signatures = made_of
    while (now := _signatures(made_of)) == made_of or now != before:
        before = now
        time.sleep(EVERY)


def _run_and_exit(options: argparse.Namespace, once: Once, tells: int) -> NoReturn:
    """In the fork, which leaves without what the end of a program does: that is its parent's."""
    code = 1
    foreseen.begin_again()
    try:
        code = once(options)
    except CommandError as error:
        say_mistake(str(error))
    except KeyboardInterrupt:
        terminal.hide()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os.write(tells, json.dumps({str(file): found for file, found in text_file.read_here.items()}).encode())
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _signatures(files: Iterable[str]) -> Signatures:
    return {file: signature.of(file) for file in files}


def _begin_anew() -> NoReturn:
    """The same command by the generator as it is now."""
    import atexit

    terminal.say("The generator is another one now: starting again.")
    atexit._run_exitfuncs()
    os.execv(sys.executable, [sys.executable, *sys.argv])
