"""`schedc fuzz` and `schedc replay`, as one calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from seeded import SILENT

from schedc.cli.main import main


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    path = tmp_path / "silent.sched"
    path.write_text(SILENT)
    return path


def test_what_is_found_is_told_kept_run_first_and_shown_again(silent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz", str(silent), "--budget", "200"]) == 1
    told = capsys.readouterr().out
    assert told.startswith("silent breaks `work_conserving`: CPU 1 was idle for")
    (kept,) = (silent.parent / ".schedc" / "stories" / "silent").glob("*.json")

    assert main(["fuzz", str(silent), "--budget", "200", "--format", "json"]) == 1
    again = json.loads(capsys.readouterr().out)
    assert (again["stories"], again["kept"], again["file"]) == (1, 1, str(kept))

    timeline = silent.parent / "timeline.json"
    assert main(["replay", str(kept), "--timeline", str(timeline)]) == 1
    assert capsys.readouterr().out.splitlines()[:12] == told.splitlines()[:12]
    kinds = {event["ph"] for event in json.loads(timeline.read_text())["traceEvents"]}
    assert {"M", "X", "I"} <= kinds

    assert main(["replay", str(kept), "--format", "json"]) == 1
    replayed = json.loads(capsys.readouterr().out)
    assert replayed["broken"][0]["property"] == "work_conserving"
    assert replayed["story"] == json.loads(kept.read_text())


def test_a_policy_that_stands_is_0_and_says_what_was_not_reached(silent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    silent.write_text(
        SILENT.replace("promise work_conserving within 1ms\n", "").replace(
            "    pull ready\n", "    if task_is_odd(cpu) { return }\n    pull ready\n"
        ).replace("on select_cpu", "fn task_is_odd(cpu: cpu) -> bool { return length(ready) > 1000 }\n\non select_cpu")
    )
    assert main(["fuzz", str(silent), "--budget", "40"]) == 0
    said = capsys.readouterr().out
    assert "silent: 40 stories, no property broken" in said
    assert "the condition was never true: if task_is_odd(cpu) { return }" in said


@pytest.mark.parametrize("budget", ["0", "soon", "-1", "5d"])
def test_a_budget_that_is_none(silent: Path, budget: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz", str(silent), f"--budget={budget}"]) == 2
    assert "a number of stories such as 10000" in capsys.readouterr().err


def test_a_story_that_is_none(silent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = tmp_path / "story.json"
    story.write_text("{}")
    assert main(["replay", str(story), "--policy", str(silent)]) == 2
    assert "story.json: no story" in capsys.readouterr().err
