"""The laws in a line each, by their number in docs/laws.md: a name, and what a policy has to do."""

from __future__ import annotations

from schedc.record import record


@record
class Law:
    """`title` is the heading in docs/laws.md; `line` is what to write so that it is kept."""

    number: int
    title: str
    line: str


LAWS = (
    Law(1, "No task is lost", "`enqueue` inserts into exactly one queue on every path, `select_cpu` at most once"),
    Law(2, "Every queue is drained", "`dispatch` pulls from every queue that is filled, for every layer and place"),
    Law(3, "Queues keep their discipline", "`at` with ordered queues only; indices as declared"),
    Law(4, "A CPU is one that may run this task", "`local(cpu)` takes a CPU that `idle_cpu` claimed"),
    Law(5, "Units agree, and arithmetic never wraps silently", "numbers have units; a divisor is proven not zero"),
    Law(6, "Everything ends", "loops walk places or `repeat` at most 64 times, two deep; no recursion"),
    Law(7, "Nobody starves unnoticed", "a source behind others in a chain has `aging`; promises are checked"),
    Law(8, "Only what a callback may do", "what its line above says"),
    Law(9, "A policy can say nothing outside itself", "no pointers, kernel calls, text or numbers of CPUs"),
    Law(10, "One object for all kernels", "the compiler sees to it"),
)
