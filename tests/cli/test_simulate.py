"""`schedc simulate`: the lab's workloads and report, on a simulated machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import schedc
from schedc.cli.main import main

ROOT = Path(next(iter(schedc.__path__))).parent
FIFO, FAIR = (str(ROOT / f"stdlib_policies/{name}.sched") for name in ("fifo", "fair"))
SMALL = 'schema = 1\ntime = "200ms"\n[[group]]\nname = "a"\nkind = "busy"\ncount = 3\n'


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(SMALL)
    Path("pinned.toml").write_text(SMALL + 'cpus = "1"\n')
    Path("wrong.sched").write_text('language 1\npolicy wrong "x"\n')


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([FIFO, "--workload", "none.toml"], "none.toml: no such file"),
        ([FIFO, "--workload", "pinned.toml"], "names CPU 1, and there are 1"),
        ([FIFO, "--workload", "small.toml", "--cpus", "65"], "has 1 to 64"),
        ([FIFO, "--workload", "small.toml", "--topology", "2x2"], "such as 1x2x4x2"),
        ([FIFO, "--workload", "small.toml", "--topology", "8x4x4x2"], "at most 64"),
        ([FIFO, "--workload", "small.toml", "--topology", "1x1x1x1", "--cpus", "1"], "leave one out"),
        ([FIFO, "--workload", "small.toml", "--seeds", "0"], "give 1 to 1000"),
        ([FIFO, "--workload", "small.toml", "--set", "lag=3ms"], "no policy has a param `lag`"),
    ],
)
def test_wrong_use_is_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", *words]) == 2
    printed = capsys.readouterr()
    assert said in printed.err and not printed.out


def test_a_policy_that_is_refused_is_not_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "wrong.sched", "--workload", "small.toml"]) == 1
    assert "error[S" in capsys.readouterr().out


def test_the_report_is_the_labs(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["simulate", FIFO, FAIR, "--workload", "small.toml", "--topology", "1x2x1x2", "--seeds", "2"]
    assert main([*words, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["source"].startswith("simulated") and told["refused"] == []
    assert told["provenance"]["cpus"] == [[0, 0, 0], [0, 0, 0], [1, 1, 0], [1, 1, 0]]
    assert [each["name"] for each in told["schedulers"]] == ["fifo", "fair"]
    assert {each["against"] for each in told["comparisons"]} == {"fifo"}
    assert main([*words, "--html", "page.html"]) == 0
    assert "the kernel's default scheduler is not simulated" in capsys.readouterr().out
    assert "on the simulator" in Path("page.html").read_text()
