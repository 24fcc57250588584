"""The audit of the generated C: libclang walks its tree, and only what is on a list may be there.

Independent of the templates, so that an error in them, or a word of the policy that slipped through,
is caught in the very text that clang compiles, and with its line. Our own headers are trusted; so is
what their macros expand to, which is known by the text at the place not being the construct itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import c_rules as rules
from .c_clang import CONTINUE, EXTERN, RECURSE, STATIC, Library
from .c_findings import CFinding
from .c_text import Text, audit_text

MAX_FINDINGS = 100
_NOWHERE = "/nonexistent/schedc-audit"
MAX_BYTES = 4 * 1024 * 1024
_FLAGS = ("-x", "c", "-target", "bpfel", "-mcpu=v3", "-std=gnu11", "-nostdinc", "-ferror-limit=5")
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
# libclang's type kinds, by their stable numbers.
_INTEGERS = frozenset((*range(3, 21), 106))
_POINTER, _FUNCTIONS = 101, (110, 111)


def audit_c(
    main_name: str,
    files: Mapping[str, str],
    include_dirs: Sequence[str] = (),
    args: Sequence[str] = (),
    *,
    labels: frozenset[str] = frozenset(),
) -> list[CFinding]:
    """Every rule that the C file `main_name` breaks; an empty list is a pass. Headers are found in
    `include_dirs`; other names in `files` are not headers, and including one is a finding. `labels` are
    those that the templates make and jump to."""
    source = Text(main_name, files[main_name])
    if len(source.text) > MAX_BYTES:
        return [source.finding("text", "more C than any policy needs", 0)]
    findings = list(audit_text(source, frozenset(files)))
    if not any(finding.rule in ("text", "directive", "include") for finding in findings):
        # With those, the tree would not be what clang sees.
        findings += _Walk(source, labels).run([*_FLAGS, *(f"-I{folder}" for folder in include_dirs), *args])
    return sorted(findings, key=lambda finding: (finding.physical_line, finding.col))[:MAX_FINDINGS]


def _macros(headers: Iterable[str]) -> frozenset[str]:
    """The macros of our headers. Read as text: having libclang record them takes longer than all else."""
    found: set[str] = set()
    for header in headers:
        try:
            with open(header, encoding="utf-8", errors="replace") as file:
                found.update(_DEFINE.findall(file.read(MAX_BYTES)))
        except OSError:
            continue  # then nothing is taken for a macro of it, and what it made is a finding
    return frozenset(found)


class _Walk:
    """One walk over one file."""

    def __init__(self, source: Text, labels: frozenset[str]) -> None:
        self._clang = Library()
        self._labels = labels
        self._source = source
        self._findings: list[CFinding] = []
        self._main_file = 0
        self._macros: frozenset[str] = frozenset()
        self._static: set[str] = set()
        self._callees: set[tuple[int, str]] = set()
        self._last_call = ""
        self._in_ops = False

    def run(self, arguments: Sequence[str]) -> list[CFinding]:
        cindex = self._clang.cindex
        # In a folder that does not exist, so that `#include "x.h"` finds nothing beside the file itself.
        name = f"{_NOWHERE}/{self._source.name}"
        try:
            unit = cindex.TranslationUnit.from_source(name, list(arguments), [(name, self._source.text)])
        except cindex.TranslationUnitLoadError:
            return [self._source.finding("parse", "libclang cannot read the file", 0)]
        broken = [entry for entry in unit.diagnostics if entry.severity >= cindex.Diagnostic.Error]
        if broken:
            return [self._broken(entry) for entry in broken]
        main = unit.get_file(name)
        self._main_file = self._handle(main)
        self._macros = _macros({entry.include.name for entry in unit.get_includes()})
        for constant, at in self._source.constants.items():
            if constant in self._macros:
                self._add("directive", f"defines {constant}, which is a macro of our headers", at)
        self._clang.visit(unit.cursor, self._learn)
        self._clang.visit(unit.cursor, self._top)
        return self._findings

    def _handle(self, file: Any) -> int:
        # A File of cindex is a pointer in a wrapper; cursors name their file by the same pointer.
        from ctypes import c_void_p, cast

        return cast(file.obj, c_void_p).value or 0

    def _broken(self, entry: Any) -> CFinding:
        file = entry.location.file
        inside = file is not None and file.name == f"{_NOWHERE}/{self._source.name}"
        offset = entry.location.offset if inside else 0
        where = "" if inside or file is None else f" ({os.path.basename(file.name)}:{entry.location.line})"
        return self._source.finding("parse", f"does not compile: {entry.spelling}{where}", offset)

    def _offset(self, cursor: Any) -> int | None:
        """Where in the main file; None elsewhere."""
        file, offset = self._clang.file_location(cursor)
        return offset if file == self._main_file else None

    def _add(self, rule: str, message: str, at: int) -> None:
        if len(self._findings) < MAX_FINDINGS:
            self._findings.append(self._source.finding(rule, message, at))

    def _learn(self, cursor: Any) -> int:
        is_static = cursor._kind_id == rules.FUNCTION and self._clang.storage(cursor) == STATIC
        if is_static and self._offset(cursor) is not None:
            self._static.add(self._clang.name(cursor))
        return CONTINUE

    def _top(self, cursor: Any) -> int:
        at = self._offset(cursor)
        if at is None:
            return CONTINUE
        kind = cursor._kind_id
        if kind not in rules.TOP_LEVEL:
            self._add("declaration", "a declaration that generated code does not need", at)
            return CONTINUE
        if kind == rules.FUNCTION and self._is_foreign(cursor):
            self._add("foreign", f"declares {self._clang.name(cursor)}, which is not of this file", at)
        self._in_ops = kind == rules.VAR and self._clang.type_name(cursor) == rules.OPS_STRUCT
        if kind != rules.FUNCTION:
            self._step(cursor)
        self._clang.visit(cursor, self._step)
        self._in_ops = False
        return CONTINUE

    def _is_foreign(self, cursor: Any) -> bool:
        return not self._clang.is_definition(cursor) and self._clang.storage(cursor) != STATIC

    def _step(self, cursor: Any) -> int:
        kind = cursor._kind_id
        if kind in rules.PLAIN_KINDS:
            return RECURSE
        at = self._offset(cursor)
        if at is None:
            return RECURSE  # made by a header, or without a place of its own
        if kind == rules.CALL:
            self._call(cursor, at)
        elif kind == rules.DECL_REF:
            self._reference(cursor, at)
        elif kind in rules.TYPED_DECLARATIONS:
            self._typed(cursor, at)
        elif kind == rules.CAST:
            self._cast(cursor, at)
        elif kind in rules.LOOPS:
            self._loop(cursor, at)
        elif kind == rules.FUNCTION:
            self._add("foreign", f"declares {self._clang.name(cursor)} within a function", at)
        elif kind in rules.LABELLED and self._label(at) in self._labels:
            return RECURSE
        elif kind != rules.STRING and not self._is_macro(at):
            self._add("construct", f"a construct that generated code does not need: {self._word(at)}", at)
        return RECURSE

    def _word(self, at: int) -> str:
        text, end = self._source.text, at
        while end < len(text) and (text[end].isalnum() or text[end] == "_"):
            end += 1
        return text[at:end]

    def _label(self, at: int) -> str:
        """The label of `name:`, of `goto name`, or of the name in it."""
        word = self._word(at)
        rest = self._source.text[at + len(word) :]
        return self._word(at + len(word) + len(rest) - len(rest.lstrip())) if word == "goto" else word

    def _is_macro(self, at: int) -> bool:
        """What a macro makes is placed at the macro's name; what a macro is given, where it is written."""
        return self._word(at) in self._macros

    def _call(self, cursor: Any, at: int) -> None:
        callee = self._clang.referenced(cursor)
        name = self._clang.name(callee)
        self._last_call = name
        self._callees.add((at, name))
        if rules.is_builtin(name):
            return
        if callee._kind_id not in (rules.FUNCTION, rules.VAR) or not name:
            self._add("call", "a call through a pointer", at)
        elif name.startswith(rules.COMPILER_PREFIXES):
            if not self._is_macro(at):
                self._add("builtin", f"calls the compiler's {name}", at)
        elif self._offset(callee) is not None:
            if callee._kind_id == rules.VAR:
                self._add("call", f"a call through the variable {name}", at)
            elif name not in self._static:
                self._add("call", f"calls {name}, which is no static function", at)

    def _reference(self, cursor: Any, at: int) -> None:
        """A name that is used. Of functions, only to call them, as a callback, or in the ops table."""
        target = self._clang.referenced(cursor)
        if target._kind_id != rules.FUNCTION or self._in_ops:
            return
        name = self._clang.name(target)
        if (at, name) in self._callees or self._offset(target) is None:
            return  # a kernel function's name alone asks whether the kernel has it
        if not (self._last_call in rules.TAKES_CALLBACK and name in self._static):
            self._add("function-pointer", f"takes the address of {name}", at)

    def _typed(self, cursor: Any, at: int) -> None:
        found = self._clang.type_of(cursor)
        if found._kind_id == _POINTER and self._clang.pointee(found)._kind_id in _FUNCTIONS:
            self._add("function-pointer", f"{self._clang.name(cursor)} is a pointer to a function", at)
        if cursor._kind_id == rules.VAR and self._clang.storage(cursor) == EXTERN:
            self._add("foreign", f"declares {self._clang.name(cursor)}, which is not of this file", at)

    def _cast(self, cursor: Any, at: int) -> None:
        if not self._source.text.startswith("(", at) or self._clang.type_of(cursor)._kind_id != _POINTER:
            return
        operands: list[int] = []

        def inner(child: Any) -> int:
            if child._kind_id >= rules.UNEXPOSED_EXPR:
                operands.append(self._clang.type_of(child)._kind_id)
            return CONTINUE

        self._clang.visit(cursor, inner)
        if operands and operands[-1] in _INTEGERS:
            self._add("cast", "makes a pointer of a number", at)

    def _loop(self, cursor: Any, at: int) -> None:
        if self._is_macro(at):
            return
        called: list[str] = []

        def inner(child: Any) -> int:
            # The body is a statement; what is no statement is the loop's head.
            if child._kind_id >= rules.UNEXPOSED_STMT and child._kind_id != rules.DECLARATION:
                return CONTINUE
            if child._kind_id == rules.CALL:
                called.append(self._clang.name(self._clang.referenced(child)))
            return RECURSE

        self._clang.visit(cursor, inner)
        if not rules.ITERATOR_CALLS & set(called):
            self._add("loop", "a loop that no iterator ends", at)
