"""Params are drawn over their whole ranges, told with the story, and judged by."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from seeded import HASTY

from schedc import api
from schedc.verifier.fuzz import Budget, Story, Subject, fuzz, run, tell
from schedc.verifier.fuzz.draw import THEMES, stories

# It keeps its promise where its slice is short.
PARAMS = "param turn: duration = 1ms in 500us..40ms\nlive param spare: count = 3 in 0..9\n\n"
RANGED = HASTY.replace("queue ready", f"{PARAMS}queue ready").replace("for 20ms", "for turn").replace("50ms", "200ms")


def test_the_ends_the_default_and_what_is_between_are_drawn_at_load_and_while_it_runs() -> None:
    subject = Subject.of(api.compile(RANGED))
    loaded: set[int] = set()
    changed: set[int] = set()

    @settings(
        max_examples=400, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(stories(THEMES[0], subject.report.params))
    def each(story: Story) -> None:
        loaded.update(value for name, value in story.params.items() if name == "turn")
        changed.update(event.value for event in story.scenario.events if event.kind == "param")

    each()
    low, default, high = 500_000, 1_000_000, 40_000_000
    assert {low, default, high} < loaded
    assert low <= min(loaded) and max(loaded) <= high and len(loaded) > 10
    assert {0, 3, 9} < changed <= set(range(10))


def test_a_promise_that_one_end_breaks_is_told_with_it_and_kept_at_the_default() -> None:
    subject = Subject.of(api.compile(RANGED))
    outcome = fuzz(subject, Budget(stories=300), themes=[theme for theme in THEMES if theme.name == "crowd"])
    assert outcome.failure is not None
    story = outcome.failure.story
    assert (story.broken, list(story.params)) == ("promise_kept", ["turn"])
    assert "turn is " in tell(subject, outcome.failure)
    assert run(subject, Story(story.scenario)).broken == ()
    assert run(Subject.of(api.compile(RANGED), {"turn": "500us"}), story).broken == ()
