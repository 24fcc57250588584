"""A kernel that is asked, but of which nothing is requested: for what would be, if.

The compiled policy works out only what decides its answer. Where it did not look the answer does not hang on what is
there: any value does, and if it does not, the two part.
"""

from __future__ import annotations

from typing import Any

from schedc.verifier.interpret.kernel import Instance, Kernel
from schedc.verifier.interpret.machine import Task
from schedc.verifier.interpret.replay import Differs


class Silent:
    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kernel, name)

    def length(self, queue: Instance) -> int:
        try:
            return self._kernel.length(queue)
        except Differs:
            return 0

    def kick(self, cpu: int, how: str) -> None:
        """Nobody is woken."""

    def claim(self, how: str, task: Task, cpu: int | None) -> int | None:
        """Looking for an idle CPU takes it: nothing is found."""
        return None
