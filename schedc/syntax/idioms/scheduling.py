"""`insert`, `kick`, `pull` and `keep`, said otherwise."""

from __future__ import annotations

from schedc.diagnostics.s0_habits import habit
from schedc.syntax.idioms.fault import Fault, Repair
from schedc.syntax.tokens import Token

_PUT = frozenset(
    ["enqueue", "push", "append", "schedule", "place", "queue", "put", "dispatch", "add", "move"]
)
_TAKE = frozenset(
    ["consume", "dequeue", "pop", "fetch", "steal", "dispatch", "move_to_local", "take", "grab"]
)


def insert_into(fault: Fault) -> Repair | None:
    """`insert x in q`, `insert x to q`, `insert into q task`, `insert task q`."""
    if fault.kind(-1) == "INSERT" and fault.kind() == "INTO":
        return _insert_turned(fault)
    if fault.inside("INSERT", "INTO") == "INSERT" and "INTO" in fault.accepted and str(fault.token()) in (
        "in", "to", "on", "onto", "at", "->"
    ):  # fmt: skip
        report = habit("into", fault.span(), (fault.replace("into"),), written=str(fault.token()))
        return fault.instead(report, [fault.make("INTO", "into")])
    return None


def _insert_turned(fault: Fault) -> Repair | None:
    """`insert into ready task for slice`."""
    end = 2
    if fault.kind(end) == "LSQB":
        end = (fault.closing(end) or end) + 1
    if fault.kind(1) != "NAME" or fault.kind(end) != "NAME" or fault.line(end) != fault.line():
        return None
    instead = f"{fault.token(end)} into {fault.text(1, end - 1)}"
    report = habit(
        "insert_order", fault.span(0, end), (fault.replace(instead, 0, end),), instead=f"insert {instead}"
    )
    return fault.instead(report, [fault.token(end), fault.token(), *fault.copy(1, end)], 0, end + 1)


def insert_call(fault: Fault) -> Repair | None:
    """`insert(task, ready, slice)`."""
    if fault.kind() != "COMMA" or fault.inside("LPAR", "INSERT") != "LPAR":
        return None
    first = fault.first_on_line()
    start = next((i for i in range(-1, first - 1, -1) if fault.kinds(i, "INSERT", "LPAR")), None)
    close = fault.closing(start + 1) if start is not None else None
    if start is None or close is None:
        return None
    parts = _split(fault, start + 2, close)
    if not 2 <= len(parts) <= 4:
        return None
    said = [fault.text(a, b - 1) for a, b in parts] + ["slice"] * (3 - len(parts))
    instead = f"insert {said[0]} into {said[1]} for {said[2]}"
    tokens: list[Token] = [fault.token(start), *fault.copy(*parts[0]), fault.insertion("INTO", "into"),
                           *fault.copy(*parts[1]), fault.insertion("FOR", "for")]  # fmt: skip
    tokens += fault.copy(*parts[2]) if len(parts) > 2 else [fault.insertion("NAME", "slice")]
    report = habit(
        "insert_call",
        fault.span(start, close),
        (fault.replace(instead, start, close),),
        False,
        instead=instead,
    )
    return fault.instead(report, tokens, start, close + 1)


def _split(fault: Fault, first: int, end: int) -> list[tuple[int, int]]:
    """The arguments between two offsets, as pairs of first and one past the last."""
    parts, start, depth = [], first, 0
    for offset in range(first, end + 1):
        kind = fault.kind(offset)
        if offset == end or (kind == "COMMA" and depth == 0):
            if offset > start:
                parts.append((start, offset))
            start = offset + 1
        depth += (kind in ("LPAR", "LSQB")) - (kind in ("RPAR", "RSQB"))
    return parts


def insert_slice(fault: Fault) -> Repair | None:
    """`insert task into q`, without `for`; `with slice`; `for slice at vtime`."""
    if fault.kind() == "AT" and fault.inside("FOR", "INSERT") == "FOR":
        return _at_last(fault)
    opened = fault.inside("INTO", "AT", "KEEP", "FOR")
    if opened not in ("INTO", "AT", "KEEP") or "FOR" not in fault.accepted:
        return None
    if opened != "KEEP" and fault.opened("INSERT") is None:
        return None
    if fault.line() == fault.line(-1) and str(fault.token()) in (
        "with",
        "slice",
        "during",
        "of",
        ":",
        "by",
        "while",
    ):
        return _for_word(fault)
    slice_ = "slice" if _declares(fault, "slice") else "5ms"
    name = "keep_slice" if opened == "KEEP" else "insert_slice"
    if fault.line() == fault.line(-1) and fault.kind() not in (
        "RBRACE",
        "SEMICOLON",
        "LBRACE",
        "OR",
        "COMMA",
    ):
        return None
    report = habit(name, fault.span(-1), (fault.after(f" for {slice_}", -1),), False, instead=slice_)
    kind = "NAME" if slice_ == "slice" else "NUMBER"
    return fault.instead(report, [fault.insertion("FOR", "for"), fault.insertion(kind, slice_)], 0, 0)


