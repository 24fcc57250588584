"""A kernel that is asked, but of which nothing is requested: for what would be, if."""

from __future__ import annotations

from typing import Any

from schedc.verifier.interpret.kernel import Kernel
from schedc.verifier.interpret.machine import Task


class Silent:
    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kernel, name)

    def kick(self, cpu: int, how: str) -> None:
        """Nobody is woken."""

    def claim(self, how: str, task: Task, cpu: int | None) -> int | None:
        """Looking for an idle CPU takes it: nothing is found."""
        return None
