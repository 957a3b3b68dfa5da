"""The SQL of the job that makes the database users, run by real PostgreSQLs whose rules for logins are those of RDS.

`pytest -s` prints each statement with who runs it and the answer.
"""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.support import embedded_postgresql, helm, postgresql
from tests.support.postgresql import DATABASE, MASTER, SUPERUSER, TOKEN, Refused, Server

OURS, OTHER = "shop_user_service", "user"  # a word of SQL's own needs quotes
USERS = (OURS, OTHER, "shop_order_service", "shop_payment_service", "shop_analytics_service")
READER, WRITER = f"shop_worker__reads_{OURS}", f"shop_worker__writes_{OURS}"
SHARED = [{"name": user, "connections": 5, "of": OURS, "access": user.split("_")[3][:-1]} for user in (READER, WRITER)]
STATE = """
SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolconnlimit, rolconfig FROM pg_roles
  UNION ALL SELECT roleid::regrole::text || ' has ' || member::regrole::text, null, null, null, null, null, null
    FROM pg_auth_members
  UNION ALL SELECT nspname || ' of ' || nspowner::regrole::text, null, null, null, null, null, nspacl::text[]
    FROM pg_namespace WHERE nspname NOT LIKE 'pg_%'
  UNION ALL SELECT 'default ' || defaclobjtype::text || ' of ' || defaclrole::regrole::text,
    null, null, null, null, null, defaclacl::text[] FROM pg_default_acl
ORDER BY 1
"""


@cache
def statements(*users: str) -> list[str]:
    changes = {"users": [{"name": user, "connections": 5} for user in users if user not in (READER, WRITER)]}
    changes["users"] += [one for one in SHARED if one["name"] in users]
    (container,) = helm.objects(helm.USERS, changes)["Job"]["spec"]["template"]["spec"]["containers"]
    return list(container["args"])


def make(server: Server, *users: str) -> None:
    """As the job does: the master logs in anew for each statement."""
    for statement in statements(*users):
        server.run(statement, role=MASTER)


def as_service(server: Server, statement: str, user: str = OURS) -> str:
    return server.run(statement, role=user, password=TOKEN)


@pytest.fixture(scope="module", params=embedded_postgresql.VERSIONS.values(), ids=list(embedded_postgresql.VERSIONS))
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """With five users, the job run twice."""
    with postgresql.started(request.param) as server:
        make(server, *USERS[:2])
        make(server, *USERS, READER, WRITER)
        for user in (*USERS, READER, WRITER):
            server.run(f"""ALTER ROLE "{user}" PASSWORD '{TOKEN}'""", role=SUPERUSER)
        yield server


def test_no_statement_has_a_colon_after_which_the_data_api_looks_for_a_parameter() -> None:
    assert not [statement for statement in statements(*USERS) if ":" in statement]


@pytest.mark.parametrize("user", USERS)
def test_a_service_logs_in_with_its_token_and_acts_as_the_owner_of_its_schema_alone(server: Server, user: str) -> None:
    assert as_service(server, "SELECT session_user, current_user, current_schemas(false)", user) == (
        f"{user}|{user}__owner|{{{user}}}"
    )
    assert server.run(f"SELECT pg_has_role('{user}', 'rds_iam', 'USAGE')", role=SUPERUSER) == "t"
    with pytest.raises(Refused, match=r"fe_sendauth: no password supplied|password authentication failed"):
        server.run("SELECT 1", role=user, password="")


def test_the_master_still_logs_in_and_is_a_member_of_no_user(server: Server) -> None:
    assert server.run("SELECT current_user", role=MASTER) == MASTER
    assert server.run(f"SELECT pg_has_role('{MASTER}', 'rds_iam', 'MEMBER')", role=SUPERUSER) == "f"


def test_a_master_that_creates_a_user_itself_is_locked_out_from_16_on(server: Server) -> None:
    """Why the job has a role of a moment do it. Before 16 a membership comes with a grant only."""
    server.run("CREATE ROLE direct LOGIN", role=MASTER)
    server.run("GRANT rds_iam TO direct", role=SUPERUSER)
    try:
        if server.version < 16:
            assert server.run("SELECT 1", role=MASTER) == "1"
            server.run(f"GRANT direct TO {MASTER}", role=SUPERUSER)
        with pytest.raises(Refused, match="password"):
            server.run("SELECT 1", role=MASTER)
    finally:
        server.run("DROP ROLE direct", role=SUPERUSER)
    assert server.run("SELECT 1", role=MASTER) == "1"


def test_the_job_fails_where_the_master_is_a_member_of_a_user(server: Server) -> None:
    server.run(f"CREATE ROLE joined LOGIN; GRANT joined TO {MASTER}", role=SUPERUSER)
    with pytest.raises(Refused, match="the master user is a member of joined, and RDS will refuse its password"):
        server.run(statements("joined")[-2], role=MASTER)
    server.run("DROP ROLE joined", role=SUPERUSER)


