"""clang's text messages as values."""

from __future__ import annotations

import re
from enum import StrEnum

from schedc.record import record

MAX_MESSAGES = 200

_LOCATED = re.compile(
    r"^(?P<file>[^\n:][^\n]*?):(?P<line>\d+):(?P<col>\d+): "
    r"(?P<sev>fatal error|error|warning|note|remark): (?P<msg>.*)$"
)
_GLOBAL = re.compile(r"^(?:[\w./+-]+: )?(?P<sev>fatal error|error|warning): (?P<msg>.*)$")
_CRASH = re.compile(r"^(?:LLVM ERROR: |UNREACHABLE |PLEASE submit a bug report)")


class Severity(StrEnum):
    FATAL = "fatal error"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    REMARK = "remark"


@record
class ClangMessage:
    """One message. `file` is empty and `line` 0 where clang names no place."""

    file: str
    line: int
    col: int
    severity: Severity
    message: str

    @property
    def is_error(self) -> bool:
        return self.severity in (Severity.ERROR, Severity.FATAL)


def parse_messages(output: bytes) -> tuple[ClangMessage, ...]:
    """Every message in clang's output, in order, at most `MAX_MESSAGES`."""
    found: list[ClangMessage] = []
    for line in output.decode("utf-8", "replace").splitlines():
        message = _parse_line(line)
        if message is not None:
            found.append(message)
            if len(found) == MAX_MESSAGES:
                break
    return tuple(found)


def _parse_line(line: str) -> ClangMessage | None:
    if match := _LOCATED.match(line):
        file = plain_name(match["file"])
        # "<unknown>:0:0: in function f ...: message" is how the back end speaks without debug info.
        if file.startswith("<"):
            file = ""
        return ClangMessage(
            file, int(match["line"][:9]), int(match["col"][:9]), Severity(match["sev"]), match["msg"]
        )
    if match := _GLOBAL.match(line):
        return ClangMessage("", 0, 0, Severity(match["sev"]), match["msg"])
    if _CRASH.match(line):
        return ClangMessage("", 0, 0, Severity.FATAL, line)
    return None


def plain_name(file: str) -> str:
    """A file name as the caller gave it: clang puts the compilation directory `.` before it."""
    while file.startswith("./"):
        file = file[2:].lstrip("/")
    return file
