"""The few functions of libclang that the walk needs, bound directly.

`clang.cindex` loads the library, parses, and has the structures; its methods do too much for each of
thousands of nodes, and refuse cursors that come straight from libclang's own callback.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_uint, c_void_p
from typing import Any

CONTINUE, RECURSE = 1, 2
EXTERN, STATIC = 2, 3


def load() -> None:
    """Loads the library ahead, which takes long and, on a thread of its own, keeps no other from running Python.
    What is wrong with it, its first use says."""
    with suppress(Exception):
        from clang import cindex

        _ = cindex.conf.lib


class Library:
    """Typed calls into libclang for one walk; made once per walk, and keeps no state between them."""

    def __init__(self) -> None:
        from clang import cindex

        lib = cindex.conf.lib
        cursor, kind, place, text = cindex.Cursor, cindex.Type, cindex.SourceLocation, cindex._CXString
        unsigned = POINTER(c_uint)
        self.cindex = cindex
        self._visitor = CFUNCTYPE(c_int, cursor, cursor, c_void_p)

        def bind(name: str, result: Any, *arguments: Any) -> Any:
            return CFUNCTYPE(result, *arguments)((name, lib))

        self._visit = bind("clang_visitChildren", c_uint, cursor, self._visitor, c_void_p)
        self._location = bind("clang_getCursorLocation", place, cursor)
        self._file_location = bind(
            "clang_getFileLocation", None, place, POINTER(c_void_p), unsigned, unsigned, unsigned
        )
        self._file_name = bind("clang_getFileName", text, c_void_p)
        self._spelling = bind("clang_getCursorSpelling", text, cursor)
        self._c_string = bind("clang_getCString", c_char_p, text)
        self._type_spelling = bind("clang_getTypeSpelling", text, kind)
        self._canonical = bind("clang_getCanonicalType", kind, kind)
        self._cursor_type = bind("clang_getCursorType", kind, cursor)
        self.referenced = bind("clang_getCursorReferenced", cursor, cursor)
        self.pointee = bind("clang_getPointeeType", kind, kind)
        self.is_definition = bind("clang_isCursorDefinition", c_uint, cursor)
        self.storage = bind("clang_Cursor_getStorageClass", c_int, cursor)

    def visit(self, cursor: Any, step: Callable[[Any], int]) -> None:
        """Call `step` for each child (of a child too, where it says RECURSE); 0 ends the walk."""
        failure: list[BaseException] = []

        def guarded(child: Any, _parent: Any, _data: Any) -> int:
            # An exception must not cross libclang's frames: it would be printed and dropped.
            try:
                return step(child)
            except BaseException as error:
                failure.append(error)
                return 0

        self._visit(cursor, self._visitor(guarded), None)
        if failure:
            raise failure[0]

    def file_location(self, cursor: Any) -> tuple[int, int]:
        """A file's handle (0 for none) and the offset in it: what a macro's argument says is where it
        is written, what its body says is where the macro is used. Does not listen to `#line`."""
        file, line, col, offset = c_void_p(), c_uint(), c_uint(), c_uint()
        self._file_location(self._location(cursor), byref(file), byref(line), byref(col), byref(offset))
        return file.value or 0, offset.value

    def file_name(self, handle: int) -> str:
        return self._string(self._file_name(handle))

    def name(self, cursor: Any) -> str:
        return self._string(self._spelling(cursor))

    def type_of(self, cursor: Any) -> Any:
        return self._canonical(self._cursor_type(cursor))

    def type_name(self, cursor: Any) -> str:
        return self._string(self._type_spelling(self.type_of(cursor)))

    def _string(self, text: Any) -> str:
        # The structure frees libclang's string when Python drops it.
        value: bytes | None = self._c_string(text)
        return value.decode("utf-8", "replace") if value else ""
