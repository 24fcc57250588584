"""A certificate from bytes that anybody may have written."""

from __future__ import annotations

import json
from typing import Any

from schedc.verifier.certificate import schema
from schedc.verifier.certificate.errors import CertificateError
from schedc.verifier.certificate.model import SCHEMA, Certificate, Signature

MAX_BYTES = 1024 * 1024


def read(data: bytes) -> Certificate:
    """`CertificateError` unless it is one, whole, with the id of what it states. A signature is not looked at."""
    value = _parsed(data)
    _version(value)
    schema.check(value)
    signature = value["signature"]
    certificate = Certificate(
        value["statement"], value["made_at"], signature and Signature(signature["key"], signature["value"])
    )
    if certificate.id != value["id"]:
        raise CertificateError(
            f"the certificate's id is not that of what it states: {value['id']}, not {certificate.id}",
            "it was changed since it was made: certify the policy again",
        )
    return certificate


def _parsed(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise CertificateError(f"the certificate is larger than {MAX_BYTES} bytes", "this is no certificate of schedc")
    try:
        return json.loads(data, object_pairs_hook=_pairs)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise CertificateError(f"the certificate is no JSON: {why}", "this is no certificate of schedc") from None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name is there twice")
    return made


def _version(value: Any) -> None:
    """An unknown version is named before its fields are called wrong."""
    statement = value.get("statement") if isinstance(value, dict) else None
    version = statement.get("schema") if isinstance(statement, dict) else None
    if isinstance(version, int) and version != SCHEMA:
        raise CertificateError(
            f"the certificate is of version {version}, and this schedc knows version {SCHEMA}", "use a newer schedc"
        )
