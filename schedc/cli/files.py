"""Files and standard streams of a command."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from schedc.cli.main import Refused, complain, reason
from schedc.diagnostics import Diagnostics
from schedc.source import Source
from schedc.syntax.limits import MAX_CHARACTERS
from schedc.syntax.reader import read_source

Result = TypeVar("Result")
STANDARD_INPUT = "-"
# Of a file that is too large no more is read than shows that it is.
_MAX_BYTES = 4 * MAX_CHARACTERS + 4


def for_each(names: list[str], act: Callable[[str], Result]) -> tuple[list[Result], bool]:
    """What `act` gives for each file, and whether all could be read and written: of one that could not it is said
    why, and the others are not kept waiting for it."""
    if names.count(STANDARD_INPUT) > 1:
        raise Refused("standard input can be read once: `-` is given twice")
    results = []
    for name in names:
        try:
            results.append(act(name))
        except Refused as error:
            complain(str(error))
    return results, len(results) == len(names)


def read(name: str, diagnostics: Diagnostics) -> Source | None:
    """The policy in a file, or on standard input for `-`; None (reported) if it is no text."""
    try:
        if name == STANDARD_INPUT:
            if sys.stdin is None:
                raise Refused("-: standard input is closed")
            content = sys.stdin.buffer.read(_MAX_BYTES)
        else:
            with open(name, "rb") as file:
                content = file.read(_MAX_BYTES)
    except OSError as error:
        raise Refused(f"{name}: {reason(error)}") from None
    if len(content) == _MAX_BYTES:  # what is cut off in the middle of a character is too long in any case
        return Source(shown_name(name), content.decode("utf-8", "replace"))
    return read_source(shown_name(name), content, diagnostics)


def shown_name(name: str) -> str:
    return "<stdin>" if name == STANDARD_INPUT else name


def write(path: Path, content: bytes) -> None:
    """Replace a file whole, or leave it as it was; links and permissions stay."""
    import tempfile  # takes 10 ms, and most commands write nothing

    target = Path(os.path.realpath(path))
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with open(handle, "wb") as file:
                file.write(content)
            _permit(temporary, target)
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise Refused(f"{path}: {reason(error)}") from None


def _permit(temporary: str, target: Path) -> None:
    """The permissions of the file that is replaced, or those that a new one gets."""
    if target.exists():
        os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))
        return
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(temporary, 0o666 & ~mask)


def put_out(text: str) -> None:
    """A policy to standard output as it would be in a file, whatever the terminal's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
