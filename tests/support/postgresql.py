"""A PostgreSQL of its own for the tests, set up as RDS sets up one: the master user is no superuser."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support import child_process, self_signed
from tests.support.tool_missing import ToolMissing

PORT = 5432
DATABASE, MASTER, SUPERUSER, TOKEN = "shop", "master", "postgres", "token"
DEBIAN = Path("/usr/lib/postgresql")
# PostgreSQL does not run as root.
USER: dict[str, Any] = (
    {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
)


class Refused(Exception):
    """The words with which PostgreSQL refused a statement or a login."""


def debian(_: Path) -> Path:
    """Where initdb, postgres and psql are: Debian's psql on PATH is a wrapper that looks for a server of Debian's."""
    versions = sorted(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    initdb = shutil.which("initdb") or shutil.which("initdb", path=os.pathsep.join(map(str, versions)))
    if not initdb:
        raise ToolMissing(f"initdb is neither on PATH nor below {DEBIAN}: install PostgreSQL (apt install postgresql)")
    return Path(initdb).resolve().parent


class Server:
    """A running server; `run` logs in anew for each statement, as the Data API does."""

    def __init__(self, folder: Path, programs: Path, port: int) -> None:
        self.folder, self.programs, self.log, self.port = folder, programs, folder / "log", port
        said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        self.version = int(re.findall(r"\d+", said)[0])

    def run(self, statement: str, *, role: str, database: str = DATABASE, password: str = "") -> str:
        if role == MASTER:
            statement = _GRANT_IAM.sub(r"PERFORM rds.grant_iam('\1')", statement)
        command = [*self._client, "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(
            [*command, f"--username={role}", f"--dbname={database}", f"--command={statement}"],
            env={"PATH": os.environ["PATH"], "PGPASSWORD": password, "PGOPTIONS": "-c client_min_messages=warning"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        said = (done.stderr if done.returncode else done.stdout).strip()
        print(
            f"PostgreSQL {self.version}, {role}> {_shortened(statement)}\n  {_shortened(said) or 'done'}"
        )  # pytest -s
        if done.returncode:
            raise Refused(done.stderr)
        return str(said)

    @contextmanager
    def session(self, *, role: str, password: str, database: str = DATABASE) -> Iterator[None]:
        """Somebody is logged in during the block."""
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": {**os.environ, "PGPASSWORD": password}}
        line = [*self._client, f"--username={role}", f"--dbname={database}"]
        with child_process.running(line, **options) as client:
            assert client.stdin
            assert client.stdout
            client.stdin.write("SELECT 'here';\n")
            client.stdin.flush()
            assert client.stdout.readline() == "here\n"
            yield

    @property
    def _client(self) -> list[str]:
        where = (f"--host={self.folder}", f"--port={self.port}")
        return [str(_psql()), "--no-psqlrc", "--no-password", "-Atq", *where]

    def set_up(self, database: str) -> None:
        """What RDS has before the first service; rds_iam is the group of those who log in with a token only."""
        for statement in (
            "CREATE ROLE rds_iam",
            f"CREATE ROLE {MASTER} LOGIN CREATEROLE CREATEDB",
            f"CREATE DATABASE {database} OWNER {MASTER}",
            f"ALTER DATABASE postgres OWNER TO {MASTER}",
        ):
            self.run(statement, role=SUPERUSER, database="postgres")
        for statement in (
            "CREATE SCHEMA rds",
            f"GRANT USAGE ON SCHEMA rds TO {MASTER}",
            """CREATE FUNCTION rds.grant_iam(role text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
               AS $$ BEGIN EXECUTE format('GRANT rds_iam TO %s', role); END $$""",
        ):
            self.run(statement, role=SUPERUSER, database=database)


# RDS lets its master grant rds_iam without being a member of it. PostgreSQL's own way, ADMIN OPTION, would make it one.
_GRANT_IAM = re.compile(r"\bGRANT rds_iam TO (\S+?)(?=;|$)")
# As the documentation of RDS has it: members of rds_iam, direct or not, log in by their token alone.
_HBA = "local all +rds_iam scram-sha-256\nlocal all all trust\n"


def _shortened(text: str) -> str:
    return textwrap.shorten(text, 160, placeholder=" …")


def _psql() -> Path:
    """Debian's own: the other packages have none. It speaks to servers of any version."""
    return debian(Path()) / "psql"


@contextmanager
def started(
    programs: Callable[[Path], Path] = debian,
    database: str = DATABASE,
    *,
    with_password: Sequence[str] = (),
    settings: Sequence[str] = (),
    tcp_port: int | None = None,
) -> Iterator[Server]:
    """A server of the programs in the folder that `programs` returns; it is given one to put them into.

    These roles log in `with_password`; others but members of rds_iam without any. On `tcp_port` of the loopback
    interface all do, by TLS alone.
    """
    with TemporaryDirectory(prefix="pg") as name:  # a socket's path is short
        folder = Path(name)
        if USER:
            shutil.chown(folder, USER["user"])
        server = Server(folder, programs(folder), tcp_port or PORT)
        data = folder / "data"
        initdb = [
            str(server.programs / "initdb"),
            f"--pgdata={data}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--no-sync",
        ]
        subprocess.run(initdb, cwd=folder, capture_output=True, check=True, timeout=120, **USER)
        by_password = f"local all {','.join(with_password)} scram-sha-256\n" if with_password else ""
        (data / "pg_hba.conf").write_text(by_password + _HBA)
        options = (f"unix_socket_directories={folder}", "fsync=off", *settings, *_listening(data, tcp_port))
        stderr = server.log.open("w")
        postgres = subprocess.Popen(
            [
                str(server.programs / "postgres"),
                "-D",
                str(data),
                *(word for option in options for word in ("-c", option)),
            ],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            **USER,
        )
        stderr.close()
        try:
            _wait(server, postgres)
            server.set_up(database)
            yield server
        finally:
            postgres.send_signal(signal.SIGINT)  # ends its sessions, then itself
            try:
                postgres.wait(30)
            finally:
                postgres.kill()
                postgres.wait(30)


def _listening(data: Path, port: int | None) -> Sequence[str]:
    """Settings of a server that takes connections by TCP, with what it needs for that in its folder."""
    if port is None:
        return ("listen_addresses=",)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "postgresql")])
    for file, content in {
        "server.key": self_signed.private_key(key),
        "server.crt": self_signed.certificate(key, name, timedelta(days=1)),
    }.items():
        path = data / file
        path.touch(mode=0o600)
        path.write_bytes(content)
        if USER:
            shutil.chown(path, USER["user"])
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("hostssl all all 127.0.0.1/32 scram-sha-256\n")
    return ("listen_addresses=127.0.0.1", f"port={port}", "ssl=on")


def _wait(server: Server, postgres: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with suppress(Refused):
            server.run("SELECT 1", role=SUPERUSER, database="postgres")
            return
        assert postgres.poll() is None, "PostgreSQL ended before it answered"
        time.sleep(0.1)
    raise TimeoutError("PostgreSQL did not answer within 30 s")
