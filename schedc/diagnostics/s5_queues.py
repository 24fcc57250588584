"""S5: queues and context."""

from __future__ import annotations

from schedc.diagnostics import absent
from schedc.diagnostics.model import Applicability, Diagnostic, Edit, Fix, Label, Severity
from schedc.diagnostics.suggest import did_you_mean
from schedc.record import changed
from schedc.source import Span

_DIMENSIONS = ("cpu", "core", "llc", "node", "layer", "cgroup")


def never_drained(span: Span, name: str, inserts: tuple[Span, ...]) -> Diagnostic:
    return Diagnostic(
        "S501",
        f"nothing is ever pulled from `{name}`",
        Label(span, "this queue"),
        secondary=tuple(Label(each, "tasks are put there") for each in inserts[:2]),
        fixes=(Fix(f"pull from it in `on dispatch`:  pull {name}"),),
        why="a task that waits in a queue nobody serves never runs; the kernel's watchdog ejects the scheduler",
    )


def not_drained_everywhere(span: Span, name: str, insert: Span, dimension: str) -> Diagnostic:
    order = " nearest cpu" if dimension in ("llc", "node") else ""
    return Diagnostic(
        "S502",
        f"a task in `{name}` may wait where no CPU that may run it looks",
        Label(insert, f"the {dimension} is not the task's own"),
        secondary=(Label(span, "only a CPU's own one is pulled here"),),
        fixes=(Fix(f"try the others too:  for other in {dimension}s{order} {{ if pull ... {{ return }} }}"),),
        why="a queue of one place is served by the CPUs of that place, and those may be closed to the task",
    )


def group_not_drained(span: Span, name: str, insert: Span) -> Diagnostic:
    return Diagnostic(
        "S502",
        f"a task in `{name}` may wait where no CPU looks",
        Label(insert, "put there"),
        secondary=(Label(span, "not every control group is pulled from here"),),
        fixes=(Fix(f"end with all of them:  pull {name}[...] or {name}[*]"),),
        why="control groups come and go, and a group that was chosen may hold no task that may run on this CPU",
    )


def pull_builtin(span: Span, what: str) -> Diagnostic:
    return Diagnostic(
        "S503",
        f"{what} cannot be pulled from",
        Label(span, "not a queue of this policy"),
        fixes=(Fix("declare a queue and pull from that; the kernel serves a CPU's local queue itself"),),
        why="the kernel moves tasks to a local queue only from queues that the policy made",
    )


def needs_vtime(span: Span, name: str, order: str) -> Diagnostic:
    return Diagnostic(
        "S504",
        f"`{name}` is ordered by {order}: say where the task stands",
        Label(span, "no position given"),
        fixes=(Fix("write `at`:  insert task into ... at task.vtime for ..."),),
        why="a queue is first-in first-out or ordered, never both: the kernel ends a scheduler that mixes them",
    )


def no_vtime(span: Span, name: str, remove: Span) -> Diagnostic:
    return Diagnostic(
        "S505",
        f"`{name}` is first-in first-out: a task has no position there",
        Label(span, "a position"),
        fixes=(
            Fix("leave it out", (Edit(remove, ""),), Applicability.UNSAFE),
            Fix(f"or order the queue:  queue {name}: vtime from -20ms to 500ms"),
        ),
        why="a queue is first-in first-out or ordered, never both: the kernel ends a scheduler that mixes them",
    )


def wrong_index(span: Span, name: str, wanted: str) -> Diagnostic:
    return Diagnostic(
        "S506",
        f"`{name}` is indexed by {wanted}",
        Label(span, "other indices"),
        why="indices are entities, so that the queue is sure to exist",
    )


def star_not_here(span: Span) -> Diagnostic:
    return Diagnostic(
        "S507", "`*` stands for each in turn, and only a pull can try each", Label(span, "one has to be named")
    )


def bad_dimension(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S508",
        f"a queue cannot be `per {name}`",
        Label(span, "not a dimension"),
        fixes=(Fix(absent.TYPES[name]),) if name in absent.TYPES else did_you_mean(span, name, _DIMENSIONS),
        notes=("queues are per cpu, core, llc, node, layer or cgroup, or two of these",),
    )


def surplus_dimension(span: Span, name: str, reason: str) -> Diagnostic:
    return Diagnostic("S508", f"a queue cannot be `per {name}` as well: {reason}", Label(span, "one too many"))


def bad_order(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S509",
        f"a queue cannot be ordered by `{name}`",
        Label(span, "not an order"),
        fixes=did_you_mean(span, name, ("fifo", "vtime", "time", "due")),
        notes=("queues are `fifo`, `vtime` (virtual time), `time` (a deadline) or `due` (nobody before its time)",),
    )


def needs_window(span: Span, name: str, order: str) -> Diagnostic:
    return Diagnostic(
        "S510",
        f"`{name}` has no window",
        Label(span, "how far before and behind its clock may a task stand?"),
        fixes=(
            Fix(f"write, for example:  {order} from -20ms to 500ms", (Edit(Span(span.end, span.end), " from -20ms to 500ms"),),
                Applicability.UNSAFE),
        ),
        why="without the first bound a sleeper can hold the front for as long as it slept; without the second a light "
        "task starves: 24 busy tasks and one of weight 1 end in a stall and an ejection",
    )  # fmt: skip


