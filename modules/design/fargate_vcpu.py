"""How much of the account's Fargate quota a system needs: at rest, while all pods are replaced, and at its largest."""

from typing import NamedTuple

from modules.design import job_watcher, jobs, keda, rollout, secrets
from modules.facts import fargate
from modules.spec.model import Service, Spec


class VCpu(NamedTuple):
    """Needed vCPU; `platform`, the pods of kube-system, is part of the others."""

    platform: float
    at_rest: float
    rolling: float
    """All services at rest, each with the new pods of a rollout beside the old, as a new version of the chart makes."""

    most: float
    """Likewise with the most pods that the autoscalers run, and with a run of each job."""


def needed(spec: Spec) -> VCpu:
    """What the system needs of quota `fargate.VCPU_QUOTA`, which counts pods that end until they have ended."""
    platform = platform_pods(spec) * fargate.SYSTEM_VCPU
    services = spec.services.values()
    return VCpu(
        platform,
        platform + sum(service.pods * service.cpu for service in services),
        platform + sum(_while_rolling(service.pods) * service.cpu for service in services),
        platform + sum(most_pods(service) * service.cpu for service in services),
    )


def platform_pods(spec: Spec) -> int:
    """How many pods the platform has."""
    controller = fargate.CONTROLLER_PODS if spec.load_balancer else 0
    operator = fargate.EXTERNAL_SECRETS_PODS if secrets.users(spec) else 0
    scaler = fargate.KEDA_PODS if keda.users(spec) else 0
    watcher = fargate.WATCHER_PODS if job_watcher.users(spec) else 0
    return fargate.SYSTEM_PODS + controller + operator + scaler + watcher


def most_pods(service: Service) -> int:
    """The most pods of a service at a time: during a deployment at its largest, with a run of each job."""
    return _while_rolling(service.max_replicas) + len(jobs.jobs(service))


def _while_rolling(pods: int) -> int:
    return pods + rollout.surge(pods)
