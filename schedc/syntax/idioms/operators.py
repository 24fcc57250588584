"""Operators of other languages, where every character of them is one of this language's."""

from __future__ import annotations

from schedc.diagnostics.s0_habits import habit
from schedc.syntax.idioms.fault import Fault, Repair

_C_TYPES = frozenset({"u64", "s64", "u32", "s32", "int", "long", "unsigned", "float", "double", "char", "bool"})
_VALUE_ENDS = ("NAME", "NUMBER", "RPAR", "RSQB", "TRUE", "FALSE", "NONE", "STRING")


def _adjacent(fault: Fault, first: int) -> bool:
    return fault.span(first).end == fault.span(first + 1).start


def assigned_in_condition(fault: Fault) -> Repair | None:
    """`if x = 3 {`, `where cpu.owner = mine`."""
    if fault.kind() != "EQUAL" or fault.inside("IF", "WHERE", "WHEN", "AND", "OR", "NOT", "LPAR") == "":
        return None
    if fault.kind(1) == "EQUAL" or fault.inside("LET", "VAR", "PARAM", "CONST", "GLOBAL") == "LET":
        return None
    if not fault.fits([fault.make("COMPARE", "==")]):
        return None
    report = habit("equal", fault.span(), (fault.replace("=="),))
    return fault.instead(report, [fault.make("COMPARE", "==")])


def comparison(fault: Fault) -> Repair | None:
    """`===`, `!==`, `<>`, `=<`, `=>` between values."""
    if fault.kind() == "EQUAL" and fault.kind(-1) == "COMPARE" and _adjacent(fault, -1):
        written, instead, first = fault.text(-1, 0), str(fault.token(-1)), -1
    elif (
        fault.kinds(0, "COMPARE")
        and str(fault.token()) == ">"
        and str(fault.token(-1)) == "<"
        and _adjacent(fault, -1)
    ):
        written, instead, first = "<>", "!=", -1
    elif fault.kind() == "ARROW" and "COMPARE" in fault.accepted:
        written, instead, first = "=>", ">=", 0
    elif fault.kind() == "EQUAL" and str(fault.token(1)) in ("<", ">") and "COMPARE" in fault.accepted:
        return _reversed(fault)
    else:
        return None
    report = habit(
        "compare", fault.span(first, 0), (fault.replace(instead, first, 0),), written=written, instead=instead
    )
    return fault.instead(report, [fault.make("COMPARE", instead, first, 0)], first, 1)


def shift(fault: Fault) -> Repair | None:
    """`a << b`, `a >> b`."""
    sign = str(fault.token())
    if sign not in ("<", ">") or str(fault.token(-1)) != sign or not _adjacent(fault, -1):
        return None
    report = habit("bits", fault.span(-1, 0), written=2 * sign)
    return fault.instead(report, [fault.make("PLUS", "+", -1, 0)], -1, 1)


def power(fault: Fault) -> Repair | None:
    """`a ** b`."""
    if not fault.kinds(-1, "STAR", "STAR") or not _adjacent(fault, -1):
        return None
    return fault.instead(habit("power", fault.span(-1, 0)), [fault.make("STAR", "*", -1, 0)], -1, 1)


def cast(fault: Fault) -> Repair | None:
    """`x as u64`, `(u64)x`: where a name could begin a statement, what follows it is the fault."""
    for at in (0, -1):
        if str(fault.token(at)) == "as" and fault.kinds(at + 1, "NAME") and fault.kind(at - 1) in _VALUE_ENDS:
            return None if fault.starts_line(at) else _without_cast(fault, at, at + 1)
        grouped = fault.kinds(at - 3, "LPAR", "NAME", "RPAR") and fault.kind(at) in ("NAME", "NUMBER", "LPAR")
        if grouped and str(fault.token(at - 2)) in _C_TYPES and fault.kind(at - 4) not in _VALUE_ENDS:
            return _without_cast(fault, at - 3, at - 1)
    return None


def _without_cast(fault: Fault, first: int, last: int) -> Repair:
    edits = (fault.remove(first, last),)
    report = habit("cast", fault.span(first, last), edits, False, written=fault.text(first, last))
    return fault.instead(report, [], first, last + 1)


def _reversed(fault: Fault) -> Repair:
    instead = f"{fault.token(1)}="
    report = habit(
        "compare",
        fault.span(0, 1),
        (fault.replace(instead, 0, 1),),
        written=fault.text(0, 1),
        instead=instead,
    )
    return fault.instead(report, [fault.make("COMPARE", instead, 0, 1)], 0, 2)


