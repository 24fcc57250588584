"""What keeps a gate from its work, apart from what is wrong with a policy."""

from __future__ import annotations


class Trouble(Exception):
    """A headline that stands alone, where it is (a file with a line, or empty), and what to do about it."""

    def __init__(self, message: str, hint: str = "", place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text}\nhelp: {self.hint}" if self.hint else text
