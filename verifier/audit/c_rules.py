"""What generated C may say, as data."""

from __future__ import annotations

import re

from .allow import STRUCT_OPS, STRUCT_OPS_SLEEPABLE, WATCH_SECTIONS

BUILTINS = frozenset(
    (
        "__builtin_memset",
        "__builtin_memcpy",
        "__builtin_expect",
        "__builtin_unreachable",
        "__builtin_preserve_access_index",
        "__builtin_preserve_field_info",
        "__builtin_preserve_enum_value",
        "__builtin_preserve_type_info",
        "__builtin_constant_p",
        "__builtin_clzll",
        "__builtin_ctzll",
        "__builtin_mul_overflow",
        "__builtin_add_overflow",
        "__builtin_sub_overflow",
        "__sync_fetch_and_add",
        "__sync_fetch_and_or",
        "__sync_fetch_and_and",
        "__sync_val_compare_and_swap",
        "__sync_lock_test_and_set",
    )
)
ATTRIBUTES = frozenset(("noinline", "always_inline", "unused", "aligned", "packed", "cold", "hot"))
# Words that reach past the language: inline assembly, pragmas, computed jumps, other files' symbols.
WORDS = frozenset(
    (
        *("asm", "__asm", "__asm__", "_Pragma", "__pragma", "__label__", "register", "extern", "alloca"),
        *("_Generic", "__int128", "float", "double", "_Complex", "__declspec", "__attribute"),
    )
)
ITERATOR_CALLS = frozenset(("bpf_iter_num_next", "bpf_iter_scx_dsq_next", "can_loop"))
TAKES_CALLBACK = frozenset(("bpf_loop", "bpf_timer_set_callback"))
OPS_STRUCT = "struct sched_ext_ops"
LICENSE = "GPL"
SCHEDULER_NAME = re.compile(r"[A-Za-z0-9_.-]{1,127}")
HEADER_NAME = re.compile(r"(?:[A-Za-z0-9_]+/)*[A-Za-z0-9_][A-Za-z0-9_.-]*\.h")

_SECTIONS = frozenset(("license", ".maps", ".struct_ops.link")) | WATCH_SECTIONS
_CALLBACK_SECTION = re.compile(rf"(?:{re.escape(STRUCT_OPS)}|{re.escape(STRUCT_OPS_SLEEPABLE)})\w+")


COMPILER_PREFIXES = ("__builtin_", "__sync_", "__atomic_", "__c11_")
_WIDTHS = ("_1", "_2", "_4", "_8")


def is_builtin(name: str) -> bool:
    """clang resolves `__sync_fetch_and_add` to one function per width."""
    return name in BUILTINS or (name.endswith(_WIDTHS) and name[:-2] in BUILTINS)


def is_section(name: str) -> bool:
    return name in _SECTIONS or _CALLBACK_SECTION.fullmatch(name) is not None


# libclang's kinds of cursors by their stable numbers: looking names up would cost more than the walk.
STRUCT, UNION, ENUM, FIELD, ENUMERATOR, FUNCTION, VAR, PARM, TYPEDEF = 2, 3, 5, 6, 7, 8, 9, 10, 20
UNEXPOSED_EXPR, DECL_REF, CALL, STRING, CAST = 100, 101, 103, 109, 117
UNEXPOSED_STMT, WHILE, DO, FOR, DECLARATION, STATIC_ASSERT = 200, 207, 208, 209, 231, 602

PLAIN_KINDS = frozenset(
    (
        *(STRUCT, UNION, ENUM, ENUMERATOR, TYPEDEF, UNEXPOSED_EXPR, DECLARATION, STATIC_ASSERT),
        *(43, 47),  # references to types and members
        *(102, 106, 110),  # members, integers, characters
        *(111, 112, 113, 114, 115, 116),  # parentheses, operators, subscripts, conditions
        *(118, 119, 121, 136),  # compound literals, initialisers, statement expressions, sizeof
        *(202, 203, 204, 205, 206, 212, 213, 214, 230),  # blocks, ifs, switches, continue, break, return
        *range(400, 500),  # attributes, which are judged by the text
    )
)
"""Needing no look of their own. Not here: goto, labels, assembly and the rest."""
TOP_LEVEL = frozenset((STRUCT, UNION, ENUM, FUNCTION, VAR, TYPEDEF, STATIC_ASSERT))
TYPED_DECLARATIONS = frozenset((VAR, FIELD, PARM))
LABELLED = frozenset((48, 201, 210))  # a label's use, a label, goto
LOOPS = frozenset((WHILE, DO, FOR))
