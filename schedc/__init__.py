"""schedc: a small, safe language for Linux CPU scheduling policies, compiled to sched_ext BPF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schedc.api import CheckResult, CompileResult, check, compile
    from schedc.catalog import policies
    from schedc.diagnostics.model import Diagnostic
    from schedc.verifier.certificate import certify

__all__ = ["CheckResult", "CompileResult", "Diagnostic", "certify", "check", "compile", "policies"]
_ELSEWHERE = {
    "Diagnostic": "schedc.diagnostics.model",
    "certify": "schedc.verifier.certificate",
    "policies": "schedc.catalog",
}


def __getattr__(name: str) -> Any:
    """The interface is loaded when it is first used: `schedc --help` needs none of it."""
    from importlib import import_module

    if name in __all__:
        return getattr(import_module(_ELSEWHERE.get(name, "schedc.api")), name)
    raise AttributeError(f"module 'schedc' has no attribute {name!r}")
