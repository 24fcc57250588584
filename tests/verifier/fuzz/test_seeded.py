"""Each seeded bug is found, and its story as it is printed names the cause."""

from __future__ import annotations

import pytest
from seeded import BUGS

from schedc.verifier.fuzz import Budget, fuzz, tell
from schedc.verifier.fuzz.draw import THEMES


@pytest.mark.parametrize("name", BUGS)
def test_the_story_names_the_cause(name: str) -> None:
    bug = BUGS[name]
    themes = [theme for theme in THEMES if theme.name == bug.theme]
    outcome = fuzz(bug.subject(), Budget(stories=300), themes=themes)
    assert outcome.failure is not None
    assert outcome.failure.story.broken in bug.breaks
    told = tell(outcome.subject, outcome.failure)
    assert [words for words in bug.says if words not in told] == []
    assert len(outcome.failure.story.scenario.tasks) <= 4
    assert len(outcome.failure.story.scenario.events) <= 3


@pytest.mark.slow
@pytest.mark.parametrize("name", BUGS)
def test_it_is_found_among_all_themes(name: str) -> None:
    outcome = fuzz(BUGS[name].subject(), Budget(stories=3000))
    assert outcome.failure is not None
