"""Statements of other languages: declarations with a type, switches, values that are not returned."""

from __future__ import annotations

from schedc.diagnostics import Edit
from schedc.diagnostics.s0_habits import habit
from schedc.syntax.idioms.fault import Fault, Repair
from schedc.syntax.numbers import Number, parse_number
from schedc.syntax.tokens import Token

_C_TYPES = frozenset(
    [
        "int",
        "long",
        "short",
        "char",
        "unsigned",
        "signed",
        "u8",
        "u16",
        "u32",
        "u64",
        "s8",
        "s16",
        "s32",
        "s64",
        "i32",
        "i64",
        "usize",
        "size_t",
        "uint32_t",
        "uint64_t",
        "int64_t",
        "float",
        "double",
        "f32",
        "f64",
        "bool",
        "auto",
        "__u64",
        "__u32",
        "__s32",
        "static",
        "final",
        "dur",
    ]
)
_TYPES = frozenset(
    [
        "duration",
        "time",
        "vtime",
        "weight",
        "cpu",
        "core",
        "llc",
        "node",
        "cgroup",
        "layer",
        "task",
        "rate",
        "ratio",
        "count",
        "bool",
    ]
)


def type_of(number: str) -> str:
    """The type that a number's unit shows: `count` where it has none."""
    parsed = parse_number(number)
    unit = parsed.unit if isinstance(parsed, Number) else ""
    if not unit and "." in number:
        return "ratio"
    return {"": "count", "%": "ratio", "hz": "rate"}.get(unit, "duration")


def _value_type(fault: Fault, offset: int) -> tuple[str, bool]:
    """The type of the value that begins at a token, and whether that is certain."""
    if fault.kind(offset) == "MINUS":
        offset += 1
    if fault.kind(offset) == "NUMBER":
        type_ = type_of(str(fault.token(offset)))
        return type_, type_ != "count"
    if fault.kind(offset) in ("TRUE", "FALSE"):
        return "bool", True
    return "count", False


def _assigned(fault: Fault, name: str) -> bool:
    """Whether the name is assigned to further on in this declaration."""
    offset = 2
    while fault.kind(offset) != "$END" and not (fault.starts_line(offset) and fault.indent(offset) == 0):
        if str(fault.token(offset)) == name and fault.kind(offset + 1) in ("EQUAL", "CHANGE") and (
            fault.kind(offset - 1) not in ("LET", "VAR", "DOT")
        ):  # fmt: skip
            return True
        offset += 1
    return False


def typed_name(fault: Fault) -> Repair | None:
    """`int x = 5`, `u64 vt = ..`, `duration d = ..`, `auto x = ..`; fits as a path up to the second name."""
    if fault.kind() != "NAME" or fault.kind(-1) not in ("NAME", "CONST") or not fault.opened("LBRACE"):
        return None
    written = str(fault.token(-1))
    if written not in _C_TYPES | _TYPES | {"const"} or fault.line() != fault.line(-1):
        return None
    first = -1
    while str(fault.token(first - 1)) in _C_TYPES | {"const"}:
        first -= 1
    if fault.kind(1) != "EQUAL":
        return _field(fault, written, first)
    name = str(fault.token())
    type_ = written if written in _TYPES else _value_type(fault, 2)[0]
    if _assigned(fault, name):
        instead, safe = f"var {name}: {type_}", written in _TYPES
        tokens = _var(fault, first, type_)
    else:
        instead, safe = f"let {name}", True
        tokens = [fault.make("LET", "let", first), fault.token()]
    report = habit(
        "declared",
        fault.span(first, -1),
        (fault.replace(instead, first, 0),),
        safe,
        instead=f"{instead} = ...",
    )
    return fault.instead(report, tokens, first, 1)


def const_inside(fault: Fault) -> Repair | None:
    """`const x = ..` in a block: read on without the word, or as a `let`."""
    if fault.kind() != "CONST" or "INSERT" not in fault.accepted:
        return None
    first = 1
    while fault.kind(first) == "NAME" and fault.kind(first + 1) == "NAME":
        first += 1
    report = habit("declared", fault.span(), (fault.replace("let", 0, first - 1),), instead="let ... = ...")
    return fault.instead(report, [fault.make("LET", "let")], 0, first)


