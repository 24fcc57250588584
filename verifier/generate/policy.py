"""A whole policy: its declarations, then code over them."""

from __future__ import annotations

from dataclasses import replace

from schedc.syntax import ast
from schedc.syntax.printer import print_policy
from schedc.types.events import EVENTS
from schedc.types.kinds import Kind
from schedc.verifier.generate import declarations, entities, numbers, placing, serving, statements
from schedc.verifier.generate import nodes as n
from schedc.verifier.generate.choices import Choices
from schedc.verifier.generate.declarations import KEPT, LITERALS, ranged, type_of
from schedc.verifier.generate.world import FunctionDecl, Place, Value, World

ROOM = 3


def draw_policy(c: Choices) -> str:
    """The text of a policy that the compiler and every kernel have to accept."""
    return print_policy(draw_tree(c))


def draw_tree(c: Choices) -> ast.Policy:
    """Declarations come in any order: a policy may use what it declares later."""
    world = World()
    items: list[ast.Item] = []
    for part in (
        declarations.consts, declarations.params, declarations.layers, declarations.queues,
        declarations.state, declarations.globals_, declarations.counters, declarations.promises,
    ):  # fmt: skip
        items += part(c, world)
    functions = [_function(c, world) for _ in range(c.below(3))]
    return ast.Policy(
        n.NOWHERE, "1", n.NOWHERE, "drawn", n.NOWHERE, "Drawn at random.",
        (*items, *functions, *_handlers(c, world), *_timers(c, world)),
    )  # fmt: skip


# ---- functions


def _function(c: Choices, world: World) -> ast.Item:
    """Pure; it may call those before it."""
    place = Place(c, world, "fn")
    kinds = [kind for kind in KEPT if kind is not Kind.LAYER or world.layers]
    formals = [_formal(c, place, c.pick((Kind.TASK, *kinds))) for _ in range(c.below(4))]
    result = Value("", c.pick([kind for kind in kinds if numbers.can(place, kind)]))
    body = statements.several(place, ROOM - 1)
    if c.chance(40):
        then = place.inner()
        early = n.leave(entities.value(then, result, 2))
        body.append(n.if_(entities.test(place, 2), [*statements.several(then, 1), early]))
    body.append(n.leave(entities.value(place, result, 3)))
    name = world.fresh(c.pick(("share_of", "pick_one", "rate")))
    values = tuple(value for value, _ in formals)
    world.functions.append(FunctionDecl(name, values, result))
    typed = tuple(ast.Formal(n.NOWHERE, value.name, n.NOWHERE, type_) for value, type_ in formals)
    given = _perhaps_ranged(c, result.kind) or type_of(result.kind)
    return ast.Function(n.NOWHERE, name, n.NOWHERE, typed, given, n.block(body))


def _formal(c: Choices, place: Place, kind: Kind) -> tuple[Value, ast.TypeExpr]:
    """A formal in the function's scope; with a range, it is never 0."""
    formal = place.bind(kind)
    type_ = _perhaps_ranged(c, kind)
    if type_ is None:
        return formal, type_of(kind)
    place.locals[-1] = replace(formal, positive=True)
    return place.locals[-1], type_


def _perhaps_ranged(c: Choices, kind: Kind) -> ast.TypeExpr | None:
    if kind not in LITERALS or not c.chance(30):
        return None
    literals = LITERALS[kind]
    low = c.below(len(literals))
    return ranged(kind, literals[low], literals[c.between(low, len(literals) - 1)])


# ---- handlers


def _handlers(c: Choices, world: World) -> list[ast.Item]:
    """Those without which a policy is none, and some of the others."""
    items: list[ast.Item] = [_placing(c, world, "enqueue"), _dispatch(c, world)]
    if c.chance(50):
        items.insert(0, _placing(c, world, "select_cpu"))
    others = [name for name in EVENTS if name not in ("select_cpu", "enqueue", "dispatch")]
    return [*items, *(_other(c, world, name) for name in c.some(others, 30))]


def _handler(event: str, formals: list[str], body: list[ast.Stmt]) -> ast.Item:
    return ast.Handler(n.NOWHERE, event, n.NOWHERE, tuple(n.name(each) for each in formals), n.block(body))


def _placing(c: Choices, world: World, event: str) -> ast.Item:
    task = _task(c)
    place = Place(c, world, event, [Value(task, Kind.TASK)])
    if event == "enqueue":
        return _handler(event, [task], placing.enqueue(place, ROOM))
    place.locals.append(Value("prev", Kind.CPU))
    return _handler(event, [task, "prev"], placing.select_cpu(place, ROOM))


def _task(c: Choices) -> str:
    return c.pick(("task", "task", "it"))


def _dispatch(c: Choices, world: World) -> ast.Item:
    place = Place(c, world, "dispatch", [Value("cpu", Kind.CPU)], own_cpu="cpu")
    prev = "prev" if c.chance(80) else None
    if prev:
        place.locals.append(Value("prev", Kind.TASK, optional=True))
    return _handler("dispatch", ["cpu", "prev"] if prev else ["cpu"], serving.dispatch(place, prev, ROOM))


def _other(c: Choices, world: World, event: str) -> ast.Item:
    place = Place(c, world, event)
    names: list[str] = []
    for index, type_ in enumerate(EVENTS[event].formals):
        if index and c.chance(20):
            break  # trailing formals may be left out
        name = {Kind.TASK: _task(c), Kind.CPU: "cpu", Kind.DURATION: "ran"}[type_.kind]
        names.append(name)
        place.locals.append(Value(name, type_.kind, type_.optional))
    if event.startswith("cpu_"):
        place.own_cpu = "cpu"
    return _handler(event, names, statements.several(place, ROOM + 1))


def _timers(c: Choices, world: World) -> list[ast.Item]:
    items: list[ast.Item] = [_looks(Place(c, world, "every"))] if world.holds else []
    for _ in range(c.pick((0, 0, 0, 1, 2))):
        place = Place(c, world, "every")
        period = n.number(c.pick(("100us", "10ms", "1s")))
        items.append(ast.Timer(n.NOWHERE, period, n.block(statements.several(place, ROOM))))
    return items


def _looks(place: Place) -> ast.Item:
    """A timer that tells idle CPUs to look for those whose time has come."""
    cpu = place.bind(Kind.CPU).name
    told = n.loop(cpu, "cpus", [n.kick(n.ref(cpu), False)], where=n.member(n.ref(cpu), "idle"))
    return ast.Timer(n.NOWHERE, n.number("1ms"), n.block([told]))
