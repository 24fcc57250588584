"""Stories as files: what is written can be read, and what is no story is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedc.verifier.fuzz import Corpus, FuzzError, Story
from schedc.verifier.fuzz.draw import THEMES, stories
from schedc.verifier.fuzz.shrink import shrink
from schedc.verifier.fuzz.story import parse
from schedc.verifier.sim import Event, Phase, Scenario, Task, machine
from schedc.verifier.sim.check import check

MS = 1_000_000
STORY = Story(
    Scenario(machine(2), (Task((Phase("run", MS),), "a", cpus=frozenset({1})),), (Event(5, "higher", 1, 100),)),
    {"slice": 3 * MS},
)


@settings(max_examples=60)
@given(st.sampled_from(THEMES).flatmap(stories))
def test_every_drawn_story_can_be_written_and_read(story: Story) -> None:
    check(story.scenario)
    assert parse(story.text().encode(), "x.json") == story


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('"schedc_story": 1', '"schedc_story": 7', "x.json: a story of version 7"),
        ('"schedc_story": 1', '"schedc_story": true', "has to say which version"),
        ("1000000", '"1ms"', "x.json.scenario.tasks[0].phases[0].value: a whole number is expected"),
        ('"core": 1', '"core": 9', "the numbers of cores go from 0 on"),
        ('"time"', '"tame"', "x.json.scenario.events[0]: there is no `tame`"),
        ('"kind": "higher"', '"kind": "nothing"', "event 0 (nothing): nothing is called so"),
        ('"slice"', '"a\\nb"', "a shorter text of one line is expected"),
        ("3000000", "1e400", "a whole number is expected"),
        ("3000000", str(1 << 70), "a number of 64 bits is expected"),
    ],
)
def test_what_is_no_story_is_refused_with_its_place(was: str, now: str, said: str) -> None:
    text = STORY.text()
    assert was in text
    with pytest.raises(FuzzError) as error:
        parse(text.replace(was, now, 1).encode(), "x.json")
    assert said in str(error.value)


@given(st.binary(max_size=200))
def test_no_bytes_are_a_traceback(content: bytes) -> None:
    with pytest.raises(FuzzError):
        parse(content, "x.json")


def test_deep_json_is_refused() -> None:
    with pytest.raises(FuzzError):
        parse(b"[" * 100_000, "x.json")


def test_the_corpus_keeps_a_story_once(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, "fifo")
    path = corpus.keep(STORY)
    assert corpus.keep(STORY) == path
    assert list(corpus.stories()) == [(path, STORY)]
    assert json.loads(path.read_text())["schedc_story"] == 1


def test_shrinking_keeps_what_matters_and_nothing_else() -> None:
    tasks = tuple(Task((Phase("run", 7 * MS), Phase("sleep", MS)), f"t{at}", nice=5) for at in range(6))
    long = Story(Scenario(machine(4, smt=2), tasks, (Event(9, "off", 1), Event(MS, "nice", 4, -5))), {"slice": 1}, clock=9)

    def breaks(story: Story) -> bool:
        check(story.scenario)
        return any(event.kind == "nice" and story.scenario.tasks[event.on].nice == 5 for event in story.scenario.events)

    short = shrink(long, breaks)
    assert len(short.scenario.tasks) == len(short.scenario.cpus) == len(short.scenario.events) == 1
    assert short.scenario.tasks[0] == Task((Phase("run", 10 * MS),), "t4", nice=5)
    assert (short.params, short.clock) == ({}, 0)
