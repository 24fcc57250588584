"""Where one sign or word is missing, and with it all goes on."""

from __future__ import annotations

from schedc.diagnostics import Applicability, Diagnostic, Fix, Label
from schedc.diagnostics.s0_habits import habit
from schedc.diagnostics.s0_syntax import apart, statement_expected
from schedc.syntax.grammar import words
from schedc.syntax.idioms.fault import Fault, Repair

_SURPLUS = frozenset(
    ["async", "pub", "public", "private", "inline", "extern", "static", "export", "unsafe", "void"]
)
_SINGLE = (
    "COLON",
    "EQUAL",
    "INTO",
    "IN",
    "LPAR",
    "RPAR",
    "RSQB",
    "ARROW",
    "BY",
    "OF",
    "WHEN",
    "RANGE",
    "COMMA",
)


def missing_sign(fault: Fault) -> Repair | None:
    """`queue ready fifo`, `foo(a b)`, `local(cpu`: the one sign with which the fault fits."""
    fitting = [kind for kind in _SINGLE if kind in fault.accepted and _goes_on(fault, kind)]
    if len(fitting) != 1 or "CHANGE" in fault.accepted:  # there, no statement has begun yet
        return None
    written = words()[fitting[0]]
    place = fault.span(-1)
    tight = written in ":)],"
    edit = fault.after(written if tight else f" {written}", -1)
    label = Label(place, f"`{written}` is missing after this")
    level = Applicability.SAFE if fitting[0] in ("COLON", "INTO") else Applicability.UNSAFE
    report = Diagnostic(
        "S010",
        f"expected `{written}` after `{fault.token(-1)}`",
        label,
        fixes=(Fix(f"write `{written}`", (edit,), level),),
    )
    return fault.instead(report, [fault.insertion(fitting[0], written)], 0, 0)


def _goes_on(fault: Fault, kind: str) -> bool:
    """The sign, the fault and the two tokens after it fit."""
    ahead = [fault.token(i) for i in range(3) if fault.kind(i) != "$END"]
    return bool(ahead) and fault.fits([fault.insertion(kind, words()[kind]), *ahead])


def surplus(fault: Fault) -> Repair | None:
    """`static queue ..`, `pub fn ..`: words of other languages in front of a declaration."""
    if str(fault.token()) in _SURPLUS and fault.fits([fault.token(1)]):
        report = habit("dropped", fault.span(), (fault.remove(),), written=str(fault.token()))
        return fault.instead(report, [])
    if str(fault.token(-1)) in _SURPLUS and fault.starts_line(-1) and not fault.opened("LBRACE"):
        report = habit("dropped", fault.span(-1), (fault.remove(-1),), written=str(fault.token(-1)))
        return fault.instead(report, [], -1, 0)
    return None


def value_alone(fault: Fault) -> Diagnostic | None:
    """A name that was read as the start of a statement, but nothing that makes it one follows."""
    if not {"CHANGE", "DOT"} <= fault.accepted or not fault.accepted <= {
        "CHANGE",
        "DOT",
        "EQUAL",
        "LPAR",
        "LSQB",
    }:
        return None
    first, line = -1, fault.line(-1)
    while fault.kind(first - 1) in ("DOT", "NAME") and fault.kind(first - 1) != fault.kind(first):
        first -= 1
    if (
        fault.starts_line(first)
        or fault.kind(first - 1) in ("LBRACE", "RBRACE", "SEMICOLON")
        or fault.line(first) != line
    ):
        return statement_expected(fault.span(first, -1), fault.text(first, -1))
    return apart(fault.span(first), fault.text(first), fault.text(first - 1))
