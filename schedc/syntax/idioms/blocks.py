"""Blocks: braces that are missing or too many, blocks by colon and indent, `elif`, loops without a bound."""

from __future__ import annotations

import re

from schedc.diagnostics import Edit
from schedc.diagnostics.s0_habits import habit
from schedc.source import Span
from schedc.syntax.idioms.fault import Fault, Repair

_STARTS = frozenset(
    [
        "RETURN",
        "INSERT",
        "KICK",
        "LET",
        "VAR",
        "IF",
        "FOR",
        "MATCH",
        "REPEAT",
        "BREAK",
        "CONTINUE",
        "PULL",
        "KEEP",
    ]
)


# What shows that an `if` further on in the line is not behind a statement.
_NOT_BEFORE = frozenset({"LBRACE", "RBRACE", "SEMICOLON", "ELSE", "IF", "ARROW"})


def else_if(fault: Fault) -> Repair | None:
    """`elif c {`, `elsif`, `elseif`: the word fits as a name, so what follows it is the fault."""
    for offset in (0, -1):
        if str(fault.token(offset)) in ("elif", "elsif", "elseif") and fault.kind(offset - 1) == "RBRACE":
            report = habit("elif", fault.span(offset), (fault.replace("else if", offset),))
            tokens = [fault.make("ELSE", "else", offset), fault.make("IF", "if", offset)]
            return fault.instead(report, tokens, offset, offset + 1)
    return None


def then(fault: Fault) -> Repair | None:
    """`if c then {`, `while c do {`."""
    if str(fault.token()) in ("then", "do") and "LBRACE" in fault.accepted and fault.kind(1) == "LBRACE":
        report = habit("dropped", fault.span(), (fault.remove(),), written=str(fault.token()))
        return fault.instead(report, [])
    return None


def colon_block(fault: Fault) -> Repair | None:
    """`if c:` and an indented block."""
    if fault.kind() != "COLON" or not ({"LBRACE", "ELSE"} & fault.accepted) or fault.kind(1) == "$END":
        return None
    if fault.kind(1) == "LBRACE":
        return fault.instead(habit("colon", fault.span(), (fault.replace(""),)), [])
    if fault.line(1) == fault.line():
        end, edits = _inline_end(fault)
    else:
        end, edits = _indented_end(fault)
    if end is None:
        return None
    tokens = [fault.make("LBRACE", "{"), *fault.copy(1, end), fault.insertion("RBRACE", "}", end)]
    return fault.instead(habit("colon", fault.span(), edits), tokens, 0, end)


def _inline_end(fault: Fault) -> tuple[int | None, tuple[Edit, ...]]:
    end = fault.phrase_end(1)
    return (None if end == 1 else end), (fault.replace(" {"), fault.after(" }", end - 1))


def _indented_end(fault: Fault) -> tuple[int | None, tuple[Edit, ...]]:
    """One past the last token that is indented deeper than the line of the colon."""
    margin, end = fault.indent(), 1
    while fault.kind(end) != "$END" and (not fault.starts_line(end) or fault.indent(end) > margin):
        end += 1
    if end == 1:
        return None, ()
    last = fault.span(end - 1).end
    line_end = fault.source.text.find("\n", last)
    place = (
        Span(line_end, line_end) if line_end >= 0 else Span(len(fault.source.text), len(fault.source.text))
    )
    blanks = fault.source.line(fault.line())
    return end, (fault.replace(" {"), Edit(place, "\n" + blanks[: len(blanks) - len(blanks.lstrip())] + "}"))


def braces(fault: Fault) -> Repair | None:
    """`if c return x`, also on two lines."""
    if "LBRACE" not in fault.accepted or fault.kind() not in _STARTS | {"NAME"}:
        return None
    if not fault.inside("IF", "FOR", "ELSE", "REPEAT", "ARROW") or (
        fault.kind() == "NAME" and not _own_line(fault)
    ):
        return None
    end = fault.phrase_end()
    if any(fault.kind(i) == "LBRACE" for i in range(end)):
        return None
    if fault.kind(end) == "SEMICOLON":
        end += 1
    tokens = [fault.insertion("LBRACE", "{"), *fault.copy(0, end), fault.insertion("RBRACE", "}", end)]
    report = habit("braces", fault.span(), (fault.before("{ "), fault.after(" }", end - 1)))
    return fault.instead(report, tokens, 0, end)


