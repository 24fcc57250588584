"""A clang of the system with which accesses beyond an object are found (ASan): the wheel's does not link it."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache as kept
from pathlib import Path

from schedc.toolchain import system_clangs

FLAG = "-fsanitize=address"
# With clang's own library, or with gcc's, which a system may have without the other.
_LINKS = ((FLAG,), ("-lasan",))
_SECONDS = 30
_BEYOND = """int box[4];
int main(int count, char **arguments)
{
	int *place = box;

	return place[count + 3];
}
"""


@dataclass(frozen=True)
class Asan:
    """How a program is compiled and linked: the compiler's path, and what links the library."""

    compiler: str
    link: tuple[str, ...]


@kept
def found() -> Asan | None:
    """The first way in which a fault is really found; None where there is none."""
    ways = (Asan(compiler, link) for compiler in system_clangs() for link in _LINKS)
    return next((way for way in ways if _finds_a_fault(way)), None)


def _finds_a_fault(way: Asan) -> bool:
    with tempfile.TemporaryDirectory(prefix="schedc-asan-") as folder:
        Path(folder, "beyond.c").write_text(_BEYOND, encoding="utf-8")
        compiled = _run([way.compiler, FLAG, "-c", "beyond.c"], folder)
        linked = _run([way.compiler, "-o", "beyond", "beyond.o", *way.link], folder)
        if compiled is None or linked is None or linked.returncode:
            return False
        done = _run([str(Path(folder, "beyond"))], folder)
        return done is not None and b"global-buffer-overflow" in done.stderr


def _run(command: list[str], folder: str) -> subprocess.CompletedProcess[bytes] | None:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
