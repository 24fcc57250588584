"""Typed expressions as C text. Whatever loops or needs several steps is lifted into a helper function."""

from __future__ import annotations

from schedc.lower import lifted, names
from schedc.lower.plan import MAX_COUNT, NR_NAME
from schedc.lower.scope import Scope, snapshots_of
from schedc.typed import tree as t
from schedc.typed.walk import walk
from schedc.types import intervals
from schedc.types.kinds import INDEXED, PLACES, SIGNED, Interval, Kind


def lower(expr: t.Expr, scope: Scope) -> str:
    """C text for a value; an operand of anything tighter than a comma."""
    match expr:
        case t.Lit():
            return literal(expr.value, expr.type.kind)
        case t.NoneValue():
            return "-1"
        case t.LayerRef():
            return names.layer(expr.layer)
        case t.LocalRef():
            return scope.name_local(expr.local)
        case t.ParamRef():
            return scope.snapshots.get(expr.param, names.param(expr.param))
        case t.GlobalRef():
            return scope.snapshots.get(expr.target, names.global_(expr.target))
        case t.BuiltinValue():
            return _builtin_value(expr, scope)
        case t.FieldRef():
            return _field(expr, scope)
        case t.StateRef():
            return read_state(expr, scope)
        case t.ClockOf():
            return clock(expr.queue, scope)
        case t.Negative():
            return f"-({lower(expr.operand, scope)})"
        case t.Convert():
            return _convert(expr, scope)
        case t.Binary():
            return _binary(expr, scope)
        case t.Scaled():
            return _scaled(expr, scope)
        case t.Compare():
            return _compare(expr, scope)
        case t.Logic():
            operator = "&&" if expr.operator == "and" else "||"
            return f"({lower(expr.left, scope)} {operator} {lower(expr.right, scope)})"
        case t.Not():
            return f"!({lower(expr.operand, scope)})"
        case t.OrElse():
            return _or_else(expr, scope)
        case t.Matches():
            return lifted.matches(expr, scope)
        case t.Contains():
            return _contains(expr, scope)
        case t.IfValue():
            return _if_value(expr, scope)
        case t.MatchValue():
            return _match_value(expr, scope)
        case t.CallFunction():
            return _call(expr, scope)
        case t.CallBuiltin():
            return _builtin(expr, scope)
        case t.Pick():
            return lifted.pick(expr, scope)
        case t.Search():
            return lifted.search(expr, scope)
        case t.PullChain():
            return lifted.chain(expr, scope)
        case t.PullInto():
            return lifted.pull_into(expr, scope)
        case _:
            raise AssertionError(f"no C for {type(expr).__name__}")


# What may have another value the next time that it is worked out, within one callback.
_UNSTEADY = (t.CallBuiltin, t.CallFunction, t.Pick, t.Search, t.StateRef)


def is_steady(expr: object) -> bool:
    """True if the C for it may stand twice: no number is drawn in it, nobody claimed, no shared word read."""
    return not any(
        isinstance(node, _UNSTEADY) or (isinstance(node, t.FieldRef) and node.field.name == "idle")
        for node in walk(expr)
    )


def literal(value: int, kind: Kind) -> str:
    if kind is Kind.BOOL:
        return "true" if value else "false"
    if kind in SIGNED:
        return f"{value}LL"
    if kind in INDEXED:
        return str(value)
    return f"{value}ULL"


def _builtin_value(expr: t.BuiltinValue, scope: Scope) -> str:
    if expr.name == "now":
        return scope.now or "now()"
    return {
        "infinite": "SLICE_INFINITE",
        "boot_cpu": "0",
        "this_cpu": "(s32)masked(bpf_get_smp_processor_id(), MAX_CPUS)",
        "root_cgroup": "0",
    }[expr.name]


# ---- fields


def _field(expr: t.FieldRef, scope: Scope) -> str:
    owner = lower(expr.owner, scope)
    field = expr.field
    if field.owner is Kind.TASK:
        return _task_field(expr, owner, scope)
    if field.name == "idle":
        return f"is_idle({owner})"
    if field.owner is Kind.CGROUP:
        return f"cgroup_{field.name}({owner})"
    if field.name == "cpus":
        kind = field.owner.value
        scope.needs.topology |= {f"{kind}_start", f"nr_{kind}s"}
        return f"{kind}_cpus({owner})"
    return place_of(field.owner, field.type.kind, owner, scope)