@pytest.mark.parametrize("user", [OURS, OTHER])
def test_what_a_service_makes_stands_in_its_schema_and_is_the_owners(server: Server, user: str) -> None:
    as_service(server, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)", user)
    where = "SELECT schemaname, tableowner FROM pg_tables WHERE tablename = 'kept'"
    assert as_service(server, where, user) == f"{user}|{user}__owner"
    as_service(server, "DROP TABLE kept", user)


@pytest.mark.parametrize("schema", [OTHER, "public"])
def test_a_service_makes_nothing_in_a_schema_that_is_not_its_own(server: Server, schema: str) -> None:
    with pytest.raises(Refused, match=f'permission denied for schema "?{schema}'):
        as_service(server, f'CREATE TABLE "{schema}".made (id int)')


def test_a_service_reads_nothing_of_another(server: Server) -> None:
    as_service(server, "CREATE TABLE theirs (id int)", OTHER)
    with pytest.raises(Refused, match=f'permission denied for schema "?{OTHER}'):
        as_service(server, f'SELECT * FROM "{OTHER}".theirs')


def test_a_service_may_make_neither_schemas_nor_roles_nor_databases(server: Server) -> None:
    for statement, words in (
        ("CREATE SCHEMA more", f"permission denied for database {DATABASE}"),
        ("CREATE ROLE more", "permission denied to create role"),
        ("CREATE DATABASE more", "permission denied to create database"),
        (f'SET ROLE "{OTHER}"', "permission denied to set role"),
        (f'RESET ROLE; SET ROLE "{OTHER}__owner"', "permission denied to set role"),
    ):
        with pytest.raises(Refused, match=words):
            as_service(server, statement)


def test_a_service_reads_or_writes_the_tables_of_another_also_those_that_come_later(server: Server) -> None:
    assert as_service(server, "SELECT session_user, current_user, current_setting('search_path')", READER) == (
        f"{READER}|{OURS}__read|{OURS}"
    )
    as_service(server, "CREATE TABLE later (id serial, name text); INSERT INTO later (name) VALUES ('one')")
    assert as_service(server, "SELECT name FROM later", READER) == "one"
    for statement in ("INSERT INTO later (name) VALUES ('two')", "DELETE FROM later", "TRUNCATE later"):
        with pytest.raises(Refused, match="permission denied for table later"):
            as_service(server, statement, READER)
    as_service(server, "INSERT INTO later (name) VALUES ('two')", WRITER)
    as_service(server, "UPDATE later SET name = 'three' WHERE name = 'one'", WRITER)
    assert as_service(server, f"SELECT count(*) FROM {OURS}.later", WRITER) == "2"
    as_service(server, "DROP TABLE later")


@pytest.mark.parametrize("user", [READER, WRITER])
def test_a_service_changes_nothing_but_rows_in_the_schema_of_another(server: Server, user: str) -> None:
    as_service(server, "CREATE TABLE theirs_too (id int)")
    for statement, words in (
        ("CREATE TABLE mine (id int)", f"permission denied for schema {OURS}"),
        ("DROP TABLE theirs_too", "must be owner of table theirs_too"),
        ("ALTER TABLE theirs_too ADD more int", "must be owner of table theirs_too"),
        (f'RESET ROLE; SET ROLE "{OURS}__owner"', "permission denied to set role"),
        (f'SELECT * FROM "{OTHER}".theirs', f'permission denied for schema "?{OTHER}'),
    ):
        with pytest.raises(Refused, match=words):
            as_service(server, statement, user)
    as_service(server, "DROP TABLE theirs_too")


def test_only_users_of_services_connect_and_each_has_a_limit(server: Server) -> None:
    server.run("CREATE ROLE stranger LOGIN", role=SUPERUSER)
    with pytest.raises(Refused, match=f'permission denied for database "{DATABASE}"'):
        server.run("SELECT 1", role="stranger")
    server.run("DROP ROLE stranger", role=SUPERUSER)
    with pytest.raises(Refused, match='permission denied for database "postgres"'):
        server.run("SELECT 1", role=OURS, password=TOKEN, database="postgres")
    assert server.run("SELECT 1", role=MASTER, database="postgres") == "1"
    assert server.run(f"SELECT rolconnlimit FROM pg_roles WHERE rolname = '{OURS}'", role=SUPERUSER) == "5"


def test_another_run_changes_nothing_and_leaves_the_data(server: Server) -> None:
    as_service(server, "CREATE TABLE orders (id int); INSERT INTO orders VALUES (42)")
    before = server.run(STATE, role=SUPERUSER)
    assert "__maker" not in before
    assert f"{OURS}__owner has {OURS}" in before
    make(server, *USERS, READER, WRITER)
    assert server.run(STATE, role=SUPERUSER) == before
    assert as_service(server, "SELECT id FROM orders") == "42"
    as_service(server, "DROP TABLE orders")


@pytest.mark.parametrize("step", range(1, len(statements("half"))))
def test_a_run_that_ended_half_way_is_completed_by_the_next(server: Server, step: int) -> None:
    user = f"half_{step}"
    for statement in statements(user)[:step]:
        server.run(statement, role=MASTER)
    make(server, user)
    server.run(f"ALTER ROLE {user} PASSWORD '{TOKEN}'", role=SUPERUSER)
    assert as_service(server, "SELECT current_user", user) == f"{user}__owner"