def chained(fault: Fault) -> Repair | None:
    """`a < b < c`, of a `b` that is one word."""
    if fault.kind() not in ("COMPARE", "AT_MOST") or fault.kind(-2) not in ("COMPARE", "AT_MOST"):
        return None
    middle = str(fault.token(-1))
    instead = f"{fault.token(-2)} {middle} and {middle} {fault.token()}"
    # `a > b == true` compares the answer.
    certain = "==" not in (str(fault.token(-2)), str(fault.token())) and "!=" not in instead
    report = habit("chained", fault.span(), (fault.before(f"and {middle} "),), certain, instead=instead)
    return fault.instead(report, [fault.insertion("AND", "and"), fault.token(-1), fault.token()])


def member(fault: Fault) -> Repair | None:
    """`task->vtime`, `Layer::input`."""
    arrow = fault.kind() == "GIVES" and fault.kind(1) in ("NAME", "LAYER")
    colons = fault.kinds(0, "COLON", "COLON") and _adjacent(fault, 0)
    if not (arrow or colons) or "DOT" not in fault.accepted:
        return None
    last = 0 if arrow else 1
    report = habit(
        "member", fault.span(0, last), (fault.replace(".", 0, last),), arrow, written=fault.text(0, last)
    )
    return fault.instead(report, [fault.make("DOT", ".", 0, last)], 0, last + 1)


def increment(fault: Fault) -> Repair | None:
    """`x++`, `x--`."""
    sign = fault.kind()
    if sign not in ("PLUS", "MINUS") or fault.kind(1) != sign or not _adjacent(fault, 0):
        return None
    if "CHANGE" not in fault.accepted:
        return _increment_before(fault, sign)
    instead = "+= 1" if sign == "PLUS" else "-= 1"
    tokens = [fault.make("CHANGE", instead[:2]), fault.make("NUMBER", "1", 1)]
    space = "" if fault.source.text[fault.span().start - 1].isspace() else " "
    report = habit("increment", fault.span(0, 1), (fault.replace(space + instead, 0, 1),),
                   written=fault.text(0, 1), instead=instead)  # fmt: skip
    return fault.instead(report, tokens, 0, 2)


def _increment_before(fault: Fault, sign: str) -> Repair | None:
    """`++x`, as a statement."""
    end = 2
    while fault.kind(end) in ("NAME", "DOT", "LAYER"):
        end += 1
    if end == 2 or "INSERT" not in fault.accepted:
        return None
    instead = "+= 1" if sign == "PLUS" else "-= 1"
    tokens = [*fault.copy(2, end), fault.make("CHANGE", instead[:2]), fault.make("NUMBER", "1")]
    edits = (fault.replace("", 0, 1), fault.after(f" {instead}", end - 1))
    report = habit("increment", fault.span(0, 1), edits, written=fault.text(0, 1), instead=instead)
    return fault.instead(report, tokens, 0, end)


def assign_operator(fault: Fault) -> Repair | None:
    """`x /= 2`, `x %= 2`; `x := 5`."""
    if fault.kind(1) != "EQUAL" or not _adjacent(fault, 0) or not fault.opened("LBRACE"):
        return None
    first = fault.first_on_line()
    target = fault.text(first, -1)
    if fault.kind() == "COLON":
        report = habit("declared", fault.span(0, 1), (fault.before("let ", first), fault.replace("=", 0, 1)),
            False,
                       instead=f"let {target} =")  # fmt: skip
        tokens = [fault.insertion("LET", "let", first), *fault.copy(first, 0), fault.make("EQUAL", "=", 0, 1)]
        return fault.instead(report, tokens, first, 2)
    if fault.kind() not in ("SLASH", "PERCENT") or any(
        fault.kind(i) not in ("NAME", "DOT") for i in range(first, 0)
    ):
        return None
    operator = str(fault.token())
    instead = f"{target} = {target} {operator} ..."
    end = fault.phrase_end(first)
    simple = end == 3  # one word behind it: no parentheses are needed
    tokens = [fault.make("EQUAL", "=", 0, 1), *fault.copy(first, 0), fault.token()]
    edits = [fault.replace(f"= {target} {operator}", 0, 1)]
    if not simple:
        edits += [fault.before("(", 2), fault.after(")", end - 1)]
    report = habit("assign_op", fault.span(0, 1), edits, written=fault.text(0, 1), instead=instead)
    return fault.instead(report, tokens, 0, 2)


