"""The SQL of the job that makes a service's database user, run by a real PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.support import helm, postgresql
from tests.support.postgresql import DATABASE, MASTER, SUPERUSER, TOKEN, Refused, Server

OURS, OTHER = "shop_user_service", "user"  # a word of SQL's own needs quotes
STATE = """
SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolconfig FROM pg_roles
  UNION ALL SELECT roleid::regrole::text || ' has ' || member::regrole::text, null, null, null, null, null
    FROM pg_auth_members
  UNION ALL SELECT nspname || ' of ' || nspowner::regrole::text, null, null, null, null, nspacl::text[]
    FROM pg_namespace
ORDER BY 1
"""


def statements(user: str) -> list[str]:
    (container,) = helm.objects(helm.PODS, {"database.user": user})["Job"]["spec"]["template"]["spec"]["containers"]
    return list(container["args"])


def make(server: Server, user: str) -> None:
    for statement in statements(user):
        server.run(statement, role=MASTER)


def as_service(server: Server, statement: str, user: str = OURS) -> str:
    return server.run(statement, role=user, password=TOKEN)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql.started() as server:
        for user in (OURS, OTHER):
            make(server, user)
            server.run(f"""ALTER ROLE "{user}" PASSWORD '{TOKEN}'""", role=SUPERUSER)
        yield server


def test_no_statement_has_a_colon_after_which_the_data_api_looks_for_a_parameter() -> None:
    assert not [statement for statement in statements(OURS) if ":" in statement]


@pytest.mark.parametrize("user", [OURS, OTHER])
def test_the_service_logs_in_and_finds_its_own_schema_first_and_only(server: Server, user: str) -> None:
    assert as_service(server, "SELECT current_user", user) == user
    assert as_service(server, "SELECT current_schemas(false)", user) == f"{{{user}}}"


@pytest.mark.parametrize("user", [OURS, OTHER])
def test_the_service_owns_its_schema_and_what_it_makes_stands_there(server: Server, user: str) -> None:
    owner = f"SELECT nspowner::regrole FROM pg_namespace WHERE nspname = '{user}'"
    assert as_service(server, owner, user).strip('"') == user
    as_service(server, "CREATE TABLE made (id int); INSERT INTO made VALUES (1); DROP TABLE made", user)
    as_service(server, "CREATE TABLE kept (id int)", user)
    assert as_service(server, "SELECT schemaname FROM pg_tables WHERE tablename = 'kept'", user) == user
    as_service(server, "DROP TABLE kept", user)


@pytest.mark.parametrize("schema", [OTHER, "public"])
def test_the_service_makes_nothing_in_a_schema_that_is_not_its_own(server: Server, schema: str) -> None:
    with pytest.raises(Refused, match=f'permission denied for schema "?{schema}'):
        as_service(server, f'CREATE TABLE "{schema}".made (id int)')


def test_the_service_reads_nothing_of_another(server: Server) -> None:
    as_service(server, "CREATE TABLE theirs (id int)", OTHER)
    with pytest.raises(Refused, match=f'permission denied for schema "?{OTHER}'):
        as_service(server, f'SELECT * FROM "{OTHER}".theirs')


def test_the_service_may_make_neither_schemas_nor_roles_nor_databases(server: Server) -> None:
    for statement, words in (
        ("CREATE SCHEMA more", f"permission denied for database {DATABASE}"),
        ("CREATE ROLE more", "permission denied to create role"),
        ("CREATE DATABASE more", "permission denied to create database"),
        (f'SET ROLE "{OTHER}"', "permission denied to set role"),
    ):
        with pytest.raises(Refused, match=words):
            as_service(server, statement)


@pytest.mark.parametrize("user", [OURS, OTHER])
def test_the_service_logs_in_by_token_and_the_master_still_by_password(server: Server, user: str) -> None:
    member = "SELECT pg_has_role('{}', '{}', 'USAGE')"
    assert server.run(member.format(user, "rds_iam"), role=MASTER) == "t"
    # RDS refuses the password of every member of rds_iam, and the job's own is the master's.
    assert server.run(member.format(MASTER, user), role=MASTER) == "f"


def test_the_server_refuses_the_password_of_a_member_of_a_service_as_rds_does(server: Server) -> None:
    if server.version >= 16:
        pytest.skip("from PostgreSQL 16 on, a plain one takes whoever makes a role for its member")
    server.run(f"GRANT {OURS} TO {MASTER}", role=SUPERUSER)
    with pytest.raises(Refused, match="password"):
        server.run("SELECT 1", role=MASTER)
    server.run(f"REVOKE {OURS} FROM {MASTER}", role=SUPERUSER)
    assert server.run("SELECT 1", role=MASTER) == "1"


def test_a_second_run_changes_nothing_and_leaves_the_data(server: Server) -> None:
    as_service(server, "CREATE TABLE orders (id int); INSERT INTO orders VALUES (42)")
    before = server.run(STATE, role=SUPERUSER)
    assert OURS in before
    make(server, OURS)
    assert server.run(STATE, role=SUPERUSER) == before
    assert as_service(server, "SELECT id FROM orders") == "42"


def test_a_run_that_ended_half_way_is_completed_by_the_next(server: Server) -> None:
    server.run("CREATE ROLE half LOGIN", role=MASTER)
    make(server, "half")
    assert server.run("SELECT pg_has_role('half', 'rds_iam', 'MEMBER')", role=MASTER) == "t"
    assert server.run("SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'half'", role=MASTER) == "half"
