"""Stories by a number: the same for the same one, others for another, and none is the simplest that there is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import schedc
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


DRAW = """
import hashlib, sys
if len(sys.argv) > 1:
    import constants
from schedc.verifier.fuzz.draw import THEMES, some_stories
print(hashlib.sha256(repr(some_stories(THEMES, (), 7, 60)).encode()).hexdigest())
"""


def test_modules_beside_it_change_nothing_and_nothing_is_left_behind(tmp_path: Path) -> None:
    """Hypothesis takes constants from the source of what is loaded; a seed in a report must mean the same anywhere."""
    (tmp_path / "constants.py").write_text(f"NUMBERS = {list(range(10000))}")
    paths = os.pathsep.join([str(Path(schedc.__file__).parents[1]), str(tmp_path)])

    def draw(*arguments: str) -> str:
        command = [sys.executable, "-B", "-c", DRAW, *arguments]
        environment = {**os.environ, "PYTHONPATH": paths}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    assert draw() == draw("beside")
    assert [each.name for each in tmp_path.iterdir()] == ["constants.py"]
