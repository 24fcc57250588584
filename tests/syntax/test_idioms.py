"""What is written by habit from elsewhere: its code, and the text after the safe fixes."""

from __future__ import annotations

import pytest

from schedc.diagnostics import Diagnostics
from schedc.diagnostics.apply import apply_safe
from schedc.source import Source
from schedc.syntax.parser import parse

HEAD = 'language 1\npolicy p "t"\n'


def codes(text: str) -> list[str]:
    diagnostics = Diagnostics()
    parse(Source("p", text), diagnostics)
    return [d.code for d in diagnostics]


def fixed(text: str) -> str:
    """The text after all rounds of safe fixes."""
    for _ in range(10):
        diagnostics = Diagnostics()
        parse(Source("p", text), diagnostics)
        text, applied = apply_safe(text, diagnostics)
        if not applied:
            break
    return text


STATEMENTS = [
    # operators
    ("if a && b { return }", "S011", "if a and b { return }"),
    ("if a || b&&c { return }", "S011", "if a or b and c { return }"),
    ("if !a { return }", "S011", "if not a { return }"),
    ("if !empty(q) and b { return }", "S011", "if not empty(q) and b { return }"),
    ("if (!a) { return }", "S011", "if (not a) { return }"),
    ("if !a == b { return }", "S011", None),
    ("x = a & b", "S011", None),
    ("x = a ^ b", "S011", None),
    ("f(&task)", "S011", "f(task)"),
    ("x = task->vtime", "S011", "x = task.vtime"),
    ("x = Layer::input", "S011", None),
    ("x++", "S011", "x += 1"),
    ("if 1 < x == true { return }", "S011", None),
    ("x = 7 // 2", "S011", None),
    ("x = slice // task.weight", "S011", None),
    ("x = (a + b) // (c)", "S011", None),
    ("x = 3   // two words", "S012", "x = 3   # two words"),
    ("x = a << 3", "S011", None),
    ("x = a >> 3", "S011", None),
    ("x = 2 ** a", "S011", None),
    ("x = a as u64", "S011", None),
    ("x = (u64)a", "S011", None),
    ("x = (u64)(a + b)", "S011", None),
    ("if let Some(cpu) = e { return }", "S013", "if let cpu = e { return }"),
    ("x += 1 if a > 3", "S015", "if a > 3 { x += 1 }"),
    ("match a { true => { return } false => { return } }", "S013", None),
    ("match a { -5 => { return } otherwise => { return } }", "S013", None),
    ("task.n--", "S011", "task.n -= 1"),
    ("++task.n", "S011", "task.n += 1"),
    ("x /= 2", "S011", "x = x / 2"),
    ("x /= 2 + a", "S011", "x = x / (2 + a)"),
    ("x = a ? b : c", "S011", "x = if a { b } else { c }"),
    ("return a ? b : c", "S011", "return if a { b } else { c }"),
    ("let x = a if c else b", "S011", "let x = if c { a } else { b }"),
    ("if x = 3 { return }", "S011", "if x == 3 { return }"),
    ("if x === 3 { return }", "S011", "if x == 3 { return }"),
    ("if x <> 3 { return }", "S011", "if x != 3 { return }"),
    ("if x => 3 { return }", "S011", "if x >= 3 { return }"),
    ("if x =< 3 { return }", "S011", "if x <= 3 { return }"),
    ("if 1 < x < 3 { return }", "S011", "if 1 < x and x < 3 { return }"),
    ("if cpu not in task.llc { return }", "S011", "if not cpu in task.llc { return }"),
    ("if q[a] is empty { return }", "S011", "if empty(q[a]) { return }"),
    ("if q is not empty { return }", "S011", "if not empty(q) { return }"),
    ("if x is none { return }", "S011", "if x == none { return }"),
    ("let n = length of q[a, *]", "S011", "let n = length(q[a, *])"),
    ("let n = clock of q[a]", "S011", None),
    ("let r = 10%3", "S011", "let r = 10 % 3"),
    ("kick idle_cpu(task, near=prev)", "S011", "kick idle_cpu(task, near prev)"),
    ("kick idle_cpu(task, with least cpu.n)", "S013", "kick idle_cpu(task, least cpu.n)"),
    ("let x = a ?? b", "S022", "let x = a or b"),
    # comments
    ("return // done", "S012", "return # done"),
    ("/* two\n     * lines */\n    return", "S012", "# two\n    # lines\n    return"),
    ("kick /* it */ cpu", "S012", "kick # it\n         cpu"),
    # words
    ("let x = True", "S018", "let x = true"),
    ("let x = NULL", "S013", "let x = none"),
    ("int x = 5", "S013", "let x = 5"),
    ("u64 x = 5ms;", "S013", "let x = 5ms;"),
    ("u64 x = 5ms\n    x += 1ms", "S013", None),
    ("duration x = 5ms\n    x += 1ms", "S013", "var x: duration = 5ms\n    x += 1ms"),
    ("const u64 x = task.n", "S013", "let x = task.n"),
    ("let mut x = 5ms", "S013", "var x: duration = 5ms"),
    ("let mut x: count = n", "S013", "var x: count = n"),
    ("let x: duration = n", "S013", "let x = n"),
    ("let x: duration = n\n    x += 1ms", "S013", "var x: duration = n\n    x += 1ms"),
    ("var x = 5ms", "S013", "var x: duration = 5ms"),
    ("var x = task.n", "S013", None),
    ("x := 5", "S013", None),
    ("switch (x) {\n    case a: return\n    }", "S013", None),
    ("match x { a => { return } else => { return } }", "S013",
        "match x { a => { return } otherwise => { return } }"),
    ("match x { a: { return } _ => { return } }", "S013",
        "match x { a => { return } otherwise => { return } }"),
    ("match x { a -> { return } otherwise -> { return } }", "S013",
        "match x { a => { return } otherwise => { return } }"),
    ("match x { case a => { return } otherwise => { return } }", "S013",
     "match x { a => { return } otherwise => { return } }"),
    ("insert task into q[layer(task)] for slice", "S013", "insert task into q[task.layer] for slice"),
    # loops
    ("while a { return }", "S014", None),
    ("loop { return }", "S014", None),
    ("for (int i = 0; i < 4; i++) { n += 1 }", "S014", None),
    ("for i in range(4) { n += 1 }", "S014", "repeat 4 { n += 1 }"),
    ("for i in range(4) { n += i }", "S014", None),
    ("for i in 0..4 { n += 1 }", "S014", "repeat 4 { n += 1 }"),
    ("for l in layer { n += 1 }", "S014", "for l in layers { n += 1 }"),
    ("for l in llcs near cpu { n += 1 }", "S013", "for l in llcs nearest cpu { n += 1 }"),
    ("for c in cpus in l { n += 1 }", "S013", None),
    ("for t in q[a] { n += 1 }", "S014", None),
    ("for t in q limit 8 { n += 1 }", "S014", None),
    # braces
    ("if a return", "S015", "if a { return }"),
    ("if a\n        return\n    kick b", "S015", "if a\n        { return }\n    kick b"),
    ("if a: return", "S015", "if a { return }"),
    ("if pull a: return", "S015", "if pull a { return }"),
    ("if a:\n        kick b\n    else:\n        kick c\n    kick d", "S015",
     "if a {\n        kick b\n    }\n    else {\n        kick c\n    }\n    kick d"),
    ("if a:\n        if b:\n            kick b", "S015",
        "if a {\n        if b {\n            kick b\n        }\n    }"),
    ("if a { kick b } elif c { kick d }", "S015", "if a { kick b } else if c { kick d }"),
    ("if a { kick b } else if c: kick d", "S015", "if a { kick b } else if c { kick d }"),
    ("if a then { return }", "S013", "if a { return }"),
    ("kick a;; kick b", "S015", "kick a; kick b"),
    # return
    ("return\n    kick a", "S016", None),
    ("return cpu\n    x = 3\n    kick b", "S016", None),
    ("repeat 3 { break\n kick a }", "S016", None),
    # names
    ("let when = 5ms\n    insert task into q at when for when", "S017", None),
    ("INSERT task INTO q for slice", "S018", "insert task into q for slice"),
    ("inset task into q for slice", "S018", None),
    ("insert task into q fro slice", "S018", None),
    ("insert task inot q for slice", "S018", None),
    # numbers
    ("repeat 5 { x += 5 ms }", "S004", "repeat 5 { x += 5ms }"),
    ("x += 5msec", "S004", "x += 5ms"),
    ("x += 5µs", "S001", "x += 5us"),
    ("x += 5 seconds", "S004", "x += 5s"),
    ("x = 0x10", "S004", "x = 16"),
    ("x = 5m", "S004", None),
    # insert
    ("insert task in q for slice", "S020", "insert task into q for slice"),
    ("insert task to q for slice", "S020", "insert task into q for slice"),
    ("insert into q task for slice", "S020", "insert task into q for slice"),
    ("insert(task, q, slice)", "S020", None),
    ("insert task into q", "S020", None),
    ("insert task into q with slice", "S020", None),
    ("insert task into q for slice at task.vtime", "S020", "insert task into q at task.vtime for slice"),
    ("enqueue task into q for slice", "S020", "insert task into q for slice"),
    # kick
    ("preempt cpu", "S021", "kick cpu preempt"),
    ("kick cpu now", "S021", None),
    ("kick cpu with preempt", "S021", "kick cpu preempt"),
    ("kick cpu, preempt", "S021", "kick cpu preempt"),
    ("wake cpu", "S021", "kick cpu"),
    # pull
    ("pull a else b", "S022", "pull a or b"),
    ("pull a else pull b", "S022", "pull a or pull b"),
    ("if pull a, b { return }", "S022", "if pull a or b { return }"),
    ("pull from a", "S022", "pull a"),
    ("consume a", "S022", "pull a"),
    ("kick idle_cpu(task) else idle_cpu(other)", "S022", "kick idle_cpu(task) or idle_cpu(other)"),
    ("keep prev", "S022", None),
    ("keep for slice", "S022", "keep prev for slice"),
    # what version 1 does not have
    ("lock core { n += 1 }", "S024", None),
    ("sample 5ms into task.burst", "S024", None),
    ("add task to warm", "S020", None),
    ("add cpu to warm", "S024", None),
    ("remove cpu from warm", "S024", None),
    ("move a to b", "S024", None),
    ("let n = count of cpus where cpu.idle", "S024", None),
    ("let n = random llc for task", "S024", None),
    ("if any cpu for task where cpu.idle { return }", "S024", None),
    # characters
    ("if task.comm in “cc*” { return }", "S005", 'if task.comm in "cc*" { return }'),
    ("x = a ≤ b", "S001", "x = a <= b"),
    ("x\u00a0= 5", "S001", "x = 5"),
    ("x = naïve", "S001", None),
    ("x = 5 @ 3", "S011", None),
]  # fmt: skip