def _var(fault: Fault, first: int, type_: str) -> list[Token]:
    return [
        fault.make("VAR", "var", first),
        fault.token(),
        fault.insertion("COLON", ":"),
        fault.insertion("NAME", type_),
    ]


def _field(fault: Fault, written: str, first: int) -> Repair | None:
    """`u64 burst;` in a state block."""
    if "COLON" not in fault.accepted and fault.kind(1) != "SEMICOLON":
        return None
    type_ = written if written in _TYPES else "count"
    instead = f"{fault.token()}: {type_}"
    report = habit(
        "fn_type",
        fault.span(first, 0),
        (fault.replace(instead, first, 0),),
        written in _TYPES,
        instead=instead,
    )
    tokens = [fault.token(), fault.insertion("COLON", ":", 1), fault.make("NAME", type_, -1)]
    return fault.instead(report, tokens, first, 1)


def let_mut(fault: Fault) -> Repair | None:
    """`let mut x = 5ms`, `let x: duration = ..`, `let x += 1`."""
    if fault.kind() == "NAME" and str(fault.token(-1)) == "mut" and fault.kind(-2) == "LET":
        name, typed = str(fault.token()), fault.kind(1) == "COLON"
        type_, certain = ("", True) if typed else _value_type(fault, 2)
        instead = f"var {name}" if typed else f"var {name}: {type_}"
        tokens = [fault.make("VAR", "var", -2), fault.token()] if typed else _var(fault, -2, type_)
        edits = (fault.replace(instead, -2, 0),)
        return fault.instead(
            habit("declared", fault.span(-2, -1), edits, certain, instead=f"{instead} = ..."), tokens, -2, 1
        )
    if fault.kind() == "COLON" and fault.kind(-2) == "LET":
        return _let_type(fault)
    return None


def _let_type(fault: Fault) -> Repair | None:
    end = next((i for i in range(1, 16) if fault.kind(i) == "EQUAL"), None)
    if end is None:
        return None
    name = str(fault.token(-1))
    if _assigned(fault, name):
        report = habit(
            "let_type", fault.span(0, end - 1), (fault.replace("var", -2),), instead=f"var {name}: ..."
        )
        return fault.instead(report, [fault.make("VAR", "var", -2)], -2, -1)
    report = habit(
        "let_type", fault.span(0, end - 1), (fault.remove(0, end - 1),), instead=f"let {name} = ..."
    )
    return fault.instead(report, [], 0, end)


def untyped(fault: Fault) -> Repair | None:
    """`var x = 5ms`, `param slice = 5ms`, `global n = 0`, `const c = 4`."""
    declares = fault.kind(-2)
    if (
        fault.kind() != "EQUAL"
        or fault.kind(-1) != "NAME"
        or declares not in ("VAR", "PARAM", "GLOBAL", "CONST")
    ):
        return None
    type_, certain = _value_type(fault, 1)
    word = str(fault.token(-2))
    instead = f"{word} {fault.token(-1)}: {type_} = ..."
    edits = (fault.after(f": {type_}", -1),)
    name = "var_type" if declares == "VAR" else "typed"
    report = habit(name, fault.span(-1), edits, certain, what=word, instead=instead)
    tokens = [fault.insertion("COLON", ":"), fault.insertion("NAME", type_)]
    return fault.instead(report, tokens, 0, 0)


def top_let(fault: Fault) -> Repair | None:
    """`let x = 5ms` outside of a handler."""
    if fault.kind() not in ("LET", "VAR") or "PARAM" not in fault.accepted or fault.kind(1) != "NAME":
        return None
    written, variable = str(fault.token()), fault.kind() == "VAR"
    word = "global" if variable else "const"
    if fault.kind(2) == "COLON":
        edits, extra, certain, type_ = (fault.replace(word),), [], not variable, "..."
    else:
        type_, certain = _value_type(fault, 3)
        extra = [fault.insertion("COLON", ":", 2), fault.insertion("NAME", type_, 2)]
        edits = (fault.replace(f"{word} {fault.token(1)}: {type_}", 0, 1),)
    report = habit("top_let", fault.span(), edits, certain and not variable, written=written,
                   instead=f"{word} {fault.token(1)}: {type_} = ...")  # fmt: skip
    return fault.instead(report, [fault.make(word.upper(), word), fault.token(1), *extra], 0, 2)


