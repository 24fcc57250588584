"""The kernel gate for policies: compiled, taken by real kernels, run under load, and what came of it."""

from schedc.verifier.kernel.subject import Subject
from schedc.verifier.kernel.verify import Options, Outcome, Verdict, verify

__all__ = ["Options", "Outcome", "Subject", "Verdict", "verify"]
