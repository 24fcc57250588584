"""Each control is caught, and for what it does: the gate would be worth little if it could not fail."""

from __future__ import annotations

import re

import pytest

from schedc.verifier.kernel.expectations import What, broken
from schedc.verifier.vm.result import ObjectResult

from .conftest import NAMES

pytestmark = pytest.mark.vm

# What is broken, the kernel's own words for it, and the callback that is to blame.
CAUGHT = {
    "absent_function": (What.LOAD, r"'scx_bpf_dsq_move_to_moon': not found in kernel", ""),
    "absent_queue": (What.ERROR, r"runtime error: non-existent DSQ 0x2\b", "enqueue"),
    "deep_stack": (What.VERIFIER, r"invalid write to stack R10 off=-520 size=8", "dispatch"),
    "endless": (What.VERIFIER, r"infinite loop detected at insn \d+", "dispatch"),
    "forbidden_cpu": (What.ERROR, r"SCX_DSQ_LOCAL\[_ON\] target CPU \d+ not allowed for \S+\[\d+\]", "enqueue"),
    "loses": (
        What.STALL,
        r"\[\d+\] failed to run for [\d.]+s; the scheduler was given it and put it nowhere",
        "enqueue",
    ),
    "runs_long": (What.STALL, r"; dispatch takes \d{3,} ms a call", "dispatch"),
    "starves": (What.STALL, r"^idle-8\[\d+\] failed to run for [\d.]+s$", "dispatch"),
    "twice": (What.ERROR, r"\[\d+\] already direct-dispatched", "enqueue"),
    "walks_long": (What.VERIFIER, r"The sequence of \d+ jumps is too complex", "dispatch"),
}


def test_every_control_is_here() -> None:
    assert set(NAMES) == set(CAUGHT)


@pytest.mark.parametrize("name", CAUGHT)
def test_caught_for_what_it_does(controls: dict[str, ObjectResult], name: str) -> None:
    what, words, callback = CAUGHT[name]
    result = controls[name]
    assert not result.ok
    found = {each.what: each for each in broken(result)}
    assert what in found, result
    assert re.search(words, found[what].detail), found[what].detail
    assert found[what].callback == callback


def test_a_starved_task_is_in_the_queue_that_was_not_served(controls: dict[str, ObjectResult]) -> None:
    assert [each.queue for each in broken(controls["starves"]) if each.what is What.STALL] == [1]


@pytest.mark.parametrize("name", ["deep_stack", "endless", "walks_long"])
def test_a_refusal_names_the_line_of_source(controls: dict[str, ObjectResult], name: str) -> None:
    failure = controls[name].failure
    assert failure and failure.file == f"{name}.bpf.c" and failure.line


def test_the_machine_goes_on_after_each(controls: dict[str, ObjectResult]) -> None:
    """All in one boot: none of them hung, crashed or had to be tried again."""
    assert {name: (item.tries, item.problems) for name, item in controls.items()} == dict.fromkeys(CAUGHT, (1, ()))