ITEMS = [
    ("def f(x) -> count { return x }", "S013", "fn f(x) -> count { return x }"),
    ("function f(x) -> count { return x }", "S013", "fn f(x) -> count { return x }"),
    ("def enqueue(task) { return }", "S013", "on enqueue(task) { return }"),
    ("ON enqueue(task) { return }", "S018", "on enqueue(task) { return }"),
    ("onenqueue(task) { return }", "S018", "on enqueue(task) { return }"),
    ("enqueue(task) { return }", "S018", "on enqueue(task) { return }"),
    ("on enqueue(task: task) { return }", "S013", "on enqueue(task) { return }"),
    ("on enqueue(struct task_struct *p, u64 flags) { return }", "S013", "on enqueue(p, flags) { return }"),
    ("on select_cpu(task, prev) -> cpu { return prev }", "S013", "on select_cpu(task, prev) { return prev }"),
    ("on enqueue task { return }", "S023", "on enqueue(task) { return }"),
    ("on enqueue { return }", "S023", None),
    ("on enqueue(task):\n    kick task.cpu\n", "S015", "on enqueue(task) {\n    kick task.cpu\n}\n"),
    ("on timer(10ms) { return }", "S023", "every 10ms { return }"),
    ("every 1ms on one cpu { n += 1 }", "S024", None),
    ("on init { return }", "S024", None),
    ("fn f(x): count { return x }", "S013", "fn f(x) -> count { return x }"),
    ("fn f(u64 x) -> count { return x }", "S013", None),
    ("fn f(x) -> count { x * 2 }", "S016", "fn f(x) -> count { return x * 2 }"),
    ("fn f(x) -> count {\n    if x > 2 { 3 } else { x }\n}", "S016",
     "fn f(x) -> count {\n    return if x > 2 { 3 } else { x }\n}"),
    ("fn f(x) -> count {\n    match x {\n        a => 3\n        otherwise => 4\n    }\n}", "S016",
     "fn f(x) -> count {\n    return match x {\n        a => 3\n        otherwise => 4\n    }\n}"),
    ("param slice = 5ms in 1ms..10ms", "S023", "param slice: duration = 5ms in 1ms..10ms"),
    ("param n = 5", "S023", None),
    ("param within: duration = 5ms", "S017", None),
    ("cpu { at: count }", "S017", None),
    ("param s: duration = 5ms in 1ms to 10ms", "S023", "param s: duration = 5ms in 1ms..10ms"),
    ("param s: duration = 5ms in [1ms, 10ms]", "S023", "param s: duration = 5ms in 1ms..10ms"),
    ("param s: duration = 5ms [1ms..10ms]", "S023", "param s: duration = 5ms in 1ms..10ms"),
    ("param s: duration = 5ms in 1ms...10ms", "S023", "param s: duration = 5ms in 1ms..10ms"),
    ("param live s: duration = 5ms", "S023", "live param s: duration = 5ms"),
    ("live s: duration = 5ms", "S023", "live param s: duration = 5ms"),
    ("param s duration = 5ms", "S010", "param s: duration = 5ms"),
    ("param s: duration = 5 ms in 1 ms..10 ms", "S004", "param s: duration = 5ms in 1ms..10ms"),
    ("param s: ratio = 5 % in 1 %..10 %", "S004", "param s: ratio = 5% in 1%..10%"),
    ("s = 5ms", "S013", "const s: duration = 5ms"),
    ("let s = 5ms", "S013", "const s: duration = 5ms"),
    ("queue ready = fifo", "S023", "queue ready: fifo"),
    ("queue ready fifo", "S010", "queue ready: fifo"),
    ("queue ready: fifo;", "S015", "queue ready: fifo"),
    ("queue ready: fifo per 0..3", "S023", None),
    ("queue ready: fifo per layer, llc", "S023", "queue ready: fifo per layer per llc"),
    ("queue ready[layer, llc]: fifo", "S023", "queue ready: fifo per layer per llc"),
    ("queue ready: fifo of cgroup", "S024", None),
    ("queue ready: vtime from -1ms..5ms", "S023", "queue ready: vtime from -1ms to 5ms"),
    ("layer a if task.nice > 0", "S023", "layer a when task.nice > 0"),
    ("layer a: task.nice > 0", "S023", "layer a when task.nice > 0"),
    ("layer a default", "S023", "layer a otherwise"),
    ("layer a when task.nice = 0", "S011", "layer a when task.nice == 0"),
    ("promise max_wait < 5s", "S023", "promise max_wait 5s"),
    ("promise max_wait: 5s", "S023", "promise max_wait 5s"),
    ('promise max_wait 5s for "x*"', "S023", None),
    ("promise always on running(task): task.n == 1", "S024", None),
    ("counter n", "S023", None),
    ("counter n = 0", "S023", None),
    ("task { a: count, b: count }", "S015", "task { a: count; b: count }"),
    ("task {\n    u64 a;\n}", "S013", None),
    ("task {\n    duration a;\n}", "S013", "task {\n    a: duration;\n}"),
    ("set warm: cpu", "S024", None),
    ("table within: duration by task.comm {", "S024", None),
    ("order groups: cgroup by vtime", "S024", None),
    ("option tickless", "S024", None),
    ("import x", "S024", None),
    ("}", "S015", None),
    ("static queue q: fifo", "S024", None),
    ("paramm x: count = 3", "S018", None),
]  # fmt: skip


