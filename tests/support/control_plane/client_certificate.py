"""The certificate by which a kubelet and a metrics server know the API server: signed by itself, its own authority."""

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support import self_signed

NAME, GROUP = "kube-apiserver", "system:masters"
VALID = datetime.timedelta(days=365)  # as the certificate that the API server makes for itself


def write(certificate: Path, private_key: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, GROUP), x509.NameAttribute(NameOID.COMMON_NAME, NAME)]
    )
    extensions = (
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
    )
    certificate.write_bytes(self_signed.certificate(key, name, VALID, *extensions))
    private_key.touch(mode=0o600)
    private_key.write_bytes(self_signed.private_key(key))
