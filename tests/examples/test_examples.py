"""The examples do what they say, and so does the README."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import schedc
from schedc.diagnostics.render_text import render
from schedc.verifier.trouble import Trouble

ROOT = Path(next(iter(schedc.__path__))).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_first_policy_is_accepted_without_a_warning() -> None:
    compiled = schedc.compile(text("examples/first.sched"), "first.sched")
    assert compiled.accepted and compiled.diagnostics == ()
    assert compiled.report and compiled.report.counters == ("quickly",)


def test_the_program_checks_and_compiles() -> None:
    command = [sys.executable, str(ROOT / "examples/check_and_compile.py")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "accepted=False" in done.stdout and "error[S301]" in done.stdout
    assert "law 1: no task is lost: proved" in done.stdout


def test_the_program_has_a_policy_written_and_tried(tmp_path: Path) -> None:
    """Its model is a command that knows one policy."""
    answer = tmp_path / "answer.md"
    answer.write_text(f"A queue will do.\n```sched\n{text('stdlib_policies/fifo.sched')}```\n", encoding="utf-8")
    workload = ROOT / "examples/workloads/latency.toml"
    command = [sys.executable, str(ROOT / "examples/policy_for.py"), "be quick", str(workload), f"cat {answer}"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "certificate: sha256:" in done.stdout and "1 attempt, 1 call" in done.stdout
    assert re.search(r"fair +generated|fair +fifo", done.stdout)


def test_what_a_program_can_ask() -> None:
    """Every name is there, each time; what is refused is a result, not an exception."""
    for name in 2 * schedc.__all__:
        assert callable(getattr(schedc, name)), name
    refused = schedc.verify(text("examples/lost.sched"))
    assert not refused.accepted and refused.outcome is None and refused.diagnostics[0].code == "S301"
    with pytest.raises(Trouble, match="S301"):
        schedc.simulate({"lost": text("examples/lost.sched")}, ROOT / "examples/workloads/latency.toml")
    assert not schedc.certify(text("examples/lost.sched")).accepted


def test_the_policy_of_the_readme_is_the_beginning_of_fair() -> None:
    shown = next(block for block in BLOCKS if block.startswith("language 1"))
    written = text("stdlib_policies/fair.sched").splitlines()
    kept = [line.split("#")[0].rstrip() for line in written]
    lines = [line.split("#")[0].rstrip() for line in shown.splitlines()]
    assert [line for line in lines if line and line not in kept] == []


def test_the_error_of_the_readme_is_what_is_said() -> None:
    shown = next(block for block in BLOCKS if block.startswith("error["))
    result = schedc.check(text("examples/lost.sched"), "examples/lost.sched")
    assert render(result.source, result.diagnostics).startswith(shown)


def test_the_commands_of_the_readme_are_there() -> None:
    for name in re.findall(r"\bscripts/\w+", README):
        assert os.access(ROOT / name, os.X_OK), name
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert link.startswith("https:") or (ROOT / link).exists(), link
