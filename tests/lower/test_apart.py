"""A program is the same, whichever process renders it."""

from __future__ import annotations

import os
import signal
import threading
from importlib import resources

import pytest

from schedc import api
from schedc.lower.apart import Apart
from schedc.lower.render import render
from schedc.typed import tree as t

Asked = tuple[t.Policy, bool]


@pytest.fixture
def asked() -> Asked:
    text = (resources.files("schedc.stdlib_policies") / "desk.sched").read_text()
    proven = api.check(text).proven
    assert proven is not None
    return proven.policy, proven.guarded


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a program without threads, which the one that runs tests may not be."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def test_another_process_renders_the_same(asked: Asked, alone: None) -> None:
    with Apart() as apart:
        assert apart._pid
        assert apart.render(*asked) == render(*asked)


def test_without_an_answer_this_process_renders(asked: Asked, alone: None) -> None:
    with Apart() as apart:
        os.kill(apart._pid, signal.SIGKILL)
        assert apart.render(*asked) == render(*asked)


def test_a_process_with_threads_has_no_child(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    with Apart() as apart:
        assert not apart._pid
        assert apart.render(*asked) == render(*asked)


def test_who_is_not_asked_ends(alone: None) -> None:
    with Apart() as apart:
        child = apart._pid
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
