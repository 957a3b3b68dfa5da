"""The schema and synth agree: what one refuses the other does, but for rules that no JSON schema can express."""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from ruamel.yaml import YAML

from modules.checks.rules import RULES
from modules.spec.json_schema import schema
from modules.spec.parse import parse
from modules.spec.problem import Problem
from modules.spec.yaml_file import read
from tests.support import random_specs
from tests.support.documents_of_schema import Documents
from tests.support.tiers import sampled

# Rules that compare values of different places, or count with them; a schema sees one value and its neighbours' types.
_ACROSS = "compares places of the file with each other"
_ARITHMETIC = "a schema can't count with addresses or other values"
_S = "project: shop\nregion: eu-west-1\nservices: "
_SHARED_PATH = "{a: {path: /x}, b: {path: /x}}"
_ARN = "arn:aws:iam::111122223333:role/"
_CERTIFICATE = "certificate_arn: 'arn:aws:acm:eu-west-2:111122223333:certificate/a'\n"
_IN_VPC = "vpc_id: vpc-0a1b2c3d, endpoints: [], private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e]"
_LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2"
_EXISTING = f"{{listener_arn: '{_LISTENER}'}}"
_PROVIDER = "arn:aws:iam::111122223333:oidc-provider/gitlab.com"
_DEPLOYER = f"deployer: {{oidc_provider: '{_PROVIDER}', plan: 'a:b:c', apply: 'a:b:c:d'}}\n"
_STATEMENT = "{actions: 'ssm:GetParameter', resources: 'arn:aws:ssm:eu-west-1:111122223333:parameter/%s'}"
# Rule -> why no schema can express it, and a file that the schema accepts and only this rule refuses.
ONLY_SYNTH: dict[str, tuple[str, str]] = {
    "tags_have_letters_that_aws_knows": (
        "the letters of all languages are a class that not every reader's patterns have",
        f"tags: {{Team: '€'}}\n{_S}{{}}",
    ),
    "tags_differ_in_more_than_case": (_ACROSS, f"tags: {{team: a, Team: b}}\n{_S}{{}}"),
    "sizes_are_offered": ("memory has several spellings, and a default that counts", f"{_S}{{a: {{cpu: 4}}}}"),
    "counts_fit": (_ACROSS, f"{_S}{{a: {{pods: 3, max_pods: 2}}}}"),
    "jobs_have_a_schedule": (
        "a schedule's fields are counted with",
        f"{_S}{{a: {{jobs: {{b: {{schedule: '0 0 31 2 *', command: c}}}}}}}}",
    ),
    "jobs_have_a_time_zone": (
        "600 names are too many for an editor",
        f"{_S}{{a: {{jobs: {{b: {{schedule: '@daily', command: c, time_zone: Local}}}}}}}}",
    ),
    "jobs_run_something_of_their_own": (_ACROSS, f"{_S}{{a: {{jobs: {{b: {{schedule: '@daily'}}}}}}}}"),
    "services_run_something": (_ACROSS, f"{_S}{{a: {{pods: 0}}}}"),
    "services_of_jobs_have_no_servers": (
        _ACROSS,
        f"{_S}{{a: {{pods: 0, path: /, jobs: {{b: {{schedule: '@daily'}}}}}}}}",
    ),
    "queues_are_read": (_ACROSS, f"{_S}{{a: {{scale: {{queue: 5}}}}}}"),
    "requests_are_counted": (_ACROSS, f"{_S}{{a: {{scale: {{requests: 5}}}}}}"),
    "servers_have_a_pod": (_ACROSS, f"{_S}{{a: {{pods: 0, aws: sqs, scale: {{queue: 5}}}}}}"),
    "times_have_a_schedule": (
        "a schedule's fields are counted with",
        f"{_S}{{a: {{scale: {{times: [{{start: '@daily', end: 0 1 * * *, pods: 1}}]}}}}}}",
    ),
    "times_have_a_time_zone": (
        "600 names are too many for an editor",
        f"{_S}{{a: {{scale: {{times: [{{start: 0 0 * * *, end: 0 1 * * *, pods: 1, time_zone: Local}}]}}}}}}",
    ),
    "times_fit_the_most_pods": (
        _ACROSS,
        f"{_S}{{a: {{scale: {{times: [{{start: 0 0 * * *, end: 0 1 * * *, pods: 7}}]}}}}}}",
    ),
    "profiles_are_of_services": (_ACROSS, f"cluster: {{fargate_profiles: [b]}}\n{_S}{{a: {{}}}}"),
    "nothing_calls_a_worker": (_ACROSS, f"{_S}{{a: {{port: none}}, b: {{calls: a}}}}"),
    "services_name_a_load_balancer": (_ACROSS, f"{_S}{{a: {{path: /x, host: a.example.com, load_balancer: b}}}}"),
    "hosts_have_one_load_balancer": (
        _ACROSS,
        (
            f"load_balancers: {{b: {{}}}}\n{_S}{{a: {{path: /x, host: h.example.com}}, "
            "c: {path: /, host: h.example.com, load_balancer: b}}"
        ),
    ),
    "existing_ones_are_named_once": (_ACROSS, f"load_balancers: {{b: {_EXISTING}, c: {_EXISTING}}}\n{_S}{{}}"),
    "names_differ_from_services": (_ACROSS, f"load_balancers: {{b: {{}}}}\n{_S}{{load-balancer-b: {{}}}}"),
    "ports_differ": (_ACROSS, f"{_S}{{a: {{port: 80, ports: {{80: 81}}}}}}"),
    "http2_and_grpc_arrive_by_https": (_ACROSS, f"{_S}{{a: {{path: /x, protocol: grpc}}}}"),
    "codes_are_those_of_the_protocol": (_ACROSS, f"{_S}{{a: {{path: /x, health: {{codes: 0}}}}}}"),
    "one_way_to_check": (_ACROSS, f"{_S}{{a: {{health: {{grpc: true, tcp: true}}}}}}"),
    "the_load_balancer_checks_by_http": (_ACROSS, f"{_S}{{a: {{path: /x, health: {{grpc: true}}}}}}"),
    "checks_end_before_the_next": (_ACROSS, f"{_S}{{a: {{health: {{timeout: 20}}}}}}"),
    "egress_is_to_ranges": (_ARITHMETIC, f"{_S}{{a: {{egress: {{to: 203.0.113.7/24}}}}}}"),
    "egress_leaves_the_vpc": (_ARITHMETIC, f"{_S}{{a: {{egress: {{to: 10.0.1.0/24}}}}}}"),
    "egress_is_opened_once": (_ACROSS, f"{_S}{{a: {{egress: [internet, {{}}]}}}}"),
    "a file that can't be read": (
        "a schema sees no other file",
        f"{_S}{{a: {{files: {{/etc/a: none}}}}}}",
    ),
    "files_are_free": (_ACROSS, f"{_S}{{a: {{files: {{/a: services.yaml}}, writable: {{/a/b: empty}}}}}}"),
    "files_fit": (
        "a schema sees no other file",
        f"{_S}{{a: {{files: {{/a: services.yaml, /b: services.yaml}}}}}} # {'x' * 140_000}",
    ),
    "containers_have_names_of_their_own": (_ACROSS, f"{_S}{{a: {{init: {{b: {{}}}}, sidecars: {{b: {{}}}}}}}}"),
    "sidecars_leave_room": (_ARITHMETIC, f"{_S}{{a: {{sidecars: {{b: {{memory: 1GB}}}}}}}}"),
    "aliases_are_free": (_ACROSS, f"{_S}{{a: {{aliases: {{a: db.example.com}}}}}}"),
    "ranges_of_codes_go_up": (_ARITHMETIC, f"{_S}{{a: {{path: /x, health: {{codes: 299-200}}}}}}"),
    "variables_are_given_once": (_ACROSS, f"{_S}{{a: {{aws: sqs, env: {{QUEUE_URL: x}}}}}}"),
    "references_are_known": (_ACROSS, f"{_S}{{a: {{env: {{A: $(B)}}}}}}"),
    "references_have_an_order": (_ACROSS, f"{_S}{{a: {{env: {{A: $(A)}}}}}}"),
    "secrets_have_one_source": (_ACROSS, f"{_S}{{a: {{secrets: {{A: {{of: b, from: x/y}}}}}}, b: {{aws: secrets}}}}"),
    "secrets_of_others_exist": (_ACROSS, f"{_S}{{a: {{secrets: {{A: {{of: b}}}}}}, b: {{}}}}"),
    "secrets_are_in_the_region": (
        _ACROSS,
        f"{_S}{{a: {{secrets: {{A: 'arn:aws:secretsmanager:eu-west-2:111122223333:secret:a-AbCdEf'}}}}}}",
    ),
    "secrets_have_a_key": (
        "which signs the name of a file may have depends on its value",
        f"{_S}{{a: {{secrets: {{/etc/a@b: own}}}}}}",
    ),
    "secret_variables_are_free": (_ACROSS, f"{_S}{{a: {{env: {{A: x}}, secrets: {{A: own}}}}}}"),
    "secret_files_are_free": (_ACROSS, f"{_S}{{a: {{secrets: {{/a: own, /a/b: own}}}}}}"),
    "teams_have_services": (_ACROSS, f"cluster: {{teams: {{b: {{services: b, role: '{_ARN}b'}}}}}}\n{_S}{{a: {{}}}}"),
    "roles_are_one_teams": (
        _ACROSS,
        "cluster:\n  teams:\n"
        + "".join(f"    {one}: {{services: a, role: '{_ARN}b'}}\n" for one in ("b", "c"))
        + f"{_S}{{a: {{}}}}",
    ),
    "the_cluster_has_entries_for_all": (
        "an editor does not count 3,000",
        "cluster:\n  teams:\n"
        + "".join(f"    t{one}: {{services: a, role: '{_ARN}r{one}'}}\n" for one in range(2999))
        + f"{_S}{{a: {{}}}}",
    ),
    "admins_are_named_once": (_ARITHMETIC, f"cluster: {{admins: ['{_ARN}a-b', '{_ARN}a_b']}}\n{_S}{{}}"),
    "the_deployer_is_of_the_account": (
        _ACROSS,
        f"account: '444455556666'\ndeployer_role: {_ARN}deployer\n{_S}{{}}",
    ),
    "the_provider_is_of_the_account": (_ACROSS, f"account: '444455556666'\n{_DEPLOYER}{_S}{{}}"),
    "each_job_deploys_as_itself": (_ACROSS, f"deployer_role: {_ARN}deployer\n{_DEPLOYER}{_S}{{}}"),
    "the_boundary_is_of_the_account": (
        _ACROSS,
        f"account: '444455556666'\npermissions_boundary: arn:aws:iam::111122223333:policy/a\n{_S}{{}}",
    ),
    "who_deploys_is_bounded": (
        _ACROSS,
        f"cluster: {{teams: {{b: {{services: a, role: '{_ARN}b', access: deploy}}}}}}\n{_S}{{a: {{}}}}",
    ),
    "registries_are_shared_with_others": (
        _ACROSS,
        f"account: '444455556666'\nregistry: {{pull_accounts: '444455556666'}}\n{_S}{{}}",
    ),
    "repositories_elsewhere_are_another_environments": (
        _ACROSS,
        f"account: '444455556666'\nregistry: {{account: '444455556666'}}\n{_S}{{}}",
    ),
    "paths_are_unique": (_ACROSS, _S + _SHARED_PATH),
    "hosts_have_a_certificate": (
        _ACROSS,
        f"domain: example.com\nhosted_zone: Z1\n{_S}{{a: {{path: /, host: example.org}}}}",
    ),
    "hosts_fit_their_certificate": (
        _ACROSS,
        f"domain: b.com\nhosted_zone: Z1\nhosted_zones: {{c.com: Z2}}\n{_S}{{a: {{path: /, host: {'x' * 60}.c.com}}}}",
    ),
    "zones_are_named_once": (
        _ACROSS,
        f"domain: example.com\nhosted_zone: Z1\nhosted_zones: {{example.com: Z2}}\n{_S}{{}}",
    ),
    "priorities_are_unique": (_ACROSS, f"{_S}{{a: {{path: /x, priority: 1}}, b: {{path: /y, priority: 1}}}}"),
    "states_are_in_one_place": (
        _ACROSS,
        f"state: {{s3: {{bucket: shop-state}}, hcp: {{organization: acme}}}}\n{_S}{{}}",
    ),
    "users_fit_one_group": (_ARITHMETIC, _S + "{" + ", ".join(f"s{n}: {{aws: redis}}" for n in range(100)) + "}"),
    "priorities_are_in_range": (_ARITHMETIC, f"{_S}{{a: {{path: [/x, /y], priority: 50000}}}}"),
    "nested_paths_come_first": (_ACROSS, f"{_S}{{a: {{path: /, priority: 1}}, b: {{path: /x}}}}"),
    "the_certificate_fits": (_ACROSS, f"{_CERTIFICATE}{_S}{{}}"),
    "services_exist": (_ACROSS, f"{_S}{{a: {{calls: b}}}}"),
    "no_service_refers_to_itself": (_ACROSS, f"{_S}{{a: {{calls: a}}}}"),
    "earlier_names_stay_reserved": (_ACROSS, f"{_S}{{a: {{renamed_from: b}}, b: {{}}}}"),
    "what_is_retired_is_gone": (_ACROSS, f"retired: {{a: destroy}}\n{_S}{{a: {{}}}}"),
    "no_cycles": (
        _ACROSS,
        f"{_S}{{a: {{aws: {{s3: {{of: b}}, sqs: {{}}}}}}, b: {{aws: {{s3: {{}}, sqs: {{of: a}}}}}}}}",
    ),
    "senders_have_one_owner": (
        _ACROSS,
        f"{_S}{{a: {{aws: {{ses: {{from: a@b.com}}}}}}, b: {{aws: {{ses: {{from: a@b.com}}}}}}}}",
    ),
    "keys_differ": (_ACROSS, f"{_S}{{a: {{aws: {{dynamodb: {{ttl: id}}}}}}}}"),
    "resources_of_others_exist": (_ACROSS, f"{_S}{{a: {{aws: {{s3: {{of: b}}}}}}, b: {{}}}}"),
    "fifo_queues_have_fifo_topics": (
        _ACROSS,
        f"{_S}{{a: {{aws: sns}}, b: {{aws: {{sqs: {{fifo: true, subscribe: a}}}}}}}}",
    ),
    "deduplication_is_of_fifo": (_ACROSS, f"{_S}{{a: {{aws: {{sqs: {{content_based_deduplication: true}}}}}}}}"),
    "filters_are_of_subscriptions": (_ACROSS, f"{_S}{{a: {{aws: {{sqs: {{filter: {{b: {{c: d}}}}}}}}}}, b: {{}}}}"),
    "filters_fit": (
        _ARITHMETIC,
        f"{_S}{{a: {{aws: sns}}, b: {{aws: {{sqs: {{subscribe: a, filter: {{a: {{}}}}}}}}}}}}",
    ),
    "buckets_are_heard_by_standard_queues": (
        _ACROSS,
        f"{_S}{{a: {{aws: s3}}, b: {{aws: {{sqs: {{fifo: true, from: {{s3: a}}}}}}}}}}",
    ),
    "adopted_queues_and_topics_keep_their_kind": (
        _ACROSS,
        f"{_S}{{a: {{aws: {{sns: {{fifo: true, adopt: {{arn: 'arn:aws:sns:eu-west-1:111122223333:a'}}}}}}}}}}",
    ),
    "all_keys_are_those_of_one_service": (
        _ACROSS,
        f"{_S}{{a: {{aws: {{redis: {{prefix: none}}}}}}, b: {{aws: redis}}}}",
    ),
    "names_do_not_meet": (_ACROSS, f"{_S}{{a: {{}}, a-results: {{}}}}"),
    "warehouses_have_their_zones": (_ACROSS, f"zones: [a, b]\n{_S}{{a: {{aws: redshift}}}}"),
    "statements_have_names_of_their_own": (
        _ACROSS,
        f"{_S}{{a: {{aws: sqs, statements: {{Queue: {_STATEMENT % 'a'}}}}}}}",
    ),
    "statements_fit": (_ARITHMETIC, f"{_S}{{a: {{statements: {{Read: {_STATEMENT % ('a' * 2500)}}}}}}}"),
    "actions_exist": (
        "20,000 actions are too many for an editor",
        f"{_S}{{a: {{statements: {{Read: {(_STATEMENT % 'a').replace('GetP', 'GotP')}}}}}}}",
    ),
    "escalations_are_accepted_by_name": (_ACROSS, f"accept: privilege-escalation\n{_S}{{}}"),
    "accepted_escalations_are_there": (_ACROSS, f"accept_escalations: {{a: {{iam:PassRole: '{_ARN}a'}}}}\n{_S}{{}}"),
    "values_fit_their_operator": (
        "kinds of values such as address ranges have no pattern that every reader takes",
        f"{_S}{{a: {{statements: {{Read: {(_STATEMENT % 'a')[:-1]}, conditions: {{Bool: {{k: 'yes'}}}}}}}}}}}}",
    ),
    "ranges_are_ranges": (_ARITHMETIC, f"network: {{cidr: 10.0.1.0/16}}\n{_S}{{}}"),
    "eks_accepts_the_zones": (_ACROSS, "project: shop\nregion: ca-central-1\nzones: [a, c]\nservices: {}"),
    "pods_have_addresses": (_ARITHMETIC, f"{_S}{{a: {{pods: 99999}}}}"),
    "ranges_do_not_overlap": (_ARITHMETIC, f"cluster: {{service_cidr: 10.0.0.0/20}}\n{_S}{{}}"),
    "api_access_is_private_or_public": (_ARITHMETIC, f"cluster: {{api_access: 10.0.1.0/24}}\n{_S}{{}}"),
    "subnets_are_named_once": (
        _ACROSS,
        f"zones: [a, b]\nnetwork: {{{_IN_VPC}, public_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3f]}}\n{_S}{{}}",
    ),
    "every_zone_has_subnets": (_ARITHMETIC, f"network: {{{_IN_VPC}}}\nload_balancer: none\n{_S}{{}}"),
    "an_existing_load_balancer_is_its_owners": (
        _ACROSS,
        f"load_balancer: {{listener_arn: '{_LISTENER.replace('eu-west-1', 'eu-west-2')}'}}\n{_S}{{}}",
    ),
    "what_is_adopted_is_one_services": (
        _ACROSS,
        f"{_S}{{a: {{aws: {{s3: {{adopt: {{name: files}}}}}}}}, b: {{aws: {{s3: {{adopt: {{name: files}}}}}}}}}}",
    ),
    "what_is_adopted_is_here": (
        _ACROSS,
        f"{_S}{{a: {{aws: {{sns: {{adopt: {{arn: 'arn:aws:sns:eu-west-2:111122223333:a'}}}}}}}}}}",
    ),
    "capacity_has_a_range": (_ACROSS, f"database: {{min_acu: 5}}\n{_S}{{}}"),
    "a_database_that_pauses_can": (_ACROSS, f"database: {{min_acu: 0, version: '15.3'}}\n{_S}{{}}"),
    "the_master_keeps_its_name": (
        _ACROSS,
        "project: database\nregion: eu-west-1\nservices: {admin: {aws: rds}}",
    ),
    "targets_fit_a_load_balancer": (
        _ACROSS,
        _S + "{" + ", ".join(f"s{n}: {{path: /s{n}, priority: {n + 1}}}" for n in range(101)) + "}",
    ),
    "1.0": ("to JSON, 1.0 is a whole number", f"{_S}{{a: {{pods: 2.0}}}}"),
    "a list that names a permission twice": (
        "an item can be a word or a mapping, which are different to a schema",
        f"{_S}{{a: {{aws: [sqs, {{sqs: {{}}}}]}}}}",
    ),
    "a time beyond its limit": (
        "minutes and seconds of one text would need a pattern for each limit",
        f"{_S}{{a: {{aws: {{sqs: {{visibility_timeout: 800m}}}}}}}}",
    ),
}


