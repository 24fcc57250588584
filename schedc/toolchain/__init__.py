"""Find clang and compile generated C to a BPF object, the same bytes from the same source everywhere."""

from __future__ import annotations

from .clang import Clang, CompileOutput, PendingCompile
from .find import NoClang, find_clang, system_clangs
from .messages import ClangMessage, Severity
from .strip import StripError, strip_debug

__all__ = [
    "Clang",
    "ClangMessage",
    "CompileOutput",
    "NoClang",
    "PendingCompile",
    "Severity",
    "StripError",
    "find_clang",
    "strip_debug",
    "system_clangs",
]
