"""Constructs that loop or take several steps: each use becomes a helper function of the program.

The helper's parameters are the names it uses of where it stands, so that its text reads as if it stood there.
"""

from __future__ import annotations

from schedc.laws.law6_bounds import searches
from schedc.lower import expressions, names
from schedc.lower.plan import MAX_COUNT
from schedc.lower.scope import Helper, Scope
from schedc.record import record
from schedc.typed import tree as t
from schedc.types.kinds import SIGNED, Kind

_PLACE = {Kind.CORE: "core", Kind.LLC: "llc", Kind.NODE: "node"}


def _lift(
    template: str, stem: str, node: t.Expr, scope: Scope, captured: list[tuple[str, str]], **arguments: object
) -> str:
    """Record a helper and give the call of it."""
    line = scope.line(node)
    helper = Helper(template, scope.needs.next_name(stem, line), line, tuple(captured), arguments)
    scope.needs.helpers.append(helper)
    return f"{helper.name}({', '.join(name for _, name in captured)})"


# ---- picks


def pick(expr: t.Pick, scope: Scope) -> str:
    task = expressions.lower(expr.task, scope)
    simple = not searches(expr)
    if simple and expr.whole_core:
        return f"claim_idle_core({task})"
    if simple and expr.near is not None:
        near = expressions.lower(expr.near, scope)
        if scope.event == "select_cpu":
            return f"claim_idle_select({task}, {near}, wake_flags)"
        if scope.event == "enqueue":
            return f"claim_idle_near({task}, {near})"
        return f"claim_idle_first({task}, {near})"
    if simple:
        return f"claim_idle({task})"
    return _search(expr, task, scope)


def _search(expr: t.Pick, task: str, scope: Scope) -> str:
    """A bounded walk over the CPUs that could be meant."""
    captured = scope.captures(expr.task, expr.near, expr.inside, expr.where, expr.order)
    inner = scope.inside()
    if expr.candidate is not None:
        inner.locals[expr.candidate] = "candidate"
    inside = expr.inside
    place = _PLACE[inside.type.kind] if inside is not None else None
    scope.needs.topology |= {f"{place}_start", f"nr_{place}s"} if place else {"nr_cpus"}
    if expr.near is not None:
        scope.needs.topology |= {"cpu_llc"}
    if expr.whole_core:
        scope.needs.topology |= {"cpu_core", "core_start", "nr_cores"}
    order = expr.order
    return _lift(
        "search_cpu", "pick", expr, scope, captured,
        task=task,
        idle=expr.idle,
        near=expressions.lower(expr.near, inner) if expr.near is not None else None,
        place=place,
        inside=expressions.lower(inside, inner) if inside is not None else None,
        whole_core=expr.whole_core,
        where=expressions.lower(expr.where, inner) if expr.where is not None else None,
        order=expressions.lower(order, inner) if order is not None else None,
        order_type="s64" if order is not None and order.type.kind in SIGNED else "u64",
        better=_better(expr) if order is not None else None,
    )  # fmt: skip


def search(expr: t.Search, scope: Scope) -> str:
    """A bounded walk over the entities of a kind."""
    captured = scope.captures(expr.where, expr.order)
    inner = scope.inside()
    inner.locals[expr.candidate] = "candidate"
    order = expr.order
    return _lift(
        "search_entity", "find", expr, scope, captured,
        count=expressions.count_of(expr.type.kind, scope),
        where=expressions.lower(expr.where, inner) if expr.where is not None else None,
        order=expressions.lower(order, inner) if order is not None else None,
        order_type="s64" if order is not None and order.type.kind in SIGNED else "u64",
        better=_better(expr) if order is not None else None,
    )  # fmt: skip


def _better(expr: t.Pick | t.Search) -> str:
    """When a candidate's value is better than the best so far; virtual times are told apart by their distance."""
    assert expr.order is not None
    if expr.order.type.kind is not Kind.VTIME:
        return f"value {'>' if expr.most else '<'} best_value"
    return "vtime_before(best_value, value)" if expr.most else "vtime_before(value, best_value)"


# ---- patterns


def matches(expr: t.Matches, scope: Scope) -> str:
    """A command name against masked words, a control group against the loader's table."""
    task = expressions.lower(expr.subject.owner, scope)
    captured = [("struct task_struct *", task)]
    if expr.subject.type.kind is Kind.COMM:
        words = [_words(pattern) for pattern in expr.patterns]
        return _lift("match_comm", "comm", expr, scope, captured, task=task, words=words)
    mask = 0
    for pattern in expr.patterns:
        mask |= 1 << cgroup_patterns(scope.plan.policy).index(pattern)
    return _lift("match_cgroup", "cgroup", expr, scope, captured, task=task, mask=mask)


