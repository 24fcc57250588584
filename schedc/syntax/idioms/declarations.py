"""Declarations in another form, and declarations that the language does not have."""

from __future__ import annotations

from schedc.diagnostics import Edit
from schedc.diagnostics.s0_habits import habit
from schedc.diagnostics.s0_syntax import version_missing, version_unknown
from schedc.source import Span
from schedc.syntax.idioms.fault import Fault, Repair
from schedc.syntax.tokens import Token

_ABSENT = {
    "set": "keep a `bool` per entity: `cpu { warm: bool }`, and ask with `where cpu.warm`",
    "table": "declare layers, `layer sound when task.comm in [...]`, and write a `fn` with `match task.layer`",
    "map": "keep a field per entity: `task { seen: count }`",
    "order": "a queue orders tasks; entities are gone through with `for`, and the best one is kept in a `var`",
    "option": "flags are chosen by the compiler", "flags": "flags are chosen by the compiler",
    "struct": "keep fields per entity: `task { burst: duration }`",
    "class": "keep fields per entity: `task { ... }`",
    "enum": "declare layers: `layer input when ...`", "import": "a policy is one file",
    "include": "a policy is one file", "use": "a policy is one file", "from": "a policy is one file",
    "type": "the types are the units of the language", "typedef": "the types are the units of the language",
    "lock": "no lock is needed: `+=` on shared state is atomic", "array": "keep a field per entity",
    "ops": "handlers are written `on enqueue(task) { ... }`", "export": "what runs is what `on` handles",
    "test": "what has to hold is a `promise`", "invariant": "what has to hold is a `promise`",
    "assert": "what has to hold is a `promise`", "static": "shared state is `global name: type`",
}  # fmt: skip


def version(fault: Fault) -> Repair | None:
    """No first line; a version in another form."""
    if "LANGUAGE" in fault.accepted and fault.kind() != "$END":
        tokens = [fault.insertion("LANGUAGE", "language"), fault.insertion("NUMBER", "1")]
        end = 2 if str(fault.token()) in ("version", "lang") and fault.kind(1) == "NUMBER" else 0
        return fault.instead(version_missing(fault.span().start), tokens, 0, end)
    if fault.kind(-1) == "LANGUAGE" and fault.accepted == {"NUMBER"} and fault.kind() in ("NAME", "STRING"):
        written = str(fault.token()).strip('"')
        certain = written in ("1", "v1", "one", "1.0")
        return fault.instead(version_unknown(fault.span(), written, certain), [fault.make("NUMBER", "1")])
    return None


def policy_line(fault: Fault) -> Repair | None:
    """`policy "text"`, `policy my-name "text"`, no text, or no line at all."""
    if fault.accepted == {"POLICY"} and fault.kind() != "$END":
        tokens = [
            fault.insertion("POLICY", "policy"),
            fault.insertion("NAME", "unnamed"),
            fault.insertion("STRING", '""'),
        ]
        report = habit("described", fault.span(), (fault.before('policy unnamed "..."\n'),), False,
                       what="policy", instead='policy name "what it does"')  # fmt: skip
        return fault.instead(report, tokens, 0, 0)
    if fault.kind(-1) == "POLICY" and fault.kind() == "STRING":
        report = habit("described", fault.span(), (fault.before("unnamed "),), False,
                       what="policy", instead='policy name "what it does"')  # fmt: skip
        return fault.instead(report, [fault.insertion("NAME", "unnamed"), fault.token()])
    if fault.kind() == "MINUS" and fault.kind(-2) == "POLICY":
        end = 0
        while fault.kind(end) == "MINUS" and fault.kind(end + 1) not in ("STRING", "$END"):
            end += 2
        instead = fault.text(-1, end - 1).replace("-", "_")
        report = habit(
            "hyphen", fault.span(-1, end - 1), (fault.replace(instead, -1, end - 1),), instead=instead
        )
        return fault.instead(report, [fault.make("NAME", instead, -1)], -1, end)
    return None


def description(fault: Fault) -> Repair | None:
    """A policy or a counter without its text."""
    if fault.accepted != {"STRING"} or fault.kind(-2) not in ("POLICY", "COUNTER"):
        return None
    word, name = str(fault.token(-2)), str(fault.token(-1))
    text = "what it does" if word == "policy" else "what it counts"
    end = fault.phrase_end() if fault.kind() in ("COLON", "EQUAL") else 0
    edits = (fault.replace(f' "{text}"', 0, end - 1),) if end else (fault.after(f' "{text}"', -1),)
    report = habit("described", fault.span(-1), edits, False, what=word, instead=f'{word} {name} "{text}"')
    return fault.instead(report, [fault.insertion("STRING", f'"{text}"')], 0, end)


