"""The drafts after the smallest mend: they compile, or are refused for the reason that they state."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schedc import api
from schedc.diagnostics import Severity
from schedc.verifier.vm.run import load_only

FOLDER = Path(__file__).parent / "mended"
DRAFTS = sorted(FOLDER.glob("*.sched"))
_REFUSED = re.compile(r"# refused: (S\d{3}): .+")


def refused_for(path: Path) -> str:
    """The code that the first line states; '' for a policy that compiles."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    stated = _REFUSED.fullmatch(first)
    return stated[1] if stated else ""


COMPILE = [path for path in DRAFTS if not refused_for(path)]
REFUSED = [path for path in DRAFTS if refused_for(path)]


def compiled(path: Path) -> bytes:
    result = api.compile(path.read_text(encoding="utf-8"), path.name)
    assert result.object is not None, [diagnostic.title for diagnostic in result.diagnostics]
    return result.object


def test_each_draft_is_mended() -> None:
    as_written = {path.name for path in (FOLDER.parent / "as_written").glob("*.sched")}
    assert {path.name for path in DRAFTS} == as_written
    assert len(COMPILE) >= 12


@pytest.mark.parametrize("path", COMPILE, ids=lambda path: path.stem)
def test_compiles(path: Path) -> None:
    assert compiled(path)


@pytest.mark.parametrize("path", COMPILE, ids=lambda path: path.stem)
def test_only_warns_of_what_is_meant(path: Path) -> None:
    """Names that anybody can take; and that a CPU idles beside a queue, which is what pair does."""
    found = api.check(path.read_text(encoding="utf-8"), path.name).diagnostics
    assert {diagnostic.code for diagnostic in found} <= ({"S516", "S523"} if path.stem == "pair" else {"S516"})


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_is_refused_for_the_reason_it_states(path: Path) -> None:
    result = api.check(path.read_text(encoding="utf-8"), path.name)
    errors = [each for each in result.diagnostics if each.severity is Severity.ERROR]
    assert not result.accepted
    assert refused_for(path) in {error.code for error in errors}
    # Nothing else is left to mend: all errors come of what is absent.
    assert {error.code for error in errors} <= {"S103", "S104", "S106", "S220", "S508"}
    assert all(error.fixes or error.primary.text for error in errors)


@pytest.mark.vm
@pytest.mark.parametrize("kernel", ["6.18", "7.3"])
def test_kernels_take_them(kernel: str) -> None:
    run = load_only({path.stem: compiled(path) for path in COMPILE}, kernel)
    assert run.boots == 1
    assert [(item.name, item.ok) for item in run.objects] == [(path.stem, True) for path in COMPILE]