def _for_word(fault: Fault) -> Repair:
    """`with slice`, `slice 5ms`."""
    last = 0
    if (
        str(fault.token()) == "with"
        and str(fault.token(1)) == "slice"
        and fault.kind(2) in ("NUMBER", "EQUAL")
    ):
        last = 2 if fault.kind(2) == "EQUAL" else 1
    written = fault.text(0, last)
    if written == "slice" and fault.kind(1) not in ("NUMBER", "NAME"):
        report = habit("insert_for", fault.span(), (fault.before("for "),), written=written)
        return fault.instead(report, [fault.insertion("FOR", "for"), fault.token()])
    report = habit("insert_for", fault.span(0, last), (fault.replace("for", 0, last),), written=written)
    return fault.instead(report, [fault.make("FOR", "for", 0, last)], 0, last + 1)


def _at_last(fault: Fault) -> Repair | None:
    """`insert task into q for slice at vtime`: the two parts change places."""
    start = next((i for i in range(-1, fault.first_on_line() - 1, -1) if fault.kind(i) == "FOR"), None)
    if start is None:
        return None
    end = fault.phrase_end()
    for_part, at_part = fault.text(start, -1), fault.text(0, end - 1)
    instead = f"{at_part} {for_part}"
    report = habit(
        "insert_order",
        fault.span(0, end - 1),
        (fault.replace(instead, start, end - 1),),
        instead=f"... {instead}",
    )
    return fault.instead(report, [*fault.copy(0, end), *fault.copy(start, 0)], start, end)


def _declares(fault: Fault, name: str) -> bool:
    return any(
        token == name and fault.tokens[i - 1].type in ("PARAM", "CONST", "LET", "VAR")
        for i, token in enumerate(fault.tokens)
        if i
    )


def kick(fault: Fault) -> Repair | None:
    """`preempt cpu`, `kick cpu now`, `kick cpu with preempt`, `kick cpu, preempt`."""
    if fault.kind() == "KICK_MODE" and "INSERT" in fault.accepted:
        end = fault.phrase_end()
        instead = f"kick {fault.text(1, end - 1)} preempt" if end > 1 else "kick cpu preempt"
        tokens = [fault.make("KICK", "kick"), *fault.copy(1, end), fault.make("KICK_MODE", "preempt")]
        report = habit(
            "preempt", fault.span(), (fault.replace(instead, 0, max(end - 1, 0)),), instead=instead
        )
        return fault.instead(report, tokens, 0, max(end, 1)) if end > 1 else None
    if fault.kind() == "KICK_MODE" and str(fault.token(-1)) in ("with", "for", "to", "and", "by", ","):
        return fault.instead(habit("kick_preempt", fault.span(-1), (fault.remove(-1),)), [], -1, 0)
    modes = ("now", "idle", "wait", "immediately", "wakeup", "force")
    if str(fault.token(-1)) in modes and fault.kind(-2) in ("NAME", "RPAR", "RSQB") and _kicked(fault):
        report = habit("kick_mode", fault.span(-1), (fault.remove(-1),), False, written=str(fault.token(-1)))
        return fault.instead(report, [], -1, 0)
    if fault.kinds(0, "COMMA", "KICK_MODE") and fault.inside("KICK"):
        return fault.instead(habit("kick_preempt", fault.span(), (fault.remove(),)), [])
    return None


def _kicked(fault: Fault) -> bool:
    return any(fault.kind(i) == "KICK" for i in range(fault.first_on_line(-1), -1))


def tried_in_order(fault: Fault) -> Repair | None:
    """`pull a else b`, `pull a else pull b`, `pull a, b`, `idle_cpu(..) else prev`."""
    if fault.kind() not in ("ELSE", "COMMA") or fault.kind(1) in ("LBRACE", "IF"):
        return None
    pulls = _before_on_statement(fault, "PULL")
    picks = fault.kind() == "ELSE" and fault.kind(-1) in ("RPAR", "NAME", "RSQB")
    if not (pulls or picks) or not fault.fits([fault.make("OR", "or")]):
        return None
    last = 1 if fault.kind(1) == "PULL" and not pulls else 0
    edit = fault.replace("or" if fault.kind() == "ELSE" else " or", 0, last)
    report = habit("pull_or" if pulls else "pick_or", fault.span(), (edit,), written=str(fault.token()))
    return fault.instead(report, [fault.make("OR", "or")], 0, last + 1)


def _before_on_statement(fault: Fault, kind: str) -> bool:
    """A word between the start of this statement and the fault."""
    for value in reversed(fault.stack):
        if isinstance(value, Token):
            if value.type == kind:
                return True
            if value.type in ("LBRACE", "LPAR"):
                return False
        elif getattr(value, "data", "") in ("pull", "keep", "pull_into", "aged") or _joins_pulls(value):
            return True
    return False


