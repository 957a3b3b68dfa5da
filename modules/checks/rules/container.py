"""What a service says of its container, and of the names and labels around it."""

from collections.abc import Iterator

from modules.design import containers
from modules.facts.config_map import MAX_TEXT_BYTES
from modules.spec import pod_size, reserved_names
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


def files_are_free(spec: Spec) -> Iterator[Problem]:
    """A file is mounted over what the image has there, and nothing is mounted below a file."""
    for name, service in spec.services.items():
        for file in service.files:
            place: Path = ("services", name, "files", file)
            if mounted := next((one for one in reserved_names.MOUNTED if f"{file}/".startswith(f"{one}/")), None):
                what = f"{mounted} is mounted by Kubernetes or the chart."
                yield Problem(place, what, "Let the program read it from elsewhere.")
            for key in ("files", "writable", "secrets"):
                for other in getattr(service, key):
                    below = other.startswith(f"{file}/") or (key != "files" and other == file)
                    if below:
                        what = f"{file} is a file, and {other} would be mounted there."
                        also: Path = ("services", name, key, other)
                        yield Problem(place, what, "Give one of them another path.", also=(also,))


def files_fit(spec: Spec) -> Iterator[Problem]:
    """A service's files are in one ConfigMap, and in Helm's record of the release."""
    for name, service in spec.services.items():
        size = sum(len(file.text.encode()) for file in service.files.values())
        if size > MAX_TEXT_BYTES:
            what = f"The files of {name} have {size:,} bytes together, and a release has room for {MAX_TEXT_BYTES:,}."
            step = "Put large files into the image, or let the program read them from a bucket (`aws: s3`)."
            yield Problem(("services", name, "files"), what, step)


def containers_have_names_of_their_own(spec: Spec) -> Iterator[Problem]:
    """A pod has no two containers of one name."""
    for name, service in spec.services.items():
        for key in ("sidecars", "init"):
            for container in getattr(service, key):
                place: Path = ("services", name, key, container)
                if container == containers.SERVER or container.startswith(containers.COPY):
                    what = f'A container of the chart is called "{container}".'
                    yield Problem(place, what, "Use another name.")
                elif key == "init" and container in service.sidecars:
                    also: tuple[Path, ...] = (("services", name, "sidecars", container),)
                    yield Problem(place, f"{container} is the name of a sidecar.", "Use another name.", also=also)


def sidecars_leave_room(spec: Spec) -> Iterator[Problem]:
    """Their size is a part of the pod's, and the service's own container has the rest."""
    for name, service in spec.services.items():
        left = containers.rest(service)
        if not service.sidecars or (left.millis >= containers.LEAST.millis and left.mib >= containers.LEAST.mib):
            continue
        whole, least = containers.pod(service), containers.LEAST
        taken = containers.Size(whole.millis - left.millis, whole.mib - left.mib)
        what = f"The sidecars take {taken} of the pod's {whole}: less than {least} is left."
        yield Problem(("services", name, "sidecars"), what, _size_for(taken, least))


def _size_for(taken: containers.Size, least: containers.Size) -> str:
    try:
        cpu, gb = pod_size.billed((taken.millis + least.millis) / 1000, taken.mib + least.mib)
    except ValueError:
        return "Write smaller sidecars: Fargate has no pod that is large enough."
    return f"Write `cpu: {cpu:g}` with `memory: {pod_size.render_gb(gb)}`, or smaller sidecars."


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
