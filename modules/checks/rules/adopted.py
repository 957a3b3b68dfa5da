"""What services adopt: each is one service's, in the system's region and account."""

from collections.abc import Iterator

from modules.spec.model import Spec
from modules.spec.problem import Path, Problem

_IDENTIFIERS = ("name", "url", "arn", "id")


def adopted(spec: Spec) -> Iterator[tuple[Path, str, str]]:
    """Place, kind and identifier of each."""
    for name, service in spec.services.items():
        for word, options in service.permissions.items():
            place: Path = ("services", name, "aws", word, "adopt")
            adopt = getattr(options, "adopt", None)
            if adopt is not None:
                key = next(one for one in _IDENTIFIERS if hasattr(adopt, one))
                yield (*place, key), word, getattr(adopt, key)
                if getattr(adopt, "dead_letters", None):
                    yield (*place, "dead_letters", "url"), word, adopt.dead_letters.url
        if service.repository.adopt:
            place = ("services", name, "repository", "adopt", "name")
            yield place, "repository", service.repository.adopt.name


def what_is_adopted_is_one_services(spec: Spec) -> Iterator[Problem]:
    """A resource is in one Terraform state."""
    first: dict[tuple[str, str], Path] = {}
    for place, kind, identifier in adopted(spec):
        if (kind, identifier) in first:
            what = f"{identifier} is adopted twice."
            step = "Let one service have it, and the other reach it by `of:`."
            yield Problem(place, what, step, also=(first[kind, identifier],))
        first.setdefault((kind, identifier), place)


def what_is_adopted_is_here(spec: Spec) -> Iterator[Problem]:
    """A stack reaches one region of one account."""
    for place, _, identifier in adopted(spec):
        if not identifier.startswith("arn:"):
            continue
        region, account = identifier.split(":")[3:5]
        if region != spec.region:
            what = f"It is in {region}, and the system in {spec.region}."
            yield Problem(place, what, f"Adopt what is in {spec.region}.", also=(("region",),))
        if spec.account and account != spec.account:
            what = f"It belongs to account {account}, not to {spec.account}."
            yield Problem(place, what, f"Adopt what is in account {spec.account}.", also=(("account",),))


def a_key_goes_with_its_encryption(spec: Spec) -> Iterator[Problem]:
    """ECR takes a key with `KMS` alone."""
    for name, service in spec.services.items():
        adopt = service.repository.adopt
        if adopt and adopt.kms_key and adopt.encryption != "KMS":
            place: Path = ("services", name, "repository", "adopt", "kms_key")
            what = "`kms_key` has no effect with `encryption: AES256`."
            yield Problem(place, what, "Write `encryption: KMS`, or remove `kms_key`.")