def _words(pattern: str) -> list[tuple[int, int]]:
    """The two 64-bit words of a 16-byte name, each with the mask of the bits that count."""
    prefix = pattern.endswith("*")
    text = pattern.removesuffix("*").encode("ascii")
    counted = len(text) if prefix else len(text) + 1
    value = text.ljust(16, b"\0")
    mask = (b"\xff" * counted).ljust(16, b"\0")
    return [
        (int.from_bytes(value[at : at + 8], "little"), int.from_bytes(mask[at : at + 8], "little"))
        for at in (0, 8)
        if any(mask[at : at + 8])
    ]


def cgroup_patterns(policy: t.Policy) -> list[str]:
    """The control-group patterns of a policy; a pattern's index is its bit in the loader's table."""
    from schedc.typed.walk import walk_policy

    found: dict[str, None] = {}
    for node in walk_policy(policy):
        if isinstance(node, t.Matches) and node.subject.type.kind is Kind.CGROUP:
            found.update(dict.fromkeys(node.patterns))
    return list(found)


# ---- pulls


@record
class Source:
    """One source of a chain as the template needs it. `loops`: (variable, bound) of each `*`. `once`: its index may be
    another one when it is worked out again."""

    queue: str
    dsq: str
    pull: str
    order: str | None
    aging: str | None
    aging_slot: int
    loops: tuple[tuple[str, str], ...]
    line: int
    once: bool


def chain(expr: t.PullChain, scope: Scope) -> str:
    """Sources in order; those that were not tried for their aging come first."""
    only = expr.sources[0] if len(expr.sources) == 1 else None
    plain = only is not None and only.aging is None and not _stars(only)
    if plain and only is not None and expr.keep is None:
        return f"{names.pull(only.queue.queue)}({expressions.queue_id(only.queue, scope)})"
    captured = scope.captures(expr)
    inner = scope.inside()
    sources = [_source(source, inner) for source in expr.sources]
    if any(source.aging for source in sources) and ("u64", scope.now) not in captured and scope.now:
        captured.append(("u64", scope.now))
    if expr.keep is not None:
        captured = _with(captured, ("struct task_struct *", "prev"))
    if any(source.aging for source in sources) or expr.keep is not None:
        captured = _with(captured, ("s32", scope.locals[scope.own_cpu[0]]))
    return _lift(
        "pull_chain", "pull", expr, scope, captured,
        sources=sources,
        keep=expressions.lower(expr.keep, inner) if expr.keep is not None else None,
        now=scope.now,
        cpu=scope.locals[scope.own_cpu[0]],
        single=plain,
    )  # fmt: skip


def _with(captured: list[tuple[str, str]], pair: tuple[str, str]) -> list[tuple[str, str]]:
    return captured if pair in captured else [*captured, pair]


def _stars(source: t.PullSource) -> bool:
    return any(isinstance(index, t.Star) for index in source.queue.indices)


def _source(source: t.PullSource, scope: Scope) -> Source:
    ref = source.queue
    index = ""
    loops: list[tuple[str, str]] = []
    for each, kind in zip(ref.indices, ref.queue.dimensions, strict=True):
        if isinstance(each, t.Star):
            value = f"each_{kind.value}"
            loops.append((value, expressions.count_of(kind, scope)))
        else:
            value = expressions.lower(each, scope)
        size = len(scope.plan.policy.layers) if kind is Kind.LAYER else MAX_COUNT[kind]
        index = f"({index} * {size} + {value})" if index else value
    dsq = f"{names.queue(ref.queue)} + {index}" if index else names.queue(ref.queue)
    aging = expressions.lower(source.aging, scope) if source.aging is not None else None
    slot = scope.needs_aging_slot() if aging is not None else 0
    return Source(
        names.queue(ref.queue),
        dsq,
        names.pull(ref.queue),
        ref.queue.order and ref.queue.order.value,
        aging,
        slot,
        tuple(loops),
        scope.line(source),
        not expressions.is_steady(ref),
    )


def pull_into(expr: t.PullInto, scope: Scope) -> str:
    """The first waiting task that may run where it is to go."""
    captured = scope.captures(expr)
    inner = scope.inside()
    target = expr.into.indices[0]
    assert isinstance(target, t.Expr)
    steady = expressions.is_steady(target)
    return _lift(
        "pull_into", "move", expr, scope, captured,
        source=expressions.queue_id(expr.source, inner),
        into=expressions.queue_id(expr.into, inner) if steady else f"{names.queue(expr.into.queue)} + target",
        cpu=expressions.lower(target, inner),
    )  # fmt: skip
