"""The harness repeats itself, keeps to its budget, and leaves out what does not fit the policy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from seeded import BUGS

from schedc.verifier.fuzz import Budget, Corpus, Outcome, Story, fuzz
from schedc.verifier.fuzz.draw import THEMES
from schedc.verifier.sim import Phase, Scenario, Task, machine

SHORT = [theme for theme in THEMES if theme.name in ("crowd", "affinity flips")]
WELL = replace(BUGS["no kick"], text=BUGS["no kick"].text.replace("promise work_conserving within 1ms\n", "")).subject()


def test_the_same_seed_finds_the_same_story() -> None:
    subject = BUGS["a promise that cannot be kept"].subject()
    first, second = (fuzz(subject, Budget(stories=60), start=3, themes=SHORT) for _ in range(2))
    assert first.failure is not None
    assert second.failure is not None
    assert (first.stories, first.failure.story) == (second.stories, second.failure.story)


def test_a_budget_of_stories_is_kept_to() -> None:
    outcome = fuzz(WELL, Budget(stories=30), themes=SHORT)
    assert (outcome.stories, outcome.failure) == (30, None)


def test_an_interrupt_keeps_what_was_done() -> None:
    def interrupt(outcome: Outcome, theme: str) -> None:
        if outcome.stories == 5:
            raise KeyboardInterrupt

    outcome = fuzz(WELL, Budget(stories=30), themes=SHORT, progress=interrupt)
    assert (outcome.stories, outcome.interrupted) == (5, True)


def test_a_kept_story_of_another_version_of_the_policy_is_left_out_and_named(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, WELL.name)
    path = corpus.keep(Story(Scenario(machine(1), (Task((Phase("run", 1000),)),)), {"gone": 1}))
    outcome = fuzz(WELL, Budget(stories=1), corpus=corpus, themes=SHORT)
    assert outcome.skipped == [f"{path}: the story sets `gone`, and silent has no such param"]
