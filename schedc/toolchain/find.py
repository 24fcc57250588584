"""Find a clang that can compile for BPF: the one asked for, the system's, or the one in the ziglang wheel."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Literal, NamedTuple

from .clang import Clang
from .probes import Probe, probe

OLDEST = 17
_NEWEST_GUESS = 29

Origin = Literal["explicit", "system", "ziglang"]


class NoClang(Exception):
    """No usable clang; the text says what was tried and what to do."""


class _Candidate(NamedTuple):
    command: tuple[str, ...]
    origin: Origin


def find_clang(explicit: str | None = None) -> Clang:
    """The clang to use. An explicit one is used or refused, never silently replaced by another."""
    if explicit is not None:
        return _explicit(explicit)
    usable = [clang for clang in map(_accept, _system()) if clang is not None]
    if usable:
        # `max` keeps the first of equals, so plain `clang` wins over a `clang-N` of the same version.
        return max(usable, key=lambda clang: clang.version)
    for candidate in _wheel():
        clang = _accept(candidate)
        if clang is not None:
            return clang
    raise NoClang(
        f"no clang {OLDEST} or later with the bpf target was found on PATH, and the ziglang "
        "wheel is not installed; install one of them (pip install ziglang), or name a clang with --clang"
    )


def system_clangs() -> tuple[str, ...]:
    """The paths of the system's, best first; none where only the wheel has one."""
    return tuple(candidate.command[0] for candidate in _system())


def _explicit(name: str) -> Clang:
    path = name if "/" in name else _which(name)
    if path is None:
        raise NoClang(f"{name}: not found on PATH")
    path = os.path.abspath(path)
    commands = _zig_commands(path) if os.path.basename(path) == "zig" else ((path,),)
    found: Probe | None = None
    for command in commands:
        found = probe(command)
        clang = _build(_Candidate(command, "explicit"), found)
        if clang is not None:
            return clang
    raise NoClang(f"{name}: {_why_not(found)}")


def _why_not(found: Probe | None) -> str:
    if found is None:
        return "no such program"
    if found.version == (0, 0, 0):
        return "not a clang"
    if found.version[0] < OLDEST:
        return f"clang {found.version[0]} is too old, {OLDEST} is the oldest that is supported"
    return "this clang was built without the bpf target"


def _accept(candidate: _Candidate) -> Clang | None:
    return _build(candidate, probe(candidate.command))


def _build(candidate: _Candidate, found: Probe | None) -> Clang | None:
    if found is None or found.version[0] < OLDEST or not found.has_bpf:
        return None
    return Clang(candidate.command, found.version, candidate.origin)


def _system() -> Iterator[_Candidate]:
    """`clang`, whatever its version, and the highest-numbered `clang-N`; the rest need not be asked."""
    plain = _which("clang")
    if plain is not None:
        yield _Candidate((plain,), "system")
    for number in range(_NEWEST_GUESS, OLDEST - 1, -1):
        path = _which(f"clang-{number}")
        if path is not None:
            yield _Candidate((path,), "system")
            candidate = probe((path,))
            if candidate is not None and candidate.has_bpf:
                return


def _wheel() -> Iterator[_Candidate]:
    """The wheel's own binary: going through `python -m ziglang` would start a second interpreter."""
    for folder in sys.path:
        path = os.path.join(folder or ".", "ziglang", "zig")
        if os.path.isfile(path):
            for command in _zig_commands(os.path.abspath(path)):
                yield _Candidate(command, "ziglang")
            return


def _zig_commands(path: str) -> tuple[tuple[str, ...], ...]:
    # `zig clang` is the compiler's own driver; `zig cc` wraps it in zig's cache and target names.
    return ((path, "clang"), (path, "cc"))


def _which(name: str) -> str | None:
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder, name)
        if os.path.isabs(path) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None
