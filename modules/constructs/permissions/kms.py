"""`kms`: a key that a service encrypts with itself."""

from modules.constructs.component import Component
from modules.constructs.kms.encryption_key import EncryptionKey
from modules.constructs.permissions.owner import Owner
from modules.permissions import kms
from modules.permissions.kms import KmsOptions


class OwnKey(Component):
    """Apart from the key of the stores, so that whoever reads a store can't decrypt what the service encrypted."""

    def __init__(self, owner: Owner, options: KmsOptions) -> None:
        super().__init__(owner.stack, "kms")
        key = EncryptionKey(
            self,
            owner.name,
            alias=(owner.name,),
            description=f"Key of {owner.name}, for its own use",
            adopted=options.adopt,
        )
        self.outputs = kms.Key(key_arn=key.arn)
