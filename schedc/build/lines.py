"""Where each line of the C comes from: the `/* 14: ... */` markers of the templates, as `#line` directives.

The C that people read has the markers; the C that clang reads has the directives, so that the object's line
info, clang's messages and the verifier's log all name the policy's own lines.
"""

from __future__ import annotations

import re

_MARKER = re.compile(r"^\s*/\* (\d+): ")


def with_directives(c_text: str, c_name: str, sched_name: str) -> str:
    """The same program for clang."""
    result: list[str] = []
    origin: int | None = None
    for number, line in enumerate(c_text.splitlines(), 1):
        marker = _MARKER.match(line)
        if marker:
            origin = int(marker[1])
        elif line.startswith(("}", "#", "struct ", "const ", "static ")) and not line.startswith(
            "static __always_inline"
        ):
            origin = origin if line.startswith("static") else None
        if origin is None:
            result.append(f'#line {number} "{c_name}"')
        else:
            result.append(f'#line {origin} "{sched_name}"')
        result.append(line)
        if line.startswith("}"):
            origin = None
    return "\n".join(result) + "\n"
