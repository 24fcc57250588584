"""The language card: what a model has to know to write a policy, small enough for every prompt."""

from schedc.card.card import card

__all__ = ["card"]
