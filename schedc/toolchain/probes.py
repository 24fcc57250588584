"""What is known of each clang binary, remembered between runs.

Asking a binary for its version and its targets costs two processes, more than a whole compilation's
Python, so the answers are kept in the user's cache, keyed by path, size and time of change. The cache
is a convenience: unreadable, broken, foreign or unwritable means ask again, never an error.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import NamedTuple

from .process import Child

_HEADER = "schedc clang probes 1"
_MAX_CACHE_BYTES = 64 * 1024
_PROBE_SECONDS = 20.0


class Probe(NamedTuple):
    """A binary's answers; `version` is (0, 0, 0) for what is not a clang."""

    version: tuple[int, int, int]
    has_bpf: bool


class _Key(NamedTuple):
    command: str
    size: int
    mtime_ns: int


def probe(command: tuple[str, ...]) -> Probe | None:
    """Version and targets of `command` (a binary, and maybe a subcommand); None if it is not there."""
    key = _key(command)
    if key is None:
        return None
    path = _cache_path()
    known = _load(path)
    found = known.get(key)
    if found is None:
        found = _ask(command)
        # Entries of the same command with another size or time are of a binary that was replaced.
        kept = {k: p for k, p in known.items() if k.command != key.command}
        _store(path, {**kept, key: found})
    return found


def probe_environment() -> dict[str, str]:
    """Nothing of the user's surroundings that clang listens to (CPATH, CCC_OVERRIDE_OPTIONS, ...)."""
    return {"PATH": os.defpath, "LC_ALL": "C", "HOME": "/nonexistent"}


def _key(command: tuple[str, ...]) -> _Key | None:
    try:
        stat = os.stat(command[0])
    except (OSError, ValueError):
        return None
    if not os.access(command[0], os.X_OK) or not os.path.isfile(command[0]):
        return None
    text = " ".join((os.path.abspath(command[0]), *command[1:]))
    return None if "\t" in text or "\n" in text else _Key(text, stat.st_size, stat.st_mtime_ns)


def _ask(command: tuple[str, ...]) -> Probe:
    env = probe_environment()
    version = Child((*command, "--version"), env=env, cwd="/", timeout=_PROBE_SECONDS)
    targets = Child((*command, "--print-targets"), env=env, cwd="/", timeout=_PROBE_SECONDS)
    said, listed = version.wait(), targets.wait()
    if said.status != 0:
        return Probe((0, 0, 0), False)
    names = {line.split()[0] for line in listed.output.split(b"\n") if line.split()}
    return Probe(_parse_version(said.output), listed.status == 0 and b"bpfel" in names)


def _parse_version(output: bytes) -> tuple[int, int, int]:
    words = output.decode("utf-8", "replace").split()
    if "clang" not in words:
        return (0, 0, 0)
    for word, following in pairwise(words):
        if word == "version":
            return _numbers(following)
    return (0, 0, 0)


def _numbers(text: str) -> tuple[int, int, int]:
    parts = [0, 0, 0]
    for place, piece in enumerate(text.split(".")[:3]):
        digits = ""
        for char in piece[:6]:
            if not ("0" <= char <= "9"):
                break
            digits += char
        if not digits:
            break
        parts[place] = int(digits)
    return (parts[0], parts[1], parts[2])


def _cache_path() -> str | None:
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # the XDG specification says to ignore a relative one
        home = os.environ.get("HOME", "")
        if not os.path.isabs(home):
            return None
        base = os.path.join(home, ".cache")
    return os.path.join(base, "schedc", "clang-probes")


def _load(path: str | None) -> dict[_Key, Probe]:
    if path is None:
        return {}
    try:
        with open(path, "rb") as file:
            # Another user's answers (sudo that keeps HOME) are not believed.
            if os.fstat(file.fileno()).st_uid != os.geteuid():
                return {}
            data = file.read(_MAX_CACHE_BYTES)
    except (OSError, ValueError):
        return {}
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    if lines[0] != _HEADER:
        return {}
    entries = (_parse_entry(line) for line in lines[1:])
    return {entry[0]: entry[1] for entry in entries if entry is not None}


def _parse_entry(line: str) -> tuple[_Key, Probe] | None:
    fields = line.split("\t")
    if len(fields) != 5 or fields[4] not in ("0", "1"):
        return None
    if not all(text.isascii() and text.isdigit() and len(text) <= 20 for text in fields[1:3]):
        return None
    return _Key(fields[0], int(fields[1]), int(fields[2])), Probe(_numbers(fields[3]), fields[4] == "1")


def _store(path: str | None, entries: dict[_Key, Probe]) -> None:
    if path is None:
        return
    lines = [_HEADER]
    for key, found in list(entries.items())[-64:]:
        version = ".".join(map(str, found.version))
        lines.append(f"{key.command}\t{key.size}\t{key.mtime_ns}\t{version}\t{int(found.has_bpf)}")
    data = ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")
    temporary = f"{path}.{os.getpid()}.{os.urandom(4).hex()}"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(temporary, "xb") as file:
            file.write(data)
        os.replace(temporary, path)
    except (OSError, ValueError):
        try:
            os.unlink(temporary)
        except (OSError, ValueError):
            return
