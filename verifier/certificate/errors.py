"""What can be wrong with a certificate or a key."""

from __future__ import annotations

from schedc.verifier.trouble import Trouble


class CertificateError(Trouble):
    """It is no certificate, not the one it says it is, or cannot be signed."""
