"""The values of the Helm releases, as YAML that `templatefile` fills in: `${name}` is known to Terraform only.

The spec is that of the stacks, whose texts Terraform reads literally (terraform_text.py).
"""

import io
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from modules.design import (
    containers,
    database,
    external_secrets,
    fargate_profiles,
    health,
    images,
    job_watcher,
    jobs,
    keda,
    logins,
    pod_environment,
    rollout,
    scaling,
    secrets,
    service_discovery,
    service_ports,
    team_access,
)
from modules.facts import fargate
from modules.facts.charts import AWS_CLI, CONTROLLER_IMAGE
from modules.naming import address
from modules.permissions import rds
from modules.permissions.rds import RdsOptions
from modules.spec.container import Container
from modules.spec.model import Service, Spec

NETWORK_FILE, SERVICE_FILE = "network.values.yaml", "values.yaml"
CONTROLLER = "aws-load-balancer-controller"
CONTROLLER_FILE = f"{CONTROLLER}.values.yaml"
# Names of `local.values`, besides those of the environment.
PODS_GROUP, SERVICE_GROUP = "pods_security_group_id", "security_group_id"
TARGET_GROUP, VPC = "target_group_arn", "vpc_id"
QUEUE_URL = "QUEUE_URL"
DATABASE_USERS = "database-users"
DATABASE_USERS_FILE, DATABASE_USERS_LOCAL = f"{DATABASE_USERS}.values.yaml", "database_users"
TEAM_ACCESS_LOCAL = "team_access"
DATABASE_CLUSTER, DATABASE_SECRET = "database_cluster_arn", "database_secret_arn"
_GROUPS = (PODS_GROUP, SERVICE_GROUP)


def network(spec: Spec, name: str) -> str:
    """Values of `<service>-network`: what the pods' way in and out hangs on."""
    service = spec.services[name]
    values: dict[str, Any] = {
        "service": name,
        "port": service.listens_on,
        "ports": [
            {"name": port.name, "port": port.port, "target": port.target} for port in service_ports.further(service)
        ],
        "securityGroups": [placeholder(group) for group in _GROUPS],
    }
    if names := service_discovery.short_names(spec, service):
        values["names"] = {short: _quoted(host) for short, host in names.items()}
    if service.secrets:
        values["secrets"] = _secrets(spec, name)
    if service.path:
        # A binding keeps its target group for life, so that of another protocol has another name.
        other = {"name": f"{name}-{protocol}"} if (protocol := _other_protocol(service)) else {}
        values["targetGroup"] = {**other, "arn": placeholder(TARGET_GROUP), "vpcId": placeholder(VPC)}
    return _text(f"Values of release {name}-network", _given(values))


def service(spec: Spec, name: str, environment: Mapping[str, str]) -> str:
    """Values of `<service>`; a `placeholder` in the environment is filled in by Terraform, the rest is literal."""
    declared = spec.services[name]
    values: dict[str, Any] = {
        "service": name,
        "image": _shown(images.image(spec, declared)),
        "command": [_quoted(word) for word in images.command(declared)],
        "args": [_quoted(word) for word in images.arguments(name, declared)],
        "port": declared.listens_on,
        "ports": [
            {"name": port.target, "port": port.container}
            for port in service_ports.further(declared)
            if port.target != service_ports.MAIN
        ],
        "protocol": _other_protocol(declared),
        "unprivilegedPortStart": service_ports.unprivileged_start(declared),
        **_size(containers.own(declared)),
        "storage": declared.storage,
        "pullSecret": declared.pull_secret,
        "pods": {"min": declared.pods, "max": declared.max_replicas} if declared.has_pods else None,
        "scale": scaling.metrics(declared),
        "triggers": [
            {**one, "metadata": {key: _quoted(text) for key, text in one["metadata"].items()}}
            for one in scaling.triggers(spec, declared, environment.get(QUEUE_URL))
        ],
        "serviceAccount": name,
        "securityGroups": [placeholder(group) for group in _GROUPS],
        "user": declared.user,
        "writable": [
            {"path": path, "copied": kind == "copied"} for path, kind in sorted(images.writable(declared).items())
        ],
        "files": [{"path": path, "text": _text_of(file.text)} for path, file in sorted(images.files(declared).items())],
        "labels": {
            key: _quoted(value)
            for key, value in sorted({**declared.labels, **fargate_profiles.labels(spec, name)}.items())
        },
        "annotations": {key: _quoted(value) for key, value in sorted(declared.annotations.items())},
        "probes": {kind: _probe(probe) for kind, probe in health.probes(declared).items()},
        "progressSeconds": rollout.pod_seconds(declared),
        "drainSeconds": None if declared.listens_on is None else declared.drain,
        "stopSeconds": declared.stop,
        "startSeconds": rollout.running_seconds(declared) or None,
        "env": _env(environment, declared.env),
        "init": [
            {**_further(spec, name, declared, one, environment), **_size(containers.pod(declared))}
            for name, one in containers.init(declared).items()
        ],
        "sidecars": [
            {**_further(spec, name, declared, one, environment), **_size(containers.of(one))}
            for name, one in containers.sidecars(declared).items()
        ],
        "beforeDeploy": _job(before) if (before := jobs.before_deploy(declared)) else None,
        "jobs": [_job(job) for job in jobs.values(name, declared)],
        "secrets": _mounted_secrets(declared),
    }
    billed = f"Fargate bills {declared.cpu:g} vCPU and {declared.memory} a pod; Kubernetes takes 256 MiB of the memory"
    return _text(f"Values of release {name}. {billed}", _given(values))


