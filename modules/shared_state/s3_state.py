"""The state of a stack as an object in a bucket, as Terraform's backend `s3` keeps it."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from modules.errors import CommandError
from modules.shared_state import lock as locks
from modules.shared_state.lock import Lock
from modules.shared_state.s3 import S3, Answered
from modules.state.json_file import MAX_BYTES

_NONE = ("404", "NoSuchKey")
_LOCKED = ("412", "PreconditionFailed", "ConditionalRequestConflict")


@dataclass(frozen=True)
class Object:
    """Where in S3."""

    bucket: str
    key: str
    region: str
    kms_key: str | None = None


class S3State:
    """An object, locked as Terraform does with `use_lockfile`: by a second object that nobody can make twice.

    https://github.com/hashicorp/terraform/blob/v1.11.4/internal/backend/remote-state/s3/client.go
    """

    def __init__(self, s3: S3, place: Object) -> None:
        self.s3, self.place = s3, place
        self._lock: Lock | None = None

    def __str__(self) -> str:
        return f"s3://{self.place.bucket}/{self.place.key}"

    def read(self) -> bytes | None:
        """The content; None where there is no object. Raises CommandError where it can't be read."""
        return self._content(self.place.key)

    def lock(self, lock: Lock) -> None:
        """Locks it, also before there is an object; one with the same ID is that of this command's killed run.

        Raises CommandError where another holds the lock.
        """
        mine = lock.at(f"{self.place.bucket}/{self.place.key}")
        try:
            self._put(self._lock_key, mine.as_json(), only_new=True)
        except Answered:
            content = self._content(self._lock_key)
            found = locks.parse(content, f"{self}.tflock") if content else None
            if not found or found.ID != lock.ID:
                remove = f"If its owner says that it was killed, remove the lock: aws s3 rm {self}.tflock"
                raise locks.held(found, str(self), remove) from None
        self._lock = mine

    def unlock(self) -> None:
        """Gives the lock back, if this process has it."""
        if self._lock:
            self.s3.call("delete_object", Bucket=self.place.bucket, Key=self._lock_key)
            self._lock = None

    def write(self, content: bytes) -> None:
        """Puts this content in the place of the object. Raises CommandError where it can't."""
        self._put(self.place.key, content)

    def remove_copy(self) -> None:
        """Removes what `write` has made where there was nothing."""
        self.s3.call("delete_object", Bucket=self.place.bucket, Key=self.place.key)

    def set_aside(self, day: date) -> str:
        """Renames the object, so that nothing takes it for the state any more; returns where it is."""
        content = self.read()
        key = f"{self.place.key}.moved-{day}"
        for number in count(1):
            aside = key if number == 1 else f"{key}-{number}"
            found = self._content(aside)
            if found is None and content is not None:
                self._put(aside, content)
            if found in (None, content):
                break
        self.remove_copy()
        return f"s3://{self.place.bucket}/{aside}"

    @property
    def _lock_key(self) -> str:
        return f"{self.place.key}.tflock"

    def _content(self, key: str) -> bytes | None:
        try:
            body = self.s3.call("get_object", tell=_NONE, Bucket=self.place.bucket, Key=key)["Body"]
        except Answered:
            return None
        content = bytes(body.read(MAX_BYTES + 1))
        if len(content) > MAX_BYTES:
            where = f"s3://{self.place.bucket}/{key}"
            raise CommandError(where, f"It is larger than {MAX_BYTES} bytes.", "Check that it is a state of Terraform.")
        return content

    def _put(self, key: str, content: bytes, *, only_new: bool = False) -> None:
        key_of = {"SSEKMSKeyId": self.place.kms_key} if self.place.kms_key else {}
        encryption: dict[str, Any] = {"ServerSideEncryption": "aws:kms" if key_of else "AES256", **key_of}
        if only_new:
            encryption["IfNoneMatch"] = "*"
        self.s3.call(
            "put_object",
            tell=_LOCKED if only_new else (),
            Bucket=self.place.bucket,
            Key=key,
            Body=content,
            ContentType="application/json",
            **encryption,
        )
