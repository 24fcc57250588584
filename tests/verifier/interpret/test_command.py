"""The command counts what agreed, keeps what did not, and says where to go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schedc.verifier.interpret import Disagreement
from schedc.verifier.interpret import __main__ as command
from schedc.verifier.interpret.campaign import Outcome

AGREES = Outcome("drawn-5", "language 1\n", traces=2, callbacks=800, decisions=90)
DIFFERS = Outcome("drawn-6", "language 1\n", 1, 20, 3, Disagreement(20, "enqueue", 101, 7, 4, "kicks", "nothing more"))


def give(*outcomes: Outcome | BaseException) -> object:
    def each(*arguments: object) -> Iterator[Outcome]:
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome

    return each


def test_a_disagreement_is_kept_with_what_was_said_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "compare_seeds", give(AGREES, DIFFERS))
    assert command.main(["--count", "2", "--save", str(tmp_path)]) == 1
    assert "2 policies, 3 traces, 820 callbacks, 93 decisions; 1 disagree" in capsys.readouterr().out
    assert "# line 4, in callback 20 (enqueue of 101" in (tmp_path / "drawn-6.sched").read_text()


def test_an_interrupt_says_how_far_it_came(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "compare_seeds", give(AGREES, KeyboardInterrupt()))
    assert command.main(["--count", "10", "--seed", "5"]) == 130
    assert "go on with:  --seed 6 --count 9" in capsys.readouterr().out
