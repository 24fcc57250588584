"""Conditions, and expressions for CPUs, cores, caches, nodes and layers, present or perhaps absent."""

from __future__ import annotations

from schedc.syntax import ast
from schedc.types.kinds import INDEXED, Kind
from schedc.verifier.generate import kept, numbers, picks
from schedc.verifier.generate import nodes as n
from schedc.verifier.generate.declarations import LITERALS, patterns
from schedc.verifier.generate.world import Place, QueueDecl, Value

_INSIDE = (Kind.LLC, Kind.NODE, Kind.CORE)
_ORDERED = (*LITERALS, Kind.TIME, Kind.VTIME, Kind.DIFFERENCE)


# ---- entities


def at_hand(place: Place, kind: Kind) -> ast.Expr:
    """A simple expression for a place: a local, or something of a task or CPU."""
    found: list[ast.Expr] = [n.ref(each.name) for each in place.of_kind(kind)]
    found += [n.member(n.ref(task.name), kind.value) for task in place.tasks]
    if kind is Kind.CGROUP:
        return place.choices.pick([*found, n.ref("root_cgroup")])
    cpus: list[ast.Expr] = [n.ref(each.name) for each in place.of_kind(Kind.CPU)]
    cpus = cpus or [n.ref("boot_cpu"), n.ref("this_cpu")]
    if kind is not Kind.CPU:
        found += [n.member(cpu, kind.value) for cpu in cpus]
        found += [n.member(n.ref(each.name), kind.value) for each in place.claims]
    elif not found:
        found = cpus
    if kind is Kind.LLC:
        found += [n.member(n.ref(each.name), "llc") for each in place.of_kind(Kind.CORE)]
    if kind is Kind.NODE:
        found += [n.member(n.ref(each.name), "node") for each in place.of_kind(Kind.LLC)]
    return place.choices.pick(found)


def entity(place: Place, kind: Kind, depth: int) -> ast.Expr:
    """An entity that is certainly there."""
    c = place.choices
    if kind is Kind.LAYER:
        return _layer(place, depth)
    if depth <= 0 or c.chance(60):
        return at_hand(place, kind)
    way = c.pick(("kept", "else", "if", "call"))
    if way == "else" and _absent(place, kind):
        return n.logic("or", optional(place, kind, depth - 1), entity(place, kind, depth - 1))
    if way == "if":
        then = place.inner()
        test_ = condition(then, depth - 1)
        return n.if_value(test_, entity(then, kind, depth - 1), entity(place, kind, depth - 1))
    if way == "call":
        return called(place, kind, False, depth) or at_hand(place, kind)
    return c.pick([*kept.reads(place, kind), *_globals(place, kind, False), at_hand(place, kind)])


def _layer(place: Place, depth: int) -> ast.Expr:
    named: list[ast.Expr] = [n.ref(layer) for layer in place.world.layers]
    found = [*named, *kept.reads(place, Kind.LAYER), *_globals(place, Kind.LAYER, False)]
    found += [n.ref(each.name) for each in place.of_kind(Kind.LAYER)]
    found += [n.member(n.ref(task.name), "layer") for task in place.tasks] * 2
    if depth > 0 and place.choices.chance(15):
        return n.if_value(test(place, depth - 1), _layer(place, depth - 1), _layer(place, depth - 1))
    return place.choices.pick(found)


def _globals(place: Place, kind: Kind, maybe: bool) -> list[ast.Expr]:
    """Globals of a kind that may be read here."""
    return [
        n.ref(each.name)
        for each in place.world.globals
        if each.kind is kind and each.optional is maybe and each.name not in place.unread
    ]


def optional(place: Place, kind: Kind, depth: int) -> ast.Expr:
    """An entity that may be absent."""
    c = place.choices
    found = [*kept.reads(place, kind, True), *_globals(place, kind, True)]
    found += [n.ref(each.name) for each in place.of_kind(kind, True)]
    if kind is Kind.CPU:
        found.append(n.none())
        if place.searches and place.tasks:
            found = [picks.any_cpu(place, depth), *found]
        if place.searches and place.tasks and depth > 0 and c.chance(20):
            return n.logic("or", picks.any_cpu(place, 0), picks.any_cpu(place, depth - 1))
    elif _is_looked_for(place, kind):
        found.append(picks.any_entity(place, kind, depth))
    if kind is Kind.CGROUP:
        found.append(n.member(at_hand(place, kind), "parent"))
    return c.pick(found)


def _is_looked_for(place: Place, kind: Kind) -> bool:
    """True if a search for an entity of this kind may stand here; there is none for layers."""
    return place.searches and kind is not Kind.LAYER


def _absent(place: Place, kind: Kind) -> bool:
    """True if there is a value of this kind that may be none."""
    found = [*kept.reads(place, kind, True), *_globals(place, kind, True), *place.of_kind(kind, True)]
    return kind in (Kind.CPU, Kind.CGROUP) or _is_looked_for(place, kind) or bool(found)


def queue(place: Place, declared: QueueDecl, depth: int = 1) -> ast.Expr:
    """One instance of a queue."""
    return n.index(n.ref(declared.name), *(entity(place, kind, depth) for kind in declared.dimensions))


# ---- functions of the policy


