"""Pods that Fargate can run."""

from collections.abc import Iterator, Sequence

from modules.facts import fargate, ports
from modules.spec import pod_size
from modules.spec.model import Service, Spec
from modules.spec.problem import Edit, Path, Problem, remove

_FEW = 4


def sizes_are_offered(spec: Spec) -> Iterator[Problem]:
    """Fargate bills the next larger size for one that it does not offer, so the file would understate the bill."""
    for name, service in spec.services.items():
        if pod_size.is_offered(service.cpu, service.memory_mib):
            continue
        cpu, memory = (("services", name, key) for key in ("cpu", "memory"))
        if (meant := pod_size.meant_cpu(f"{service.cpu:g}")) and meant != service.cpu:
            written = service.memory if "memory" in service.model_fields_set else None
            step, is_enough = pod_size.fitting_step(f"{service.cpu:g}", written, "cpu")
            edit = Edit(cpu, f"{meant:g}") if is_enough else None
            yield Problem(cpu, f"{service.cpu:g} is {meant:g} vCPU in the CPU units of ECS.", step, edit=edit)
            continue
        defaults = {at: "" if at[-1] in service.model_fields_set else " (the default)" for at in (cpu, memory)}
        what = f"Fargate offers no pod of {service.cpu:g} vCPU{defaults[cpu]} with {service.memory}{defaults[memory]}."
        if memories := fargate.SIZES.get(service.cpu):
            what += f" With {service.cpu:g} vCPU it offers {_listed(memories)}."
        place, other = (memory, cpu) if defaults[cpu] else (cpu, memory)
        yield Problem(place, what, _nearest(service), also=(other,))


def _nearest(service: Service) -> str:
    """The next step, which keeps what was declared and changes a default where that is enough."""
    if "memory" not in service.model_fields_set and service.cpu in fargate.SIZES:
        return f"Write `memory: {pod_size.render_gb(fargate.SIZES[service.cpu][0])}`."
    if "cpu" not in service.model_fields_set:
        gb = service.memory_mib / 1024
        if offered := [cpu for cpu, memories in fargate.SIZES.items() if gb in memories]:
            return f"Write `cpu: {offered[0]:g}`."
    near = [
        f"`cpu: {cpu:g}` with `memory: {pod_size.render_gb(gb)}`"
        for cpu, gb in pod_size.nearest(service.cpu, service.memory_mib)
    ]
    return f"The nearest sizes: {' or '.join(near)}."


def _listed(memories: Sequence[float]) -> str:
    if len(memories) <= _FEW:
        return ", ".join(map(pod_size.render_gb, memories))
    step = pod_size.render_gb(memories[1] - memories[0])
    return f"{pod_size.render_gb(memories[0])} to {pod_size.render_gb(memories[-1])} in steps of {step}"


def ports_are_free(spec: Spec) -> Iterator[Problem]:
    """On Fargate the kubelet listens on the pod's own address."""
    for name, service in spec.services.items():
        place: Path = ("services", name)
        listening = {
            (*place, "port"): service.port,
            **{(*place, "ports", key): to for key, to in service.ports.items()},
        }
        for where, port in listening.items():
            if port == ports.KUBELET:
                what = f"{port} is the port of the kubelet, which shares the pod's address on Fargate."
                yield Problem(where, what, "Use another port, such as 8080.")


def ports_differ(spec: Spec) -> Iterator[Problem]:
    """The address of a service in the cluster has each port once."""
    for name, service in spec.services.items():
        if (main := str(service.port)) in service.ports:
            place: Path = ("services", name)
            where = (*place, "ports", main)
            what = f"Other services can call port {main} already: it is `port`."
            yield Problem(where, what, "Remove it.", also=((*place, "port"),), edit=remove(where))


def counts_fit(spec: Spec) -> Iterator[Problem]:
    """The autoscaler runs between `pods` and `max_pods`."""
    for name, service in spec.services.items():
        if service.pods > service.max_replicas:
            path = ("services", name)
            what = f"pods, {service.pods}, is greater than max_pods, {service.max_pods}."
            yield Problem((*path, "pods"), what, "Lower pods or raise max_pods.", also=((*path, "max_pods"),))
