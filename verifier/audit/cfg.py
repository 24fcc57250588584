"""The control-flow graph of one function: blocks, dominators, natural loops.

Only reducible graphs are taken: clang makes no others from C without `goto`, and on an irreducible one
neither a loop's bound nor a longest path means anything. Work is counted and bounded, since a hostile
graph can make the usual algorithms slow.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from .elf import ObjectError
from .insn import EXIT, JA, MAY_GOTO, Insn, wide
from .object import Function, Object

MAX_WORK = 4_000_000
MAX_LOOPS = 512
MAX_NESTING = 8


class Block(NamedTuple):
    """Slots [start, end) of the section, left by its last instruction to the blocks `next`."""

    start: int
    end: int
    next: tuple[int, ...]


class Loop(NamedTuple):
    """A natural loop; `parent` is the index of the loop around it."""

    header: int
    body: frozenset[int]
    latches: tuple[int, ...]
    parent: int | None


class Cfg(NamedTuple):
    function: Function
    blocks: tuple[Block, ...]
    order: tuple[int, ...]
    """Reachable blocks, each before those after it but for back edges."""
    dominator: tuple[int, ...]
    """Immediate dominators; -1 for what is not reachable."""
    loops: tuple[Loop, ...]
    """Inner ones before those around them."""
    irreducible: tuple[int, ...]
    """Blocks that jump into the middle of a loop."""

    def block_of(self, slot: int) -> int:
        return bisect_right(self.blocks, slot, key=lambda block: block.start) - 1

    def common_dominator(self, blocks: Sequence[int]) -> int:
        """The nearest block that every way to each of `blocks` passes."""
        rank = {at: place for place, at in enumerate(self.order)}
        found = blocks[0]
        for other in blocks[1:]:
            while found != other:
                if rank[found] > rank[other]:
                    found = self.dominator[found]
                else:
                    other = self.dominator[other]
        return found


def build_cfg(obj: Object, function: Function) -> Cfg:
    """The graph of a function; ObjectError if it leaves itself or jumps between instructions."""
    code = obj.code[function.section_index]
    blocks = _blocks(code, function)
    order = _reverse_postorder(blocks)
    before = _predecessors(blocks, order)
    dominator = _dominators(len(blocks), order, before)
    back, irreducible = _back_edges(blocks, order, dominator)
    return Cfg(function, blocks, order, dominator, _loops(back, before, order), irreducible)


def slots(code: tuple[Insn, ...], start: int, end: int) -> list[int]:
    """The slots where instructions begin."""
    found = []
    at = start
    while at < end:
        found.append(at)
        at += 2 if wide(code, at) else 1
    return found


def _targets(insn: Insn, at: int) -> tuple[tuple[int, ...], bool]:
    """Slots that an instruction can jump to, and whether it ends a block."""
    if insn.op == EXIT:
        return (), True
    if insn.op == JA:
        return (at + 1 + insn.off,), True
    if insn.is_branch or insn.op == MAY_GOTO:
        # Falling through first: a fixed order makes reports repeatable.
        return (at + 1, at + 1 + insn.off), True
    return (), False


def _blocks(code: tuple[Insn, ...], function: Function) -> tuple[Block, ...]:
    begins = slots(code, function.start, function.end)
    legal = set(begins)
    ends: dict[int, tuple[int, ...]] = {}
    leaders = {function.start}
    for at in begins:
        targets, stops = _targets(code[at], at)
        if any(target not in legal for target in targets):
            raise ObjectError(
                f"{function.name}: the jump at {at} leaves the function or lands within an instruction"
            )
        if stops:
            ends[at] = targets
            leaders.update(targets)
            leaders.add(at + 1)
    if begins[-1] not in ends:
        raise ObjectError(f"{function.name}: its last instruction falls off the end")
    starts = sorted(leader for leader in leaders if leader < function.end)
    number = {start: index for index, start in enumerate(starts)}
    blocks = []
    for start, end in zip(starts, [*starts[1:], function.end], strict=True):
        targets = ends.get(end - 1, (end,)) if end - 1 in legal else (end,)
        blocks.append(Block(start, end, tuple(dict.fromkeys(number[target] for target in targets))))
    return tuple(blocks)


def _reverse_postorder(blocks: tuple[Block, ...]) -> tuple[int, ...]:
    order: list[int] = []
    seen = {0}
    stack = [(0, iter(blocks[0].next))]
    while stack:
        at, rest = stack[-1]
        following = next((n for n in rest if n not in seen), None)
        if following is None:
            order.append(at)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(blocks[following].next)))
    return tuple(reversed(order))


def _predecessors(blocks: tuple[Block, ...], order: tuple[int, ...]) -> dict[int, list[int]]:
    before: dict[int, list[int]] = {at: [] for at in order}
    for at in order:
        for following in blocks[at].next:
            before[following].append(at)
    return before


def _dominators(count: int, order: tuple[int, ...], before: dict[int, list[int]]) -> tuple[int, ...]:
    """Cooper, Harvey and Kennedy's iteration, in a fixed budget of steps."""
    rank = {at: place for place, at in enumerate(order)}
    dominator = [-1] * count
    dominator[0] = 0
    work = 0
    changed = True
    while changed:
        changed = False
        for at in order[1:]:
            new = -1
            for other in before[at]:
                if dominator[other] < 0:
                    continue
                if new < 0:
                    new = other
                    continue
                while new != other:
                    work += 1
                    if rank[new] > rank[other]:
                        new = dominator[new]
                    else:
                        other = dominator[other]
                if work > MAX_WORK:
                    raise ObjectError("the control flow is too tangled to audit")
            if dominator[at] != new:
                dominator[at] = new
                changed = True
    return tuple(dominator)


