"""What the access string of a service's user allows and refuses, on a real Redis."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from modules.permissions.redis import access_string
from tests.support import child_process
from tests.support.tool_missing import ToolMissing

OURS, OTHER = "user-service", "order-service"
PASSWORD = "token"


class Server:
    """A server with a user for each of two services; `run` logs in anew for each command."""

    def __init__(self, socket: Path):
        self.socket = socket

    def run(self, *command: str, user: str | None = OURS) -> str:
        login = ["--user", user, "--pass", PASSWORD, "--no-auth-warning"] if user else []
        line = ["redis-cli", "-s", str(self.socket), *login, *command]
        return subprocess.run(line, capture_output=True, text=True, timeout=10, check=True).stdout.strip()


@pytest.fixture(scope="module")
def redis() -> Iterator[Server]:
    if not shutil.which("redis-server"):
        raise ToolMissing("redis-server is not on PATH: install Redis 7 (apt install redis-server)")
    with TemporaryDirectory(prefix="redis") as folder:  # a socket's path is short
        socket = Path(folder, "socket")
        options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", folder]
        command = ["redis-server", *options]
        server = Server(socket)
        with child_process.running(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            _wait(server, process)
            for name in (OURS, OTHER):
                rules = access_string(name).split()
                assert server.run("ACL", "SETUSER", name, "reset", f">{PASSWORD}", *rules, user=None) == "OK"
            yield server


def _wait(server: Server, process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with suppress(subprocess.CalledProcessError):
            if server.run("PING", user=None) == "PONG":
                return
        assert process.poll() is None, "Redis ended before it answered"
        time.sleep(0.1)
    raise TimeoutError("Redis did not answer within 20 s")


def test_a_service_works_with_the_keys_of_its_prefix(redis: Server) -> None:
    assert redis.run("SET", f"{OURS}:a", "1") == "OK"
    assert redis.run("GET", f"{OURS}:a") == "1"
    assert redis.run("EVAL", "return redis.call('GET', KEYS[1])", "1", f"{OURS}:a") == "1"
    assert redis.run("CLIENT", "SETNAME", "user-service") == "OK"
    assert "redis_version:7" in redis.run("INFO", "server")


@pytest.mark.parametrize(
    "command",
    [
        ["GET", f"{OTHER}:a"],
        ["SET", f"{OTHER}:a", "1"],
        ["EVAL", "return redis.call('GET', KEYS[1])", "1", f"{OTHER}:a"],
        ["SCAN", "0"],
        ["KEYS", "*"],
        ["RANDOMKEY"],
        ["CLIENT", "TRACKING", "ON", "BCAST"],
        ["FUNCTION", "LOAD", "#!lua name=a\nredis.register_function('f', function() return 1 end)"],
        ["FUNCTION", "DELETE", "a"],
        ["FUNCTION", "FLUSH"],
        ["FLUSHALL"],
        ["SCRIPT", "FLUSH"],
        ["CONFIG", "GET", "*"],
        ["ACL", "LIST"],
        ["CLIENT", "LIST"],
        ["MONITOR"],
        ["SUBSCRIBE", "a"],
        ["PUBLISH", "a", "b"],
    ],
    ids=" ".join,
)
def test_what_reaches_beyond_its_keys_is_refused(redis: Server, command: list[str]) -> None:
    assert redis.run(*command).startswith("NOPERM"), command