def top_assignment(fault: Fault) -> Repair | None:
    """`slice = 5ms` outside of a handler: the name fits as that of a state block."""
    if fault.kind() != "EQUAL" or "LBRACE" not in fault.accepted or fault.opened("LBRACE"):
        return None
    if fault.kind(-1) != "NAME" or not fault.starts_line(-1):
        return None
    type_, certain = _value_type(fault, 1)
    head = f"const {fault.token(-1)}: {type_}"
    report = habit(
        "top_let", fault.span(-1), (fault.replace(head, -1),), certain, written="=", instead=f"{head} = ..."
    )
    tokens = [
        *(fault.insertion("CONST", "const", -1), fault.token(-1)),
        *(fault.insertion("COLON", ":"), fault.insertion("NAME", type_)),
    ]
    return fault.instead(report, tokens, -1, 0)


def switch(fault: Fault) -> Repair | None:
    """`switch (x) { case a: ... }`; arms of a `match` in another form."""
    first = fault.first_on_line()
    if (
        fault.kind() in ("LBRACE", "NAME")
        and str(fault.token(first)) in ("switch", "select", "when", "case")
        and first < 0
    ):
        end = next((i for i in range(first, 64) if fault.kind(i) == "LBRACE"), None)
        close = fault.closing(end) if end is not None else None
        if close is not None:
            report = habit("switch", fault.span(first), written=str(fault.token(first)))
            return fault.instead(report, [], first, close + 1)
    return None


def some(fault: Fault) -> Repair | None:
    """`if let Some(cpu) = e {`."""
    if not fault.kinds(-3, "IF", "LET", "NAME", "LPAR", "NAME", "RPAR", "EQUAL") or str(fault.token(-1)) != "Some":
        return None
    name = str(fault.token(1))
    report = habit("some", fault.span(-1, 2), (fault.replace(name, -1, 2),), instead=f"if let {name} =")
    return fault.instead(report, [fault.token(1)], -1, 3)


def match_arm(fault: Fault) -> Repair | None:
    """`case a =>`, `a: ...`, `a -> ...`, `else => ...`, `_ => ...`, `default => ...`."""
    if str(fault.token(-1)) == "case" and fault.kind() in ("NAME", "NUMBER") and "ARROW" in fault.accepted:
        report = habit("dropped", fault.span(-1), (fault.remove(-1),), written="case")
        return fault.instead(report, [], -1, 0)
    if "ARROW" in fault.accepted and fault.kind() in ("COLON", "GIVES"):
        report = habit("arm", fault.span(), (fault.replace("=>" if fault.kind() == "GIVES" else " =>"),),
                       written=str(fault.token()), instead="=>")  # fmt: skip
        return fault.instead(report, [fault.make("ARROW", "=>")])
    if "OTHERWISE" in fault.accepted and (fault.kind() in ("TRUE", "FALSE") or fault.kinds(0, "MINUS", "NUMBER")):
        last = 1 if fault.kind() == "MINUS" else 0
        report = habit("arm_value", fault.span(0, last), written=fault.text(0, last))
        return fault.instead(report, [fault.make("NAME", "otherwise", 0, last)], 0, last + 1)
    if fault.kind() == "ELSE" and "OTHERWISE" in fault.accepted:
        report = habit(
            "arm", fault.span(), (fault.replace("otherwise"),), written="else", instead="otherwise"
        )
        return fault.instead(report, [fault.make("OTHERWISE", "otherwise")])
    return None


def after_return(fault: Fault) -> Repair | None:
    """Statements behind `return`, `break` or `continue`, up to the end of their block."""
    ended = fault.inside("RETURN", "BREAK", "CONTINUE") or _ended(fault)
    if not ended or fault.kind() in ("RBRACE", "$END"):
        return None
    start = 0
    if not fault.starts_line() and fault.kind(-1) != "SEMICOLON":
        start = fault.first_on_line()  # `return` and, on the next line, a name: read as one up to here
        if start == 0 or fault.kind(start) != "NAME" or fault.kind(start - 1) not in ("RETURN",):
            return None
    end, depth = start, 0
    while fault.kind(end) != "$END" and (depth or fault.kind(end) != "RBRACE"):
        depth += (fault.kind(end) == "LBRACE") - (fault.kind(end) == "RBRACE")
        end += 1
    name = "after_return" if ended == "RETURN" else "after_break"
    report = habit(name, fault.span(start, end - 1), written=ended.lower())
    return fault.instead(report, [], start, end)


