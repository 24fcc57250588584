"""The campaign: mutations are data that apply, faults are caught by name, and a gate without teeth is noticed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from schedc.verifier.mutate import __main__ as command
from schedc.verifier.mutate import page
from schedc.verifier.mutate.campaign import run
from schedc.verifier.mutate.catalogue import MUTATIONS
from schedc.verifier.mutate.mutation import Mutation, Unfit, mutated, mutation
from schedc.verifier.mutate.outcome import Outcome
from schedc.verifier.mutate.reasons import REASONS
from schedc.verifier.mutate.record import Record
from schedc.verifier.mutate.subjects import PROMISES, Subject, subject
from schedc.verifier.trouble import Trouble

DOCS = Path(__file__).parents[3] / "docs"


@cache
def policy(name: str) -> Subject:
    return subject(name)


def caught(name: str, by: Mutation) -> Outcome:
    (outcome,) = run(policy(name), (by,), seconds=0)
    return outcome


def named(name: str) -> Mutation:
    return next(each for each in MUTATIONS if each.name == name)


@pytest.mark.parametrize("name", PROMISES)
def test_every_mutation_changes_the_policies_that_it_names(name: str) -> None:
    mine = [each for each in MUTATIONS if name in each.policies]
    assert len(mine) >= 30
    for each in mine:
        assert mutated(policy(name).texts, each) != policy(name).texts


def test_there_are_enough_of_them_and_no_two_of_a_name() -> None:
    names = {each.name for each in MUTATIONS}
    assert len(names) == len(MUTATIONS) >= 60
    known = {(each.name, name) for each in MUTATIONS for name in each.policies}
    assert set(REASONS) <= known
    assert all(set(each.equivalent) <= set(each.policies) for each in MUTATIONS)


def test_one_that_changes_nothing_is_an_error() -> None:
    with pytest.raises(Unfit, match="spelled-wrong: instert changes nothing in policy"):
        caught("fifo", mutation("spelled-wrong", "", "fifo", ("instert", "")))


@pytest.mark.parametrize(
    ("name", "fault", "by", "story"),
    [
        ("fifo", "insert-dropped", "no_abort", "hogs"),
        ("fair", "charge-without-weight", "shares_by_weight", "hogs"),
        ("fair", "unsigned-vtime", "no_abort", "hogs"),
        ("priority", "aging-never", "no_abort", "hogs"),
        ("desk", "slot-out-of-range", "no_trap", "hogs"),
        ("fifo", "dispatch-without-end", "auditor of the C", ""),
    ],
)
def test_a_fault_is_caught(name: str, fault: str, by: str, story: str) -> None:
    """An access outside of an array is one to memory that is not there, or to some other: which stories trap depends."""
    outcome = caught(name, named(fault))
    assert outcome.by == by
    assert story in outcome.story


def test_what_breaks_nothing_is_not_caught() -> None:
    harmless = mutation("more-tries", "", "fifo", ("MAX_TRIES 4", "MAX_TRIES 5"), place="compat.h")
    outcome = caught("fifo", harmless)
    assert outcome.by == ""
    assert page.missed([outcome]) == [outcome]


def test_a_campaign_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    path, texts = tmp_path / "found", policy("fifo").texts
    insert, pull = (mutated(texts, named(name)) for name in ("insert-dropped", "dispatch-returns"))
    known = Outcome("insert-dropped", "fifo", "no_abort", "a stall", "hogs", 1, 0.5)
    Record.at(path).add(insert, known)
    Record.at(path).add(pull, Outcome("dispatch-returns", "fifo", ""))
    record = Record.at(path)
    assert (record.known(insert), record.known(pull), record.known(texts)) == (known, None, None)


def test_a_file_that_is_no_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "found"
    path.write_text("[1]\n")
    with pytest.raises(Trouble, match="is no record of a campaign"):
        Record.at(path)


def test_the_command_says_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--only", "nonsense"]) == 2
    assert "no mutation is called nonsense" in capsys.readouterr().err


def test_the_page_is_of_this_catalogue() -> None:
    text = (DOCS / "mutation.md").read_text(encoding="utf-8")
    for each in MUTATIONS:
        assert f"| `{each.name}` | {each.meaning} | " in text
    assert page.written(text, []).count("made by python") == 1