def called(place: Place, kind: Kind, maybe: bool, depth: int) -> ast.Expr | None:
    fitting = [
        each
        for each in place.world.functions
        if each.result.kind is kind
        and each.result.optional is maybe
        and all(_can_pass(place, formal.kind) for formal in each.formals)
    ]
    # What a function reads is not seen at its call; where reads matter, none is called.
    if not fitting or place.unread:
        return None
    function = place.choices.pick(fitting)
    return n.call(function.name, *(value(place, formal, depth - 1) for formal in function.formals))


def _can_pass(place: Place, kind: Kind) -> bool:
    return bool(place.tasks) if kind is Kind.TASK else numbers.can(place, kind)


def value(place: Place, wanted: Value, depth: int) -> ast.Expr:
    """An expression for a formal, a variable or a field."""
    kind = wanted.kind
    if kind is Kind.TASK:
        return n.ref(place.choices.pick(place.tasks).name)
    if kind is Kind.BOOL:
        return test(place, depth)
    if kind in INDEXED:
        if wanted.optional and place.choices.chance(50):
            return n.none()
        return entity(place, kind, depth)
    return numbers.number(place, kind, depth)


# ---- conditions


def condition(place: Place, depth: int) -> ast.Condition:
    """A test, or `let`, whose name is then bound in the place."""
    kinds: list[Kind] = [kind for kind in place.world.kinds if kind is not Kind.CPU and _absent(place, kind)]
    kinds += [Kind.CPU] if place.picks and place.tasks else []
    if depth > 0 and kinds and place.choices.chance(15):
        kind = place.choices.pick(kinds)
        found = optional(place, kind, depth - 1)
        return n.if_let(place.bind(kind).name, found)
    return test(place, depth)


def test(place: Place, depth: int) -> ast.Expr:
    """Any bool that has no effect."""
    c = place.choices
    if depth <= 0 or c.chance(25):
        return _flag(place)
    way = c.pick(("compare", "compare", "logic", "not", "same", "inside", "pattern", "empty", "call", "if"))
    match way:
        case "compare":
            return _comparison(place, depth - 1)
        case "logic":
            return n.logic(c.pick(("and", "or")), test(place, depth - 1), test(place, depth - 1))
        case "not":
            return n.negated(test(place, depth - 1))
        case "same":
            return _identity(place, depth - 1)
        case "inside":
            return n.contains(entity(place, Kind.CPU, 0), entity(place, c.pick(_INSIDE), depth - 1))
        case "pattern" if place.tasks:
            return patterns(c, n.ref(c.pick(place.tasks).name), c.pick(("comm", "cgroup")))
        case "empty" if place.world.queues:
            return n.call("empty", queue(place, c.pick(place.world.queues)))
        case "call":
            return called(place, Kind.BOOL, False, depth) or _flag(place)
        case "if":
            return n.if_value(test(place, depth - 1), test(place, depth - 1), test(place, depth - 1))
        case _:
            return _flag(place)


def _flag(place: Place) -> ast.Expr:
    values = [*place.locals, *place.world.values]
    found: list[ast.Expr] = [n.true(), n.true(False)]
    found += [n.ref(each.name) for each in values if each.kind is Kind.BOOL]
    found += [*kept.reads(place, Kind.BOOL), *_globals(place, Kind.BOOL, False)]
    for task in place.tasks:
        found += [n.member(n.ref(task.name), field) for field in ("kthread", "pinned")]
        found += [n.member(n.ref(task.name), "woken")] * (place.event in ("enqueue", "runnable"))
    found += [n.member(n.ref(cpu.name), "idle") for cpu in place.of_kind(Kind.CPU)]
    return place.choices.pick(found)


def _comparison(place: Place, depth: int) -> ast.Expr:
    c = place.choices
    operator = c.pick(("<", "<=", ">", ">=", "==", "!="))
    if place.tasks and c.chance(15):
        nice = n.member(n.ref(c.pick(place.tasks).name), "nice")
        level = n.number(c.below(20))
        return n.compare(operator, nice, n.negative(level) if c.chance(50) else level)
    kind = c.pick([kind for kind in _ORDERED if numbers.can(place, kind)])
    other = Kind.DURATION if kind is Kind.DIFFERENCE and c.chance(40) else kind
    return n.compare(operator, numbers.number(place, kind, depth), numbers.number(place, other, depth))


def _identity(place: Place, depth: int) -> ast.Expr:
    c = place.choices
    kind = c.pick(place.world.kinds)
    operator = c.pick(("==", "!="))
    if kind is Kind.CPU and c.chance(30):
        return n.compare(operator, optional(place, kind, depth), n.none())
    return n.compare(operator, entity(place, kind, depth), entity(place, kind, depth))


def cases(place: Place, depth: int) -> tuple[ast.Expr, list[str]]:
    """The subject of a match and patterns that cover all of it."""
    c = place.choices
    layers = place.world.layers
    if layers and c.chance(60):
        if c.chance(50):
            return entity(place, Kind.LAYER, depth), list(layers)
        return entity(place, Kind.LAYER, depth), [*c.some(layers[:-1], 50), "otherwise"]
    if place.tasks and c.chance(20):
        return n.member(n.ref(c.pick(place.tasks).name), "nice"), ["0", *c.some(("5", "19"), 50), "otherwise"]
    return numbers.number(place, Kind.COUNT, depth), [*c.some(("0", "1", "2", "1000"), 50), "otherwise"]