def ternary(fault: Fault) -> Repair | None:
    """`c ? a : b`."""
    if fault.kind() != "OPTIONAL":
        return None
    if fault.kind(1) == "OPTIONAL":
        report = habit("pick_or", fault.span(0, 1), (fault.replace("or", 0, 1),), written="??")
        return fault.instead(report, [fault.make("OR", "or", 0, 1)], 0, 2)
    first = _value_start(fault)
    end = fault.phrase_end()
    colon = next((i for i in range(1, end) if fault.kind(i) == "COLON"), None)
    if first is None or colon is None or colon == 1 or colon + 1 >= end or first == 0:
        return None
    return _choice(fault, (first, 0), (1, colon), (colon + 1, end), "?")


def python_choice(fault: Fault) -> Repair | None:
    """`let x = a if c else b`."""
    if fault.kind() != "ELSE":
        return None
    first_on_line = fault.first_on_line()
    where = next((i for i in range(-1, first_on_line, -1) if fault.kind(i) == "IF"), None)
    if where is None or any(fault.kind(i) == "LBRACE" for i in range(where, 0)):
        return None
    first = next(
        (i + 1 for i in range(where, first_on_line - 1, -1) if fault.kind(i) in ("EQUAL", "RETURN", "LPAR")),
        None,
    )
    end = fault.phrase_end(1)
    if first is None or first >= where or end <= 1:
        return None
    return _choice(fault, (where + 1, 0), (first, where), (1, end), "if")


def _value_start(fault: Fault) -> int | None:
    """Where the value before the fault begins: behind `=`, `return`, an open `(` or a `,` of this line."""
    depth = 0
    for offset in range(-1, fault.first_on_line() - 1, -1):
        kind = fault.kind(offset)
        depth += (kind in ("RPAR", "RSQB")) - (kind in ("LPAR", "LSQB"))
        if depth < 0 or (depth == 0 and kind in ("EQUAL", "CHANGE", "RETURN", "COMMA", "FOR", "AT")):
            return offset + 1
    return None


def _choice(
    fault: Fault, condition: tuple[int, int], then: tuple[int, int], otherwise: tuple[int, int], written: str
) -> Repair:
    c, a, b = (fault.text(first, end - 1) for first, end in (condition, then, otherwise))
    first, end = min(condition[0], then[0]), otherwise[1]
    instead = f"if {c} {{ {a} }} else {{ {b} }}"
    tokens = [
        fault.insertion("IF", "if", first), *fault.copy(*condition), fault.insertion("LBRACE", "{"),
        *fault.copy(*then), fault.insertion("RBRACE", "}"), fault.insertion("ELSE", "else"),
        fault.insertion("LBRACE", "{"), *fault.copy(*otherwise), fault.insertion("RBRACE", "}"),
    ]  # fmt: skip
    place = fault.span() if written == "?" else fault.span(condition[0] - 1)
    report = habit(
        "ternary", place, (fault.replace(instead, first, end - 1),), written=written, instead=instead
    )
    return fault.instead(report, tokens, first, end)


def tests_in_words(fault: Fault) -> Repair | None:
    """`x not in y`, `q is empty`, `q is not empty`, `x is none`."""
    if fault.kinds(0, "NOT", "IN"):
        first = _operand_start(fault)
        tokens = [fault.insertion("NOT", "not", first), *fault.copy(first, 0), fault.token(1)]
        report = habit("not_in", fault.span(0, 1), (fault.before("not ", first), fault.remove(0)))
        return fault.instead(report, tokens, first, 2)
    if str(fault.token()) != "is" and str(fault.token(-1)) == "is":
        return None
    if str(fault.token()) != "is" or fault.kind(-1) not in _VALUE_ENDS:
        return None
    negated = fault.kind(1) == "NOT"
    what = 2 if negated else 1
    if str(fault.token(what)) == "empty":
        return _is_empty(fault, negated, what)
    instead = "!=" if negated else "=="
    last = 1 if negated else 0
    report = habit("is", fault.span(0, last), (fault.replace(instead, 0, last),), instead=instead)
    return fault.instead(report, [fault.make("COMPARE", instead, 0, last)], 0, last + 1)


def _is_empty(fault: Fault, negated: bool, last: int) -> Repair:
    first = _operand_start(fault)
    instead = ("not " if negated else "") + f"empty({fault.text(first, -1)})"
    tokens = [
        *([fault.insertion("NOT", "not", first)] if negated else []), fault.insertion("NAME", "empty", first),
        fault.insertion("LPAR", "(", first), *fault.copy(first, 0), fault.make("RPAR", ")", 0, last),
    ]  # fmt: skip
    report = habit("is_empty", fault.span(0, last), (fault.replace(instead, first, last),), instead=instead)
    return fault.instead(report, tokens, first, last + 1)


