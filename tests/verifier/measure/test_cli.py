"""`schedc measure`: what it says before any machine is booted."""

from __future__ import annotations

from pathlib import Path

import pytest

import schedc
from schedc.cli.main import main

ROOT = Path(next(iter(schedc.__path__))).parent
FIFO = str(ROOT / "stdlib_policies/fifo.sched")
LATENCY = str(ROOT / "examples/workloads/latency.toml")
PINNED = 'schema = 1\n[[group]]\nname = "a"\nkind = "busy"\ncpus = "1"\n'


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pinned.toml").write_text(PINNED)
    Path("wrong.toml").write_text(PINNED.replace("busy", "bussy"))
    Path("wrong.sched").write_text('language 1\npolicy wrong "x"\n')


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workload", "none.toml"], "none.toml: no such file"),
        (["--workload", "wrong.toml"], "wrong.toml:4: group `a`: `kind` is 'bussy'"),
        (["--workload", "pinned.toml"], "names CPU 1, and there are 1\nhelp: measure with --cpus 2"),
        (["--workload", LATENCY, "--cpus", "17"], "1 to 16"),
        (["--workload", LATENCY, "--seeds", "0"], "give 1 to 1000"),
        (["--workload", LATENCY, "--topology", "cores=x"], "cores=x: not a number from 1 to 255"),
        (["--workload", LATENCY, "--topology", "sockets=5,cores=4"], "20 CPUs are asked for"),
        (["--workload", LATENCY, "--kernel-image", "pinned.toml"], "pinned.toml is no bzImage"),
        (["--workload", LATENCY, "--kernel", "7.3", "--kernel-image", "x"], "not allowed with argument --kernel"),
        (["--workload", LATENCY, "--no-default"], "nothing to measure"),
        (["--workload", LATENCY, "none.o"], "none.o: no such file"),
        (["--workload", LATENCY, "--set", "slice"], "not of the form NAME=VALUE"),
        (["--workload", LATENCY, "--set", "slice=3ms"], "no policy has a param `slice`"),
        (["--workload", LATENCY, FIFO, "--set", "slice=3s"], "not in 500us..100ms"),
    ],
)
def test_wrong_use_is_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", *words]) == 2
    printed = capsys.readouterr()
    assert said in printed.err and not printed.out


def test_a_policy_that_is_refused_is_not_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "--workload", LATENCY, "wrong.sched"]) == 1
    assert "error[S" in capsys.readouterr().out
