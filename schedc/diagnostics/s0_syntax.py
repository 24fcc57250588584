"""S0: text and syntax. What people write by habit from other languages is in `s0_habits`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from schedc.diagnostics.model import Applicability, Diagnostic, Edit, Fix, Label
from schedc.source import Source, Span
from schedc.syntax.numbers import NumberError
from schedc.syntax.tokens import Token


def not_utf8(offset: int, byte: int) -> Diagnostic:
    return Diagnostic(
        "S007", f"the file is not UTF-8 text: byte 0x{byte:02x} at offset {offset}",
        Label(Span(0, 0), "the file was not read"),
    )  # fmt: skip


def hidden(source: Source, span: Span) -> Diagnostic:
    """A character that cannot be seen, or that makes text look other than it is."""
    character = source.text[span.start]
    name = unicodedata.name(character, "control character").lower()
    harmless = character in "\f\v\r"
    fix = Fix(
        "put a space there" if harmless else "remove it, then read the line again",
        (Edit(span, " " if harmless else ""),),
        Applicability.SAFE if harmless else Applicability.UNSAFE,
    )
    return Diagnostic(
        "S007", f"hidden character U+{ord(character):04X} ({name})", Label(span, "it does not show here"),
        why="a policy is read by people before it runs; what they see has to be what is compiled",
        fixes=(fix,),
    )  # fmt: skip


def too_long(source: Source, limit: int) -> Diagnostic:
    return Diagnostic(
        "S002",
        f"the policy has more than {limit} characters",
        Label(Span(limit, limit + 1), "everything from here on is too much"),
    )


def too_many_tokens(span: Span, limit: int) -> Diagnostic:
    return Diagnostic(
        "S002", f"the policy has more than {limit} words and signs", Label(span, "the first one too many")
    )


def too_deep(span: Span, limit: int) -> Diagnostic:
    return Diagnostic(
        "S003", f"nested deeper than {limit} levels", Label(span, "this is too deep"),
        fixes=(Fix("name a part of it with `let`, or move it into a `fn`"),),
    )  # fmt: skip


def bad_character(source: Source, span: Span) -> Diagnostic:
    written = source.text[span.start : span.end]
    named = (
        f" ({unicodedata.name(written, 'unnamed').lower()})" if len(written) == 1 and written > "~" else ""
    )
    return Diagnostic(
        "S001", f"`{written}`{named} has no meaning in the language", Label(span, "not expected")
    )


def typographic(source: Source, span: Span, instead: str, shown: str) -> Diagnostic:
    written = source.text[span.start : span.end]
    title = (
        f"`{written}` is written `{shown}`" if written.isprintable() else f"{shown} instead of a plain one"
    )
    fix = Fix(
        f"write {shown if not written.isprintable() else f'`{shown}`'}",
        (Edit(span, instead),),
        Applicability.SAFE,
    )
    return Diagnostic("S001", title, Label(span, "this character is not on a plain keyboard"), fixes=(fix,))


def odd_space(source: Source, span: Span) -> Diagnostic:
    name = unicodedata.name(source.text[span.start], "odd space").lower()
    fix = Fix("write a plain space", (Edit(span, " "),), Applicability.SAFE)
    return Diagnostic(
        "S001", f"{name} instead of a plain space", Label(span, "looks like a space"), fixes=(fix,)
    )


def foreign_letters(span: Span, written: str) -> Diagnostic:
    return Diagnostic(
        "S001",
        f"`{written}` is no name: names have the letters a to z, digits and `_`",
        Label(span, "this name"),
    )


def bad_number(span: Span, text: str, error: NumberError) -> Diagnostic:
    fixes: tuple[Fix, ...] = ()
    if error.instead:
        level = Applicability.SAFE if error.certain else Applicability.UNSAFE
        fixes = (Fix(f"write `{error.instead}`", (Edit(span, error.instead),), level),)
    shown = text if len(text) <= 40 else text[:40] + "..."
    return Diagnostic(
        "S004", f"`{shown}` is no number of the language", Label(span, error.reason), fixes=fixes
    )


def string_open(span: Span, fix: Fix) -> Diagnostic:
    return Diagnostic("S005", "the string is not closed on its line",
        Label(span, 'it begins here, without a closing `"`'),
                      fixes=(fix,))  # fmt: skip


def string_escape(span: Span) -> Diagnostic:
    return Diagnostic("S005", "a string has no escapes", Label(span, "`\\` cannot stand in a string"),
                      fixes=(Fix('write the text without `\\` and without `"` in it'),))  # fmt: skip


def string_quotes(span: Span, inner: str) -> Diagnostic:
    fix = Fix('write it in `"`', (Edit(span, f'"{inner}"'),), Applicability.SAFE)
    return Diagnostic("S005", 'a string is written in `"`', Label(span, "other quotes"), fixes=(fix,))


def version_missing(offset: int) -> Diagnostic:
    fix = Fix("begin with `language 1`", (Edit(Span(offset, offset), "language 1\n"),), Applicability.SAFE)
    return Diagnostic(
        "S006", "the first line is `language 1`", Label(Span(offset, offset), "it is missing here"),
        fixes=(fix,),
        why="an old policy keeps its meaning when the language grows",
    )  # fmt: skip


def version_unknown(span: Span, written: str, certain: bool) -> Diagnostic:
    fix = Fix(
        "write `language 1`", (Edit(span, "1"),), Applicability.SAFE if certain else Applicability.UNSAFE
    )
    return Diagnostic(
        "S006",
        f"language version `{written}` is not known",
        Label(span, "this compiler reads version 1"),
        fixes=(fix,),
    )


# ---- what does not fit, in words

_VALUE = "a value"
_AFTER = {
    "language": "a version", "policy": "a name", "param": "a name", "const": "a name", "layer": "a name",
    "queue": "a name", "counter": "a name", "global": "a name", "fn": "a name", "live": "`param`",
    "on": "an event such as `enqueue`", "every": "a duration such as `10ms`", "repeat": "a number of times",
    "promise": "`max_wait` or `work_conserving`", "insert": "a task", "into": "a queue such as `local(cpu)`",
    "at": "a place in the queue such as `task.vtime`", "kick": "a CPU", "pull": "a queue", "keep": "`prev`",
    "let": "a name", "var": "a name", "when": "a condition", "where": "a condition", "if": "a condition",
    "not": "a condition", "match": _VALUE, "aging": "a duration", "near": "a CPU", "nearest": "a CPU",
    "except": "a CPU", "per": "what it is per, such as `llc`", "of": "what it is of", "within": "a duration",
    "by": "a weight", "and": "a condition", "or": "what else to try", "else": "`{`", ".": "a field name",
    "->": "a type", "from": "a lower bound", "to": "an upper bound", "..": "an upper bound", "=": _VALUE,
    "+": _VALUE, "-": _VALUE, "*": _VALUE, "/": _VALUE, "%": _VALUE, "==": _VALUE, "!=": _VALUE, "<": _VALUE,
    "<=": _VALUE, ">": _VALUE, ">=": _VALUE, "+=": _VALUE, "-=": _VALUE, "*=": _VALUE, "scaled": "`by`",
}  # fmt: skip
_CLASSES = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": 'a text in `"`',
    "CHANGE": "`+=`",
    "COMPARE": "`==`",
}
# What may always go on after a value: true, and no help.
_CONTINUES = frozenset(
    [
        "DOT",
        "LSQB",
        "LPAR",
        "PLUS",
        "MINUS",
        "STAR",
        "SLASH",
        "PERCENT",
        "SCALED",
        "COMPARE",
        "AT_MOST",
        "AND",
        "OR",
        "IN",
        "AGING",
        "SEMICOLON",
        "OPTIONAL",
    ]
)


def unexpected(
    source: Source,
    token: Token | None,
    accepted: frozenset[str],
    words: dict[str, str],
    previous: Sequence[Token],
) -> Diagnostic:
    """A token that does not fit; `previous` ends with the token before it."""
    expected = _expected(accepted, words, previous[-1] if previous else None)
    after = f" after `{_short(previous[-1])}`" if previous else ""
    if token is None or token.type == "$END":
        end = len(source.text.rstrip())
        return Diagnostic("S010", f"the policy ends too early: expected {expected}{after}",
                          Label(Span(end, end), f"{expected} is missing here"))  # fmt: skip
    start = token.start_pos or 0
    span = Span(start, token.end_pos or start)
    before = (previous[-1].end_pos or 0) if previous else start
    if "\n" in source.text[before:start]:  # what is missing is missing on the line before
        place = Label(Span(before, before), f"{expected} is missing here")
        return Diagnostic("S010", f"expected {expected}{after}", place)
    if not token:  # a brace that was put in, because the block ends here
        return Diagnostic("S010", f"expected {expected}{after}", Label(span, f"{expected} is missing here"))
    return Diagnostic("S010", f"expected {expected}{after}, found `{_short(token)}`",
                      Label(span, f"{expected} goes here"))  # fmt: skip


def _short(token: Token) -> str:
    return str(token) if len(token) <= 40 else str(token)[:40] + "..."


def _expected(accepted: frozenset[str], words: dict[str, str], previous: Token | None) -> str:
    if "PARAM" in accepted and "LANGUAGE" not in accepted:
        return "a declaration such as `param`, `queue` or `on`"
    if "INSERT" in accepted:
        return "a statement or `}`"
    if previous is not None and (said := _after(previous, accepted)):
        return said
    useful = sorted(accepted - _CONTINUES) or sorted(accepted)
    if "IF" in useful and "NUMBER" in useful:
        return _VALUE
    named = [
        _CLASSES.get(name) or f"`{words.get(name, '')}`"
        for name in useful
        if name in _CLASSES or name in words
    ]
    if not named:
        return "the end of the policy"
    if len(named) > 4:
        return ", ".join(named[:3]) + " or the like"
    return named[0] if len(named) == 1 else ", ".join(named[:-1]) + " or " + named[-1]


def _after(previous: Token, accepted: frozenset[str]) -> str:
    if previous == "for":  # `insert .. for slice`, `promise .. for layer`, `for cpu in cpus`
        return "how long, such as `slice`" if "NUMBER" in accepted else "a name"
    if previous == ":":
        return "a type or an order such as `duration` or `vtime`"
    if previous == "in":
        return _VALUE if "NUMBER" in accepted else "`cpus`, `cores`, `llcs`, `nodes` or `layers`"
    return _AFTER.get(str(previous), "") if previous.type not in ("NAME", "NUMBER", "STRING") else ""


def statement_expected(span: Span, written: str) -> Diagnostic:
    fix = Fix("give it a value with `=`, or begin with a word such as `insert`, `pull` or `return`")
    label = Label(span, "a value, or a word that is not known")
    return Diagnostic("S010", f"`{written}` alone is no statement", label, fixes=(fix,))


def apart(span: Span, written: str, before: str) -> Diagnostic:
    return Diagnostic("S010", f"expected an operator or a new line after `{before}`, found `{written}`",
                      Label(span, "does not go on from what is before it"))  # fmt: skip
