"""The whole program as the templates need it: handlers lowered, tables and state collected."""

from __future__ import annotations

from typing import Any

from schedc.lower import expressions, names
from schedc.lower.plan import MAX_COUNT, NR_NAME, Plan, make_plan
from schedc.lower.scope import Needs, Scope, Snapshot, snapshots_of, uses_now
from schedc.lower.statements import Node, lower_block
from schedc.record import changed, record
from schedc.typed import tree as t
from schedc.typed.ranges import Ranges
from schedc.typed.walk import walk, walk_policy
from schedc.types.kinds import Kind

# How long a task may wait before the kernel's watchdog ends the scheduler; its own limit.
TIMEOUT_MS = 30_000
_PLACES = (Kind.CORE, Kind.LLC, Kind.NODE, Kind.LAYER, Kind.CGROUP)


@record
class Code:
    """A handler, timer or function: its statements and the C names that it uses."""

    line: int
    body: list[Node]
    snapshots: list[tuple[str, str, str]]
    cpu: str | None = None
    prev: str | None = None
    ran: str | None = None
    flags: bool = False
    index: int = 0
    period: str = ""


@record
class FunctionCode:
    line: int
    type: str
    name: str
    parameters: str
    body: list[Node]


class Lowering:
    """Lowers one policy; makes `values`, the variables of the templates."""

    def __init__(self, policy: t.Policy) -> None:
        self.policy = policy
        self.plan: Plan = make_plan(policy)
        self.needs = Needs()
        self.ranges = Ranges()

    def scope(self, event: str) -> Scope:
        return Scope(self.plan, self.needs, self.ranges, event)

    @property
    def vtime(self) -> str:
        """The C place of the handler's task's virtual time."""
        return "p->scx.dsq_vtime" if self.plan.vtime_in_kernel else "ts->vtime"

    # ---- code

    def handler(self, name: str, dry: bool = False) -> Code | None:
        """A handler's statements; `dry` keeps what decides the task's virtual time only."""
        handler = self.policy.handlers.get(name)
        if handler is None:
            return None
        scope = self.scope(name)
        scope.vtime = "vtime" if dry else None
        words: dict[str, str] = {}
        for formal in handler.formals:
            self._bind(formal, name, scope, words)
        block = only_vtime(handler.body) if dry else handler.body
        snapshots = self._snapshots(scope, block)
        body = lower_block(block, scope)
        flags = name == "runnable" and "enq_flags" in repr(body)
        cpu, prev, ran = (words.get(word) for word in ("cpu", "prev", "ran"))
        return Code(self._line(handler.span), body, snapshots, cpu, prev, ran, flags)

    def _bind(self, formal: t.Local, event: str, scope: Scope, words: dict[str, str]) -> None:
        kind = formal.type.kind
        if kind is Kind.TASK and not formal.type.optional:
            scope.locals[formal] = "p"
            if self.plan.task_state:
                scope.states[formal] = "ts"
        elif kind is Kind.TASK:
            scope.locals[formal] = words["prev"] = "prev"
        elif kind is Kind.DURATION:
            words["ran"] = scope.name_local(formal)
        elif event == "select_cpu":
            words["prev"] = scope.name_local(formal)
        else:
            words["cpu"] = scope.locals[formal] = "cpu"
            scope.own_cpu = (formal,)

    def _snapshots(self, scope: Scope, *nodes: object) -> list[tuple[str, str, str]]:
        """Each global and live param is read once, at the start."""
        result = []
        for used in snapshots_of(*nodes):
            scope.snapshots[used] = f"at_{used.name}"
            result.append((names.c_type(used.type), f"at_{used.name}", _read_once(used, scope)))
        if uses_now(*nodes):
            scope.now = "at_now"
            result.append(("u64", "at_now", "now()"))
        return result

    def functions(self) -> list[FunctionCode]:
        return [self._function(function) for function in self.policy.functions]

    def _function(self, function: t.Function) -> FunctionCode:
        scope = self.scope("fn")
        scope.result = function.result, function.result_range
        parameters: list[str] = []
        for formal in function.formals:
            name = scope.name_local(formal)
            c_type = names.c_type(formal.type)
            parameters.append(f"{c_type}{'' if c_type.endswith('*') else ' '}{name}")
            if formal.type.kind is Kind.TASK and self.plan.task_state:
                scope.states[formal] = f"{name}_state"
                parameters.append(f"struct task_state *{name}_state")
        for used in snapshots_of(function.body):
            scope.snapshots[used] = f"at_{used.name}"
            parameters.append(f"{names.c_type(used.type)} at_{used.name}")
        body = lower_block(function.body, scope)
        text = ", ".join(parameters) or "void"
        return FunctionCode(
            self._line(function.span), names.c_type(function.result), names.function(function), text, body
        )

    def timers(self) -> list[Code]:
        result = []
        for timer in self.policy.timers:
            scope = self.scope("every")
            snapshots = self._snapshots(scope, timer.body)
            body = lower_block(timer.body, scope)
            period = expressions.lower(timer.period, self.scope("every"))
            result.append(Code(self._line(timer.span), body, snapshots, index=timer.index, period=period))
        return result

    def layers(self) -> list[dict[str, Any]]:
        result = []
        for layer in self.policy.layers:
            scope = self.scope("layer")
            condition = None
            if layer.condition is not None:
                for node in walk_policy_conditions(layer.condition):
                    scope.locals[node] = "p"
                condition = expressions.lower(layer.condition, scope)
            result.append({"name": layer.name, "line": self._line(layer.span), "condition": condition})
        return result

    def _line(self, span: Any) -> int:
        return self.policy.source.line_column(span.start)[0]

    # ---- queues and state

    def queues(self) -> list[dict[str, Any]]:
        result = []
        for plan in self.plan.queues.values():
            window = plan.queue.window
            low, high = ("", "") if window is None else (expressions.lower(each, self.scope("")) for each in window)
            result.append({"queue": plan.queue, "base": plan.base, "slots": plan.slots, "low": low, "high": high})
        return result

    def instances(self, queue: t.Queue) -> tuple[list[tuple[str, str, str]], str]:
        """Loops over all instances of a queue (variable, bound, kind), and the id of each."""
        loops: list[tuple[str, str, str]] = []
        index = ""
        for kind in queue.dimensions:
            value = f"each_{kind.value}"
            loops.append((value, expressions.count_of(kind, self.scope("")), kind.value))
            size = len(self.policy.layers) if kind is Kind.LAYER else MAX_COUNT[kind]
            index = f"({index} * {size} + {value})" if index else value
        return loops, f"{names.queue(queue)} + {index}" if index else names.queue(queue)

    def initial_task_state(self) -> list[tuple[str, str]]:
        """Where a new task's state is not all zeroes."""
        result = []
        for field in self.policy.state_of(Kind.TASK):
            if field.initial and not field.per_layer:
                value = expressions.literal(field.initial, field.type.kind)
                result.append((f"ts->{names.field(field)}", value))
        if self.policy.layers:
            result.append(("ts->layer", "layer_of(p)"))
        return result

    def initial_places(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """For each kind of place the fields that do not begin as zero."""
        result = []
        for kind in (Kind.CPU, *_PLACES):
            if values := self.initial_values(kind):
                result.append((kind.value, expressions.count_of(kind, self.scope("")), values))
        return result

    def initial_group(self) -> list[tuple[str, str]]:
        """What the state of a control group is when it comes: all of it, since another one may have had its place."""
        result = []
        for field in self.policy.state_of(Kind.CGROUP):
            value = expressions.literal(field.initial, field.type.kind)
            name = names.field(field)
            each = [(f"{name}[{layer.index}]", "0") for layer in self.policy.layers]
            result += each if field.per_layer else [(name, value)]
            if field.average is not None and field.average.over_ns is not None:
                result.append((f"{name}_at", "0"))
        return result

    def initial_values(self, kind: Kind) -> list[tuple[str, str]]:
        """The fields of a kind that do not begin as zero, each with the value that it begins with."""
        return [
            (names.field(field), expressions.literal(field.initial, field.type.kind))
            for field in self.policy.state_of(kind)
            if field.initial and not field.per_layer
        ]


def _read_once(used: Snapshot, scope: Scope) -> str:
    if isinstance(used, t.Param):
        return f"READ_ONCE({names.param(used)})"
    return expressions.settled(f"READ_ONCE({names.global_(used)})", used, scope)


def walk_policy_conditions(condition: t.Expr) -> list[t.Local]:
    return [node.local for node in walk(condition) if isinstance(node, t.LocalRef)]


def _claims(statement: t.Stmt) -> bool:
    return any(isinstance(node, t.Pick) and node.idle for node in walk(statement))


def _decides_vtime(block: t.Block) -> bool:
    """True if a local or the task's virtual time is assigned: what `only_vtime` keeps for their sake."""
    return any(isinstance(node, t.Assign) and isinstance(node.target, t.LocalRef | t.FieldRef) for node in walk(block))


def only_vtime(block: t.Block) -> t.Block:
    """The statements of a block on which the task's virtual time depends."""
    kept: list[t.Stmt] = []
    for statement in block.statements:
        match statement:
            case t.Let() | t.If() | t.Match() | t.For() | t.Repeat() if _claims(statement):
                pass  # looking for an idle CPU has an effect of its own
            case t.Let() | t.Return() | t.Break() | t.Continue():
                kept.append(statement)
            case t.Assign() if isinstance(statement.target, t.LocalRef):
                kept.append(statement)
            case t.Assign() if isinstance(statement.target, t.FieldRef):
                kept.append(statement)
            case t.If():
                otherwise = only_vtime(statement.otherwise) if statement.otherwise is not None else None
                kept.append(t.If(statement.span, statement.condition, only_vtime(statement.then), otherwise))
            case t.Match():
                arms = tuple((pattern, only_vtime(arm)) for pattern, arm in statement.arms)
                kept.append(t.Match(statement.span, statement.subject, arms))
            case t.For() | t.Repeat() if _decides_vtime(statement.body):
                kept.append(changed(statement, body=only_vtime(statement.body)))
            case _:
                pass
    return t.Block(tuple(kept), block.span, block.close)


# ---- the templates' variables


def topology_counts(needs: Needs) -> list[str]:
    return sorted(each for each in needs.topology if each.startswith("nr_"))


def uses(policy: t.Policy, kind: type[Any]) -> bool:
    return any(isinstance(node, kind) for node in walk_policy(policy))


def count_name(kind: Kind) -> str:
    return NR_NAME[kind]