def bad_window(span: Span, text: str) -> Diagnostic:
    return Diagnostic("S511", f"the window is wrong: {text}", Label(span, text))


def misplaced(span: Span, what: str, where: str, allowed: str) -> Diagnostic:
    """Words of the language that stand where they mean nothing."""
    return Diagnostic(
        "S512",
        f"`{what}` is not possible in {where}",
        Label(span, "not here"),
        notes=(f"it is possible in {allowed}",),
    )


def not_here(span: Span, what: str, where: str, allowed: str) -> Diagnostic:
    """What the kernel would not do in this callback."""
    why = "the kernel allows each of its functions in certain callbacks only"
    return changed(misplaced(span, what, where, allowed), why=why)


def layers_without_end(span: Span) -> Diagnostic:
    return Diagnostic(
        "S513",
        "not every task is in a layer",
        Label(span, "the last layer has a condition"),
        fixes=(Fix("end with:  layer normal otherwise"),),
    )


def layer_after_otherwise(span: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        "S514", "this layer is never reached", Label(span, "comes after"), secondary=(Label(first, "takes all tasks"),)
    )


def unstable_layer(span: Span, what: str) -> Diagnostic:
    return Diagnostic(
        "S515",
        f"a layer cannot depend on {what}",
        Label(span, "changes while the task runs"),
        fixes=(Fix("decide it where it is used, in a `fn` with an `if`"),),
        notes=("a layer may depend on comm, cgroup, uid, nice, weight, kthread and pinned",),
        why="layers are decided when a task is enabled, changes group or nice, and at an interval; not at each event",
    )


def self_given_boost(span: Span, what: str) -> Diagnostic:
    return Diagnostic(
        "S516",
        f"any user can choose {what}",
        Label(span, "a program can give this to itself"),
        Severity.WARNING,
        why="whoever takes this name gets what the layer gives; prefer a control group, which only its owner can set",
    )


def too_many(span: Span, what: str, limit: int) -> Diagnostic:
    return Diagnostic("S517", f"there are more than {limit} {what}", Label(span, "one too many"))


def starves(span: Span, lower: str, higher: Span | None) -> Diagnostic:
    return Diagnostic(
        "S518",
        f"tasks in `{lower}` may starve",
        Label(span, "served only when all before it are empty"),
        Severity.WARNING,
        secondary=(Label(higher, "served first"),) if higher is not None else (),
        fixes=(
            Fix("serve it after some time in any case", (Edit(Span(span.end, span.end), " aging 200ms"),),
                Applicability.UNSAFE),
        ),
        why="while the queues before it always hold a task, these never run, and after 30 s the kernel ejects the scheduler",
    )  # fmt: skip


def dropped_pull(span: Span) -> Diagnostic:
    return Diagnostic(
        "S519",
        "what this pull found out is forgotten",
        Label(span, "it may have moved a task"),
        fixes=(Fix("use it:  if pull ... { return }"),),
        why="after a pull that moved a task, another one would fill the CPU's local queue with tasks that others could run",
    )


def nothing_to_keep(span: Span) -> Diagnostic:
    return Diagnostic(
        "S520",
        "only the previous task of this dispatch can be kept",
        Label(span, "not the handler's second name"),
    )


def promise_unknown(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S521",
        f"there is no promise `{name}`",
        Label(span, "unknown promise"),
        fixes=did_you_mean(span, name, ("max_wait", "work_conserving")),
        notes=("a policy can promise `max_wait 10s` and `work_conserving within 1ms`",),
    )


def not_a_source(span: Span) -> Diagnostic:
    return Diagnostic(
        "S503",
        "a chain goes on with queues, this is no queue",
        Label(span, "not a queue of this policy"),
        fixes=(Fix("put what is no pull before the chain:  if condition or pull a or b { return }"),),
    )


def promise_unclear(span: Span, text: str) -> Diagnostic:
    return Diagnostic("S522", f"this part of the promise means nothing: {text}", Label(span, "not this"))


def promise_incomplete(span: Span, text: str) -> Diagnostic:
    return Diagnostic("S522", f"the promise is incomplete: {text}", Label(span, text))


def drained_sometimes(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S523",
        f"a CPU may go idle without having looked into `{name}`",
        Label(span, "pulled from under conditions only"),
        Severity.WARNING,
        fixes=(Fix(f"end `on dispatch` with a pull that names it without a condition:  pull {name}"),),
        why="if the conditions stay false while tasks wait there, these never run, and after 30 s the kernel ejects "
        "the scheduler",
    )


def nobody_looks(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S524",
        f"nobody is told when the time of a task in `{name}` comes",
        Label(span, "holds tasks back"),
        fixes=(Fix("let a timer look for it:  every 1ms { for cpu in cpus where cpu.idle { kick cpu } }"),),
        why="a CPU that found nothing before the time looks again only when it is kicked",
    )