def _joins_pulls(value: object) -> bool:
    children = getattr(value, "children", ())
    return getattr(value, "data", "") == "or_" and any(
        getattr(c, "data", "") in ("pull", "or_") for c in children
    )


def pull_words(fault: Fault) -> Repair | None:
    """`pull from ready`, `keep for slice`, `pull ready[x] then ..`."""
    if fault.kind(-1) == "PULL" and fault.kind() in ("FROM", "OF", "IN"):
        report = habit("pull_from", fault.span(), (fault.remove(),))
        return fault.instead(report, [])
    if fault.kind(-1) == "KEEP" and fault.kind() == "FOR":
        report = habit("keep_what", fault.span(), (fault.before("prev "),))
        return fault.instead(report, [fault.insertion("NAME", "prev"), fault.token()])
    if fault.kind(-1) == "KEEP" and fault.kind() in ("RBRACE", "SEMICOLON"):
        tokens = [
            fault.insertion("NAME", "prev"),
            fault.insertion("FOR", "for"),
            fault.insertion("NUMBER", "5ms"),
        ]
        report = habit("keep_what", fault.span(-1), (fault.after(" prev for slice", -1),), False)
        return fault.instead(report, tokens, 0, 0)
    return None


def verbs(fault: Fault) -> Repair | None:
    """`enqueue task into q`, `consume ready`, `wake cpu`: the verb fits as a name."""
    verb = str(fault.token(-1))
    if fault.kind(-1) != "NAME" or fault.kind() != "NAME" or fault.line() != fault.line(-1):
        return None
    if fault.kind(-2) in ("DOT", "LSQB") or not fault.opened("LBRACE"):
        return None
    rest = [str(fault.token(i)) for i in range(fault.phrase_end())]
    if verb in _ABSENT and rest[0] != "task":
        return None
    if verb in _PUT and {"into", "in", "to", "onto"} & set(rest):
        report = habit("insert_verb", fault.span(-1), (fault.replace("insert", -1),), "for" in rest,
                       written=verb, instead=f"insert {fault.token()} into ... for slice")  # fmt: skip
        return fault.instead(report, [fault.make("INSERT", "insert", -1)], -1, 0)
    if verb in _TAKE:
        report = habit(
            "pull_verb", fault.span(-1), (fault.replace("pull", -1),), len(rest) == 1, written=verb
        )
        return fault.instead(report, [fault.make("PULL", "pull", -1)], -1, 0)
    if verb in ("wake", "wakeup", "notify", "poke", "interrupt"):
        report = habit("wake", fault.span(-1), (fault.replace("kick", -1),), written=verb)
        return fault.instead(report, [fault.make("KICK", "kick", -1)], -1, 0)
    return None


_ABSENT = {
    "lock": "no lock is needed: `+=` on shared state is atomic, and a handler sees each field once",
    "sample": "an `average` takes a value with `.add(...)`: `task.burst.add(ran)`",
    "remove": "keep a `bool` per entity, `cpu { warm: bool }`, and write `cpu.warm = false`",
    "add": "keep a `bool` per entity, `cpu { warm: bool }`, and write `cpu.warm = true`",
    "take": "entities are not queued; go through them with `for`",
    "move": "a task stays in its queue until it is pulled; serve a lower queue after a time:  `pull a or b aging 1s`",
    "any": "ask with a pick: `any_cpu(task, where ...)`, or `idle_cpu(task, where ...)` to claim an idle one",
    "random": "write `random(n)` for a number below n",
    "cpu": "a CPU has no number; there are `boot_cpu`, `this_cpu`, a pick, and the CPU of a task or a handler",
    "goto": "write `if`, `match` or `repeat`", "throw": "a policy cannot fail; handle each case",
    "try": "a policy cannot fail; handle each case", "await": "a handler never waits",
    "delete": "state lives as long as its entity", "print": "count it with a `counter`",
    "assert": "state it as a `promise`, or count it with a `counter`",
    "count": "add up in a `var` with a `for` loop", "sum": "add up in a `var` with a `for` loop",
}  # fmt: skip


def absent(fault: Fault) -> Repair | None:
    """Statements and forms of the field that version 1 does not have."""
    for offset in (-1, -2):
        word = str(fault.token(offset))
        if word not in _ABSENT or fault.kind(offset) != "NAME" or fault.kind(offset - 1) == "DOT":
            continue
        if word == "cpu" and fault.kind(offset + 1) == "LBRACE" and fault.starts_line(offset):
            continue  # the state of CPUs, in whose fields the fault is
        if fault.kind(offset + 1) in ("NAME", "NUMBER", "LAYER", "LBRACE") and fault.line(
            offset
        ) == fault.line(offset + 1):
            return fault.instead(
                habit("absent", fault.span(offset), written=word, instead=_ABSENT[word]), None
            )
    return None
