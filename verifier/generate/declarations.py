"""Declarations: params, consts, layers, queues, state, globals, counters and promises."""

from __future__ import annotations

from schedc.syntax import ast
from schedc.types.kinds import Kind
from schedc.verifier.generate import nodes as n
from schedc.verifier.generate.choices import Choices
from schedc.verifier.generate.world import PLACES, Field, QueueDecl, Value, World

# Kinds with literals, and literals of them from small to large.
LITERALS = {
    Kind.COUNT: ("1", "2", "7", "64", "1_000", "4294967296", "18446744073709551615"),
    Kind.WEIGHT: ("1", "100", "1024", "10000", "4294967296"),
    Kind.RATIO: ("1%", "25%", "100%", "1.5", "3.0", "1000.0"),
    Kind.RATE: ("1hz", "1.5hz", "20hz", "1000hz", "1000000000hz"),
    Kind.DURATION: ("1ns", "1us", "500us", "1ms", "5ms", "20ms", "1s", "3600s", "500000000s"),
}
MEASURED = tuple(LITERALS)
KEPT = (*MEASURED, Kind.BOOL, Kind.TIME, Kind.VTIME, Kind.DIFFERENCE, *PLACES, Kind.LAYER, Kind.CGROUP)
OWNERS = (Kind.TASK, *PLACES, Kind.LAYER, Kind.CGROUP)
PATTERNS = ("/user.slice/*", "/build.slice", "/system.slice/*/app*", "/*")
COMMANDS = ("cc1*", "make", "ssh*", "0123456789abcde", "kworker/*", "a b*")
_STEMS = ("lag", "slice", "limit", "level", "share", "boost", "recent", "last", "spread", "seen")


def type_of(kind: Kind, optional: bool = False) -> ast.TypeExpr:
    return ast.TypeExpr(n.NOWHERE, kind.value, optional)


def ranged(kind: Kind, low: str, high: str) -> ast.TypeExpr:
    return ast.TypeExpr(n.NOWHERE, kind.value, low=n.number(low), high=n.number(high))


def _three(c: Choices, kind: Kind) -> tuple[str, str, str]:
    """Three literals of a kind in their order."""
    literals = LITERALS[kind]
    places = sorted(c.below(len(literals)) for _ in range(3))
    return literals[places[0]], literals[places[1]], literals[places[2]]


def params(c: Choices, world: World) -> list[ast.Item]:
    items: list[ast.Item] = []
    for _ in range(c.below(5)):
        kind = c.pick((Kind.DURATION, *MEASURED, Kind.BOOL))
        name = world.fresh(c.pick(_STEMS))
        live, small = c.chance(40), False
        if kind is Kind.BOOL:
            value: ast.Expr = n.true(c.chance(50))
            items.append(ast.Param(n.NOWHERE, name, n.NOWHERE, live, type_of(kind), value, None, None))
        else:
            low, middle, high = _three(c, kind)
            bounds = n.number(middle), n.number(low), n.number(high)
            items.append(ast.Param(n.NOWHERE, name, n.NOWHERE, live, type_of(kind), *bounds))
            small = kind is Kind.DURATION and high != LITERALS[kind][-1]
        world.values.append(Value(name, kind, positive=kind is not Kind.BOOL, small=small))
    return items


def consts(c: Choices, world: World) -> list[ast.Item]:
    """Always one of weight: in a timer there is nothing else that has one."""
    items: list[ast.Item] = []
    for kind in (Kind.WEIGHT, *c.some((*MEASURED, Kind.BOOL, Kind.CPU), 20)):
        name = world.fresh(f"the_{kind.value}")
        value: ast.Expr = n.ref("boot_cpu") if kind is Kind.CPU else n.true()
        if kind in LITERALS:
            value = n.number(c.pick(LITERALS[kind]))
        items.append(ast.Const(n.NOWHERE, name, n.NOWHERE, type_of(kind), value))
        world.values.append(Value(name, kind, positive=kind in LITERALS))
    return items


# ---- layers


def layers(c: Choices, world: World) -> list[ast.Item]:
    if not c.chance(40):
        return []
    items: list[ast.Item] = []
    for _ in range(c.between(0, 3)):
        name = world.fresh(c.pick(("input", "batch", "web")))
        items.append(ast.Layer(n.NOWHERE, name, n.NOWHERE, _stable(c, 2)))
        world.layers.append(name)
    world.layers.append(world.fresh("normal"))
    items.append(ast.Layer(n.NOWHERE, world.layers[-1], n.NOWHERE, None))
    return items


def _stable(c: Choices, depth: int) -> ast.Expr:
    """A condition over what only an act of user space changes."""
    task = n.ref("task")
    if depth and c.chance(35):
        if c.chance(30):
            return n.negated(_stable(c, depth - 1))
        return n.logic(c.pick(("and", "or")), _stable(c, depth - 1), _stable(c, depth - 1))
    field = c.pick(("kthread", "weight", "nice", "uid", "pinned", "comm", "cgroup"))
    if field in ("kthread", "pinned"):
        return n.member(task, field)
    if field in ("comm", "cgroup"):
        return patterns(c, task, field)
    operator = c.pick(("<", "<=", ">", ">=", "==", "!="))
    return n.compare(operator, n.member(task, field), n.number(c.below(200)))


def patterns(c: Choices, task: ast.Expr, field: str) -> ast.Expr:
    texts = COMMANDS if field == "comm" else PATTERNS
    return n.matches(n.member(task, field), [c.pick(texts), *c.some(texts, 15)])


# ---- queues


