"""Whether a certificate is about this policy, this object and this kernel, and whose word it is."""

from __future__ import annotations

from hashlib import sha256

from schedc.load.errors import NotAllowed
from schedc.load.host import Kernel
from schedc.source import Source
from schedc.verifier.certificate.confirm import confirm
from schedc.verifier.certificate.keys import PublicKey
from schedc.verifier.certificate.model import Certificate


def check_source(certificate: Certificate, source: Source, kernel: Kernel, key: PublicKey | None) -> None:
    """`NotAllowed` unless it is for this policy and this kernel, and signed by `key` where one is given."""
    wrong = list(confirm(certificate, None, key).wrong)
    if certificate.statement["source"]["sha256"] != sha256(source.text.encode()).hexdigest():
        wrong.append(f"it is about another text, of the policy `{certificate.policy}`")
    if kernel.btf_sha256 not in _kernels(certificate):
        tried = ", ".join(_kernels(certificate).values()) or "none"
        wrong.append(f"it is not for this kernel ({kernel.release}), by its types; it was tried on: {tried}")
    _refuse(wrong, source, kernel)


def check_object(certificate: Certificate, source: Source, data: bytes, kernel: Kernel) -> None:
    """`NotAllowed` unless it is about this object."""
    if certificate.statement["object"]["sha256"] != sha256(data).hexdigest():
        clang = certificate.statement["compiler"]["clang"]
        _refuse([f"it is about another object, made by {clang}"], source, kernel)


def not_run(certificate: Certificate) -> tuple[str, ...]:
    """The gates whose passing is only assumed."""
    return tuple(gate.gate for gate in certificate.gates if not gate.ran)


def certify_command(kernel: Kernel, policy: str) -> str:
    """What makes a certificate for this kernel."""
    return f"schedc certify {policy} --kernel /boot/vmlinuz-{kernel.release}"


def _refuse(wrong: list[str], source: Source, kernel: Kernel) -> None:
    if wrong:
        hint = certify_command(kernel, source.name)
        raise NotAllowed(f"the certificate does not allow this: {'; '.join(wrong)}", f"run {hint}")


def _kernels(certificate: Certificate) -> dict[str, str]:
    """Hash and release of each that the policy was run on. The figures are whatever somebody wrote."""
    found: dict[str, str] = {}
    for gate in certificate.gates:
        listed = gate.figures.get("kernels") if gate.gate == "kernel" and gate.ran else None
        for release, figures in listed.items() if isinstance(listed, dict) else ():
            if isinstance(figures, dict) and isinstance(figures.get("btf_sha256"), str):
                found[figures["btf_sha256"]] = release
    return found
