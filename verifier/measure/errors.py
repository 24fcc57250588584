"""What is wrong with a workload or with what is asked of the lab: where, why, and the way out."""

from __future__ import annotations


class MeasureError(Exception):
    """`place` is a file with a line, or empty; the text stands alone."""

    def __init__(self, message: str, hint: str = "", place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text}\nhelp: {self.hint}" if self.hint else text