@pytest.mark.parametrize(("written", "code", "expected"), STATEMENTS, ids=[s[0] for s in STATEMENTS])
def test_statement(written: str, code: str, expected: str | None) -> None:
    check("on enqueue(task) {\n    ", written, "\n}\n", code, expected)


@pytest.mark.parametrize(("written", "code", "expected"), ITEMS, ids=[s[0] for s in ITEMS])
def test_item(written: str, code: str, expected: str | None) -> None:
    check("", written, "\n", code, expected)


def check(before: str, written: str, after: str, code: str, expected: str | None) -> None:
    text = HEAD + before + written + after
    assert set(codes(text)) == {code}
    if expected is not None:
        after_fixes = fixed(text)
        assert after_fixes == HEAD + before + expected + after
        assert codes(after_fixes) == []


HEADERS = [
    ('policy p "t"\n', "S006", HEAD), ("version 1\npolicy p \"t\"\n", "S013", HEAD),
    ('language 2\npolicy p "t"\nfrobnicate', "S006", None), ('language 1.0\npolicy p "t"\n', "S006", HEAD),
    ('language "1"\npolicy p "t"\n', "S006", HEAD), ('language v1\npolicy p "t"\n', "S006", HEAD),
    ("language 1\npolicy p 't'\n", "S005", HEAD),
    ('language 1\npolicy a-b-c "t"\n', "S018", 'language 1\npolicy a_b_c "t"\n'),
    ("language 1\npolicy p\n", "S023", None), ('language 1\npolicy "t"\n', "S023", None),
    ("language 1\n", "S010", None),
    ("", "S010", None), ("language 1\nqueue q: fifo\n", "S023", None),
    ('language 1\npolicy p "t\n', "S005", None),
    ('language 1\npolicy p "t\\n"\n', "S005", None), ('LANGUAGE 1\npolicy p "t"\n', "S018", HEAD),
    ('language 1\npolicy p "t" {\n    queue q: fifo\n}\n', "S015",
        'language 1\npolicy p "t"\n    queue q: fifo\n\n'),
    ("language 1\npolicy p “t”\n", "S005", HEAD), ("language 1\r\npolicy p \"t\"\x00\n", "S007", None),
    ('language 1\npolicy p "t" # \u202e\n', "S007", None),
    ('language 1\npolicy p "a\u200bb"\n', "S007", None),
    ('language 1\npolicy p "t"\f\n', "S007", 'language 1\npolicy p "t" \n'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "expected"), HEADERS)
def test_header(text: str, code: str, expected: str | None) -> None:
    assert set(codes(text)) == {code}
    if expected is not None:
        assert fixed(text) == expected


@pytest.mark.parametrize(
    "text", ["\ufeff" + HEAD, HEAD.replace("\n", "\r\n"), HEAD + "\tqueue\tq:\tfifo # ✓ \u200d\n"]
)
def test_harmless(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize("written", ["x = 7 // 2", "x = 7 // task.weight", "x = a // b", "x = a // f(b)  ;"])
def test_a_division_of_python_is_not_made_a_comment(written: str) -> None:
    text = HEAD + "on enqueue(task) {\n    " + written + "\n}\n"
    assert fixed(text) == text


def test_a_condition_behind_a_statement_does_not_take_the_next_one() -> None:
    text = HEAD + "on enqueue(task) {\n    x += 1 if c\n    insert task into q for slice\n}\n"
    assert fixed(text) == text.replace("x += 1 if c", "if c { x += 1 }")


def test_the_answer_of_a_comparison_is_not_split() -> None:
    text = HEAD + "on enqueue(task) {\n    if x > 3 == true { return }\n}\n"
    assert fixed(text) == text