IN_VPC: dict[str, Any] = {
    "vpc_id": "vpc-0a1b2c3d",
    "endpoints": ["s3"],
    "public_subnet_ids": ["subnet-0a1b2c31", "subnet-0a1b2c32", "subnet-0a1b2c33"],
    "private_subnet_ids": ["subnet-0a1b2c34", "subnet-0a1b2c35", "subnet-0a1b2c36"],
}


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """As ECMA 262 and editors read it: `$` is the very end, and not also before a last line break."""
    if isinstance(value, str) and re.search(pattern.replace("$", r"\Z"), value) is None:
        yield ValidationError(f"{value!r} does not match {pattern!r}")


VALIDATOR = extend(Draft202012Validator, {"pattern": _pattern})(schema())
# What an environment takes is checked once it is merged; tests/unit/test_environments.py has its schema.
WITHOUT_ENVIRONMENTS = schema()
del WITHOUT_ENVIRONMENTS["properties"]["environments"]
DOCUMENTS = Documents(WITHOUT_ENVIRONMENTS)


def _refusals(file: Path) -> set[str]:
    """Names of what refuses the file: rules, and what the model says."""
    document = read(file)
    spec, problems = parse(document)
    names = {_name(problem) for problem in (*document.problems, *problems)}
    return names | {rule.__name__ for rule in RULES if list(rule(spec))}


