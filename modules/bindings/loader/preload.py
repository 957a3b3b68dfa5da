"""Lets Node start and load the assemblies while Python imports the classes; the first other request waits for both."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


def load_in_background(kernel: Any) -> None:
    kernel.provider = _LoadsInBackground(kernel.provider)


class _LoadsInBackground:
    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._thread = ThreadPoolExecutor(max_workers=1)
        # Asking for the process starts it.
        self._loads: list[Future[Any]] = [self._thread.submit(getattr, provider, "_process", None)]

    def load(self, request: Any) -> None:
        self._loads.append(self._thread.submit(self._provider.load, request))

    def __getattr__(self, request: str) -> Any:
        while self._loads:
            self._loads.pop(0).result()
        return getattr(self._provider, request)
