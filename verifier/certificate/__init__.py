"""The certificate: which gates a policy passed, at which level, with which figures and assumptions."""

from schedc.verifier.certificate.confirm import Confirmed, confirm
from schedc.verifier.certificate.errors import CertificateError
from schedc.verifier.certificate.gates import Options
from schedc.verifier.certificate.keys import PublicKey, SigningKey, read_public_key, read_signing_key
from schedc.verifier.certificate.model import Certificate, Claim, GateRecord
from schedc.verifier.certificate.read import read
from schedc.verifier.certificate.run import GATES, CertifyResult, certify

__all__ = [
    "GATES", "Certificate", "CertificateError", "CertifyResult", "Claim", "Confirmed", "GateRecord", "Options",
    "PublicKey", "SigningKey", "certify", "confirm", "read", "read_public_key", "read_signing_key",
]  # fmt: skip
