"""What the audit of an object found."""

from __future__ import annotations

from schedc.record import record


@record
class Finding:
    """A rule that the object breaks. `program` and `insn` (a slot within it) where it is in code."""

    rule: str
    message: str
    program: str | None = None
    insn: int | None = None
    sched_line: int | None = None

    @property
    def where(self) -> str:
        if self.program is None:
            return "object"
        return self.program if self.insn is None else f"{self.program}+{self.insn}"
