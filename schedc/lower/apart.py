"""Rendering in a process of its own, which loads the templates while the policy is still being checked.

For a program that compiles one policy and ends: to load jinja2 takes as long as to check.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schedc.lower.rendered import Rendered
    from schedc.typed import tree as t


class Apart:
    """A context manager. There is no other process where this one has threads, which fork() does not go with."""

    _pid = 0
    _pipes: tuple[int, ...] = ()

    def __enter__(self) -> Apart:
        if threading.active_count() > 1:
            return self
        asked, ask = os.pipe()
        answered, answer = os.pipe()
        self._pid = os.fork()
        ours, theirs = ((ask, answered), (asked, answer)) if self._pid else ((asked, answer), (ask, answered))
        for end in theirs:
            os.close(end)
        if not self._pid:
            _serve(*ours)
        self._pipes = ours
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._pipes:
            self._leave()
        if self._pid:
            os.waitpid(self._pid, 0)

    def render(self, policy: t.Policy, sweeps: bool) -> Rendered:
        """What `schedc.lower.render.render` gives; called once. What the other process cannot do, this one does."""
        rendered = self._asked((policy, sweeps)) if self._pid else None
        if rendered is not None:
            return rendered
        from schedc.lower.render import render

        return render(policy, sweeps)

    def _asked(self, question: tuple[t.Policy, bool]) -> Rendered | None:
        ask, answered = self._pipes
        self._pipes = ()
        with open(answered, "rb") as source:
            try:
                with open(ask, "wb") as target:
                    pickle.dump(question, target)
                rendered: Rendered = pickle.load(source)
            except (OSError, EOFError, RecursionError, pickle.PickleError):
                return None
        return rendered

    def _leave(self) -> None:
        """Nothing was asked, as of a policy that is refused: what the other process still loads is not waited for."""
        os.kill(self._pid, signal.SIGKILL)
        for end in self._pipes:
            os.close(end)
        self._pipes = ()


def _serve(asked: int, answer: int) -> None:
    """Answers one question, or none if it cannot; does not return."""
    try:
        from schedc.lower.render import render
        from schedc.lower.templates import environment

        environment().get_template("policy.bpf.c.j2")
        with open(asked, "rb") as source, open(answer, "wb") as target:
            pickle.dump(render(*pickle.load(source)), target)
    finally:
        os._exit(0)
