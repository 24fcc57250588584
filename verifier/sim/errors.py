"""What can go wrong around a simulation, apart from what the policy does."""

from __future__ import annotations


class SimError(Exception):
    """A headline that stands alone, and what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nhelp: {self.hint}" if self.hint else self.message
