"""schedc: a small, safe language for Linux CPU scheduling policies, compiled to sched_ext BPF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schedc.api import CheckResult, CompileResult, check, compile
    from schedc.catalog import policies
    from schedc.diagnostics.model import Diagnostic
    from schedc.model.generate import Result as GenerateResult
    from schedc.model.run import generate
    from schedc.trials import VerifyResult, simulate, verify
    from schedc.verifier.certificate import CertifyResult, certify
    from schedc.verifier.sim.simulation import Simulation

__all__ = [
    "CertifyResult", "CheckResult", "CompileResult", "Diagnostic", "GenerateResult", "Simulation", "VerifyResult",
    "certify", "check", "compile", "generate", "policies", "simulate", "verify",
]  # fmt: skip
# The module, and the name there where it is another one.
_ELSEWHERE = {
    "CertifyResult": ("schedc.verifier.certificate", "CertifyResult"),
    "Diagnostic": ("schedc.diagnostics.model", "Diagnostic"),
    "GenerateResult": ("schedc.model.generate", "Result"),
    "Simulation": ("schedc.verifier.sim.simulation", "Simulation"),
    "VerifyResult": ("schedc.trials", "VerifyResult"),
    "certify": ("schedc.verifier.certificate", "certify"),
    "generate": ("schedc.model.run", "generate"),
    "policies": ("schedc.catalog", "policies"),
    "simulate": ("schedc.trials", "simulate"),
    "verify": ("schedc.trials", "verify"),
}


def __getattr__(name: str) -> Any:
    """The interface is loaded when it is first used: `schedc --help` needs none of it."""
    from importlib import import_module

    if name in __all__:
        module, there = _ELSEWHERE.get(name, ("schedc.api", name))
        return getattr(import_module(module), there)
    raise AttributeError(f"module 'schedc' has no attribute {name!r}")
