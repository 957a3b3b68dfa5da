"""Sizes of pods: what is written in services.yaml, and what Fargate offers next to it."""

from modules.facts import fargate


def memory_mib(text: str) -> int:
    """MiB of `512MB` or `1.5GB`; AWS counts 1024 MB to a GB."""
    return round(float(text[:-2]) * (1024 if text.endswith("GB") else 1))


def render_gb(gb: float) -> str:
    """A memory size as services.yaml writes it."""
    return f"{int(gb * 1024)}MB" if gb < 1 else f"{gb:g}GB"


def is_offered(cpu: float, mib: int) -> bool:
    """Whether Fargate offers exactly this size."""
    return mib / 1024 in fargate.SIZES.get(cpu, ())


def nearest(cpu: float, mib: int, count: int = 2) -> list[tuple[float, float]]:
    """The offered sizes (vCPU, GB) nearest to one that is not, in relation rather than in difference; one a vCPU."""
    gb = mib / 1024

    def distance(size: tuple[float, float]) -> float:
        return sum(max(a, b) / min(a, b) for a, b in ((size[0], cpu), (size[1], gb)) if min(a, b) > 0)

    sizes = [
        min(((offered, memory) for memory in memories), key=distance) for offered, memories in fargate.SIZES.items()
    ]
    return sorted(sizes, key=distance)[:count]
