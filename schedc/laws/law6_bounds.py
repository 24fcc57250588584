"""Law 6: everything ends. Each loop has a bound in terms of the machine; what a callback costs at most is then
computed on the compiled object (`schedc.verifier.audit.cost`)."""

from __future__ import annotations

from schedc.typed import tree as t
from schedc.typed.ranges import Ranges
from schedc.typed.walk import walk_policy
from schedc.types.fields import MAX_CGROUPS
from schedc.types.kinds import Kind
from schedc.verifier.audit.poly import Poly

SYMBOL = {
    Kind.CPU: "cpus", Kind.CORE: "cores", Kind.LLC: "llcs", Kind.NODE: "nodes", Kind.LAYER: "layers",
    Kind.CGROUP: "cgroups",
}  # fmt: skip
# How many waiting tasks a `pull ... into` looks at.
MAX_LOOKED_AT = 32
# How many CPUs a core has at most.
MAX_SIBLINGS = 16


def loop_bounds(policy: t.Policy) -> dict[int, Poly]:
    """For each line of the policy how often a loop that stands there, or is generated there, goes round.

    Several loops of one line share the sum of their bounds, which covers each of them.
    """
    bounds: dict[int, Poly] = {}
    ranges = Ranges()

    def add(line: int, bound: Poly) -> None:
        bounds[line] = bounds[line] + bound if line in bounds else bound

    def line(node: t.Expr | t.Stmt | t.PullSource) -> int:
        return policy.source.line_column(node.span.start)[0]

    for node in walk_policy(policy):
        match node:
            case t.For():
                add(line(node), _count(Kind.CPU if node.of is not None else node.what, policy))
            case t.Repeat():
                add(line(node), Poly.constant(ranges.of(node.count).high))
            case t.Pick() if searches(node):
                add(line(node), Poly.symbol("cpus") + Poly.symbol("cpus"))
            case t.Search():
                add(line(node), _count(node.type.kind, policy))
            case t.PullInto():
                add(line(node), Poly.constant(MAX_LOOKED_AT + 1))
            case t.PullChain():
                for source in node.sources:
                    for index, kind in zip(source.queue.indices, source.queue.queue.dimensions, strict=True):
                        if isinstance(index, t.Star):
                            add(line(node), _count(kind, policy))
            case _:
                pass
    return bounds


def searches(pick: t.Pick) -> bool:
    """True for a pick that looks at one CPU after the other; the kernel does the others itself."""
    plain = pick.where is None and pick.order is None and pick.inside is None
    whole_core_near = pick.whole_core and pick.near is not None
    return not (plain and pick.idle) or whole_core_near


def bound_of(counted: str, policy: t.Policy) -> Poly:
    """The bound of a generated loop over `counted` (cpus, cores, llcs, nodes, layers, cgroups, tasks or siblings)."""
    if counted == "siblings":
        return Poly.constant(MAX_SIBLINGS)
    constants = {"layers": len(policy.layers), "cgroups": MAX_CGROUPS}
    return Poly.constant(constants[counted]) if counted in constants else Poly.symbol(counted)


def _count(kind: Kind, policy: t.Policy) -> Poly:
    return bound_of(SYMBOL[kind], policy)