def place_of(owner: Kind, wanted: Kind, text: str, scope: Scope) -> str:
    """The core, cache or node of a place."""
    table = f"{owner.value}_{wanted.value}"
    scope.needs.topology.add(table)
    return f"{table}({text})"


def _task_field(expr: t.FieldRef, task: str, scope: Scope) -> str:
    match expr.field.name:
        case "vtime":
            return scope.vtime or vtime_of(expr.owner, task, scope)
        case "weight":
            return f"kernel_field({task}->scx.weight)"
        case "nice":
            return f"((s64)kernel_field({task}->static_prio) - DEFAULT_PRIO)"
        case "uid":
            return f"kernel_field({task}->real_cred->uid.val)"
        case "kthread":
            return f"((kernel_field({task}->flags) & PF_KTHREAD) != 0)"
        case "pinned":
            return f"(kernel_field({task}->nr_cpus_allowed) == 1)"
        case "slice_left":
            return f"kernel_field({task}->scx.slice)"
        case "woken":
            return "((enq_flags & ENQ_WAKEUP) != 0)"
        case "cpu":
            return f"task_cpu({task})"
        case "layer" | "cgroup":
            return f"(s32){state_of(expr.owner, scope)}->{expr.field.name}"
        case _:
            return place_of(Kind.CPU, expr.type.kind, f"task_cpu({task})", scope)


def vtime_of(owner: t.Expr, task: str, scope: Scope) -> str:
    if scope.plan.vtime_in_kernel:
        return f"kernel_field({task}->scx.dsq_vtime)"
    return f"{state_of(owner, scope)}->vtime"


def state_of(owner: t.Expr, scope: Scope) -> str:
    """The pointer to what the program keeps for a task."""
    assert isinstance(owner, t.LocalRef)
    return scope.states[owner.local]


def state_place(expr: t.StateRef, scope: Scope) -> str:
    """The C place of a kept field."""
    if expr.owner.type.kind is Kind.TASK:
        place = f"{state_of(expr.owner, scope)}->{names.field(expr.field)}"
    else:
        place = f"{expr.owner.type.kind.value}_state({lower(expr.owner, scope)})->{names.field(expr.field)}"
    if expr.index is not None:
        place += f"[{lower(expr.index, scope)} & {MAX_COUNT[Kind.LAYER] - 1}]"
    return place


def is_shared(expr: t.StateRef | t.GlobalRef, scope: Scope) -> bool:
    """True where another CPU may write at the same time."""
    if isinstance(expr, t.GlobalRef):
        return True
    kind = expr.owner.type.kind
    if kind is Kind.TASK:
        return False
    return not (kind is Kind.CPU and is_own_cpu(expr.owner, scope))


def is_own_cpu(owner: t.Expr, scope: Scope) -> bool:
    """True for the CPU whose run queue is locked by this callback."""
    if isinstance(owner, t.LocalRef):
        return owner.local in scope.own_cpu
    running = scope.event in ("running", "stopping", "tick")
    return running and isinstance(owner, t.FieldRef) and owner.field.name == "cpu"


def read_state(expr: t.StateRef, scope: Scope) -> str:
    place = state_place(expr, scope)
    if expr.owner.type.kind is Kind.TASK:
        return place
    # Others take away from what is this CPU's own, too.
    return settled(f"READ_ONCE({place})" if is_shared(expr, scope) else place, expr.field, scope)


def settled(text: str, kept: t.Global | t.StateField, scope: Scope) -> str:
    """A shared word as it is read: others may have taken away more than was there."""
    return f"settled({text})" if kept in scope.plan.taken_from else text


# ---- arithmetic


def _convert(expr: t.Convert, scope: Scope) -> str:
    text = lower(expr.operand, scope)
    if expr.type.kind is expr.operand.type.kind:
        return text
    fits = scope.ranges.of(expr.operand).high <= intervals.SIGNED_WORD.high
    return f"(s64)({text})" if fits else f"to_signed({text})"


