"""Gives each service of $LOGINS its user and password, and keeps both in its secret, which is the only copy.

PostgreSQL is sent a SCRAM verifier, never a password: `log_statement` would write that into the log. No secret is an
argument of a program. A service has two logins in turn: a new password goes to the one that no pod uses, so that pods
keep theirs until they are replaced. Redis has the password before beside the new one for the same reason.

All can be run again: a run that ended half-way is completed by the next.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import subprocess
import time

# PostgreSQL's own number, and the least that drivers take: https://www.rfc-editor.org/rfc/rfc7677#section-4.
ITERATIONS = 4096
# Logins that are no longer given to pods end by themselves, long after their pods were replaced.
REST = "7 days"
TRIES, PAUSE = 60, 5
PASSING = ("DatabaseResumingException", "tuple concurrently updated", "InvalidUserState", "InvalidUserGroupState")
NO_VALUE = "ResourceNotFoundException"


class Refused(Exception):
    """What AWS answered instead."""


def aws(service, call, **given):
    """The answer of the AWS CLI, which reads what it is given from its standard input."""
    command = ["aws", service, call, "--output", "json", "--cli-input-json", "file:///dev/stdin"]
    for _ in range(TRIES):
        done = subprocess.run(command, input=json.dumps(given).encode(), capture_output=True, check=False)
        said = done.stderr.decode().strip()
        if done.returncode == 0:
            return json.loads(done.stdout or "{}")
        if not any(word in said for word in PASSING):
            break
        time.sleep(PAUSE)
    raise Refused(said)


def sql(statement):
    """Runs a statement as the master; a colon would start a parameter of the Data API."""
    assert ":" not in statement
    where = {key: os.environ[name] for key, name in (("resourceArn", "CLUSTER_ARN"), ("secretArn", "SECRET_ARN"))}
    aws("rds-data", "execute-statement", **where, database=os.environ["DATABASE"], sql=statement)


def verifier(password):
    """What PostgreSQL stores of a password: https://www.postgresql.org/docs/current/catalog-pg-authid.html."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt, stored, server = (base64.b64encode(one).decode() for one in (salt, stored, server))
    return f"SCRAM-SHA-256${ITERATIONS}:{salt}${stored}:{server}"


REFUSE_A_USED_LOGIN = """
DO $do$ BEGIN
IF EXISTS (SELECT FROM pg_stat_activity WHERE usename = '{user}') THEN
RAISE EXCEPTION 'pods still use the login %, which is to get a new password; deploy their service first', '{user}';
END IF;
END $do$
"""
SET_PASSWORD = """
DO $do$ BEGIN
IF to_regrole('"{user}"') IS NULL THEN CREATE ROLE "{user}" NOLOGIN; END IF;
EXECUTE format('ALTER ROLE %I LOGIN CONNECTION LIMIT {connections} PASSWORD %L VALID UNTIL %L',
'{user}', replace('{verifier}', ';', chr(58)), 'infinity');
END $do$
"""
LET_END = """
DO $do$ BEGIN
IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{user}' AND rolvaliduntil = 'infinity') THEN
EXECUTE format('ALTER ROLE %I VALID UNTIL %L', '{user}', now() + interval '{rest}');
END IF;
END $do$
"""
ACT_AS = (
    'GRANT "{role}" TO "{user}"',
    'GRANT CONNECT ON DATABASE "{database}" TO "{user}"',
    'ALTER ROLE "{user}" SET role = "{role}"',
    'ALTER ROLE "{user}" SET search_path = "{schema}"',
)


def database(wanted, known, is_asked):
    """The user and password of PostgreSQL, made where there are none, and changed where that is asked for."""
    first, second = wanted["users"]
    user, password = known.get("DATABASE_USER"), known.get("DATABASE_PASSWORD")
    if is_asked or user not in wanted["users"]:
        user, password = second if user == first else first, secrets.token_urlsafe(32)
        sql(REFUSE_A_USED_LOGIN.format(user=user))
    words = {**wanted, "user": user, "database": os.environ["DATABASE"]}
    sql(SET_PASSWORD.format(verifier=verifier(password).replace(":", ";"), **words))
    for statement in ACT_AS:
        sql(statement.format(**words))
    return {"DATABASE_USER": user, "DATABASE_PASSWORD": password}


def let_the_other_end(wanted, user):
    """Gives an end to the other login of the pair, which pods of the version before may still use."""
    (other,) = [one for one in wanted["users"] if one != user]
    sql(LET_END.format(user=other, rest=REST))


def cache(wanted, known, is_asked):
    """The user and password of Redis; rule, mode and passwords are set at once, so that the user is never half on."""
    is_known = known.get("REDIS_USER") == wanted["user"]
    password, before = (known.get("REDIS_PASSWORD"), known.get("REDIS_PASSWORD_BEFORE")) if is_known else (None, None)
    if is_asked or not password:
        password, before = secrets.token_urlsafe(32), password
    aws(
        "elasticache",
        "modify-user",
        UserId=wanted["user"],
        AccessString=wanted["access"],
        AuthenticationMode={"Type": "password", "Passwords": [one for one in (password, before) if one]},
    )
    for _ in range(TRIES):
        (user,) = aws("elasticache", "describe-users", UserId=wanted["user"])["Users"]
        if user["Status"] == "active":
            break
        time.sleep(PAUSE)
    else:
        raise Refused(f"{wanted['user']} is still {user['Status']}")
    parts = {"REDIS_USER": wanted["user"], "REDIS_PASSWORD": password, "REDIS_PASSWORD_BEFORE": before}
    return {name: value for name, value in parts.items() if value}


def current(secret):
    """What the secret holds; nothing before its first value."""
    try:
        return json.loads(aws("secretsmanager", "get-secret-value", SecretId=secret)["SecretString"])
    except Refused as answer:
        if NO_VALUE in str(answer):
            return {}
        raise


def set_passwords(login):
    """Sets what one service logs in with."""
    known = current(login["secret"])
    is_asked = known.get("REQUEST", "") != login["request"]
    value = {"REQUEST": login["request"]}
    for part, set_one in (("database", database), ("cache", cache)):
        if part in login:
            value.update(set_one(login[part], known, is_asked))
    if value != known:
        aws("secretsmanager", "put-secret-value", SecretId=login["secret"], SecretString=json.dumps(value))
    if "database" in login:
        let_the_other_end(login["database"], value["DATABASE_USER"])


def main():
    logins = json.loads(os.environ["LOGINS"])
    try:
        for login in logins:
            set_passwords(login)
    except Refused as answer:
        raise SystemExit(f"AWS refused it: {answer}") from None
    print("The passwords are set.")


main()
