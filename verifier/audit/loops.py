"""Which loops end: those that an iterator of the kernel's, may_goto or a counter carries.

A loop is accepted if on every way round it asks an iterator for its next element and leaves when there
is none, or adds to a register that started as a constant and leaves at a bound. The kernel guarantees that
the elements run out; a counter is followed here, round by round.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .calls import Call, CallKind, call_at
from .cfg import Cfg, Loop
from .counters import rounds
from .insn import CALL, MAY_GOTO, Insn
from .object import Object

ITERATORS = frozenset(("bpf_iter_num_next", "bpf_iter_scx_dsq_next"))
# Of 64 bits: the low half of a pointer may be zero where the pointer is not.
_MOVE, _EQUAL, _NOT_EQUAL = 0xBF, 0x15, 0x55


class Carrier(NamedTuple):
    """What makes a loop end, and where."""

    name: str
    slot: int
    block: int
    rounds: int | None = None
    """Where it is a counter: how often it goes round."""


def carrier(obj: Object, cfg: Cfg, loop: Loop) -> Carrier | None:
    """The call or jump that ends a loop, None if nothing does."""
    inner = _inner(cfg, loop)
    # What lies on every way round dominates all latches: the chain of dominators above them.
    at = cfg.common_dominator(loop.latches)
    while True:
        found = _ends_in(obj, cfg, loop, at, inner) if at not in inner else None
        if found is not None or at == loop.header:
            return found
        at = cfg.dominator[at]


def origin(obj: Object, cfg: Cfg, loop: Loop, ends: Carrier) -> int | None:
    """The call that made the loop's iterator: the last one that every way to the loop passes.

    Its line is the loop's. The line of the call that asks for the next element need not be: from an
    inline function of a header it has the header's line, and its block may lie behind an inner loop.
    """
    maker = ends.name.removesuffix("_next") + "_new"
    code = obj.code[cfg.function.section_index]
    at = loop.header
    while at != 0:
        at = cfg.dominator[at]
        for slot in range(cfg.blocks[at].end - 1, cfg.blocks[at].start - 1, -1):
            if code[slot].op == CALL and call_at(obj, cfg.function, slot).name == maker:
                return slot
    return None


def _inner(cfg: Cfg, loop: Loop) -> set[int]:
    """Blocks of loops within: what they do, they may do any number of times, or never."""
    place = cfg.loops.index(loop)
    inside: set[int] = set()
    for other in cfg.loops:
        if other.parent == place:
            inside |= other.body
    return inside


def _ends_in(obj: Object, cfg: Cfg, loop: Loop, at: int, inner: set[int]) -> Carrier | None:
    code = obj.code[cfg.function.section_index]
    block = cfg.blocks[at]
    last = code[block.end - 1]
    if last.op == MAY_GOTO:
        leaves = cfg.blocks[at].next[-1] not in loop.body
        return Carrier("may_goto", block.end - 1, at) if leaves else None
    for call in _iterator_calls(obj, cfg, at):
        if _leaves_on_zero(code, cfg, loop, at, call.slot):
            return Carrier(call.name, call.slot, at)
    counted = rounds(code, cfg, loop, at, inner)
    return None if counted is None else Carrier("counter", block.end - 1, at, counted)


def _iterator_calls(obj: Object, cfg: Cfg, at: int) -> Iterator[Call]:
    code = obj.code[cfg.function.section_index]
    for slot in range(cfg.blocks[at].start, cfg.blocks[at].end):
        if code[slot].op == CALL:
            call = call_at(obj, cfg.function, slot)
            if call.kind is CallKind.KFUNC and call.name in ITERATORS:
                yield call


def _leaves_on_zero(code: tuple[Insn, ...], cfg: Cfg, loop: Loop, at: int, slot: int) -> bool:
    """Whether the block that holds the call ends by testing its result, and zero leads out of the loop."""
    block = cfg.blocks[at]
    holds = {0}
    for insn in code[slot + 1 : block.end - 1]:
        if insn.op == _MOVE and insn.src in holds:
            holds.add(insn.dst)
        else:
            holds -= set(insn.written)
    test = code[block.end - 1]
    if test.dst not in holds or test.imm != 0 or len(block.next) != 2:
        return False
    falls, jumps = block.next
    if test.op == _EQUAL:
        return jumps not in loop.body
    return test.op == _NOT_EQUAL and falls not in loop.body
