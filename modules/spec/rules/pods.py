"""Pods that Fargate can run."""

from collections.abc import Iterator

from modules.facts import fargate
from modules.spec import size
from modules.spec.model import Spec
from modules.spec.problem import Problem


def sizes_are_offered(spec: Spec) -> Iterator[Problem]:
    """Fargate bills the next larger size for one that it does not offer; the file would say less than the bill."""
    for name, service in spec.services.items():
        path = ("services", name)
        if size.is_offered(service.cpu, service.memory_mib):
            continue
        what = f"Fargate has no pod of {service.cpu:g} vCPU with {service.memory}."
        if memories := fargate.SIZES.get(service.cpu):
            what += f" {service.cpu:g} vCPU goes with {size.render_gb(memories[0])} to {size.render_gb(memories[-1])}."
        near = [
            f"`cpu: {cpu:g}` with `memory: {size.render_gb(gb)}`"
            for cpu, gb in size.nearest(service.cpu, service.memory_mib)
        ]
        yield Problem((*path, "cpu"), what, f"The nearest: {' or '.join(near)}.", also=((*path, "memory"),))


def ports_are_free(spec: Spec) -> Iterator[Problem]:
    """On Fargate the kubelet listens on the pod's own address."""
    for name, service in spec.services.items():
        if service.port == fargate.KUBELET_PORT:
            what = f"{service.port} is the kubelet's port, and on Fargate it shares the pod's address."
            yield Problem(("services", name, "port"), what, "Use another port, such as 8080.")


def counts_fit(spec: Spec) -> Iterator[Problem]:
    """The autoscaler works between `pods` and `max_pods`."""
    for name, service in spec.services.items():
        if service.pods > service.most_pods:
            path = ("services", name)
            what = f"{service.pods} pods are more than max_pods, {service.max_pods}."
            yield Problem((*path, "pods"), what, "Lower pods or raise max_pods.", also=((*path, "max_pods"),))