def controller(spec: Spec) -> str:
    """Values of the AWS Load Balancer Controller."""
    values = {
        "clusterName": placeholder("cluster_name"),
        "region": spec.region,
        "image": images.in_chart(spec, CONTROLLER_IMAGE),
        # Fargate's pods have no metadata service to ask.
        "vpcId": placeholder(VPC),
        "serviceAccount": {"create": False, "name": CONTROLLER},
        "replicaCount": fargate.CONTROLLER_PODS,
        "resources": {"requests": dict(fargate.SMALLEST), "limits": dict(fargate.SMALLEST)},
        "podDisruptionBudget": {"maxUnavailable": 1},
        # New certificates at each upgrade would leave the webhook without an answer for a while.
        "keepTLSSecret": True,
        # Load balancers, their groups and their firewall are Terraform's.
        "createIngressClassResource": False,
        "ingressClassParams": {"create": False},
        "enableServiceMutatorWebhook": False,
        # A pod that starts without readiness gate replaces an old one before it is a target: docs/decisions/0008.
        "podMutatorWebhookConfig": {"failurePolicy": "Fail"},
        "enableBackendSecurityGroup": False,
        "enableShield": False,
        "enableWaf": False,
        "enableWafv2": False,
        "controllerConfig": {"featureGates": {"ALBGatewayAPI": False, "NLBGatewayAPI": False}},
    }
    return _text(f"Values of release {CONTROLLER}", values)


def database_users(spec: Spec) -> str:
    """Values of the release that makes the users of the database."""
    values: dict[str, Any] = {
        "image": images.mirrored(spec, AWS_CLI),
        "serviceAccount": DATABASE_USERS,
        "region": spec.region,
    }
    if has_database_users(spec):
        values |= {
            "clusterArn": placeholder(DATABASE_CLUSTER),
            "secretArn": placeholder(DATABASE_SECRET),
            "database": spec.names.database,
        }
    values["users"] = list(_users(spec)) if has_database_users(spec) else []
    if passwords := [_login(login) for login in logins.logins(spec)]:
        values["logins"] = passwords
    return _text(f"Values of release {DATABASE_USERS}", values, DATABASE_USERS_LOCAL)


def has_database_users(spec: Spec) -> bool:
    """Whether a service logs in to Aurora; the job may be there for passwords of Redis alone."""
    return any("rds" in service.permissions for service in spec.services.values())


def _users(spec: Spec) -> Iterator[dict[str, Any]]:
    """Those with a schema of their own first: the others reach what is there then."""
    settings = spec.database
    assert settings is not None, "a system without a database has no users in it"
    found = {
        name: options
        for name, service in sorted(spec.services.items())
        if isinstance(options := service.permissions.get("rds"), RdsOptions)
    }
    for name, options in sorted(found.items(), key=lambda one: one[1].of is not None):
        shared = {"of": rds.schema(spec.names, options.of), "access": options.access} if options.of else {}
        user = rds.user_name(spec.names, name, options)
        yield {"name": user, "connections": database.connections(settings, options), **shared}


def operator(spec: Spec) -> str:
    """Values of External Secrets Operator; nothing of them is known to Terraform only."""
    return _text(f"Values of release {external_secrets.NAME}", external_secrets.values(spec), None)


def keda_release(spec: Spec) -> str:
    """Values of KEDA; nothing of them is known to Terraform only."""
    return _text(f"Values of release {keda.NAME}", keda.values(spec), None)


def watcher(spec: Spec) -> str:
    """Values of the watcher of jobs; nothing of them is known to Terraform only."""
    return _text(f"Values of release {job_watcher.NAME}", job_watcher.values(spec), None)


def teams(spec: Spec) -> str:
    """Values of the release with the rights of teams."""
    return _text(f"Values of release {team_access.NAME}", team_access.values(spec), TEAM_ACCESS_LOCAL)


def _login(login: logins.Login) -> dict[str, Any]:
    values: dict[str, Any] = {
        "secret": placeholder(login_secret(login.service)),
        "request": placeholder(login_request(login.service)),
    }
    if login.database:
        values["database"] = dict(login.database)
    if login.cache:
        values["cache"] = {key: _quoted(text) for key, text in login.cache.items()}
    return values


