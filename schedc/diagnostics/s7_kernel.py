"""S7: a kernel does not take what was compiled. What `schedc check` accepts should load: report these."""

from __future__ import annotations

from schedc.diagnostics.model import Diagnostic, Fix, Label
from schedc.source import Span

_OURS = (
    "what is accepted should load: it is a fault of schedc or of the kernel, please report it with the policy"
)


def refused(span: Span, kernel: str, callback: str, reason: str, generated: str) -> Diagnostic:
    written = (f"the verifier stood at: {generated}",) if generated else ()
    return Diagnostic(
        "S701",
        f"the verifier of {kernel} refuses `{callback}`: {reason}",
        Label(span, "in the program made from this"),
        notes=(*written, _OURS),
    )


def not_loaded(span: Span, kernel: str, reason: str) -> Diagnostic:
    return Diagnostic(
        "S702", f"the policy does not load on {kernel}: {reason}", Label(span, "this policy"), notes=(_OURS,)
    )


def not_attached(span: Span, kernel: str, reason: str) -> Diagnostic:
    return Diagnostic(
        "S703",
        f"{kernel} does not start the scheduler: {reason}",
        Label(span, "it loaded, and was refused at its start"),
        notes=(_OURS,),
    )


def malformed(span: Span, kernel: str, reason: str) -> Diagnostic:
    return Diagnostic(
        "S704",
        f"{kernel} was built with wrong type information: no sched_ext scheduler loads on it",
        Label(span, "nothing is wrong with this policy"),
        fixes=(Fix("use another build of the kernel"),),
        notes=(reason,),
    )