def absent(fault: Fault) -> Repair | None:
    """`set warm: cpu`, `table within: ...`: the word fits as the name of a state block."""
    for offset in (-1, 0):
        word = str(fault.token(offset))
        if (
            word in _ABSENT
            and fault.starts_line(offset)
            and not fault.opened("LBRACE")
            and _declares(fault, offset)
        ):
            return fault.instead(
                habit("absent", fault.span(offset), written=word, instead=_ABSENT[word]), None
            )
    return None


def _declares(fault: Fault, offset: int) -> bool:
    following = fault.token(offset + 1)
    names = following.type == "STRING" or following.isidentifier()
    return names and fault.line(offset + 1) == fault.line(offset)


def signs(fault: Fault) -> Repair | None:
    """`queue ready = fifo`, `param x duration = ..`, `promise max_wait < 10s`, `layer x = c`."""
    kind = fault.kind()
    if fault.accepted == {"COLON"} and kind in ("EQUAL", "GIVES", "OF", "IN"):
        edit = Edit(Span(fault.span(-1).end, fault.span().end), ":")
        report = habit("colon_for", fault.span(), (edit,), written=str(fault.token()))
        return fault.instead(report, [fault.make("COLON", ":")])
    if fault.kind(-2) == "PROMISE" and kind in ("COLON", "EQUAL", "COMPARE", "AT_MOST"):
        report = habit("no_sign", fault.span(), (fault.remove(),), written=str(fault.token()))
        return fault.instead(report, [])
    if fault.kind(-2) == "LAYER" and "WHEN" in fault.accepted:
        if str(fault.token()) in ("if", ":", "=", "where", "for", "with", "is"):
            edit = fault.replace(" when" if fault.span().start == fault.span(-1).end else "when")
            report = habit("layer_when", fault.span(), (edit,), written=str(fault.token()))
            return fault.instead(report, [fault.make("WHEN", "when")])
        if str(fault.token()) in ("else", "default", "rest", "other"):
            report = habit(
                "layer_rest", fault.span(), (fault.replace("otherwise"),), written=str(fault.token())
            )
            return fault.instead(report, [fault.make("OTHERWISE", "otherwise")])
    return None


def live_order(fault: Fault) -> Repair | None:
    """`param live boost: ..`, `live boost: ..`."""
    if fault.kinds(-1, "PARAM", "LIVE"):
        report = habit("param_word", fault.span(-1, 0), (fault.replace("live param", -1, 0),))
        return fault.instead(report, [fault.make("LIVE", "live", -1), fault.make("PARAM", "param")], -1, 1)
    if fault.kind(-1) == "LIVE" and fault.kind() in ("NAME", "GLOBAL", "CONST"):
        skip = 0 if fault.kind() == "NAME" else 1
        edit = fault.before("param ") if not skip else fault.replace("param")
        report = habit("param_word", fault.span(-1, 0), (edit,), not skip)
        return fault.instead(report, [fault.insertion("PARAM", "param")], 0, skip)
    return None


def ranges(fault: Fault) -> Repair | None:
    """`in 1ms to 5ms`, `from 1ms to 5ms`, `in [1ms..5ms]`, `in 1ms, 5ms`, `..=`; a window with `..`."""
    kind = fault.kind()
    if "RANGE" in fault.accepted and (
        kind in ("TO", "COMMA", "MINUS") or str(fault.token()) in ("through", "until")
    ):
        return _range(fault, _tight(fault), [fault.make("RANGE", "..")])
    if kind in ("DOT", "EQUAL") and fault.kind(-1) == "RANGE":
        return _range(fault, fault.replace(""), [])
    if kind == "RANGE" and "TO" in fault.accepted:
        return fault.instead(
            habit("window", fault.span(), (fault.replace(" to "),)), [fault.make("TO", "to")]
        )
    if kind == "FROM" and "IN" in fault.accepted:
        return _range(fault, fault.replace("in"), [fault.make("IN", "in")])
    if (fault.inside("PARAM") and kind in ("LSQB", "LPAR")) or (kind == "LSQB" and fault.kind(-1) == "IN"):
        return _bracketed(fault)
    return None


def _range(fault: Fault, edit: Edit, tokens: list[Token]) -> Repair:
    instead = "in low..high"
    return fault.instead(habit("range", fault.span(), (edit,), instead=instead), tokens)


def _tight(fault: Fault) -> Edit:
    """`..` in place of the word, without the blanks around it."""
    return Edit(Span(fault.span(-1).end, fault.span(1).start), "..")


