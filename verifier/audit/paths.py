"""The longest path through a function whose loops have bounds.

Loops are folded from the inside out: a loop becomes one node that weighs its bound times its longest
round plus its longest way out; leaving early, from within a round, takes the place of that round. What
is left has no cycles. Weights are compared as numbers at one
reference machine; the polynomials are added up along the path that won there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .cfg import Cfg, Loop
from .poly import ZERO, Poly


class Bound(NamedTuple):
    """How often a loop goes round, and the block in which it learns that there is no more."""

    times: Poly
    ends_in: int


class _Node(NamedTuple):
    """A block, or a folded loop seen as its header."""

    weight: Poly
    number: int
    next: tuple[int, ...]


def longest(cfg: Cfg, weights: Sequence[Poly], bounds: Mapping[int, Bound], sizes: Mapping[str, int]) -> Poly:
    """The weight of the heaviest path from the entry to an exit. `bounds` is by loop header."""
    nodes = {at: _Node(weights[at], weights[at].evaluate(sizes), cfg.blocks[at].next) for at in cfg.order}
    stands_for = {at: at for at in cfg.order}
    for loop in cfg.loops:
        _fold(cfg, loop, nodes, stands_for, bounds[loop.header], sizes)
    inside = [at for at in cfg.order if stands_for[at] == at]
    reach = _reach(inside, 0, nodes, stands_for)
    ends = [at for at in inside if not nodes[at].next]
    return _best(ends or inside, reach)[0]


def _fold(
    cfg: Cfg,
    loop: Loop,
    nodes: dict[int, _Node],
    stands_for: dict[int, int],
    bound: Bound,
    sizes: Mapping[str, int],
) -> None:
    inside = [at for at in cfg.order if at in loop.body and stands_for[at] == at]
    reach = _reach(inside, loop.header, nodes, stands_for)
    rounds = [at for at in inside if any(stands_for[n] == loop.header for n in nodes[at].next)]
    leaves = [at for at in inside if any(n not in loop.body for n in nodes[at].next)]
    weight = bound.times * _best(rounds, reach)[0] + _way_out(rounds, leaves, bound, reach)
    outside = tuple(dict.fromkeys(n for at in leaves for n in nodes[at].next if n not in loop.body))
    for at in loop.body:
        stands_for[at] = loop.header
    nodes[loop.header] = _Node(weight, weight.evaluate(sizes), outside)


def _way_out(
    rounds: Sequence[int], leaves: Sequence[int], bound: Bound, reach: Mapping[int, tuple[Poly, int]]
) -> Poly:
    last, at_last = _best([at for at in leaves if at == bound.ends_in], reach)
    early, at_early = _best([at for at in leaves if at != bound.ends_in], reach)
    # An early leaver has an element in hand, so one round less was made in full.
    return last if at_early - _best(rounds, reach)[1] <= at_last else early


def _best(among: Sequence[int], reach: Mapping[int, tuple[Poly, int]]) -> tuple[Poly, int]:
    found = [reach[at] for at in among if at in reach]
    return max(found, key=lambda item: item[1]) if found else (ZERO, 0)


def _reach(
    inside: Sequence[int], start: int, nodes: Mapping[int, _Node], stands_for: Mapping[int, int]
) -> dict[int, tuple[Poly, int]]:
    """The heaviest way from `start` to each node, the node included; `inside` is in topological order."""
    allowed = set(inside)
    came: dict[int, int] = {}
    total = {start: nodes[start].number}
    for at in inside:
        if at not in total:
            continue
        for edge in nodes[at].next:
            following = stands_for.get(edge, edge)
            if following in (start, at) or following not in allowed:
                continue
            candidate = total[at] + nodes[following].number
            if candidate > total.get(following, -1):
                total[following] = candidate
                came[following] = at
    sums: dict[int, Poly] = {}
    for at in inside:
        if at in total:
            sums[at] = nodes[at].weight + (sums[came[at]] if at in came else ZERO)
    return {at: (sums[at], total[at]) for at in sums}
