"""What the library says of itself: comments that are read, words that find a policy, figures that are stored."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import schedc
from schedc.catalog import Entry, Match, entry, rankings
from schedc.catalog import figures as stored
from schedc.catalog.head import head
from schedc.catalog.search import ranked
from schedc.cli.main import main
from schedc.library import policies, policy_text

SAID = """\
language 1
policy some "One queue."

# What it does,
# in two lines.
#
# After: round robin.
# For: games
#   and sound.
# Bad at: servers.

param slice: duration = 3ms in 1ms..5ms  # larger: fewer switches;
                                         # smaller: livelier
param bare: count = 1 in 0..2
# of the queue, not of a param
queue ready: fifo
"""

def test_the_head_comment_is_read() -> None:
    found = head(SAID)
    assert (found.title, found.idea) == ("One queue.", "What it does, in two lines.")
    assert (found.after, found.workloads, found.bad_at) == ("round robin.", "games and sound.", "servers.")
    assert found.params == {"slice": "larger: fewer switches; smaller: livelier", "bare": ""}
    assert head("no policy") == head("")


@pytest.mark.parametrize("name", policies())
def test_each_policy_says_what_it_is_for(name: str) -> None:
    said = head(policy_text(name))
    assert all((said.title, said.idea, said.after, said.workloads, said.bad_at)) and all(said.params.values())


def test_words_rank_by_where_they_stand() -> None:
    texts = {
        "one": SAID,
        "game": SAID.replace("games", "reading"),
        "idea": SAID.replace("games", "reading").replace("two lines", "two games"),
        **{f"none{number}": SAID.replace("games", "reading") for number in range(3)},
    }
    found = ranked("game servers", {name: head(text) for name, text in texts.items()})
    assert [name for name, _ in found] == ["game", "one", "idea"]
    assert found[1][1] == (Match("game", "workloads"),)


def test_an_entry_has_types_ranges_and_levels() -> None:
    desk = entry("desk")
    boost = next(each for each in desk.params if each.name == "boost")
    assert (boost.type, boost.live, boost.default, boost.low, boost.high) == ("duration", True, "10ms", "0ms", "100ms")
    assert boost.about.startswith("larger: input further before")
    assert {each.law for each in desk.properties} == set(range(1, 11))


def figures(source: str) -> dict[str, Any]:
    measured = {
        "command": "schedc measure", "source_sha256": source, "about": "x", "workload_sha256": "", "time": "lab",
        "kernel": "7.3", "qemu": "", "seeds": 6, "confidence": 0.97, "failed": [], "per_switch_ns": 80.0,
        "callbacks": [{"callback": "enqueue", "mean_ns": 40.0, "per_switch": 1.0}],
        "figures": [{
            "group": "web", "name": "wakeup p50", "unit": "ns", "better": "less", "default": 2000.0, "median": 1000.0,
            "ratio": {"median": 0.5, "low": 0.4, "high": 0.6}, "word": "less",
        }],
    }  # fmt: skip
    return {"schema": 1, "policies": {"fifo": {"costs": None, "measured": {"latency": measured}}}}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "figures.json"
    monkeypatch.setattr(stored, "figures_file", lambda: path)
    return path


@pytest.mark.parametrize("present", [True, False])
def test_figures_of_another_text_are_stale(present: bool, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = policy_text("fifo") if present else "another"
    file.write_text(json.dumps(figures(hashlib.sha256(text.encode()).hexdigest())))
    assert entry("fifo").stale is not present
    assert main(["policies", "fifo"]) == 0
    shown = capsys.readouterr().out
    assert ("STALE" in shown) is not present
    assert "2.00 us" in shown and "1.00 us" in shown and "x0.5 [0.4 0.6]" in shown and "80 ns a switch" in shown


def test_who_is_better_and_who_is_worse(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not which median is larger: only what surely is so and not by a mere thousandth, of the texts that there are."""
    stored_figures: dict[str, Any] = {"schema": 1, "policies": {}}
    told = {"fifo": (0.5, "less"), "fair": (0.2, "less"), "desk": (3.0, "more"), "edf": (0.1, "same")}
    for name, (ratio, word) in {**told, "mlfq": (0.999, "less")}.items():
        one = figures(hashlib.sha256(policy_text(name).encode()).hexdigest())["policies"]["fifo"]
        figure = one["measured"]["latency"]["figures"][0]
        figure |= {"name": "wakeup p99", "word": word, "ratio": {"median": ratio, "low": ratio, "high": ratio}}
        stored_figures["policies"][name] = one
    stored_figures["policies"]["lavd"] = figures("another text")["policies"]["fifo"]
    file.write_text(json.dumps(stored_figures))
    (ranking,) = rankings(schedc.policies())
    assert (ranking.workload, ranking.figure, ranking.default) == ("latency", "wakeup p99", 2000.0)
    places = [[each.policy for each in found] for found in (ranking.better, ranking.worse, ranking.same)]
    assert places == [["fair", "fifo"], ["desk"], ["edf", "mlfq"]]
    assert main(["policies", "--ranking"]) == 0
    shown = capsys.readouterr().out
    assert "better: fair x0.2 [0.2 0.2], fifo x0.5" in shown and "worse: desk x3" in shown
    assert main(["policies", "--ranking", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["better"][0]["policy"] == "fair"


def test_without_figures_the_command_is_named(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", "fifo"]) == 0
    assert "python -m benchmarks.library fifo" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2}', '{"schema": 1, "policies": {"fifo": {"costs": 3}}}'])
def test_damaged_figures_are_said(text: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(text)
    assert main(["policies", "fifo"]) == 2
    assert "the stored figures are damaged" in capsys.readouterr().err


def test_the_query_is_plain_values_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", "--for", "sound games", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == 1 and found["policies"]
    best = found["policies"][0]
    assert best["matched"] and best["params"][0]["low"] and best["properties"][0]["level"] == "proved"
    assert isinstance(schedc.policies("sound")[0], Entry)


@pytest.mark.parametrize("words", [["none"], ["fair", "--for", "x"], ["../fair"]])
def test_wrong_names_are_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", *words]) == 2
    assert not capsys.readouterr().out


SMALL = 'schema = 1\ntime = "100ms"\n[[group]]\nname = "a"\nkind = "busy"\ncount = 2\n'


def test_a_difference_has_all_its_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(SMALL)
    assert main(["diff", "fifo", "fair", "--workload", "small.toml", "--seeds", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["one"], found["other"]) == ("fifo", "fair")
    rows = {row["what"]: row for table in ("properties", "params", "costs") for row in found[table]}
    assert rows["lag"]["one"] is None and "in 1ms..50ms" in rows["lag"]["other"]
    assert rows["1. no task is lost"]["differs"] is False
    assert rows["enqueue"]["one"] != rows["enqueue"]["other"]
    assert found["measured"]["source"].startswith("simulated")
    assert {each["name"] for each in found["measured"]["schedulers"]} == {"fifo", "fair"}


@pytest.mark.parametrize("words", [["fifo", "none"], ["fifo", "fair", "--cpus", "65"], ["fifo", "fair", "--workload", "no"]])
def test_wrong_sides_are_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *words]) != 0
    assert "Traceback" not in capsys.readouterr().err
