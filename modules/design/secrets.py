"""Which values of Secrets Manager the pods of a service get, as variables and as files, and who brings them.

External Secrets Operator reads them with the service's role and keeps them in a Secret of the service's namespace, from
which Kubernetes gives them to the pods: docs/decisions/0010.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from modules.design import logins
from modules.naming import address
from modules.spec.model import Service, Spec
from modules.spec.secret import SecretValue

# Names of `local.values`: of the Secret, and of what is read of a source.
SECRET_NAME = "secret_name"
ARN, VERSION = "arn", "version"


class Value(NamedTuple):
    """A value: the variable or the file that gets it, its secret, and its key there (None: the secret's whole text)."""

    place: str
    source: str
    key: str | None

    @property
    def is_file(self) -> bool:
        """Whether the pods get it as a file."""
        return self.place.startswith("/")


def values(name: str, service: Service) -> list[Value]:
    """The values of a service, variables first, each in the order of the alphabet."""
    found = [Value(place, source(name, one), one.key_for(place)) for place, one in service.secrets.items()]
    return sorted(found, key=lambda value: (value.is_file, value.place))


def source(name: str, secret: SecretValue) -> str:
    """The address of a secret in the stack of the service `name`: of two values, whether they are in the same."""
    if secret.source is None:
        return address(secret.of or name)
    # A name has slashes and capitals, and an ARN an account: two that differ only in such signs differ in the digest.
    return address("from", secret.source.rpartition(":secret:")[2], sha256(secret.source.encode()).hexdigest()[:6])


def sources(name: str, service: Service) -> dict[str, SecretValue]:
    """Each secret that a service gets values from, by its address."""
    return {source(name, secret): secret for _, secret in sorted(service.secrets.items())}


def variables(service: Service) -> list[str]:
    """Names of the variables whose values are secret."""
    return sorted(place for place in service.secrets if not place.startswith("/"))


def files(service: Service) -> list[str]:
    """Paths of the files whose contents are secret."""
    return sorted(place for place in service.secrets if place.startswith("/"))


def keys_in_kubernetes(service: Service) -> Mapping[str, str]:
    """Place -> its key in Kubernetes' Secret, in which a key has no slash."""
    return {path: f"file-{index}" for index, path in enumerate(files(service))} | {
        variable: variable for variable in variables(service)
    }


def digest(name: str, service: Service) -> str:
    """What the name of the Secret says of the values besides their versions: another list makes another Secret."""
    return sha256(repr(values(name, service)).encode()).hexdigest()


def origins(service: Service) -> list[str]:
    """Other services, and secrets made elsewhere, that it gets values from."""
    found = {value.of or value.source for value in service.secrets.values() if not value.is_own}
    return sorted(str(one).rpartition(":secret:")[2] for one in found)


def users(spec: Spec) -> list[str]:
    """Services that have secret values: where there is one, the cluster has the operator."""
    return sorted(name for name, service in spec.services.items() if service.secrets or logins.words(service))


def placeholder(what: str, source: str) -> str:
    """Name in `local.values` of the ARN or the version of a source."""
    return f"secret_{source}_{what}"


def referred(service: Service) -> Iterator[tuple[str, str]]:
    """Each value that is in the secret of another service: its place, and the service."""
    yield from ((place, secret.of) for place, secret in service.secrets.items() if secret.of is not None)
