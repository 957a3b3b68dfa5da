"""What a service says of its container, and of the names and labels around it."""

from collections.abc import Iterator

from modules.spec import reserved_names
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, remove


def writable_folders_are_free(spec: Spec) -> Iterator[Problem]:
    """A folder is mounted over what the image has there, and some are mounted already."""
    for name, service in spec.services.items():
        for folder in service.writable:
            place: Path = ("services", name, "writable", folder)
            if folder == "/tmp":
                yield Problem(place, "/tmp is writable already.", "Remove it.", edit=remove(place))
            elif mounted := next((one for one in reserved_names.MOUNTED if f"{folder}/".startswith(f"{one}/")), None):
                yield Problem(place, f"{mounted} is mounted by Kubernetes.", "Let the program write elsewhere.")


def aliases_are_free(spec: Spec) -> Iterator[Problem]:
    """In a service's namespace, its own name and those of its callees are taken."""
    for name, service in spec.services.items():
        for short in service.aliases:
            place: Path = ("services", name, "aliases", short)
            if short == name:
                yield Problem(place, f"{short} is the service's own name.", "Use another name.")
            elif short in service.calls:
                also = (("services", name, "calls"),)
                yield Problem(
                    place, f"{short} is the name of a service under `calls:`.", "Use another name.", also=also
                )


def labels_are_free(spec: Spec) -> Iterator[Problem]:
    """Labels by which Kubernetes, EKS and the charts find pods are theirs."""
    for name, service in spec.services.items():
        for key in ("labels", "annotations"):
            for label in getattr(service, key):
                if prefix := next((one for one in reserved_names.LABELS if label.startswith(one)), None):
                    place: Path = ("services", name, key, label)
                    what = f"What starts with {prefix} is set by Kubernetes, EKS or the chart."
                    yield Problem(place, what, "Use a prefix of your own, such as example.com/.")
