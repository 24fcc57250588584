"""A model that makes each of the commonest mistakes once: the first finding that it is told names the fix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mistakes import MISTAKES, RIGHT, Mistake

from schedc.api import check
from schedc.diagnostics import Applicability, Diagnostic, Severity
from schedc.diagnostics.apply import apply_safe
from schedc.model.budget import Ledger, Limits
from schedc.model.generate import Generator, Task
from schedc.model.talk import Answer, Prompt, Stop, Usage
from schedc.model.transcript import Transcript

_ROUNDS = 5


class Player:
    """Makes the mistake; then does what a safe fix says, or writes what is right where the fix is left to it."""

    model = "player"

    def __init__(self, mistake: Mistake) -> None:
        self.policy = RIGHT.replace(mistake.right, mistake.wrong, 1)
        self.told = ""

    def ask(self, prompt: Prompt, most_output: int, seconds: float) -> Answer:
        if len(prompt.turns) > 1:
            self.told = prompt.turns[-1].text
            self.policy = mended(self.policy)
        return Answer(f"```sched\n{self.policy}```\n", Stop.DONE, Usage(output=1))


def first(text: str) -> Diagnostic:
    """As they are told: errors first."""
    return sorted(check(text).diagnostics, key=lambda each: each.severity is not Severity.ERROR)[0]


def safe(found: Diagnostic) -> bool:
    return any(fix.applicability is Applicability.SAFE for fix in found.fixes)


def mended(text: str) -> str:
    if not safe(first(text)):
        return RIGHT
    for _ in range(_ROUNDS):
        text, applied = apply_safe(text, check(text).diagnostics)
        if not applied:
            break
    return text


def test_there_are_enough_of_them_and_each_is_another() -> None:
    assert check(RIGHT).accepted and check(RIGHT).diagnostics == ()
    assert len({mistake.wrong + mistake.right for mistake in MISTAKES}) == len(MISTAKES) >= 30
    assert all(mistake.right in RIGHT for mistake in MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_first_finding_names_the_fix(mistake: Mistake, tmp_path: Path) -> None:
    player = Player(mistake)
    found = first(player.policy)
    if found.severity is Severity.ERROR:
        ledger = Ledger(Limits(2, 60, None, None), None)
        made = Generator(Task("be quick", ("check",)), player, ledger, Transcript(tmp_path / "out"), lambda _: None).run()
        assert made.policy is not None and made.spent["attempts"] == 2, made.why
        told = next(json.loads(line) for line in player.told.splitlines() if line.startswith("{"))
        assert told["code"] == found.code and any(mistake.names in fix for fix in told["fixes"]), told
    else:
        assert any(mistake.names in fix.text + "".join(edit.text for edit in fix.edits) for fix in found.fixes)
