"""Stack `platform`: what runs and watches the services."""

from modules.constructs.app import SystemApp
from modules.constructs.edge import offered
from modules.constructs.kubernetes.database_users import DatabaseUsers
from modules.constructs.kubernetes.external_secrets import ExternalSecrets
from modules.constructs.kubernetes.job_watcher import JobWatcher
from modules.constructs.kubernetes.keda import Keda
from modules.constructs.kubernetes.load_balancer_controller import LoadBalancerController
from modules.constructs.kubernetes.providers import log_in
from modules.constructs.kubernetes.service_namespaces import ServiceNamespaces
from modules.constructs.kubernetes.team_access import TeamAccess
from modules.constructs.monitoring.dashboard import Dashboard
from modules.constructs.monitoring.fargate_logging import FargateLogging
from modules.constructs.stack import Stack
from modules.design import job_watcher, keda, logins, secrets
from modules.spec.model import Spec


def platform(app: SystemApp, spec: Spec) -> Stack:
    """Reads `network`, `cluster`, `edge` where there is one, and `data` for the database users.

    What services have, it knows by name.
    """
    stack = Stack(app, spec, "platform")
    log_in(stack)
    logging = FargateLogging(stack, logs_key_arn=stack.read("network", "logs_key_arn"))
    if spec.load_balancer:
        LoadBalancerController(stack, after=logging.resources)
    namespaces = ServiceNamespaces(stack)
    if teams := spec.cluster.teams.values():
        TeamAccess(stack, after=[*namespaces.of(sorted({one for team in teams for one in team.services}))])
    if secrets.users(spec):
        ExternalSecrets(stack, after=[*logging.resources, *namespaces.of(secrets.users(spec))])
    if users := keda.users(spec):
        scaler = Keda(stack, after=[*logging.resources, *namespaces.of(users)])
        stack.output("scaled_services", {name: name for name in users}, depends_on=[scaler.release])
    if users := job_watcher.users(spec):
        topic_arn = stack.read("network", "alarms_topic_arn")
        JobWatcher(stack, topic_arn=topic_arn, after=[*logging.resources, *namespaces.of(users)])
    if logins.users(spec) or any(service.owns("rds") for service in spec.services.values()):
        DatabaseUsers(stack, after=logging.resources)
    Dashboard(
        stack,
        balancers={name: offered.read(stack, name, "load_balancer_arn_suffix") for name in spec.balancers},
        nat_gateways={zone: stack.read("network", f"nat_gateway_{zone}_id") for zone in spec.nat_zones},
    )
    named = {name: name for name in sorted(spec.services)}
    stack.output("service_namespaces", named, depends_on=namespaces.resources)
    return stack
