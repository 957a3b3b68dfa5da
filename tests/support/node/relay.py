"""Carries TCP connections from a port of one network namespace to the same port of another."""

import ctypes
import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

CLONE_NEWNET = 0x40000000  # linux/sched.h
_libc = ctypes.CDLL(None, use_errno=True)


class Side(NamedTuple):
    """An IPv4 address in a network namespace, such as that of /proc/1/ns/net."""

    namespace: Path
    host: str


def relay(port: int, listen: Side, connect: Side) -> None:
    """Until this process ends. Raises OSError where it can't listen."""
    server = _in(listen.namespace, lambda: socket.create_server((listen.host, port)))
    threading.Thread(target=_accept, args=(server, port, connect), daemon=True).start()


def _in(namespace: Path, make):  # type: ignore[no-untyped-def]
    """What `make` makes in a thread of that namespace: a socket stays in it."""
    made: list[socket.socket] = []
    failed: list[OSError] = []

    def run() -> None:
        try:
            enter(namespace)
            made.append(make())
        except OSError as failure:
            failed.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return made[0]


def enter(namespace: Path) -> None:
    """Moves this thread, and no other, into a network namespace."""
    with namespace.open("rb") as file:
        if _libc.setns(file.fileno(), CLONE_NEWNET):
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error), str(namespace))


def _accept(server: socket.socket, port: int, to: Side) -> None:
    enter(to.namespace)
    for client, _ in iter(server.accept, None):
        threading.Thread(target=_serve, args=(client, port, to), daemon=True).start()


def _serve(client: socket.socket, port: int, to: Side) -> None:
    with client, suppress(OSError):
        enter(to.namespace)
        with socket.create_connection((to.host, port), timeout=10) as server:
            server.settimeout(None)
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            _pump(client, server)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