def _name(problem: Problem) -> str:
    if re.match(r"-?[0-9.e+]+ is not a whole number", problem.what) and problem.edit:
        return "1.0"
    if "can't be read" in problem.what:
        return "a file that can't be read"
    if problem.path[-2:-1] == ("aws",) or problem.path[-1] == "aws":
        return "a list that names a permission twice" if "is listed twice" in problem.what else "the model"
    is_time = problem.path[-1] in (
        "visibility_timeout",
        "interval",
        "timeout",
        "start",
        "deadline",
        "drain",
        "stop",
        "sticky",
    )
    return "a time beyond its limit" if is_time and "must be at " in problem.what else "the model"


def _check(text: str) -> set[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "services.yaml"
        file.write_text(text, encoding="utf-8")
        return _refusals(file)


def _compare(document: Any) -> None:
    told = [f"{list(error.path)}: {error.message}" for error in VALIDATOR.iter_errors(document)]
    refusals = _check(random_specs.render(document))
    if told:
        assert refusals, f"the schema alone refuses this: {told}"
    else:
        assert refusals <= ONLY_SYNTH.keys(), "the schema accepts what synth refuses"


# A document has a dozen values, and each is drawn by a pattern of its own.
SLOW = sampled(nightly=2000, minutes=4, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@SLOW
@given(DOCUMENTS.valid())
def test_what_fits_the_schema_is_refused_by_rules_of_the_list_alone(document: Any) -> None:
    _compare(document)


@SLOW
@given(Documents.changed(DOCUMENTS))
def test_a_changed_document_is_refused_by_both_or_by_neither(document: Any) -> None:
    _compare(document)


@pytest.mark.parametrize("name", ONLY_SYNTH)
def test_a_rule_of_the_list_is_the_only_one_to_refuse_its_example(name: str) -> None:
    reason, text = ONLY_SYNTH[name]
    assert reason
    assert [error.message for error in VALIDATOR.iter_errors(YAML(typ="safe").load(text))] == []
    assert _check(text) == {name}


EDITS: list[tuple[dict[str, Any], bool]] = [
    ({"aws": ["sqs", {"dynamodb": {"ttl": "expires"}}]}, True),
    ({"aws": "sqs"}, True),
    ({"aws": ["ses"]}, False),
    ({"aws": {"ses": {"from": "a@example.com"}}}, True),
    ({"aws": {"ses": None}}, False),
    ({"aws": {"sqs": {"of": "a", "access": "write", "max_receives": 3}}}, False),
    ({"aws": {"sqs": {"access": "write"}}}, False),
    ({"env": {"a-b": "x"}}, False),
    ({"env": {"AWS_REGION": "x"}}, False),
    ({"env": {"A": 1, "B": True, "C": 1.5, "D": "x"}}, True),
    ({"env": {"A": None}}, False),
    ({"cpu": 0.3}, False),
    ({"cpu": 1, "memory": "2GB"}, True),
    ({"image": "latest"}, False),
    ({"image": "ghcr.io/example/api:latest"}, False),
    ({"image": "ghcr.io/example/api:v1"}, True),
    ({"priority": 5}, False),
    ({"path": "/x", "priority": 5}, True),
    ({"path": ["/x", "/x"]}, False),
    ({"path": "/a/b/c/d/e/f/g/h/i"}, False),
    ({"port": 10250}, False),
    ({"port": 80}, True),
    ({"port": 0}, False),
]
_RAW = {"actions": ["ssm:GetParameter"], "resources": ["*"]}
EDITS += [
    ({"statements": {"x10": {**_RAW, "reason": "x"}}}, False),
    ({"statements": {"X10": {**_RAW, "reason": "x"}}}, True),
    ({"statements": {"X10": _RAW}}, False),
    ({"statements": {"X10": {**_RAW, "reason": "x", "conditions": {"Bool": {"aws:SecureTransport": True}}}}}, True),
    ({"statements": {"X10": {**_RAW, "reason": "x", "conditions": {"Bool": {"aws:SecureTransport": "true"}}}}}, True),
    ({"statements": {"X10": {**_RAW, "reason": "x", "conditions": {"Bool": {"aws:SecureTransport": []}}}}}, False),
    ({"statements": {"X10": {**_RAW, "reason": "x", "conditions": {"StringEqual": {"k": "v"}}}}}, False),
    ({"statements": {"X10": {**_RAW, "reason": "x", "conditions": {"NullIfExists": {"k": True}}}}}, False),
    ({"statements": {"X10": {**_RAW, "reason": "x", "conditions": {"ForAnyValue:StringLike": {"k": "v"}}}}}, True),
]


@pytest.mark.parametrize(("service", "valid"), EDITS, ids=json.dumps)
def test_a_usual_edit_of_a_service_is_judged_alike(service: dict[str, Any], valid: bool) -> None:
    _judged_alike({"services": {"s": service}}, valid)


@pytest.mark.parametrize(
    ("platform", "valid"),
    [
        ({"zones": ["a"]}, False),
        ({"zones": ["a", "a"]}, False),
        ({"accept": ["nat-trafic"]}, False),
        ({"accept": "nat-traffic"}, True),
        ({"services": {"kube-x": None}}, False),
        ({"services": {"platform": None}}, False),
        ({"services": {"a--b": None}}, False),
        ({"services": {"platforms": None}}, True),
        ({"services": {"s" * 46: None}}, False),
        ({"services": None}, False),
        ({"project": "rds-shop"}, False),
        ({"project": "current-user"}, False),
        ({"network": {"cidr": "10.0.0.0/22"}}, False),
        ({"network": {"cidr": "100.64.0.0/16"}}, True),
        ({"network": {"cidr": "8.0.0.0/16"}}, False),
        ({"network": {"vpc_id": "vpc-1"}}, False),
        ({"network": {"private_subnet_ids": "subnet-0a1b2c3d"}}, False),
        ({"network": {"public_subnet_ids": []}}, True),
        ({"network": IN_VPC}, True),
        ({"network": {**IN_VPC, "cidr": "10.0.0.0/16"}}, False),
        ({"network": {**IN_VPC, "nat_gateways": "single"}}, False),
        ({"network": {**IN_VPC, "endpoints": "auto"}}, False),
        ({"network": {**IN_VPC, "endpoints": ["s3", "auto"]}}, False),
        ({"network": {**IN_VPC, "private_subnet_ids": []}}, False),
        ({"network": {**IN_VPC, "public_subnet_ids": []}}, False),
        ({"network": {**IN_VPC, "public_subnet_ids": []}, "load_balancer": "none"}, True),
        ({"network": {**IN_VPC, "public_subnet_ids": []}, "load_balancer": {"private": True}}, True),
        ({"network": {**IN_VPC, "public_subnet_ids": []}, "load_balancer": {"private": False}}, False),
        ({"network": {key: one for key, one in IN_VPC.items() if key != "endpoints"}}, False),
        ({"cluster": {"service_cidr": "10.200.0.0/25"}}, False),
        ({"database": {"min_acu": 0.7}}, False),
        ({"database": {"max_acu": 0.5, "min_acu": 0.5}}, False),
        ({"database": {"version": "12.1"}}, False),
        ({"database": "none", "cache": "none"}, True),
        ({"database": None}, False),
        ({"database": "none", "services": {"a": {"aws": "rds"}}}, False),
        ({"database": "none", "services": {"a": {"aws": ["s3", {"rds": {}}]}}}, False),
        ({"database": "none", "services": {"a": {"aws": ["s3", "redis"]}, "b": None}}, True),
        ({"cache": "none", "services": {"a": {"aws": {"redis": {}}}}}, False),
        ({"cache": "none", "services": {"a": {"aws": "rds"}}}, True),
        ({"database": "none", "retired": {"aurora": "destroy"}}, True),
        ({"database": "none", "retired": {"aurora": "keep"}}, False),
        ({"cache": "none", "retired": {"redis": {"all": "destroy"}}}, True),
        ({"cache": "none", "retired": {"redis": {"all": "destroy", "s3": "destroy"}}}, False),
        ({"cache": "none", "retired": {"aurora": "destroy"}}, False),
        ({"network": {"flow_logs": "no"}}, False),
        ({"load_balancer": "none"}, True),
        ({"load_balancer": None}, False),
        ({"load_balancer": False}, False),
        ({"load_balancer": "none", "services": {"a": {"path": "/"}}}, False),
        ({"load_balancer": "none", "services": {"a": {"path": []}}}, True),
        ({"load_balancer": "none", "domain": "example.com", "hosted_zone": "Z1"}, False),
        ({"load_balancer": {"private": True, "waf": {"rate": 10, "rules": "count"}}}, True),
        ({"load_balancer": {"waf": {"rate": 9}}}, False),
        ({"load_balancer": {"waf": "none"}}, False),
        ({"load_balancer": {"listener_arn": _LISTENER}}, True),
        ({"load_balancer": {"listener_arn": _LISTENER, "private": False}}, False),
        ({"load_balancer": {"listener_arn": _LISTENER, "waf": {"enabled": False}}}, False),
        ({"load_balancer": {"listener_arn": _LISTENER}, "domain": "example.com", "hosted_zone": "Z1"}, False),
        ({"load_balancer": {"listener_arn": _LISTENER}, "network": {**IN_VPC, "public_subnet_ids": []}}, True),
        ({"load_balancer": {"listener_arn": _LISTENER.replace("/app/", "/net/")}}, False),
        ({"domain": "example.com"}, False),
        ({"domain": "example.com", "hosted_zone": "Z1"}, True),
        ({"hosted_zone": "Z1"}, False),
        ({"tags": {"stack": "x"}}, False),
        ({"tags": {"Team": "a\nb"}}, False),
        ({"tags": {"AWS:x": "x"}}, False),
        ({"account": "\N{FULLWIDTH DIGIT ONE}" * 12}, False),
        ({"state": {"s3": {"bucket": "shop-state", "region": "eu", "kms_key": "x"}}}, False),
    ],
    ids=json.dumps,
)
def test_a_usual_edit_of_the_platform_is_judged_alike(platform: dict[str, Any], valid: bool) -> None:
    _judged_alike(platform, valid)


def _judged_alike(document: dict[str, Any], valid: bool) -> None:
    whole = {"project": "shop", "region": "eu-west-1", "services": {}} | document
    assert VALIDATOR.is_valid(whole) == valid
    assert (_check(random_specs.render(whole)) - {"services_exist"} == set()) == valid