def queues(c: Choices, world: World) -> list[ast.Item]:
    world.groups = c.chance(30)
    return [_queue(c, world) for _ in range(c.between(1, 3))]


def _queue(c: Choices, world: World) -> ast.Item:
    order = c.pick((None, Kind.VTIME, Kind.TIME, Kind.VTIME))
    kinds: list[Kind] = []
    while len(kinds) < 2 and c.chance(40):
        kind = c.pick((Kind.LLC, Kind.CPU, Kind.NODE, Kind.CORE, Kind.LAYER, Kind.CGROUP))
        if kind not in kinds and kind in world.kinds:
            kinds.append(kind)
    if set(kinds) & {Kind.CPU, Kind.CORE, Kind.CGROUP} and Kind.LAYER not in kinds:
        kinds = kinds[:1]  # a loop over all CPUs of all caches would be refused for its cost
    name = world.fresh(c.pick(("ready", "given", "late")))
    world.queues.append(QueueDecl(name, order, tuple(kinds), c.chance(30)))
    window = _window(c, world) if order is not None else None
    dimensions = tuple(ast.Dimension(n.NOWHERE, kind.value) for kind in kinds)
    word = order.value if order is not None else "fifo"
    if order is Kind.TIME and c.chance(30):
        word = "due"
        world.holds = True
    return ast.Queue(n.NOWHERE, name, n.NOWHERE, word, n.NOWHERE, window, dimensions)


def _window(c: Choices, world: World) -> ast.Window:
    spans: list[ast.Expr] = [n.ref(value.name) for value in world.values if value.small]
    ends: list[ast.Expr] = [n.number(each) for each in LITERALS[Kind.DURATION][:-1]]
    return ast.Window(n.NOWHERE, n.negative(c.pick(ends + spans)), c.pick(ends + spans))


# ---- state


def state(c: Choices, world: World) -> list[ast.Item]:
    """Blocks in any order; an entity may have several."""
    items: list[ast.Item] = []
    owners = [owner for owner in OWNERS if owner is Kind.TASK or owner in world.kinds]
    for owner in c.some((*owners, Kind.TASK), 35):
        fields = tuple(_field(c, world, owner) for _ in range(c.between(1, 3)))
        items.append(ast.State(n.NOWHERE, owner.value, n.NOWHERE, fields))
    return items


def _field(c: Choices, world: World, owner: Kind) -> ast.StateField:
    name = world.fresh(c.pick(_STEMS))
    if c.chance(25):
        kind = c.pick(MEASURED)
        samples = c.chance(50)
        over = n.number(c.pick(("1", "8", "1024"))) if samples else n.number(c.pick(("1ms", "1s", "3600s")))
        type_ = ast.TypeExpr(n.NOWHERE, kind.value, over=over, samples=samples)
        world.fields.append(Field(owner, Value(name, kind), average=True))
        return ast.StateField(n.NOWHERE, name, n.NOWHERE, type_, None)
    type_, initial, value = _kept(c, world, name)
    per_layer = bool(world.layers) and not value.optional and type_.low is None and c.chance(20)
    if per_layer:
        type_ = ast.TypeExpr(n.NOWHERE, value.kind.value, per_layer=True)
        initial = None
    world.fields.append(Field(owner, value, per_layer=per_layer))
    return ast.StateField(n.NOWHERE, name, n.NOWHERE, type_, initial)


def _kept(c: Choices, world: World, name: str) -> tuple[ast.TypeExpr, ast.Expr | None, Value]:
    """A type that can be kept, its first value, and what is then known of it."""
    kind = c.pick(KEPT)
    if kind in (Kind.LAYER, Kind.CGROUP) and kind not in world.kinds:
        kind = Kind.COUNT
    if kind in LITERALS:
        low, middle, high = _three(c, kind)
        initial = n.number(middle) if c.chance(50) else None
        if c.chance(30):
            return ranged(kind, low, high), initial, Value(name, kind, positive=True, mutable=True)
        return type_of(kind), initial, Value(name, kind, mutable=True)
    optional = kind in world.kinds and c.chance(50)
    first = n.true() if kind is Kind.BOOL and c.chance(50) else None
    return type_of(kind, optional), first, Value(name, kind, optional, mutable=True)


def globals_(c: Choices, world: World) -> list[ast.Item]:
    items: list[ast.Item] = []
    for _ in range(c.below(4)):
        name = world.fresh(c.pick(("total", "clock_hand", "peak")))
        type_, initial, value = _kept(c, world, name)
        world.globals.append(value)
        items.append(ast.Global(n.NOWHERE, name, n.NOWHERE, type_, initial))
    return items


def counters(c: Choices, world: World) -> list[ast.Item]:
    items: list[ast.Item] = []
    for _ in range(c.below(3)):
        world.counters.append(world.fresh("stolen"))
        items.append(ast.Counter(n.NOWHERE, world.counters[-1], n.NOWHERE, "how often it happened"))
    return items


def promises(c: Choices, world: World) -> list[ast.Item]:
    items: list[ast.Item] = []
    if c.chance(30):
        layer = n.ref(c.pick(world.layers)) if world.layers and c.chance(50) else None
        assumed = ast.Assumption(n.NOWHERE, "runnable", n.number(20), "cpu") if c.chance(50) else None
        items.append(ast.Promise(n.NOWHERE, "max_wait", n.NOWHERE, n.number("10s"), None, layer, assumed))
    if c.chance(30):
        items.append(ast.Promise(n.NOWHERE, "work_conserving", n.NOWHERE, None, n.number("1ms"), None, None))
    return items
