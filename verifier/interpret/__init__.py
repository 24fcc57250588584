"""The reference interpreter: what a typed policy means, in Python; and the test that the compiled C means the same."""

from schedc.verifier.interpret.differ import Compared, Disagreement, compare
from schedc.verifier.interpret.subject import Subject

__all__ = ["Compared", "Disagreement", "Subject", "compare"]
