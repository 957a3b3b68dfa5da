"""Where the states of a system are: `local`, or a bucket; and the state of each of its stacks there."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from modules.design import state_location
from modules.doctor.account import Account
from modules.errors import CommandError
from modules.shared_state.local_state import LocalState
from modules.shared_state.s3 import S3
from modules.shared_state.s3_state import Object, S3State
from modules.spec.model import S3State as S3Settings
from modules.spec.model import Spec, State
from modules.state import generated

LOCAL = "local"
Place = LocalState | S3State
_S3 = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/(?P<prefix>[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*))?/?$"
)


def parse(text: str, account: Account) -> State | None:
    """The value of `state:` for `local` or `s3://bucket/prefix`; asks AWS for the bucket's region.

    Raises CommandError for other texts, and where the bucket can't be used.
    """
    if text == LOCAL:
        return None
    if not (match := _S3.match(text)):
        raise CommandError(text, "This names no place for states.", "Write local, or s3://my-bucket/prefix.")
    found = S3(account, account.region).call("head_bucket", Bucket=match["bucket"])
    region = str(found.get("BucketRegion") or account.region)
    other = None if region == account.region else region
    return State(s3=S3Settings(bucket=match["bucket"], region=other, prefix=match["prefix"]))


def bucket_of(state: State) -> S3Settings:
    """Raises CommandError where the states are in HCP Terraform."""
    if state.s3 is None:
        what = "services.yaml keeps the states in HCP Terraform, where only Terraform moves them."
        raise CommandError("state", what, "See docs/operations/hcp-terraform.md.")
    return state.s3


def title(state: State | None, spec: Spec, out: Path) -> str:
    """How messages name a place; raises CommandError for one where only Terraform moves states."""
    if state is None:
        return str(LocalState(local_folder(out)))
    s3 = bucket_of(state)
    return f"s3://{s3.bucket}/{s3.prefix or spec.project}"


def local_folder(out: Path) -> Path:
    """Where local states are."""
    return (generated.folder_of(out, "any") / state_location.state_folder(out)).resolve()


def stacks_with(state: State | None, specs: Iterable[Spec], out: Path) -> dict[str, Spec]:
    """The stacks of generated/ whose environments have this value of `state:`, each with its environment.

    Raises CommandError where generated/ is damaged.
    """
    stacks = list(generated.manifest(out))
    return {stack: spec for spec in specs if spec.state == state for stack in stacks if spec.names.part(stack)}


def of_system(
    state: State | None, spec: Spec, out: Path, stacks: Mapping[str, Spec], account: Account
) -> dict[str, Place]:
    """The state of each stack, with this value of `state:` in `spec`, which is the base."""
    called = {stack: one.names.state(one.names.part(stack) or stack) for stack, one in stacks.items()}
    if state is None:
        folder = local_folder(out)
        return {stack: LocalState(Path(state_location.local_path(str(folder), name))) for stack, name in called.items()}
    s3 = bucket_of(state)
    region = state_location.s3_region(spec, s3)
    calls = S3(account, region)
    return {
        stack: S3State(calls, Object(s3.bucket, state_location.s3_key(spec, s3, name), region, s3.kms_key))
        for stack, name in called.items()
    }


def declared(out: Path, stacks: Iterable[str], account: Account) -> dict[str, Place]:
    """The state of each of these stacks, as generated/ says it. Raises CommandError where that is damaged."""
    found: dict[str, Place] = {}
    for stack in stacks:
        folder = generated.folder_of(out, stack)
        backend = generated.configuration(folder).terraform.backend
        if local := generated.declared_backend(folder).local_file:
            found[stack] = LocalState(local.resolve())
        elif s3 := backend.get("s3"):
            found[stack] = _from_backend(s3, account)
        else:
            what = f"The stack {stack} has its state in the backend {next(iter(backend))}."
            raise CommandError(str(folder), what, "Only local states and those in S3 can be moved.")
    return found


def _from_backend(s3: Mapping[str, object], account: Account) -> S3State:
    region, kms_key = str(s3.get("region") or account.region), s3.get("kms_key_id")
    key = str(kms_key) if kms_key else None
    return S3State(S3(account, region), Object(str(s3["bucket"]), str(s3["key"]), region, key))


def same(one: Place, other: Place) -> bool:
    """Whether both are one place."""
    if isinstance(one, S3State) and isinstance(other, S3State):
        return (one.place.bucket, one.place.key) == (other.place.bucket, other.place.key)
    return isinstance(one, LocalState) and isinstance(other, LocalState) and one.file == other.file
