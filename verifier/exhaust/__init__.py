"""The exhaustive small check: all orders of events on small machines, to a depth."""

from schedc.verifier.exhaust.explore import Bound, ExhaustError, Outcome, exhaust
from schedc.verifier.exhaust.scenes import Scene, scenes

__all__ = ["Bound", "ExhaustError", "Outcome", "Scene", "exhaust", "scenes"]