def _binary(expr: t.Binary, scope: Scope) -> str:
    return binary(
        expr, lower(expr.left, scope), lower(expr.right, scope), scope
    )


def binary(expr: t.Binary, left: str, right: str, scope: Scope) -> str:
    """An operation on operands that are already C text."""
    kinds = expr.left.type.kind, expr.right.type.kind
    if Kind.VTIME in kinds:
        return f"(s64)({left} - {right})" if expr.type.kind is Kind.DIFFERENCE else f"({left} {expr.operator} {right})"
    signed = expr.type.kind in SIGNED
    fits = intervals.word(expr.type.kind).contains(scope.ranges.exact(expr))
    if expr.operator in "+-":
        if fits:
            return f"({left} {expr.operator} {right})"
        function = {"+": "sat_add", "-": "sat_sub"}[expr.operator] + ("_signed" if signed else "")
        return f"{function}({left}, {right})"
    return _product(expr, left, right, fits, scope)


def _product(expr: t.Binary, left: str, right: str, fits: bool, scope: Scope) -> str:
    kinds = expr.left.type.kind, expr.right.type.kind
    if expr.type.kind in SIGNED:
        if expr.operator == "*":
            signed, unsigned = (left, right) if kinds[0] in SIGNED else (right, left)
            return f"mul_signed({signed}, {unsigned})"
        return f"div_signed({left}, {right})"
    multiplier, divisor = intervals.SCALES.get((expr.operator, *kinds), (1, 1))
    a, b = scope.ranges.of(expr.left), scope.ranges.of(expr.right)
    plain = fits and intervals.intermediate_fits(expr.operator, *kinds, a, b)
    if expr.operator == "*":
        if divisor == 1:
            return f"({left} * {right})" if plain else f"sat_mul({left}, {right})"
        if plain:
            return f"({left} * {right} / {divisor}ULL)"
        if a.high < b.high:
            left, right = right, left
        return f"{_mul_div(min(a.high, b.high), divisor)}({left}, {right}, {divisor}ULL)"
    if expr.operator == "%" or multiplier == 1:
        return f"({left} {expr.operator} {right})"
    if plain:
        return f"({left} * {multiplier}ULL / {right})"
    return f"{_mul_div(multiplier, b.high)}({left}, {multiplier}ULL, {right})"


def _mul_div(factor: int, divisor: int) -> str:
    """What computes a * factor / divisor, given the most that these can be."""
    return "mul_div" if factor * divisor <= intervals.WORD.high else "mul_div_wide"


def _scaled(expr: t.Scaled, scope: Scope) -> str:
    amount, weight = lower(expr.amount, scope), lower(expr.weight, scope)
    product = intervals.multiply(scope.ranges.of(expr.amount), Interval(100, 100))
    function = _mul_div(100, scope.ranges.of(expr.weight).high)
    if expr.type.kind in SIGNED:
        return f"{function}_signed({amount}, 100, {weight})"
    if intervals.WORD.contains(product):
        return f"({amount} * 100 / {weight})"
    return f"{function}({amount}, 100, {weight})"


def clamped(text: str, found: Interval, wanted: Interval, kind: Kind) -> str:
    """A value moved into a declared range, where it is not proven to be there."""
    if wanted.contains(found) or kind in (Kind.BOOL, Kind.VTIME, *INDEXED):
        return text
    suffix = "s64" if kind in SIGNED else "u64"
    if found.low < wanted.low:
        text = f"max_{suffix}({text}, {literal(wanted.low, kind)})"
    if found.high > wanted.high:
        text = f"min_{suffix}({text}, {literal(wanted.high, kind)})"
    return text


# ---- conditions


def _compare(expr: t.Compare, scope: Scope) -> str:
    left, right = lower(expr.left, scope), lower(expr.right, scope)
    if expr.left.type.kind is Kind.VTIME:
        return f"((s64)({left} - {right}) {expr.operator} 0)"
    return f"({left} {expr.operator} {right})"


