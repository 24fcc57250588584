"""Draws stories for a policy until one breaks a property or the budget is spent."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from schedc.verifier.fuzz.corpus import Corpus
from schedc.verifier.fuzz.coverage import Coverage
from schedc.verifier.fuzz.draw import THEMES, Theme, each_story
from schedc.verifier.fuzz.errors import FuzzError
from schedc.verifier.fuzz.run import Judged, run
from schedc.verifier.fuzz.shrink import numbered, shrink
from schedc.verifier.fuzz.story import Policy, Story
from schedc.verifier.fuzz.subject import Subject
from schedc.verifier.sim.errors import SimError

# Stories of one theme in a row. Hypothesis wants some to vary what it drew; coverage chooses again after them.
ROUND = 25


@dataclass(frozen=True)
class Budget:
    """How many stories at most, or how many seconds; None is no limit."""

    stories: int | None = None
    seconds: float | None = None


@dataclass
class Outcome:
    """`failure` is the shrunk story of the first failure, `first` as it was found; `too_long` stories were left out.

    `seconds` are those up to the failure, without the shrinking. `longest_idle` (ns): how long a CPU had nothing to do
    while a task waited that may run there.
    """

    subject: Subject
    coverage: Coverage
    stories: int = 0
    kept: int = 0
    too_long: int = 0
    seconds: float = 0.0
    first: Judged | None = None
    failure: Judged | None = None
    path: Path | None = None
    skipped: list[str] = field(default_factory=list)
    longest_idle: int = 0
    interrupted: bool = False


Progress = Callable[[Outcome, str], None]


class _Stop(Exception):
    """The round is over: a failure was found, or there is no budget left."""


def fuzz(
    subject: Subject,
    budget: Budget,
    *,
    start: int = 0,
    corpus: Corpus | None = None,
    progress: Progress | None = None,
    themes: Sequence[Theme] = THEMES,
    first: Sequence[Story] = (),
) -> Outcome:
    """The kept stories and those of `first`, then drawn ones. The same `start`, policy and number of stories give the
    same outcome.

    An interrupt ends it, and what came out so far is the outcome. `FuzzError`: a kept story is none.
    """
    session = _Session(subject, budget, start, progress or (lambda outcome, theme: None), themes)
    try:
        session.kept_stories(corpus)
        session.given_stories(first)
        session.drawn_stories()
    except KeyboardInterrupt:
        session.outcome.interrupted = True
    return session.end(corpus)


class _Session:
    def __init__(
        self, subject: Subject, budget: Budget, start: int, progress: Progress, themes: Sequence[Theme]
    ) -> None:
        self.themes = themes
        self.subject, self.budget, self.start, self.progress = subject, budget, start, progress
        self.outcome = Outcome(subject, Coverage(subject))
        self.began = time.monotonic()
        self.weights = {theme.name: 4.0 for theme in themes}
        self.params = tuple(param for param in subject.report.params if param.name not in subject.fixed)

    def kept_stories(self, corpus: Corpus | None) -> None:
        for path, story in corpus.stories() if corpus else ():
            if self.outcome.first is not None:
                return
            try:
                self._run(story, "kept stories")
            except FuzzError as error:
                self.outcome.skipped.append(f"{path}: {error.message}")
            self.outcome.kept += 1

    def given_stories(self, given: Sequence[Story]) -> None:
        for story in given:
            if self.outcome.first is None and not self._is_spent():
                self._run(story, "given stories")

    def drawn_stories(self) -> None:
        choose = random.Random(self.start)
        number = 0
        while self.outcome.first is None and not self._is_spent():
            # Each theme once, then those more often that led to branches of the policy not long ago.
            weights = [self.weights[each.name] for each in self.themes]
            first = number < len(self.themes)
            theme = self.themes[number] if first else choose.choices(self.themes, weights)[0]
            new = self._round(theme, self.start * 1_000_003 + number)
            self.weights[theme.name] = max(1.0, self.weights[theme.name] / 2) + 4 * new
            number += 1

    def _round(self, theme: Theme, number: int) -> int:
        """How many ways through the policy it was the first to go."""
        before = self.outcome.coverage.ways()[0]

        def take(story: Story) -> None:
            if self._is_spent():
                raise _Stop
            self._run(story, theme.name)
            if self.outcome.first is not None:
                raise _Stop

        with contextlib.suppress(_Stop):
            each_story((theme,), self.params, number, ROUND, take)
        return self.outcome.coverage.ways()[0] - before

    def _run(self, story: Story, theme: str) -> None:
        try:
            judged = run(self.subject, story)
        except SimError:
            self.outcome.too_long += 1
            return
        self.outcome.stories += 1
        self.outcome.coverage.add(judged.result.branches)
        self.outcome.longest_idle = max(self.outcome.longest_idle, judged.result.unserved.length)
        self.outcome.seconds = time.monotonic() - self.began
        self.progress(self.outcome, theme)
        if judged.broken:
            self.outcome.first = judged

    def _is_spent(self) -> bool:
        if self.budget.stories is not None and self.outcome.stories >= self.budget.stories:
            return True
        return self.budget.seconds is not None and time.monotonic() - self.began >= self.budget.seconds

    def end(self, corpus: Corpus | None) -> Outcome:
        if self.outcome.first is not None:
            self.progress(self.outcome, "shrinking")
            short = shorten(self.subject, self.outcome.first)
            self.outcome.failure = run(self.subject, short, trace=True)
            self.outcome.path = corpus.keep(self.outcome.failure.story) if corpus else None
        return self.outcome


def shorten(subject: Subject, found: Judged) -> Story:
    """The shortest story that was found to break the same property."""
    name = found.broken[0].name

    def breaks(story: Story) -> bool:
        try:
            return any(each.name == name for each in run(subject, story).broken[:1])
        except (FuzzError, SimError):
            return False

    short = numbered(shrink(found.story, breaks))
    return replace(short, policy=Policy(subject.name, subject.sha256), broken=name)
