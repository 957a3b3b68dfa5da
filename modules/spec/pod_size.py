"""Sizes of pods: what is written in services.yaml, what Fargate offers next to it, and other systems' units."""

import re
from math import ceil

from modules.facts import fargate

_DEFAULT_CPU, _DEFAULT_MIB = 0.25, 512
# ECS counts 1024 CPU units to a vCPU: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html.
_ECS_UNITS = 1024
_CPU = re.compile(r"(?P<number>\d+(\.\d+)?) *(?P<unit>m|vcpu|)", re.IGNORECASE)
_MEMORY = re.compile(r"(?P<number>\d+(\.\d+)?) *(?P<unit>[mg]i?b?|)", re.IGNORECASE)
# Without a unit, no pod has so many GB.
_MOST_GB = 120


def memory_mib(text: str) -> int:
    """MiB of `512MB` or `1.5GB`; AWS counts 1024 MB to a GB."""
    return round(float(text[:-2]) * (1024 if text.endswith("GB") else 1))


def render_gb(gb: float) -> str:
    """A memory size as services.yaml writes it."""
    return f"{int(gb * 1024)}MB" if gb < 1 else f"{gb:g}GB"


def is_offered(cpu: float, mib: int) -> bool:
    """Whether Fargate offers exactly this size."""
    return mib / 1024 in fargate.SIZES.get(cpu, ())


def billed(cpu: float, request_mib: int) -> tuple[float, float]:
    """vCPU and GB that Fargate bills for a pod whose containers ask for this much: EKS adds its share, and rounds up.

    Raises ValueError where no size is large enough.
    """
    for offered, sizes in fargate.SIZES.items():
        for gb in sizes:
            if offered >= cpu and gb * 1024 >= request_mib + fargate.OVERHEAD_MIB:
                return offered, gb
    raise ValueError(f"Fargate has no pod for {cpu:g} vCPU and {request_mib} MiB")


def billed_storage(asked_gib: int) -> int:
    """GiB of disk that Fargate bills for a pod whose containers ask for this much; its own share is added first."""
    provisioned = asked_gib + ceil(asked_gib * fargate.STORAGE_PERCENT / 100) + fargate.STORAGE_GIB
    return max(0, provisioned - fargate.FREE_STORAGE_GIB) if asked_gib else 0


def meant_cpu(written: object) -> float | None:
    """vCPU that Fargate offers and that ECS units (1024), Kubernetes units (`500m`) or quoted numbers stand for."""
    match = _CPU.fullmatch(str(written))
    if match is None or isinstance(written, bool):
        return None
    number, unit = float(match["number"]), match["unit"].lower()
    if unit == "m":
        number /= 1000
    elif unit == "" and number >= min(fargate.SIZES) * _ECS_UNITS:
        number /= _ECS_UNITS
    return number if number in fargate.SIZES else None


def meant_memory(written: object) -> str | None:
    """The size as services.yaml writes it that Kubernetes (`1Gi`), ECS (2048) or lower-case units stand for."""
    match = _MEMORY.fullmatch(str(written))
    if match is None or isinstance(written, bool):
        return None
    number, unit = float(match["number"]), match["unit"].lower()
    is_gb = unit.startswith("g") or (unit == "" and number <= _MOST_GB)
    mib = round(number * (1024 if is_gb else 1))
    return render_gb(mib / 1024) if mib >= 1024 and mib % 1024 == 0 else f"{mib}MB"


def fitting_step(cpu: object, memory: object, change: str) -> tuple[str, bool]:
    """The next step that corrects `change` ("cpu" or "memory"), and whether it is enough: the pair is one of Fargate's.

    `cpu` and `memory` are values as they are written, None for the default.
    """
    vcpu = meant_cpu(cpu) if cpu is not None else _DEFAULT_CPU
    size = meant_memory(memory) if memory is not None else f"{_DEFAULT_MIB}MB"
    corrected = f"`cpu: {vcpu:g}`" if change == "cpu" and vcpu is not None else f"`memory: {size}`"
    if vcpu is None or size is None or is_offered(vcpu, memory_mib(size)):
        return f"Write {corrected}.", True
    if change == "cpu":
        return f"Write {corrected} with `memory: {render_gb(_nearest_gb(vcpu, memory_mib(size)))}`.", False
    offered = [one for one, sizes in fargate.SIZES.items() if memory_mib(size) / 1024 in sizes]
    return f"Write {corrected}{f' with `cpu: {offered[0]:g}`' if offered else ''}.", False


def _nearest_gb(cpu: float, mib: int) -> float:
    return min(fargate.SIZES[cpu], key=lambda gb: abs(gb * 1024 - mib))


def nearest(cpu: float, mib: int, count: int = 2) -> list[tuple[float, float]]:
    """The offered sizes (vCPU, GB) nearest to one that is not, in relation rather than in difference; one a vCPU."""
    gb = mib / 1024

    def distance(size: tuple[float, float]) -> float:
        return sum(max(a, b) / min(a, b) for a, b in ((size[0], cpu), (size[1], gb)) if min(a, b) > 0)

    sizes = [
        min(((offered, memory) for memory in memories), key=distance) for offered, memories in fargate.SIZES.items()
    ]
    return sorted(sizes, key=distance)[:count]
