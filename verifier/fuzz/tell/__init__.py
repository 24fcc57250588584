"""A broken story in words: who was there, what happened, and which lines of the policy decided."""

from schedc.verifier.fuzz.tell.story import tell

__all__ = ["tell"]
