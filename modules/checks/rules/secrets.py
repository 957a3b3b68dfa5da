"""Secret values of a service: where they come from, and where they go."""

import re
from collections.abc import Iterator

from modules.design import pod_environment
from modules.schema import patterns
from modules.spec import reserved_names
from modules.spec.model import Service, Spec
from modules.spec.problem import Path, Problem, remove


def _each(spec: Spec) -> Iterator[tuple[str, Service, str, Path]]:
    """Every secret value: its service, by name and as a value, the variable or file, and where it is written."""
    for name, service in spec.services.items():
        yield from ((name, service, place, ("services", name, "secrets", place)) for place in service.secrets)


def secrets_have_one_source(spec: Spec) -> Iterator[Problem]:
    """A value is in the secret of another service, or in one that is made elsewhere."""
    for _, service, place, path in _each(spec):
        secret = service.secrets[place]
        if secret.of is not None and secret.source is not None:
            what = "`of` and `from` name two secrets for one value."
            yield Problem(path, what, "Remove one of the two.", also=((*path, "of"), (*path, "from")))


def secrets_of_others_exist(spec: Spec) -> Iterator[Problem]:
    """`of:` names a service that has a secret of its own."""
    for name, service, place, path in _each(spec):
        owner = spec.services.get(service.secrets[place].of or "")
        if owner is not None and owner is not service and not owner.owns("secrets"):
            other = service.secrets[place].of
            step = f"Add `secrets` under `aws:` of {other}, or name the service that has the secret."
            yield Problem((*path, "of"), f"{other} has no secret of its own.", step, also=(("services", str(other)),))
        if service.secrets[place].is_own and not service.owns("secrets"):
            other = service.permissions["secrets"].owner
            what = f"{name} has no secret of its own: `aws: secrets` reads that of {other}."
            also = (("services", name, "aws", "secrets", "of"),)
            yield Problem(path, what, f"Write {{of: {other}}}, or remove `of` there.", also=also)


def secrets_are_in_the_region(spec: Spec) -> Iterator[Problem]:
    """The operator and the VPC's endpoint ask Secrets Manager of the system's region."""
    for _, service, place, path in _each(spec):
        region = re.match(r"arn:[^:]*:[^:]*:([^:]*):", service.secrets[place].source or "")
        if region and region[1] != spec.region:
            what = f"This secret is in {region[1]}, and the system in {spec.region}."
            step = (
                f"Replicate it to {spec.region} (aws secretsmanager replicate-secret-to-regions), and write that ARN."
            )
            yield Problem(path, what, step, also=((*path, "from"),))


def secrets_have_a_key(spec: Spec) -> Iterator[Problem]:
    """Without `key:`, the name of the file is the key, and it can have signs that a key can't."""
    for _, service, place, path in _each(spec):
        key = service.secrets[place].key_for(place)
        if key is not None and not re.fullmatch(patterns.SECRET_KEY, key):
            what = f'"{key}" can\'t be a key of the secret: only letters, digits, `.`, `_` and `-` can be looked up.'
            yield Problem(path, what, "Add `key: …` with the key that the value has in the secret.")


def secret_variables_are_free(spec: Spec) -> Iterator[Problem]:
    """A variable has one value, and those of EKS and of AWS's login are EKS's."""
    for name, service, place, path in _each(spec):
        given = pod_environment.given(service)
        if place in reserved_names.VARIABLES_OF_EKS:
            yield Problem(path, f"{place} is set by EKS.", "Remove it.", edit=remove(path))
        elif place in reserved_names.VARIABLES_OF_LOGIN:
            what = f"{place} would hide the IAM role of {name} from its own pods."
            yield Problem(path, what, "List what the service needs under `aws:` or `statements:`.", edit=remove(path))
        elif place in given:
            yield Problem(path, f"{place} is set by {given[place]}.", "Give the secret another name.")
        elif place in service.env:
            also = (("services", name, "env", place),)
            yield Problem(path, f"{place} is under `env:` too.", "Remove one of the two.", also=also)


def secret_files_are_free(spec: Spec) -> Iterator[Problem]:
    """A file is mounted over what the image has there, and can't be in another file or where Kubernetes mounts."""
    for name, service, place, path in _each(spec):
        if not place.startswith("/"):
            continue
        folders = [one for one in reserved_names.MOUNTED if one != "/tmp"]
        if mounted := next((one for one in folders if f"{place}/".startswith(f"{one}/")), None):
            yield Problem(path, f"{mounted} is mounted by Kubernetes.", "Choose another path.")
        if outer := next((one for one in service.secrets if place.startswith(f"{one}/")), None):
            also = (("services", name, "secrets", outer),)
            yield Problem(path, f"{outer} is a file, and can't hold another.", "Choose another path.", also=also)
        if place in service.writable:
            also = (("services", name, "writable", place),)
            yield Problem(path, f"{place} is a folder under `writable:`.", "Choose another path.", also=also)
