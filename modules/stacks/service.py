"""One stack per service, with the service's name: its role, permissions, network, images, logs, alarms and pods."""

from modules.constructs.app import SystemApp
from modules.constructs.edge import offered
from modules.constructs.iam.role import service_account_role
from modules.constructs.kubernetes.providers import log_in
from modules.constructs.monitoring.job_alarms import JobAlarms
from modules.constructs.monitoring.log_group import LogGroup
from modules.constructs.monitoring.service_alarms import ServiceAlarms
from modules.constructs.permissions.owner import Owner
from modules.constructs.service.ecr_repository import Repository
from modules.constructs.service.hosts import ServiceHosts
from modules.constructs.service.kms_key import ServiceKey
from modules.constructs.service.permissions import ServicePermissions
from modules.constructs.service.releases import ServicePods
from modules.constructs.service.security_group import ServiceRules
from modules.constructs.service.target_group import ServiceRoutes
from modules.constructs.stack import Stack
from modules.design import adopted, images, queues, scaling
from modules.spec.model import Spec


def service(app: SystemApp, spec: Spec, name: str) -> Stack:
    """Reads `network` and `cluster`, `edge` if it has a path, `data` for its stores, and the services that it names."""
    stack = Stack(app, spec, name, Service=name)
    stack.require("cluster", "service_fargate_profiles", name)
    # Its pods want their namespace and account, the controller's webhook, and the log router's configuration.
    stack.require("platform", "service_namespaces", name)
    if scaling.needs_keda(spec.services[name]):
        stack.require("platform", "scaled_services", name, f"what {name} scales by")
    offered.require(stack, spec.services[name].load_balancer)
    log_in(stack)
    role = service_account_role(
        stack, name, name=stack.names.role(name), description=f"Pods of {name}", namespace=name, account=name
    )
    logs = LogGroup(stack, name, name=stack.names.log_group(name), logs_key_arn=stack.read("network", "logs_key_arn"))
    owner = Owner(stack, name, ServiceKey(stack, name).arn)
    permissions = ServicePermissions(owner, role)
    shared = images.shared_repository(spec, name)
    repository_url = shared or Repository(stack, name, key_arn=owner.key_arn, protection=owner.protection).url
    rules = ServiceRules(stack, name)
    routes = ServiceRoutes(stack, name) if owner.service.path else None
    ServiceHosts(stack, name)
    load_balancer = offered.read(stack, owner.service.load_balancer, "load_balancer_arn_suffix") if routes else None
    ServiceAlarms(
        stack,
        name,
        topic_arn=stack.read("network", "alarms_topic_arn"),
        load_balancer=load_balancer,
        target_group=routes.target_group.arn_suffix if routes else None,
        dead_letters=adopted.dead_letters(spec, name) if owner.service.owns("sqs") else None,
        queue=adopted.queue(spec, reads) if (reads := _scales_by(spec, name)) else None,
    )
    JobAlarms(stack, name, topic_arn=stack.read("network", "alarms_topic_arn"))
    ServicePods(
        owner,
        role=role,
        logs=logs,
        permissions=permissions,
        repository_url=repository_url,
        rules=rules,
        routes=routes,
        load_balancer=load_balancer,
    )
    stack.output("role_arn", role.arn)
    stack.output("repository_url", repository_url)
    if routes:
        stack.output("target_group_arn", routes.target_group.arn)
    stack.output(
        "environment", permissions.environment, description="Environment variables of the pods; no secret is among them"
    )
    return stack


def _scales_by(spec: Spec, name: str) -> str | None:
    """The service whose queue says how many pods this one has."""
    return None if spec.services[name].scale.queue is None else queues.scaled_by(spec, name)