def _operand_start(fault: Fault) -> int:
    """Where the path before the fault begins."""
    offset, depth = -1, 0
    while True:
        kind = fault.kind(offset)
        depth += (kind in ("RPAR", "RSQB")) - (kind in ("LPAR", "LSQB"))
        before = fault.kind(offset - 1)
        joins = before == "DOT" or kind in ("DOT", "LSQB", "LPAR")
        if (depth == 0 and not joins) or fault.at + offset <= 0:
            return offset
        offset -= 1


def word_of(fault: Fault) -> Repair | None:
    """`length of q`, `clock of q`."""
    if fault.kind() != "OF" or fault.kind(-1) != "NAME":
        return None
    word = str(fault.token(-1))
    if word not in ("length", "size", "empty", "len", "clock"):
        return None
    end = 1
    while (
        fault.kind(end) in ("NAME", "DOT", "LSQB", "RSQB", "LAYER", "COMMA", "STAR")
        and fault.line(end) == fault.line()
    ):
        if fault.kind(end) == "LSQB":
            end = fault.closing(end) or end
        end += 1
    if end == 1 or fault.kind(end - 1) == "COMMA":
        return None
    operand = fault.text(1, end - 1)
    if word in ("length", "size", "empty", "len"):
        word = "length" if word != "empty" else word
        return _of_call(fault, word, f"{word}({operand})", end)
    instead = f"{operand}.{word}"
    tokens = [*fault.copy(1, end), fault.insertion("DOT", ".", end), fault.make("NAME", word, -1)]
    report = habit(
        "of", fault.span(-1, 0), (fault.replace(instead, -1, end - 1),), False, written=word, instead=instead
    )
    return fault.instead(report, tokens, -1, end)


def _of_call(fault: Fault, word: str, instead: str, end: int) -> Repair:
    tokens = [
        fault.make("NAME", word, -1), fault.make("LPAR", "("), *fault.copy(1, end),
        fault.insertion("RPAR", ")", end)
    ]  # fmt: skip
    edits = (fault.replace(instead, -1, end - 1),)
    report = habit("of", fault.span(-1, 0), edits, written=str(fault.token(-1)), instead=instead)
    return fault.instead(report, tokens, -1, end)


def percent(fault: Fault) -> Repair | None:
    """`5 %` for `5%`; `5%3`, which reads as two numbers."""
    if fault.kind(-1) == "PERCENT" and fault.kind(-2) == "NUMBER" and str(fault.token(-2)).isdigit():
        instead = f"{fault.token(-2)}%"
        report = habit("space", fault.span(-2, -1), (fault.replace(instead, -2, -1),), instead=instead)
        return fault.instead(report, [fault.make("NUMBER", instead, -2, -1)], -2, 0)
    if (
        fault.kind(-1) == "NUMBER"
        and str(fault.token(-1)).endswith("%")
        and fault.kind() in ("NUMBER", "NAME", "LPAR")
    ):
        if fault.line() != fault.line(-1):
            return None
        number = str(fault.token(-1))
        edit = fault.replace(f"{number[:-1]} % ", -1)
        report = habit("modulo", fault.span(-1), (edit,), written=number)
        return fault.instead(
            report, [fault.make("NUMBER", number[:-1], -1), fault.make("PERCENT", "%", -1)], -1, 0
        )
    return None


def named_argument(fault: Fault) -> Repair | None:
    """`near=prev`, `in: llc`, `with least x`."""
    if fault.kind() in ("EQUAL", "COLON") and fault.kind(-1) in (
        "NEAR",
        "IN",
        "WHERE",
        "LEAST",
        "MOST",
        "AGING",
        "FOR",
    ):
        word = str(fault.token(-1))
        edit = fault.replace(" " if fault.span().end == fault.span(1).start else "")
        report = habit("named", fault.span(), (edit,), written=word, instead=f"{word} {fault.token(1)}")
        return fault.instead(report, [], 0, 1)
    if str(fault.token(-1)) == "with" and fault.kind() in ("LEAST", "MOST", "IN", "NEAR", "WHERE"):
        report = habit("dropped", fault.span(-1), (fault.remove(-1),), written="with")
        return fault.instead(report, [], -1, 0)
    return None