def login_secret(service: str) -> str:
    """Name in `local.database_users` of the ARN of the secret with what a service logs in with."""
    return address("login", service, "secret_arn")


def login_request(service: str) -> str:
    """Name in `local.database_users` of what asks for another password."""
    return address("login", service, "request")


def placeholder(name: str) -> str:
    """A value that Terraform fills in, in quotes that make a number a string too."""
    return _quoted(f"${{{name}}}")


def _secrets(spec: Spec, name: str) -> dict[str, Any]:
    """What the operator brings: each value with its key in the Secret, and where it is in Secrets Manager."""
    service = spec.services[name]
    keys = secrets.keys_in_kubernetes(service)
    found = []
    for value in secrets.values(name, service):
        arn, version = (placeholder(secrets.placeholder(what, value.source)) for what in (secrets.ARN, secrets.VERSION))
        there = {"secret": arn, "version": version} | ({} if value.key is None else {"key": _quoted(value.key)})
        found.append({"name": _quoted(keys[value.place]), **there})
    return {
        "name": placeholder(secrets.SECRET_NAME),
        "region": spec.region,
        "serviceAccount": name,
        "values": found,
    }


def _mounted_secrets(service: Service) -> dict[str, Any]:
    """Which variables and files of the pods come from the Secret."""
    if not service.secrets:
        return {}
    keys = secrets.keys_in_kubernetes(service)
    files = [{"path": path, "key": keys[path]} for path in secrets.files(service)]
    variables = [_quoted(name) for name in secrets.variables(service)]
    return {
        "name": placeholder(secrets.SECRET_NAME),
        **({"variables": variables} if variables else {}),
        **({"files": files} if files else {}),
    }


def _other_protocol(service: Service) -> str | None:
    """What the load balancer speaks with the pods, where it is not HTTP/1.1."""
    protocol = service_ports.protocol(service)
    return protocol if service.path and protocol != "http" else None


def _shown(image: str) -> str:
    """In quotes where Terraform fills something in."""
    return _quoted(image) if image.startswith("${") else image


def _size(size: containers.Size) -> dict[str, str]:
    return {"cpu": f"{size.millis}m", "memory": f"{size.mib}Mi"}


def _env(environment: Mapping[str, str], own: Mapping[str, str]) -> list[dict[str, str]]:
    """The platform's variables first, so that the container's own can refer to them."""
    return [
        *({"name": key, "value": value} for key, value in sorted(environment.items())),
        # Helm reads YAML 1.1, where a bare ON or no is a truth value.
        *({"name": _quoted(key), "value": _quoted(text)} for key, text in pod_environment.ordered(own).items()),
    ]


def _further(
    spec: Spec, name: str, declared: Service, container: Container, environment: Mapping[str, str]
) -> dict[str, Any]:
    """A container besides the service's own, but for its size."""
    if container.image is not None:
        environment = pod_environment.of_image(declared, environment)
    values = {
        "name": _quoted(name),
        "image": _shown(containers.image(spec, declared, container)),
        "command": [_quoted(word) for word in container.command],
        "args": [_quoted(word) for word in container.args],
        "env": _env(environment, containers.variables(declared, container)),
        "secrets": container.image is None and bool(secrets.variables(declared)),
    }
    return {key: value for key, value in values.items() if value not in ([], False)}


def _job(job: Mapping[str, Any]) -> dict[str, Any]:
    schedule = {"schedule": _quoted(job["schedule"])} if "schedule" in job else {}
    return _given({**job, **schedule, "command": [_quoted(word) for word in job["command"]]})


def _probe(probe: Mapping[str, Any]) -> CommentedMap:
    """On one line, and without YAML's anchors, which several probes with one handler would share."""
    line = CommentedMap(deepcopy(dict(probe)))
    if "exec" in line:
        line["exec"]["command"] = [_quoted(word) for word in line["exec"]["command"]]
    line.fa.set_flow_style()
    return line


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the chart has as its default."""
    return {key: value for key, value in values.items() if value not in ([], {}, None)}


def _quoted(text: str) -> str:
    quoted: str = DoubleQuotedScalarString(text)
    return quoted


def _text_of(file: str) -> str:
    """As it is, line by line, where YAML keeps it so; else in quotes."""
    lines = file.removesuffix("\n").split("\n")
    as_it_is = all(line.isprintable() and line == line.rstrip() for line in lines) and lines[0].lstrip() == lines[0]
    if not as_it_is or not lines[0] or not lines[-1]:
        return _quoted(file)
    text: str = LiteralScalarString(file)
    return text


def _text(title: str, values: Mapping[str, Any], local: str | None = "values") -> str:
    yaml = YAML()
    yaml.width = 1000
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(dict(values), stream)
    # Terraform replaces what is in braces in comments too.
    where = f"# Terraform replaces what is in braces with local.{local} of cdk.tf.json.\n" if local else ""
    return f"# {title}.\n{where}{stream.getvalue()}"