def _bracketed(fault: Fault) -> Repair | None:
    """`in [1ms, 5ms]`, `= 5ms [1ms, 5ms]`."""
    close = fault.closing(0)
    middle = next((i for i in range(1, close or 0) if fault.kind(i) in ("COMMA", "RANGE", "TO")), None)
    if close is None or middle is None or middle + 1 >= close or middle == 1:
        return None
    low, high = fault.text(1, middle - 1), fault.text(middle + 1, close - 1)
    has_in = fault.kind(-1) == "IN"
    instead = ("" if has_in else "in ") + f"{low}..{high}"
    head = [] if has_in else [fault.insertion("IN", "in")]
    tokens = [
        *head,
        *fault.copy(1, middle),
        fault.make("RANGE", "..", middle),
        *fault.copy(middle + 1, close),
    ]
    report = habit(
        "range", fault.span(0, close), (fault.replace(instead, 0, close),), instead=f"in {low}..{high}"
    )
    return fault.instead(report, tokens, 0, close + 1)


def queue_parts(fault: Fault) -> Repair | None:
    """`fifo per 0..3`, `vtime per layer, llc`, `queue ready[llc]: fifo`, `fifo of cgroup`."""
    if not fault.inside("QUEUE"):
        return None
    if fault.kind(-1) == "PER" and fault.kind() == "NUMBER":
        end = 3 if fault.kinds(1, "RANGE", "NUMBER") else 1
        report = habit("per_number", fault.span(0, end - 1))
        return fault.instead(report, [fault.make("LAYER", "layer")], 0, end)
    if fault.kind() == "COMMA" and "PER" in fault.accepted and fault.kind(1) in ("NAME", "LAYER", "PER"):
        last = 1 if fault.kind(1) == "PER" else 0
        report = habit("per", fault.span(), (fault.replace(" per", 0, last),), written=",")
        return fault.instead(report, [fault.make("PER", "per")], 0, last + 1)
    if fault.kind() == "LSQB" and fault.kind(-2) == "QUEUE":
        return _queue_index(fault)
    if fault.kind() == "OF" and fault.kind(1) in ("NAME", "LAYER"):
        words = "a queue holds tasks; entities are gone through with `for`"
        return fault.instead(
            habit("absent", fault.span(0, 1), written=fault.text(0, 1), instead=words), [], 0, 2
        )
    return None


def _queue_index(fault: Fault) -> Repair | None:
    """`queue ready[layer, llc]: vtime`."""
    close = fault.closing(0)
    if close is None or fault.kind(close + 1) != "COLON":
        return None
    end = fault.phrase_end(close + 1)
    names = [i for i in range(1, close) if fault.kind(i) in ("NAME", "LAYER")]
    if len(names) * 2 - 1 != close - 1:
        return None
    per = "".join(f" per {fault.token(i)}" for i in names)
    instead = f"queue {fault.token(-1)}{fault.text(close + 1, end - 1)}{per}"
    tokens = list(fault.copy(close + 1, end))
    for i in names:
        tokens += [fault.insertion("PER", "per", end), fault.token(i)]
    edits = (fault.replace("", 0, close), fault.after(per, end - 1))
    return fault.instead(habit("queue_index", fault.span(0, close), edits, instead=instead), tokens, 0, end)


def formals(fault: Fault) -> Repair | None:
    """`on enqueue {`, `on enqueue task {`, `on enqueue(task: task)`, `fn f(int x)`, `fn f(x): duration {`."""
    handler = fault.inside("ON", "FN")
    opened = fault.opened(handler)
    if opened is None:
        return None
    if (
        fault.source.text[: opened.start_pos].rpartition("\n")[2].strip()
    ):  # `promise always on running(task): ..`
        words = "a promise is `max_wait TIME` or `work_conserving`"
        return fault.instead(habit("absent", fault.span(), written="promise ... on", instead=words), None)
    kind = fault.kind()
    if (
        handler == "ON"
        and kind == "COLON"
        and fault.kind(1) in ("NAME", "LAYER")
        and fault.inside("LPAR", "ON") == "LPAR"
    ):
        last = 2 if fault.kind(2) == "OPTIONAL" else 1
        report = habit("handler_type", fault.span(0, last), (fault.replace("", 0, last),))
        return fault.instead(report, [], 0, last + 1)
    if (
        handler == "ON"
        and kind in ("GIVES", "COLON")
        and fault.kind(1) == "NAME"
        and "LBRACE" in fault.accepted
    ):
        last = 2 if fault.kind(2) == "OPTIONAL" else 1
        if fault.kind(last + 1) == "LBRACE":
            return fault.instead(
                habit("handler_result", fault.span(0, last), (fault.remove(0, last),)), [], 0, last + 1
            )
    if fault.accepted == {"LPAR"}:
        return _no_parentheses(fault, handler)
    if handler == "FN" and kind == "COLON" and "GIVES" in fault.accepted and fault.line(1) == fault.line():
        report = habit("fn_result", fault.span(), (fault.replace(" ->"),), written=":")
        return fault.instead(report, [fault.make("GIVES", "->")])
    if (
        kind in ("NAME", "STAR")
        and fault.kind(-1) == "NAME"
        and fault.inside("LPAR")
        and "COMMA" in fault.accepted
    ):
        return _typed_formal(fault, handler)
    return None


