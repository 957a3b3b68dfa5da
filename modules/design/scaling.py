"""What the number of a service's pods follows, as the chart takes it: metrics of Kubernetes' own autoscaler, or KEDA's.

KEDA makes an autoscaler of Kubernetes of its own for a workload, so a workload has either of the two, and never both.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from modules.design import load_balancers
from modules.spec.model import Service, Spec
from modules.spec.scale import Scale

# Names of `local.values`: suffixes of ARNs, by which CloudWatch knows the load balancer and the target group.
LOAD_BALANCER, TARGET_GROUP = "load_balancer_arn_suffix", "target_group_arn_suffix"

# https://keda.sh/docs/2.20/scalers/aws-cloudwatch/: sums of whole minutes. CloudWatch has not all of the last one when
# it ends, so it is left out; where the one before has no value, that of up to two minutes earlier counts.
_MINUTE = 60
_COLLECTED, _OFFSET = 3 * _MINUTE, _MINUTE

Trigger = dict[str, Any]


def needs_keda(service: Service) -> bool:
    """Whether KEDA scales it; a service of jobs only has no `scale`, by a rule."""
    return service.scale.needs_keda


def load_balancer_targets(spec: Spec) -> dict[str | None, int]:
    """Pods behind each load balancer, where each service has the most that it may have."""
    routed = load_balancers.routed(spec).items()
    return {name: sum(service.max_replicas for service in services.values()) for name, services in routed}


def metrics(service: Service) -> dict[str, int]:
    """Percentages for Kubernetes' own autoscaler; none where they are the chart's default, or KEDA scales."""
    if needs_keda(service) or not service.has_pods or not service.scale.model_fields_set:
        return {}
    return dict(_of_pods(service.scale))


def triggers(spec: Spec, service: Service, queue_url: str | None) -> list[Trigger]:
    """KEDA's triggers, all values as the strings that it takes; none where it does not scale the service."""
    return [*_triggers(spec, service.scale, queue_url)] if needs_keda(service) else []


def _triggers(spec: Spec, scale: Scale, queue_url: str | None) -> Iterator[Trigger]:
    for what, percent in _of_pods(scale):
        yield {"type": what, "metricType": "Utilization", "metadata": {"value": str(percent)}}
    if scale.requests is not None:
        yield _asked(spec, "aws-cloudwatch", _requests(scale.requests))
    if scale.queue is not None:
        # Messages in hand count too, by KEDA's default: else the pods that have them would be taken away.
        yield _asked(spec, "aws-sqs-queue", {"queueURL": queue_url, "queueLength": str(scale.queue)})
    for times in scale.times:
        yield {
            "type": "cron",
            "metadata": {
                "timezone": times.time_zone,
                "start": times.start,
                "end": times.end,
                "desiredReplicas": str(times.pods),
            },
        }


def _of_pods(scale: Scale) -> Iterator[tuple[str, int]]:
    for what, percent in (("cpu", scale.cpu_percent), ("memory", scale.memory)):
        if percent is not None:
            yield what, percent


def _asked(spec: Spec, kind: str, metadata: Mapping[str, Any]) -> Trigger:
    """One that KEDA asks AWS for, with its own role; every 30 seconds, and not whenever Kubernetes asks."""
    return {
        "type": kind,
        "useCachedMetrics": True,
        "metadata": {**metadata, "awsRegion": spec.region, "identityOwner": "operator"},
    }


def _requests(count: int) -> dict[str, Any]:
    """All requests of the target group, for so many of which a pod is wanted.

    RequestCountPerTarget would be multiplied with the pods of the moment, while it still tells of those of two minutes
    before: each look would ask for more, up to the most pods.
    """
    return {
        "namespace": "AWS/ApplicationELB",
        "metricName": "RequestCount",
        "dimensionName": "LoadBalancer;TargetGroup",
        "dimensionValue": f"${{{LOAD_BALANCER}}};${{{TARGET_GROUP}}}",
        "metricStat": "Sum",
        "metricStatPeriod": str(_MINUTE),
        "metricCollectionTime": str(_COLLECTED),
        "metricEndTimeOffset": str(_OFFSET),
        "targetMetricValue": str(count),
        "minMetricValue": "0",
    }


def described(service: Service) -> list[str]:
    """In a few words each, where something is asked for."""
    scale = service.scale
    if not service.has_pods or not scale.model_fields_set:
        return []
    found = [f"{what.upper() if what == 'cpu' else what} at {percent}%" for what, percent in _of_pods(scale)]
    if scale.requests is not None:
        found.append(f"{scale.requests} requests a minute for a pod")
    if scale.queue is not None:
        found.append(f"{scale.queue} message{'' if scale.queue == 1 else 's'} for a pod")
    return found + [f"{one.pods} pods from {one.start} to {one.end} in {one.time_zone}" for one in scale.times]
