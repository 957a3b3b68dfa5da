"""Names of time zones, as the IANA database has them (time_zones.txt beside this file)."""

from functools import cache
from pathlib import Path

# https://data.iana.org/time-zones/, version 2026f: the list `zones` of tzdata 2026.6
# (https://pypi.org/project/tzdata/2026.6/), which is in the public domain. Read 2026-11-26. Kubernetes knows what its
# controller manager was built with, and refuses `Local`:
# https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones.
_FILE = Path(__file__).with_name("time_zones.txt")
UTC = "Etc/UTC"


@cache
def names() -> tuple[str, ...]:
    """All of them, in the order of the file."""
    return tuple(_FILE.read_text(encoding="ascii").split())
