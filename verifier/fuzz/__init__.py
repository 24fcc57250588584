"""The fuzz harness: hypothesis draws what happens to a policy, and what breaks a property becomes a short story."""

from schedc.verifier.fuzz.corpus import Corpus
from schedc.verifier.fuzz.errors import FuzzError
from schedc.verifier.fuzz.full import full_machines
from schedc.verifier.fuzz.harness import Budget, Outcome, fuzz
from schedc.verifier.fuzz.run import Judged, run
from schedc.verifier.fuzz.story import Story
from schedc.verifier.fuzz.subject import Subject
from schedc.verifier.fuzz.tell import tell

__all__ = [
    "Budget", "Corpus", "FuzzError", "Judged", "Outcome", "Story", "Subject", "full_machines", "fuzz", "run", "tell",
]  # fmt: skip
