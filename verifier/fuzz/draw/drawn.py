"""Stories one after the other, the same for the same number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from schedc.typed import tree as t
from schedc.verifier.fuzz.draw.themes import Theme, stories
from schedc.verifier.fuzz.story import Story


def each_story(
    themes: Sequence[Theme], params: tuple[t.Param, ...], number: int, most: int, take: Callable[[Story], None]
) -> None:
    """Gives `take` at most so many stories of these themes, with values for these params. What it raises ends it."""

    @seed(number)
    @settings(
        max_examples=most, phases=(Phase.generate,), database=None, deadline=None, derandomize=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(themes).flatmap(lambda theme: stories(theme, params)))
    def draw(story: Story) -> None:
        take(story)

    draw()


def some_stories(themes: Sequence[Theme], params: tuple[t.Param, ...], number: int, count: int) -> tuple[Story, ...]:
    """So many of them, without the first: it is the simplest that there is, whatever the number."""
    found: list[Story] = []
    each_story(themes, params, number, count + 1, found.append)
    return tuple(found[1:])
