"""Whether a certificate is about this policy, and whose word it is."""

from __future__ import annotations

from dataclasses import dataclass

from schedc.api import CompileResult
from schedc.verifier.certificate.canonical import digest
from schedc.verifier.certificate.errors import CertificateError
from schedc.verifier.certificate.keys import PublicKey, is_signed_by
from schedc.verifier.certificate.model import Certificate


@dataclass(frozen=True)
class Confirmed:
    """What was found: `wrong` are sentences, none where all is well. `signer` is a key, empty where nobody signed."""

    certificate: Certificate
    wrong: tuple[str, ...]
    signer: str

    @property
    def ok(self) -> bool:
        return not self.wrong


def confirm(
    certificate: Certificate, compiled: CompileResult | None = None, key: PublicKey | None = None
) -> Confirmed:
    """`compiled`: the policy that it is to be about. `key`: who has to have signed it; any signature has to be right.

    `CertificateError` where there is a signature, and nothing to check it with.
    """
    wrong = [*_signature(certificate, key), *(_subject(certificate, compiled) if compiled is not None else ())]
    return Confirmed(certificate, tuple(wrong), certificate.signature.key if certificate.signature else "")


def _signature(certificate: Certificate, key: PublicKey | None) -> list[str]:
    signature = certificate.signature
    if signature is None:
        return ["nobody has signed it"] if key is not None else []
    if not is_signed_by(certificate, PublicKey(signature.key)):
        return [f"the signature is not that of the key {signature.key} over this certificate"]
    if key is not None and signature.key != key.text:
        return [f"it is signed by {signature.key}, not by {key.text}"]
    return []


def _subject(certificate: Certificate, compiled: CompileResult) -> list[str]:
    if compiled.built is None:
        raise CertificateError("the policy does not compile, so that nothing can be certified of it")
    statement = certificate.statement
    source, made = digest(compiled.check.source.text.encode()), digest(compiled.built.object)
    wrong = []
    if statement["source"]["sha256"] != source:
        wrong.append(f"it is about another source: {statement['source']['sha256']}, and this is {source}")
    if statement["object"]["sha256"] != made:
        wrong.append(f"it is about another object: {statement['object']['sha256']}, and this is {made}")
        clang, here = statement["compiler"]["clang"], compiled.built.report.clang
        if clang != here:
            wrong.append(f"the object was made by {clang}, and this one by {here}")
    return wrong