def _ended(fault: Fault) -> str:
    """What ended the block, where it is complete on the parser's stack."""
    last = fault.stack[-1] if fault.stack else None
    rule = getattr(last, "data", "")
    if isinstance(last, Token):
        return last.type if last.type in ("BREAK", "CONTINUE") else ""
    return rule.removesuffix("_statement").upper() if rule in (
        "return_statement", "break_statement", "continue_statement"
    ) else ""  # fmt: skip


def returned(fault: Fault) -> Repair | None:
    """A value as the last thing of a `fn`: `slice * 2 }`, `match x { a => 1 }`, `if c { a } else { b }`."""
    start = _body_start(fault)
    if start is None or fault.accepted >= {"ON", "PARAM"}:
        return None
    first = _statement_at(fault, start)
    if first is None or fault.kind(first) in (
        "RETURN",
        "LET",
        "VAR",
        "INSERT",
        "KICK",
        "FOR",
        "REPEAT",
        "PULL",
    ):
        return None
    tokens = [fault.insertion("RETURN", "return", first), fault.token(first)]
    edit: Edit = fault.before("return ", first)
    return fault.instead(habit("returned", fault.span(first), (edit,)), tokens, first, first + 1)


def _body_start(fault: Fault) -> int | None:
    """The offset of the brace that opens the body of the `fn` or handler around the fault, if it is where
    only a value would stand: behind `=>`, or behind a whole path in a statement's place."""
    behind_arm = fault.kind(-1) == "ARROW" and "LBRACE" in fault.accepted
    value = fault.kind(-1) in ("NAME", "NUMBER", "RPAR", "RSQB") or (
        fault.kind() == "NUMBER" and "INSERT" in fault.accepted
    )
    if not (behind_arm or (value and fault.inside("EQUAL", "RETURN", "INSERT", "IF", "LET", "KICK") == "")):
        return None
    depth = 0
    for offset in range(-1, -fault.at - 1, -1):
        kind = fault.kind(offset)
        depth += (kind == "RBRACE") - (kind == "LBRACE")
        if kind in ("FN", "ON") and fault.starts_line(offset):
            if kind == "ON" and str(fault.token(offset + 1)) != "select_cpu":
                return None  # no other handler gives a value
            return next(i for i in range(offset, 1) if fault.kind(i) == "LBRACE") if depth < 0 else None
    return None


def _statement_at(fault: Fault, body: int) -> int | None:
    """Where the body's last statement begins, if the fault is in it and it runs to the end of the body."""
    close = fault.closing(body)
    if close is None or close < 0:
        return None
    depth, first = 0, None
    for offset in range(body + 1, 1):
        if depth == 0 and (fault.starts_line(offset) or fault.kind(offset - 1) in ("LBRACE",
            "SEMICOLON")) and (
            fault.kind(offset) not in ("RBRACE", "ELSE")
        ):  # fmt: skip
            first = offset
        depth += (fault.kind(offset) == "LBRACE") - (fault.kind(offset) == "RBRACE")
    return first if first is not None and _only_values(fault, first, close) else None


_NO_VALUE = frozenset(
    ["INSERT", "KICK", "LET", "VAR", "FOR", "REPEAT", "RETURN", "BREAK", "CONTINUE", "CHANGE", "EQUAL"]
)


def _only_values(fault: Fault, first: int, close: int) -> bool:
    """No statement word up to the end of the body, nor a second line that begins one."""
    depth = 0
    for offset in range(first, close):
        next_arm = fault.starts_line(offset + 1) and fault.kind(offset + 2) == "ARROW"
        if fault.kind(offset) in _NO_VALUE or (fault.kinds(offset, "NAME", "NAME") and not next_arm):
            return False
        new_line = depth == 0 and offset > first and fault.starts_line(offset)
        if new_line and fault.kind(offset) not in ("RBRACE", "ELSE", "AND", "OR"):
            return False
        depth += (fault.kind(offset) == "LBRACE") - (fault.kind(offset) == "RBRACE")
    return True