def condition_behind(fault: Fault) -> Repair | None:
    """`waiting += 1 if c`: the condition is read, and its block is what is missing."""
    if "LBRACE" not in fault.accepted or not (fault.starts_line() or fault.kind() == "RBRACE"):
        return None
    first = fault.first_on_line(-1)
    where = next((i for i in range(-1, first, -1) if fault.kind(i) == "IF"), None)
    if where is None or any(fault.kind(i) in _NOT_BEFORE for i in range(first, where)):
        return None
    condition, statement = fault.text(where + 1, -1), fault.text(first, where - 1)
    instead = f"if {condition} {{ {statement} }}"
    tokens = [
        fault.token(where), *fault.copy(where + 1, 0), fault.insertion("LBRACE", "{"),
        *fault.copy(first, where), fault.insertion("RBRACE", "}"),
    ]  # fmt: skip
    edit = fault.replace(instead, first, -1)
    return fault.instead(habit("condition_behind", fault.span(where), (edit,), instead=instead), tokens, first, 0)


def _own_line(fault: Fault) -> bool:
    return fault.starts_line() or fault.kind(-1) in ("ARROW", "ELSE")


def extra_brace(fault: Fault) -> Repair | None:
    if fault.kind() == "RBRACE" and "PARAM" in fault.accepted:
        return fault.instead(habit("brace_extra", fault.span(), (fault.remove(),), False), [])
    return None


def body_brace(fault: Fault) -> Repair | None:
    """`policy x "..." { ... }`."""
    if fault.kind() != "LBRACE" or "PARAM" not in fault.accepted or fault.kind(-1) != "STRING":
        return None
    close = fault.closing(0)
    if close is None or fault.kind(close + 1) != "$END":
        return fault.instead(habit("body_brace", fault.span(), (fault.remove(),), False), [])
    report = habit("body_brace", fault.span(), (fault.remove(), fault.remove(close)))
    return fault.instead(report, fault.copy(1, close), 0, close + 1)


def separators(fault: Fault) -> Repair | None:
    """`;;`, `;` behind a declaration, `,` between fields."""
    if fault.kind() == "SEMICOLON" and ("PARAM" in fault.accepted or {"INSERT", "RBRACE"} & fault.accepted):
        return fault.instead(habit("semicolon", fault.span(), (fault.remove(),)), [])
    if fault.kind() == "COMMA" and fault.opened("LBRACE") and "SEMICOLON" in fault.accepted:
        ends_line = fault.line(1) != fault.line() or fault.kind(1) == "RBRACE"
        report = habit("separator", fault.span(), (fault.replace("" if ends_line else ";"),))
        return fault.instead(report, [fault.make("SEMICOLON", ";")])
    return None


def while_loop(fault: Fault) -> Repair | None:
    if fault.kind() == "WHILE" and "INSERT" in fault.accepted:
        return fault.instead(habit("while", fault.span()), [fault.make("IF", "if")])
    for word in ("loop", "do", "forever"):
        if str(fault.token(-1)) == word and fault.kind() == "LBRACE" and fault.starts_line(-1):
            tokens = [fault.make("REPEAT", "repeat", -1), fault.make("NUMBER", "1", -1)]
            return fault.instead(habit("while", fault.span(-1)), tokens, -1, 0)
    return None


