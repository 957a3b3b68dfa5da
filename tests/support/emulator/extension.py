"""Puts our classes in the place of moto's, so that every request and every other service of moto meets them."""

import re
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import BaseResponse


def extend(service: str, response: type[BaseResponse], backend: type[BaseBackend] | None = None) -> None:
    """Let `response` answer all requests for a service that moto has, and `backend` keep its state."""
    urls = import_module(f"moto.{service}.urls")
    _route(urls, response)
    if backend:
        backends: BackendDict[Any] = getattr(import_module(f"moto.{service}.models"), f"{service}_backends")
        backends.backend = backend
        _own_urls(backend, urls)


def add(service: str, response: type[BaseResponse], backends: BackendDict[Any]) -> None:
    """Add a service that moto lacks, under the name that AWS's signatures carry."""
    name = service.replace("-", "")
    urls = ModuleType(f"moto.{name}.urls")
    urls.url_bases = [rf"https?://{service}\.(.+)\.amazonaws\.com"]
    _route(urls, response)
    _own_urls(backends.backend, urls)
    module = ModuleType(f"moto.{name}")
    setattr(module, f"{name}_backends", backends)
    sys.modules[module.__name__] = module
    backend_index.backend_url_patterns.append((name, re.compile(urls.url_bases[0])))


def _route(urls: ModuleType, response: type[BaseResponse]) -> None:
    urls.url_paths = {"{0}/$": response.dispatch, "{0}/.*": response.dispatch}


def _own_urls(backend: type[BaseBackend], urls: ModuleType) -> None:
    """moto finds a backend's routes by the name of the module it stands in, which ours do not share."""
    backend._url_module = urls
