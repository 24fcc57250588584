"""Stories by a number: the same for the same one, others for another, and none is the simplest that there is."""

from __future__ import annotations

import pytest

from schedc.verifier.fuzz import Story
from schedc.verifier.fuzz.draw import THEMES, each_story, some_stories


def test_a_number_stands_for_its_stories() -> None:
    first = some_stories(THEMES, (), 7, 3)
    assert len(first) == 3
    assert first == some_stories(THEMES, (), 7, 3) != some_stories(THEMES, (), 8, 3)


def test_what_takes_them_may_end_it() -> None:
    taken: list[Story] = []

    def take(story: Story) -> None:
        taken.append(story)
        if len(taken) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        each_story(THEMES, (), 7, 100, take)
    assert len(taken) == 2
