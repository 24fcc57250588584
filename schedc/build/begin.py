"""Begins what takes longest while the modules that need it are still to be loaded and the C to be written:
clang, which loads itself and waits for a program, and libclang, which loads on a thread of its own."""

from __future__ import annotations

import threading
from typing import NamedTuple

from schedc.lower.folder import INCLUDE
from schedc.toolchain import PendingCompile, find_clang
from schedc.verifier.audit import c_clang


class Begun(NamedTuple):
    """The clang that was found, as reports name it, and the compilation that waits for its program."""

    clang: str
    pending: PendingCompile


def begin(clang_path: str | None) -> Begun:
    """NoClang if none is usable. The compilation is to be used, or ended, as a context manager."""
    clang = find_clang(clang_path)
    pending = clang.start_bpf(include_dirs=(INCLUDE,))
    # Whoever needs the library before it is there, loads it too.
    threading.Thread(target=c_clang.load, daemon=True).start()
    return Begun(clang.name, pending)
