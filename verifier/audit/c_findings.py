"""What the audit of the generated C found."""

from __future__ import annotations

from schedc.record import record


@record
class CFinding:
    """A rule that the C breaks. `file` and `line` are what the last `#line` says, so usually the
    policy's; `physical_line` is where it stands in the C itself."""

    line: int
    col: int
    rule: str
    message: str
    file: str
    physical_line: int
