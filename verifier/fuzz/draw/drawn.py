"""Stories one after the other, the same for the same number."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from unittest import mock

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import HypothesisProvider

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

    with _by_the_number_alone():
        draw()


@contextlib.contextmanager
def _by_the_number_alone() -> Iterator[None]:
    """Hypothesis also draws constants of the source of all modules outside site-packages, and keeps them in a folder
    where the user stands: the same number would be other stories in a checkout than where schedc is installed.
    """
    name = "_maybe_draw_constant"
    if not hasattr(HypothesisProvider, name):
        yield
        return
    with mock.patch.object(HypothesisProvider, name, lambda *_, **__: None):
        yield


def some_stories(themes: Sequence[Theme], params: tuple[t.Param, ...], number: int, count: int) -> tuple[Story, ...]:
    """So many of them, without the first: it is the simplest that there is, whatever the number."""
    found: list[Story] = []
    each_story(themes, params, number, count + 1, found.append)
    return tuple(found[1:])