def for_loop(fault: Fault) -> Repair | None:
    """`for (int i = 0; i < 4; i++) {`, `for i in range(4) {`, `for i in 0..4 {`."""
    if fault.kind() == "LPAR" and fault.kind(-1) == "FOR":
        return _for_c(fault)
    if fault.kind() == "LPAR" and str(fault.token(-1)) == "range" and fault.kind(-2) == "IN":
        close = fault.closing(0)
        return None if close is None else _counted(fault, fault.text(1, close - 1), close + 1)
    if fault.kind() == "NUMBER" and fault.kind(-1) == "IN" and fault.kind(-3) == "FOR":
        end = fault.phrase_end()
        brace = next((i for i in range(end) if fault.kind(i) == "LBRACE"), end)
        last = str(fault.token(2)) if fault.kind(1) == "RANGE" and brace == 3 else ""
        count = (
            str(int(last) - int(str(fault.token())))
            if last.isdigit() and str(fault.token()).isdigit()
            else "8"
        )
        return _counted(fault, count, brace)
    return None


def _for_c(fault: Fault) -> Repair | None:
    close = fault.closing(0)
    if close is None:
        return None
    end = close + 1
    bound = re.search(r"(?:<|<=|\.\.)\s*(\w+)", fault.text(0, close))
    instead = f"repeat {bound[1] if bound else '8'}"
    if fault.kind(1) == "NAME" and fault.kind(2) == "IN":  # for (cpu in cpus)
        report = habit("dropped", fault.span(), (fault.remove(close), fault.remove()), written="(")
        return fault.instead(report, fault.copy(1, close), 0, end)
    report = habit(
        "for_c", fault.span(-1, close), (fault.replace(instead, -1, close),), False, instead=instead
    )
    return fault.instead(report, [fault.make("REPEAT", "repeat", -1), fault.make("NUMBER", "8")], -1, end)


def _counted(fault: Fault, count: str, end: int) -> Repair | None:
    """`for i in ..` as a `repeat`: beyond doubt where `i` is not used and the count is a plain number."""
    start = next((i for i in range(-1, -5, -1) if fault.kind(i) == "FOR"), None)
    if start is None:
        return None
    name = str(fault.token(start + 1))
    close = fault.closing(end) if fault.kind(end) == "LBRACE" else None
    used = close is None or any(str(fault.token(i)) == name for i in range(end, close))
    instead = f"repeat {count}"
    if used and close is not None:
        report = habit("for_counted", fault.span(start, end - 1))
    else:
        edits = (fault.replace(instead, start, end - 1),)
        certain = not used and count.isdigit()
        report = habit("for_range", fault.span(start, end - 1), edits, certain, instead=instead)
    tokens = [fault.make("REPEAT", "repeat", start), fault.make("NUMBER", count if count.isdigit() else "8")]
    return fault.instead(report, tokens, start, end)


_SETS = ("cpus", "cores", "llcs", "nodes", "layers")


def for_parts(fault: Fault) -> Repair | None:
    """`for l in layer`, `for llc in llcs near cpu`, `for cpu in cpus in llc`, `for task in ready limit 8`."""
    if not fault.inside("FOR") or not fault.opened("LBRACE"):
        return None
    named = fault.kind(-4) == "FOR" and fault.kinds(-2, "IN", "NAME")
    if named and (fault.kind() in ("DOT", "LSQB", "LPAR") or str(fault.token(-1)) not in _SETS):
        return fault.instead(habit("for_over", fault.span(-1), written=str(fault.token(-1))), None)
    if fault.kind(-1) == "IN" and f"{fault.token()}s" in _SETS:
        written = str(fault.token())
        instead = f"{written}s"
        report = habit("for_what", fault.span(), (fault.replace(instead),), written=written, instead=instead)
        return fault.instead(report, [fault.make("NAME", instead)])
    for wrong, right in (
        ("near", "nearest"),
        ("in", "of"),
        ("if", "where"),
        ("not", "except"),
        ("but", "except"),
    ):
        if str(fault.token()) == wrong and right.upper() in fault.accepted:
            report = habit(
                "word", fault.span(), (fault.replace(right),), wrong == "near", written=wrong, instead=right
            )
            return fault.instead(report, [fault.make(right.upper(), right)])
    return None
