"""S6: clang and the auditor. A finding here is a fault of the compiler, not of the policy: please report it."""

from __future__ import annotations

from schedc.diagnostics.model import Diagnostic, Fix, Label, Severity
from schedc.source import Span

_OURS = "the compiler wrote this: it is a fault of schedc, please report it with the policy"


def no_clang(span: Span, reason: str) -> Diagnostic:
    return Diagnostic(
        "S601",
        "no clang was found that can compile BPF",
        Label(span, "this policy was not compiled"),
        fixes=(Fix("pip install ziglang"), Fix("or name one:  --clang /usr/bin/clang-19")),
        notes=(reason,),
    )


def clang_message(span: Span, message: str, error: bool) -> Diagnostic:
    severity = Severity.ERROR if error else Severity.WARNING
    return Diagnostic("S602", f"clang: {message}", Label(span, "in the C made from this"), severity, notes=(_OURS,))


def audit_finding(span: Span, rule: str, message: str) -> Diagnostic:
    return Diagnostic(
        "S603", f"the auditor refuses the program ({rule}): {message}", Label(span, "made from this"), notes=(_OURS,)
    )


def object_finding(span: Span, rule: str, message: str) -> Diagnostic:
    return Diagnostic(
        "S604", f"the auditor refuses the object ({rule}): {message}", Label(span, "made from this"), notes=(_OURS,)
    )
