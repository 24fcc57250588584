"""The mistakes that models make most when they write policies, each in a policy that is right but for it."""

from __future__ import annotations

from typing import NamedTuple

RIGHT = """language 1
policy desk "Interactive tasks first."
param slice: duration = 5ms in 1ms..20ms
queue ready: fifo
queue later: fifo
task { wakes: count }
counter hits "tasks that went to the first queue"
on enqueue(task) {
    if task.woken {
        insert task into ready for slice
        hits += 1
    } else {
        insert task into later for slice
    }
    kick idle_cpu(task)
}
on dispatch(cpu, prev) {
    pull ready or later aging 20ms
}
"""


class Mistake(NamedTuple):
    """`wrong` stands where `right` should; the first diagnostic's fix has `names` in it."""

    name: str
    right: str
    wrong: str
    names: str


_KICK, _WOKEN, _PULL = "    kick idle_cpu(task)\n", "    if task.woken {\n", "    pull ready or later aging 20ms\n"
MISTAKES = (
    Mistake("C's and", "if task.woken {", "if task.woken && task.nice < 5 {", "and"),
    Mistake("C's or", "if task.woken {", "if task.woken || task.nice < 5 {", "or"),
    Mistake("C's not", "if task.woken {", "if !task.woken {", "not"),
    Mistake("C's parentheses and arrow", "task.woken", "task->woken", "."),
    Mistake("C's comments", _KICK, "    // wake someone\n" + _KICK, "#"),
    Mistake("C's increment", "hits += 1", "hits++", "+= 1"),
    Mistake("C's types", _KICK, "    int n = 3\n" + _KICK, "let"),
    Mistake("C's ternary", _KICK, "    let n = task.woken ? 1 : 2\n" + _KICK, "if"),
    Mistake("Python's colon", "if task.woken {", "if task.woken: {", "{"),
    Mistake("Python's elif", "} else {", "} elif task.nice > 0 {\n        insert task into later for slice\n    } else {", "else if"),
    Mistake("Python's def", "on dispatch", "def short(task) -> bool { return task.nice > 0 }\non dispatch", "fn"),
    Mistake("Python's True", _KICK, "    let n = True\n" + _KICK, "true"),
    Mistake("a type at a let", _KICK, "    let n: count = 3\n" + _KICK, "let n ="),
    Mistake("missing else", "    } else {\n        insert task into later for slice\n    }\n", "    }\n", "else"),
    Mistake("both queues", "        hits += 1\n", "        insert task into later for slice\n", "else"),
    Mistake("a number for a time", "= 5ms in 1ms..20ms", "= 5 in 1ms..20ms", "ms"),
    Mistake("a wrong unit", "= 5ms in", "= 5msec in", "5ms"),
    Mistake("an unknown field", "task.woken", "task.wokn", "woken"),
    Mistake("an unknown queue", "insert task into later", "insert task into latter", "later"),
    Mistake("an unknown event", "on dispatch(", "on dispatchh(", "dispatch"),
    Mistake("an unknown param", "into ready for slice", "into ready for slce", "slice"),
    Mistake("an integer for a CPU", "kick idle_cpu(task)", "kick 0", "boot_cpu"),
    Mistake("a loop without a bound", _KICK, "    while task.woken { hits += 1 }\n" + _KICK, "repeat"),
    Mistake("a queue never drained", " or later aging 20ms", "", "later"),
    Mistake("a claim forgotten", _KICK, "    let c = idle_cpu(task)\n", "kick"),
    Mistake("a queue without aging", " aging 20ms", "", "aging"),
    Mistake("an insert without a slice", "insert task into later for slice", "insert task into later", "for"),
    Mistake("Python's range", _KICK, "    for i in range(3) { hits += 1 }\n" + _KICK, "repeat"),
    Mistake("a kernel function", _KICK, "    scx_bpf_kick_cpu(task.cpu)\n" + _KICK, "kick"),
    Mistake("another order of a queue", "later: fifo", "later: lifo", "fifo"),
    Mistake("a pull that is dropped", "    pull ready", "    pull later\n    pull ready", "if"),
    Mistake("no first line", "language 1\n", "", "language 1"),
    Mistake("a position in a fifo", "insert task into later for", "insert task into later at task.vtime for", "vtime"),
)
