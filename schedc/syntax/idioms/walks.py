"""Walks over tasks, searches for a CPU, tables and orders: forms that stand for something the language says
otherwise."""

from __future__ import annotations

from schedc.diagnostics.s0_habits import habit
from schedc.syntax.idioms.fault import Fault, Repair

_SETS = ("cpus", "cores", "llcs", "nodes", "layers")
_LOOPS = {
    "count": "count in a loop:  var n: count = 0  and  for cpu in cpus where ... {{ n += 1 }}",
    "number": "count in a loop:  var n: count = 0  and  for cpu in cpus where ... {{ n += 1 }}",
    "sum": "add up in a loop:  var n: {type} = ...  and  for {name} in {what} {{ n += ... }}",
}
_SEARCH = (
    "pick a CPU for a task:  any_cpu(task, where ..., least ...);  "
    "without a task, end a loop at the first:  for cpu in cpus where ... { ...; break }"
)
_TASKS = "let the order of the queue choose; what is needed of all tasks is added up as they come and go"


def over_tasks(fault: Fault) -> Repair | None:
    """`for task in ready limit 8 {`, `for t in q[a] {`, `for task in tasks where ..`."""
    if not fault.inside("FOR") or not fault.opened("LBRACE"):
        return None
    if fault.kind(-4) != "FOR" or not fault.kinds(-2, "IN", "NAME"):
        return None
    written = str(fault.token(-1))
    pairs = zip(fault.tokens, fault.tokens[1:], strict=False)
    queues = {str(name) for word, name in pairs if word.type == "QUEUE"}
    if written not in queues and (written != "tasks" or fault.kind() == "LBRACE"):
        return None
    return fault.instead(habit("for_tasks", fault.span(-1), written=written), None)


def aggregate(fault: Fault) -> Repair | None:
    """`count of cpus where ..`, `sum of x for task in ready`, `any of warm`, `earliest of a, b`."""
    word = str(fault.token(-1))
    if fault.kind() != "OF" or fault.kind(-1) != "NAME":
        return None
    if word in _LOOPS:
        words = _loop(fault, word)
    elif word == "any":
        words = _SEARCH
    elif word in ("earliest", "first", "least", "all", "max", "min"):
        words = "queues are tried in order:  pull a or b aging 10ms;  a value of two is  min(a, b)"
    else:
        return None
    return fault.instead(habit("absent", fault.span(-1, 0), written=f"{word} of ...", instead=words), None)


def _loop(fault: Fault, word: str) -> str:
    end = fault.phrase_end()
    over = next((i for i in range(1, end) if fault.kind(i) == "IN" and fault.kind(i - 2) == "FOR"), None)
    if over is None or word != "sum":
        return _LOOPS["count"].format()
    name, what = str(fault.token(over - 1)), str(fault.token(over + 1))
    return _TASKS if what not in _SETS else _LOOPS["sum"].format(type="...", name=name, what=what)


def search(fault: Fault) -> Repair | None:
    """`if let c = cpu in cpus of llc allowed task where .. least ..`, `any cpu where ..`, `random llc`."""
    if fault.kind(-2) == "IN" and fault.kind(-3) == "NAME" and fault.kind(-4) == "EQUAL":
        if str(fault.token(-1)) in _SETS:
            written = f"{fault.token(-3)} in {fault.token(-1)}"
            return fault.instead(habit("absent", fault.span(-3, -1), written=written, instead=_SEARCH), None)
        return None
    # `let a = random llc` and a new line: the second word is read as the start of a statement.
    return _one_of(fault, -1) or _one_of(fault, -2)


def _one_of(fault: Fault, at: int) -> Repair | None:
    word, what = str(fault.token(at)), str(fault.token(at + 1))
    if fault.kind(at) != "NAME" or fault.kind(at - 1) == "DOT" or f"{what}s" not in _SETS:
        return None
    if word not in ("any", "random") or fault.line(at) != fault.line(at + 1):
        return None
    words = _SEARCH
    if word == "random":
        words = f"let each take part by chance:  for each in {what}s where random(2) == 0 {{ ... }}"
    report = habit("absent", fault.span(at, at + 1), written=f"{word} {what}", instead=words)
    return fault.instead(report, None)


def values_in_braces(fault: Fault) -> Repair | None:
    """`const quota: count per layer = { top: 16, low: 2 }`."""
    if fault.kind() != "LBRACE" or fault.kind(-1) != "EQUAL" or not fault.kinds(1, "NAME"):
        return None
    if fault.kind(2) not in ("COLON", "EQUAL", "ARROW"):
        return None
    words = "write a `fn` with a `match`:  fn quota(l: layer) -> count { return match l { top => 16, ... } }"
    return fault.instead(habit("absent", fault.span(), written="{ name: value }", instead=words), None)


def insert_preempting(fault: Fault) -> Repair | None:
    """`insert task into q for slice preempting`; the word may be read as the start of a statement."""
    for at in (0, -1):
        first = fault.first_on_line(at)
        if str(fault.token(at)) not in ("preempting", "preempt") or fault.kind(first) != "INSERT":
            continue
        if any(fault.kind(i) == "FOR" for i in range(first, at)):
            edits = (fault.remove(at),)
            report = habit("insert_preempt", fault.span(at), edits, False, written=fault.text(at))
            return fault.instead(report, [], at, at + 1)
    return None


def ordered(fault: Fault) -> Repair | None:
    """`for core in cores by (core.capacity, core.llc) {`."""
    if fault.kind() != "BY" or not fault.inside("FOR") or fault.kind(-2) != "IN":
        return None
    words = "a loop has no order but `nearest cpu` for llcs and nodes; keep the best one in a `var`"
    end = next((i for i in range(1, 32) if fault.kind(i) == "LBRACE"), 1)
    report = habit("absent", fault.span(0, end - 1), written="for ... by", instead=words)
    return fault.instead(report, [], 0, end)
