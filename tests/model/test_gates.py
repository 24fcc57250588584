"""The gates by themselves, and what stands between them and the rest of schedc."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from messages_service import GOOD, LOSES

from schedc.model import material
from schedc.model.gates import GATES, GateTrouble, apart, chosen
from schedc.model.gates.told import MOST_CHARACTERS, diagnostics_json
from schedc.source import Source


def quiet(text: str) -> None:
    """Nobody listens."""


def test_they_run_in_the_order_of_cost() -> None:
    assert chosen(["kernel", "simulate", "kernel"]) == ("check", "simulate", "kernel", "certify")
    assert chosen(["check"]) == ("check",)
    with pytest.raises(GateTrouble, match="no gate `prayer`"):
        chosen(["prayer"])


def test_what_is_refused_is_refused_by_every_gate() -> None:
    for gate in GATES:
        outcome = apart.run(gate, LOSES, {}, quiet, 60)
        assert not outcome.passed and '"code": "S301"' in outcome.told


def test_a_gate_that_is_not_done_in_time_is_ended() -> None:
    with pytest.raises(GateTrouble, match="not done in"):
        apart.run("simulate", GOOD, {}, quiet, 0.3)


def test_a_gate_that_dies_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "COMMAND", (sys.executable, "-c", "raise SystemExit('no memory')"))
    with pytest.raises(GateTrouble, match=r"code 1 and no answer\nhelp: no memory"):
        apart.run("compile", GOOD, {}, quiet, 60)


def test_what_lies_in_the_folder_is_not_run() -> None:
    Path("json.py").write_text("raise SystemExit('taken over')")
    Path("schedc").mkdir()
    Path("schedc/__init__.py").write_text("raise SystemExit('taken over')")
    assert apart.run("compile", GOOD, {}, quiet, 60).passed


def test_all_findings_are_told_within_bounds() -> None:
    from schedc import api

    many = GOOD.replace("    kick", "    task.x = 1\n" * 2000 + "    kick")
    result = api.check(many)
    told = diagnostics_json(Source("p", many), result.diagnostics)
    assert len(told) < MOST_CHARACTERS + 200
    assert f'"left_out": {len(result.diagnostics) - told.count(chr(10))}' in told


def test_material_cannot_close_its_own_mark() -> None:
    inner = material.quoted("policy", "x")
    outer = material.quoted("policy", inner)
    assert outer.count(outer.rsplit("\n", 1)[1]) == 1


def test_checking_and_compiling_load_none_of_this() -> None:
    Path("p.sched").write_text(GOOD)
    code = (
        "import sys; from schedc.cli.main import main; main(['check', 'p.sched']); main(['compile', 'p.sched']);"
        "print([m for m in sys.modules if m.split('.')[0] in ('anthropic', 'mcp', 'pydantic', 'anyio', 'httpx2')"
        " or m.startswith(('schedc.model', 'schedc.mcp', 'schedc.card'))])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"
