"""Drawn policies as a hypothesis strategy, so that a failing one shrinks to few decisions."""

from __future__ import annotations

from hypothesis import strategies as st

from schedc.verifier.generate.choices import Choices
from schedc.verifier.generate.policy import draw_policy


@st.composite
def policies(draw: st.DrawFn) -> str:
    """Texts of policies that the compiler has to accept."""
    return draw_policy(Choices(lambda limit: draw(st.integers(0, limit - 1))))
