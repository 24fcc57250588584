"""schedc: a small, safe language for Linux CPU scheduling policies, compiled to sched_ext BPF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schedc.api import CheckResult, CompileResult, check, compile
    from schedc.diagnostics.model import Diagnostic

__all__ = ["CheckResult", "CompileResult", "Diagnostic", "check", "compile"]


def __getattr__(name: str) -> Any:
    """The interface is loaded when it is first used: `schedc --help` needs none of it."""
    from importlib import import_module

    if name == "Diagnostic":
        return import_module("schedc.diagnostics.model").Diagnostic
    if name in __all__:
        return getattr(import_module("schedc.api"), name)
    raise AttributeError(f"module 'schedc' has no attribute {name!r}")
