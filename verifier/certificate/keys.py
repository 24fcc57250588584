"""Ed25519 keys in PEM files, as `openssl genpkey -algorithm ed25519` writes them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from schedc.verifier.certificate.errors import CertificateError
from schedc.verifier.certificate.model import Certificate, Signature

ENVIRONMENT = "SCHEDC_SIGNING_KEY"
_MOST = 16 * 1024
_MAKE = "openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out key.pub.pem"


@dataclass(frozen=True)
class PublicKey:
    """`text` are its 32 bytes in hexadecimal digits."""

    text: str


@dataclass(frozen=True)
class SigningKey:
    """A private key; it is never shown."""

    public: PublicKey
    _private: Any

    def __repr__(self) -> str:
        return f"SigningKey({self.public.text})"

    def sign(self, certificate: Certificate) -> Certificate:
        """The same certificate, signed."""
        value = self._private.sign(certificate.signed).hex()
        return replace(certificate, signature=Signature(self.public.text, value))


def read_signing_key(path: Path) -> SigningKey:
    """`CertificateError` unless it is an unencrypted Ed25519 key that nobody else can read."""
    data = _content(path, private=True)
    keys = _library("hazmat.primitives.asymmetric.ed25519")
    private = _loaded(path, "load_pem_private_key", data, password=None)
    if not isinstance(private, keys.Ed25519PrivateKey):
        raise CertificateError("this key is not one of Ed25519", f"make one: {_MAKE}", str(path))
    return SigningKey(PublicKey(private.public_key().public_bytes_raw().hex()), private)


def read_public_key(path: Path) -> PublicKey:
    """`CertificateError` unless it is a public Ed25519 key."""
    keys = _library("hazmat.primitives.asymmetric.ed25519")
    public = _loaded(path, "load_pem_public_key", _content(path, private=False))
    if not isinstance(public, keys.Ed25519PublicKey):
        raise CertificateError("this key is not one of Ed25519", f"make one: {_MAKE}", str(path))
    return PublicKey(public.public_bytes_raw().hex())


def is_signed_by(certificate: Certificate, key: PublicKey) -> bool:
    """Whether the signature is this key's and over this certificate."""
    signature = certificate.signature
    if signature is None or signature.key != key.text:
        return False
    keys, exceptions = _library("hazmat.primitives.asymmetric.ed25519"), _library("exceptions")
    try:
        public = keys.Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.text))
        public.verify(bytes.fromhex(signature.value), certificate.signed)
    except (exceptions.InvalidSignature, ValueError):
        return False
    return True


def _content(path: Path, private: bool) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_MOST + 1)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise CertificateError(f"the key cannot be read: {why}", place=str(path)) from None
    if private and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CertificateError("others than its owner may read this key", f"chmod 600 {path}", str(path))
    if len(data) > _MOST:
        raise CertificateError("no key is as large as this file", f"make one: {_MAKE}", str(path))
    return data


def _loaded(path: Path, loader: str, data: bytes, **more: Any) -> Any:
    serialization, exceptions = _library("hazmat.primitives.serialization"), _library("exceptions")
    try:
        return getattr(serialization, loader)(data, **more)
    except (ValueError, TypeError, exceptions.UnsupportedAlgorithm):
        kind = "an unencrypted private key" if "private" in loader else "a public key"
        raise CertificateError(f"this is not {kind} in PEM", f"make one: {_MAKE}", str(path)) from None


def _library(name: str) -> Any:
    try:
        return import_module(f"cryptography.{name}")
    except ImportError:
        raise CertificateError(
            "signatures need the Python package `cryptography`, which is not here", "pip install cryptography"
        ) from None
