"""Lets Node start and load the assemblies while Python imports the classes; the first other request waits for both."""

import atexit
import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from jsii._runtime import kernel

from modules.bindings.loader.patches import Patches


def load_in_background(patches: Patches) -> None:
    patches.replace(kernel, "provider", _LoadsInBackground(kernel.provider))


# How long an exit waits for a process that is just being started.
START_SECONDS = 5.0


class _LoadsInBackground:
    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._thread = ThreadPoolExecutor(max_workers=1)
        # Asking for the process starts it.
        self._start = self._thread.submit(getattr, provider, "_process", None)
        self._loads: list[Future[Any]] = [self._start]
        atexit.register(self._end)

    def load(self, request: Any) -> None:
        self._loads.append(self._thread.submit(self._load_when_started, request))

    def _load_when_started(self, request: Any) -> Any:
        # Where the start failed, its error is raised here too, instead of another start.
        self._start.result()
        return self._provider.load(request)

    def _end(self) -> None:
        """Ends a process that is still starting; otherwise it would start while its folder is being removed."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        with contextlib.suppress(Exception):
            if process := self._start.result(START_SECONDS):
                process.stop()

    def __getattr__(self, request: str) -> Any:
        while self._loads:
            self._loads.pop(0).result()
        return getattr(self._provider, request)