def _typed_formal(fault: Fault, handler: str) -> Repair | None:
    """`(struct task_struct *p, u64 flags)`: only the name stays in a handler."""
    first = -1
    while fault.kind(first - 1) == "NAME":
        first -= 1
    last = 0
    while fault.kind(last) in ("NAME", "STAR") and fault.kind(last + 1) in ("NAME", "STAR"):
        last += 1
    if fault.kind(last) != "NAME":
        return None
    name = str(fault.token(last))
    if handler == "ON":
        report = habit("handler_type", fault.span(first, last - 1), (fault.replace(name, first, last),))
    else:
        instead = f"{name}: {fault.token(-1)}"
        report = habit(
            "fn_type",
            fault.span(first, last - 1),
            (fault.replace(instead, first, last),),
            False,
            instead=instead,
        )
    return fault.instead(report, [fault.token(last)], first, last + 1)


def _no_parentheses(fault: Fault, handler: str) -> Repair | None:
    """`on enqueue task {`, `on enqueue {`."""
    if handler != "ON":
        return None
    event = str(fault.token(-1))
    if event in ("init", "exit"):
        words = "state has its first value where it is declared: `task { seen: count = 0 }`"
        return fault.instead(habit("absent", fault.span(-1), written=f"on {event}", instead=words), None)
    if fault.kind() == "LBRACE":
        names = "cpu, prev" if event == "dispatch" else "task, prev" if event == "select_cpu" else "task"
        report = habit("handler_args", fault.span(-1), (fault.after(f"({names})", -1),), False,
                       instead=f"on {event}({names})")  # fmt: skip
        tokens = [fault.insertion("LPAR", "("), fault.insertion("NAME", "task"), fault.insertion("RPAR", ")")]
        return fault.instead(report, tokens, 0, 0)
    if fault.kind() == "NAME" and fault.kind(1) == "LBRACE":
        instead = f"({fault.token()})"
        edit = Edit(Span(fault.span(-1).end, fault.span().end), instead)
        report = habit("handler_args", fault.span(), (edit,), instead=f"on {event}{instead}")
        tokens = [fault.insertion("LPAR", "("), fault.token(), fault.insertion("RPAR", ")", 1)]
        return fault.instead(report, tokens)
    return None


def promise_for(fault: Fault) -> Repair | None:
    """`promise max_wait 1s for "pipewire*"`, `promise always ...`."""
    if fault.kind(-1) == "FOR" and fault.inside("PROMISE") and fault.kind() == "STRING":
        return fault.instead(habit("promise_layer", fault.span()), [fault.make("NAME", "layer_name")])
    return None


def timer(fault: Fault) -> Repair | None:
    """`on timer(10ms) {`, `on 10ms {`, `every 10ms on boss {`."""
    if fault.kind() == "ON" and fault.inside("EVERY"):
        end = next((i for i in range(1, 8) if fault.kind(i) == "LBRACE"), 1)
        words = "leave it out: the work is done on one CPU, whichever it is"
        report = habit("absent", fault.span(0, end - 1), (fault.remove(0, end - 1),), False,
                       written="every ... on", instead=words)  # fmt: skip
        return fault.instead(report, [], 0, end)
    if fault.kind() != "NUMBER" or not fault.inside("ON"):
        return None
    first = -1 if fault.kind(-1) == "ON" else -3
    last = 1 if fault.kind(1) == "RPAR" else 0
    if fault.kind(first) != "ON" or fault.kind(last + 1) != "LBRACE":
        return None
    instead = f"every {fault.token()}"
    report = habit(
        "timer",
        fault.span(first, last),
        (fault.replace(instead, first, last),),
        instead=f"{instead} {{ ... }}",
    )
    return fault.instead(report, [fault.make("EVERY", "every", first), fault.token()], first, last + 1)
