"""How a service's pods are replaced: how many at a time, how long that may take, and how a pod ends."""

from math import ceil

from modules.design import health, jobs
from modules.facts import fargate, load_balancer
from modules.spec.model import Service

# Seconds until the load balancer has heard that a pod goes, for which it sleeps, as for `drain:` after them.
# charts/microservice adds both.
_UNHEARD_SECONDS = 10

# Seconds that the containers of a pod have to run before it is ready, where no probe asks them: a program that ends at
# its start never was, and the old pods go on.
RUNNING_SECONDS = 10

# New pods that a rollout starts beside the old ones, in per cent of their number. Each has a machine of its own on
# Fargate, so a surge takes no room from others, and all machines start at the same time.
SURGE_PERCENT = 100

# What Helm, the autoscaler and the controllers of Kubernetes add to a release, generously.
_OVERHEAD_SECONDS = 60


def surge(pods: int) -> int:
    """New pods that start at the same time where `pods` run; Kubernetes rounds up.

    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge
    """
    return ceil(pods * SURGE_PERCENT / 100)


def waves(pods: int) -> int:
    """How many times a rollout of `pods` starts new pods and waits for them: once, as long as the surge is 100 %, and
    never without pods."""
    return ceil(pods / surge(pods)) if pods else 0


def end_seconds(service: Service) -> int:
    """Seconds that a pod has from its deletion to its end; a worker, to which nothing is routed, is told at once."""
    return service.stop + (0 if service.listens_on is None else _UNHEARD_SECONDS + service.drain)


def running_seconds(service: Service) -> int:
    """Seconds for which its containers have to run before the pod is ready: 0 where a probe asks them.

    Kubernetes takes no sleep after the start that is as long as the pod's grace period.
    """
    return 0 if health.probes(service) else min(RUNNING_SECONDS, end_seconds(service) - 1)


def pod_seconds(service: Service) -> int:
    """Seconds from the creation of a pod until it is ready, at the slowest start that is no failure; it is the sum of

    - fargate.START_SECONDS: a machine for the pod, and its image;
    - health.start_seconds: the server, for as long as its startup probe waits;
    - health.probe_seconds: the readiness probe after that, or running_seconds where there is none;
    - where the load balancer routes to it, load_balancer.REGISTRATION_SECONDS and (healthy + 1) x interval: the pod
      becomes a target and is found healthy, for which its readiness gate waits.

    After as many seconds without progress, the Deployment says that its rollout has failed (progressDeadlineSeconds).
    """
    check = health.target_group_check(service)
    routed = load_balancer.REGISTRATION_SECONDS + (check.healthy + 1) * check.interval
    answered = health.start_seconds(service) + (running_seconds(service) or health.probe_seconds(service))
    return fargate.START_SECONDS + answered + (routed if service.path else 0)


def release_seconds(service: Service) -> int:
    """Seconds for which Helm waits for the service's pods: waves(max_replicas) x pod_seconds, and 60 for all else.

    So the Deployment says that it failed before Helm gives up, and each wave may take the slowest start. A rollback
    waits for pods that run already, and an uninstall for the grace period of pods, if that is longer. What runs before
    the pods has as long for itself.
    """
    start = waves(service.max_replicas) * pod_seconds(service)
    return max(start, end_seconds(service), jobs.before_deploy_seconds(service)) + _OVERHEAD_SECONDS
