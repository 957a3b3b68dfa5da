"""The values of KEDA's release: whom it scales, what it may read, and where it listens, on EKS Fargate."""

from typing import Any

from modules.design import adopted, images, queues, scaling
from modules.facts import fargate
from modules.facts.charts import KEDA, KEDA_ADAPTER_IMAGE, KEDA_OPERATOR_IMAGE, KEDA_WEBHOOKS_IMAGE
from modules.facts.ports import KEDA_METRICS, OPERATOR_WEBHOOK
from modules.spec.model import Spec

NAME = KEDA.name
FILE = f"{NAME}.values.yaml"
ACCOUNT = "keda-operator"


def users(spec: Spec) -> list[str]:
    """Services that it scales."""
    return sorted(name for name, service in spec.services.items() if scaling.needs_keda(service))


def queues_of(spec: Spec) -> list[str]:
    """Names of the queues whose messages it counts."""
    readers = [name for name in users(spec) if spec.services[name].scale.queue is not None]
    owners = {owner for name in readers if (owner := queues.scaled_by(spec, name)) is not None}
    return [adopted.queue(spec, owner) for owner in sorted(owners)]


def counts_requests(spec: Spec) -> bool:
    """Whether it reads metrics of the load balancer."""
    return any(spec.services[name].scale.requests is not None for name in users(spec))


def endpoints(spec: Spec) -> tuple[str, ...]:
    """What it calls: the login of its account, queues and metrics."""
    asked = (("sqs", bool(queues_of(spec))), ("monitoring", counts_requests(spec)))
    words = tuple(word for word, is_asked in asked if is_asked)
    return ("sts", *words) if words else ()


def values(spec: Spec) -> dict[str, Any]:
    """Three pods. While they are away, the pods of services stay as many as they are."""
    parts = ("operator", "metricServer", "webhooks")
    return {
        "clusterName": spec.names.cluster,
        # Its rights are in the namespaces of these services, and in its own.
        "watchNamespace": ",".join(users(spec)),
        "image": {
            "keda": _image(spec, KEDA_OPERATOR_IMAGE),
            "metricsApiServer": _image(spec, KEDA_ADAPTER_IMAGE),
            "webhooks": _image(spec, KEDA_WEBHOOKS_IMAGE),
        },
        "serviceAccount": {"operator": {"create": False, "name": ACCOUNT}},
        "resources": {part: _size() for part in parts},
        "crds": {
            # Without them Helm could not change a release that had a ScaledObject: they stay when KEDA goes.
            "additionalAnnotations": {"helm.sh/resource-policy": "keep"},
        },
        "service": {"portHttpsTarget": KEDA_METRICS},
        "webhooks": {"port": OPERATOR_WEBHOOK},
        # No values of a service's secrets, and no kind but Deployments and StatefulSets.
        "permissions": {part: {"restrict": {"secret": True}} for part in ("operator", "metricServer")},
        "rbac": {"enabledCustomScaledRefKinds": False},
    }


def _image(spec: Spec, image: str) -> dict[str, str]:
    """Its chart puts a registry before the repository, which is that of the former unless it is said."""
    values = images.in_chart(spec, image)
    if "repository" not in values:
        return values
    registry, _, repository = values["repository"].partition("/")
    return {"registry": registry, "repository": repository, "tag": values["tag"]}


def _size() -> dict[str, Any]:
    """A new one each time: YAML would write the second as a reference to the first."""
    return {"requests": dict(fargate.SMALLEST), "limits": dict(fargate.SMALLEST)}