def _or_else(expr: t.OrElse, scope: Scope) -> str:
    left, right = lower(expr.left, scope), lower(expr.right, scope)
    near = expr.left.near if isinstance(expr.left, t.Pick) else None
    same = isinstance(near, t.LocalRef) and isinstance(expr.right, t.LocalRef) and near.local is expr.right.local
    if same and left.startswith("claim_idle_select("):
        return left.replace("claim_idle_select(", "claim_idle_or(")
    return f"or_else({left}, {right})"


def _contains(expr: t.Contains, scope: Scope) -> str:
    kind = expr.container.type.kind
    item = place_of(Kind.CPU, kind, lower(expr.item, scope), scope)
    return f"({item} == {lower(expr.container, scope)})"


def _if_value(expr: t.IfValue, scope: Scope) -> str:
    if isinstance(expr.condition, t.IfLet):
        value = lower(expr.condition.value, scope)
        name = scope.name_local(expr.condition.local)
        then, otherwise = lower(expr.then, scope), lower(expr.otherwise, scope)
        return f"({{ s32 {name} = {value}; {name} >= 0 ? {then} : {otherwise}; }})"
    condition = lower(expr.condition, scope)
    return f"({condition} ? {lower(expr.then, scope)} : {lower(expr.otherwise, scope)})"


def _match_value(expr: t.MatchValue, scope: Scope) -> str:
    subject = lower(expr.subject, scope)
    cases = [(pattern and lower(pattern, scope), lower(value, scope)) for pattern, value in expr.arms]
    text = cases[-1][1]
    for pattern, value in reversed(cases[:-1]):
        text = f"subject__ == {pattern} ? {value} : {text}"
    c_type = names.c_type(expr.subject.type)
    return f"({{ {c_type} subject__ = {subject}; {text}; }})"


# ---- calls


def _call(expr: t.CallFunction, scope: Scope) -> str:
    arguments: list[str] = []
    for argument in expr.arguments:
        arguments.append(lower(argument, scope))
        if argument.type.kind is Kind.TASK and scope.plan.task_state:
            arguments.append(state_of(argument, scope))
    for used in snapshots_of(expr.function.body):
        arguments.append(scope.snapshots[used])
    return f"{names.function(expr.function)}({', '.join(arguments)})"


def _builtin(expr: t.CallBuiltin, scope: Scope) -> str:
    first = expr.arguments[0]
    if isinstance(first, t.QueueRef):
        dsq = queue_id(first, scope)
        return f"!queued({dsq})" if expr.name == "empty" else f"length({dsq})"
    values = [lower(each, scope) for each in expr.arguments]
    if expr.name in ("log2", "random"):
        return {"log2": "log2_u64", "random": "random_below"}[expr.name] + f"({values[0]})"
    kind = expr.type.kind
    suffix = "vtime" if kind is Kind.VTIME else "s64" if kind in SIGNED else "u64"
    if expr.name == "clamp":
        return f"min_{suffix}(max_{suffix}({values[0]}, {values[1]}), {values[2]})"
    return f"{expr.name}_{suffix}({values[0]}, {values[1]})"


# ---- queues


def queue_index(ref: t.QueueRef, scope: Scope) -> str:
    """Which of a queue's instances, counted from 0; empty where there is only one."""
    text = ""
    for index, kind in zip(ref.indices, ref.queue.dimensions, strict=True):
        assert isinstance(index, t.Expr)
        value = lower(index, scope)
        size = len(scope.plan.policy.layers) if kind is Kind.LAYER else MAX_COUNT[kind]
        text = f"({text} * {size} + {value})" if text else value
    return text


def queue_id(ref: t.QueueRef, scope: Scope) -> str:
    """The id of the kernel's queue."""
    index = queue_index(ref, scope)
    return f"{names.queue(ref.queue)} + {index}" if index else names.queue(ref.queue)


def clock(ref: t.QueueRef, scope: Scope) -> str:
    if scope.plan.clock_slots == 1:
        return "READ_ONCE(vtime_clock)"
    return f"READ_ONCE(*clock_of({queue_id(ref, scope)}))"


def count_of(kind: Kind, scope: Scope) -> str:
    """How many of a kind the machine (or the policy) has."""
    if kind in PLACES:
        scope.needs.topology.add(NR_NAME[kind].removeprefix("topo_"))
    return NR_NAME[kind]
