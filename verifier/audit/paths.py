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


class _Reach(NamedTuple):
    """The heaviest ways from one node: their weights at the reference machine, and where each came from."""

    total: Mapping[int, int]
    came: Mapping[int, int]

    def best(self, among: Sequence[int]) -> int | None:
        """Of some nodes the one that is reached most heavily."""
        found = [at for at in among if at in self.total]
        return max(found, key=self.total.__getitem__) if found else None

    def number(self, at: int | None) -> int:
        return 0 if at is None else self.total[at]

    def sum(self, nodes: Mapping[int, _Node], at: int | None) -> Poly:
        weight = ZERO
        while at is not None:
            if nodes[at].weight.terms:
                weight += nodes[at].weight
            at = self.came.get(at)
        return weight


def longest(cfg: Cfg, weights: Sequence[Poly], bounds: Mapping[int, Bound], sizes: Mapping[str, int]) -> Poly:
    """The weight of the heaviest path from the entry to an exit. `bounds` is by loop header."""
    nodes = {at: _Node(weights[at], weights[at].evaluate(sizes), cfg.blocks[at].next) for at in cfg.order}
    stands_for = {at: at for at in cfg.order}
    for loop in cfg.loops:
        _fold(cfg, loop, nodes, stands_for, bounds[loop.header], sizes)
    inside = [at for at in cfg.order if stands_for[at] == at]
    reach = _reach(inside, 0, nodes, stands_for)
    ends = [at for at in inside if not nodes[at].next]
    return reach.sum(nodes, reach.best(ends or inside))


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
    around = reach.best(rounds)
    weight = bound.times * reach.sum(nodes, around) + reach.sum(nodes, _way_out(around, leaves, bound, reach))
    outside = tuple(dict.fromkeys(n for at in leaves for n in nodes[at].next if n not in loop.body))
    for at in loop.body:
        stands_for[at] = loop.header
    nodes[loop.header] = _Node(weight, weight.evaluate(sizes), outside)


def _way_out(around: int | None, leaves: Sequence[int], bound: Bound, reach: _Reach) -> int | None:
    last = reach.best([at for at in leaves if at == bound.ends_in])
    early = reach.best([at for at in leaves if at != bound.ends_in])
    # An early leaver has an element in hand, so one round less was made in full.
    return last if reach.number(early) - reach.number(around) <= reach.number(last) else early


def _reach(
    inside: Sequence[int], start: int, nodes: Mapping[int, _Node], stands_for: Mapping[int, int]
) -> _Reach:
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
    return _Reach(total, came)