def _back_edges(
    blocks: tuple[Block, ...], order: tuple[int, ...], dominator: tuple[int, ...]
) -> tuple[dict[int, list[int]], tuple[int, ...]]:
    """Edges against the order: to a dominator they make a natural loop, else the graph is irreducible."""
    rank = {at: place for place, at in enumerate(order)}
    back: dict[int, list[int]] = {}
    irreducible: list[int] = []
    work = 0
    for at in order:
        for following in blocks[at].next:
            if rank[following] > rank[at]:
                continue
            above = at
            while above not in (following, 0):
                above = dominator[above]
                work += 1
            if work > MAX_WORK:
                raise ObjectError("the control flow is too tangled to audit")
            if above == following:
                back.setdefault(following, []).append(at)
            else:
                irreducible.append(at)
    return back, tuple(irreducible)


def _loops(
    back: dict[int, list[int]], before: dict[int, list[int]], order: tuple[int, ...]
) -> tuple[Loop, ...]:
    bodies = {header: _body(header, latches, before) for header, latches in back.items()}
    if len(bodies) > MAX_LOOPS or any(len(latches) > MAX_LOOPS for latches in back.values()):
        raise ObjectError("a function has more loops than any policy")
    # Inner loops are smaller than those around them, so sorting by size puts them first.
    rank = {at: place for place, at in enumerate(order)}
    headers = sorted(bodies, key=lambda header: (len(bodies[header]), rank[header]))
    loops = []
    for place, header in enumerate(headers):
        around = (n for n in range(place + 1, len(headers)) if header in bodies[headers[n]])
        loops.append(Loop(header, bodies[header], tuple(back[header]), next(around, None)))
    for loop in loops:
        depth, above = 1, loop.parent
        while above is not None:
            depth, above = depth + 1, loops[above].parent
        if depth > MAX_NESTING:
            raise ObjectError("the loops are nested too deeply to audit")
    return tuple(loops)


def _body(header: int, latches: list[int], before: dict[int, list[int]]) -> frozenset[int]:
    body = {header}
    todo = [latch for latch in latches if latch != header]
    while todo:
        at = todo.pop()
        if at not in body:
            body.add(at)
            todo.extend(before[at])
    return frozenset(body)
