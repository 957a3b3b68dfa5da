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
READER, WRITER, SPEAKER, LISTENER, ALONE = "reader", "writer", "speaker", "listener", "alone"
PASSWORD = "token"
RULES = {
    OURS: access_string(f"{OURS}:"),
    OTHER: access_string(f"{OTHER}:"),
    # Use what is OURS.
    READER: access_string(f"{OURS}:", "read"),
    WRITER: access_string(f"{OURS}:", "write"),
    SPEAKER: access_string(f"{OURS}:", "write", pubsub=True),
    LISTENER: access_string(f"{OURS}:", "read", pubsub=True),
    ALONE: access_string("", pubsub=True),
}


class Server:
    """A server with a user for each rule; `run` logs in anew for each command."""

    def __init__(self, socket: Path):
        self.socket = socket

    def run(self, *command: str, user: str | None = OURS) -> str:
        login = ["--user", user, "--pass", PASSWORD, "--no-auth-warning"] if user else []
        line = ["redis-cli", "-s", str(self.socket), *login, *command]
        return subprocess.run(line, capture_output=True, text=True, timeout=10, check=True).stdout.strip()

    def subscribed(self, *command: str, user: str) -> bool:
        """Whether Redis confirms the subscription, which lasts until the connection ends."""
        sign_in = f"AUTH {user} {PASSWORD}"
        line = ["redis-cli", "-s", str(self.socket)]
        text = f"{sign_in}\n{' '.join(command)}\n"
        client = child_process.start(line, seconds=20, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert client.stdin
        assert client.stdout
        client.stdin.write(text)
        client.stdin.flush()
        said = [client.stdout.readline().strip() for _ in range(2)]
        assert said[0] == "OK", said
        assert said[1].lower() == command[0].lower() or said[1].startswith("NOPERM"), said
        return said[1].lower() == command[0].lower()


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
            for name, rule in RULES.items():
                line = ("ACL", "SETUSER", name, "reset", f">{PASSWORD}", *rule.split())
                assert server.run(*line, user=None) == "OK"
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


def test_who_reads_anothers_keys_changes_none_of_them(redis: Server) -> None:
    assert redis.run("SET", f"{OURS}:read", "1") == "OK"
    assert redis.run("GET", f"{OURS}:read", user=READER) == "1"
    assert redis.run("EVAL", "return redis.call('GET', KEYS[1])", "1", f"{OURS}:read", user=READER) == "1"
    script = "return redis.pcall('DEL', KEYS[1])['err'] and 'refused' or 'done'"
    assert redis.run("EVAL", script, "1", f"{OURS}:read", user=READER) == "refused"
    for command in (("SET", f"{OURS}:read", "2"), ("DEL", f"{OURS}:read"), ("EXPIRE", f"{OURS}:read", "1")):
        assert redis.run(*command, user=READER).startswith("NOPERM"), command
    assert redis.run("GET", f"{OTHER}:a", user=READER).startswith("NOPERM")


def test_who_writes_anothers_keys_touches_no_third_ones(redis: Server) -> None:
    assert redis.run("SET", f"{OURS}:written", "2", user=WRITER) == "OK"
    assert redis.run("GET", f"{OURS}:written") == "2"
    assert redis.run("SET", f"{OTHER}:a", "1", user=WRITER).startswith("NOPERM")


def test_channels_are_those_of_the_prefix_and_who_reads_only_listens(redis: Server) -> None:
    channel, other = f"{OURS}:news", f"{OTHER}:news"
    assert redis.run("PUBLISH", channel, "x", user=SPEAKER) == "0"
    assert redis.run("PUBLISH", other, "x", user=SPEAKER).startswith("NOPERM")
    assert redis.run("PUBLISH", channel, "x", user=LISTENER).startswith("NOPERM")
    assert redis.subscribed("SUBSCRIBE", channel, user=LISTENER)
    assert redis.subscribed("PSUBSCRIBE", f"{OURS}:*", user=LISTENER)
    assert not redis.subscribed("SUBSCRIBE", other, user=LISTENER)
    assert not redis.subscribed("PSUBSCRIBE", "*", user=LISTENER)
    assert redis.run("PUBSUB", "CHANNELS", user=SPEAKER).startswith("NOPERM")


def test_a_pattern_of_channels_is_the_prefix_with_an_asterisk_or_nothing(redis: Server) -> None:
    """Redis compares a pattern with the rule's as text: docs/reference/permissions.md says so."""
    assert not redis.subscribed("PSUBSCRIBE", f"{OURS}:news:*", user=LISTENER)


@pytest.mark.parametrize(
    "command",
    [
        ["SET", "any", "1"],
        ["SCAN", "0"],
        ["KEYS", "*"],
        ["CLIENT", "TRACKING", "OFF"],
        ["PUBLISH", "any", "1"],
        ["FLUSHDB"],
    ],
    ids=" ".join,
)
def test_who_has_the_cache_alone_needs_no_prefix(redis: Server, command: list[str]) -> None:
    assert not redis.run(*command, user=ALONE).startswith(("NOPERM", "ERR")), command


@pytest.mark.parametrize(
    "command", [["CONFIG", "GET", "*"], ["ACL", "LIST"], ["SHUTDOWN"], ["FUNCTION", "FLUSH"], ["MONITOR"]], ids=" ".join
)
def test_also_who_has_the_cache_alone_does_not_administer_it(redis: Server, command: list[str]) -> None:
    assert redis.run(*command, user=ALONE).startswith("NOPERM"), command
