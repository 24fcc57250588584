"""Loops that count: how many rounds a register allows at most, read off the instructions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from .cfg import Cfg, Loop
from .insn import Insn

MAX_ROUNDS = 64
"""A loop of more rounds than this asks an iterator."""

_ADD32, _ADD64 = 0x04, 0x07
_MOVES = frozenset((0xB4, 0xB7))
_FROM_REGISTER, _CLASS, _JUMP32 = 0x08, 0x07, 0x06


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value


_UNSIGNED: Mapping[int, Callable[[int, int], bool]] = MappingProxyType(
    {
        0x10: lambda a, b: a == b,
        0x20: lambda a, b: a > b,
        0x30: lambda a, b: a >= b,
        0x50: lambda a, b: a != b,
        0xA0: lambda a, b: a < b,
        0xB0: lambda a, b: a <= b,
    }
)
_SIGNED: Mapping[int, Callable[[int, int], bool]] = MappingProxyType(
    {
        0x60: lambda a, b: a > b,
        0x70: lambda a, b: a >= b,
        0xC0: lambda a, b: a < b,
        0xD0: lambda a, b: a <= b,
    }
)


def rounds(code: tuple[Insn, ...], cfg: Cfg, loop: Loop, at: int, inner: set[int]) -> int | None:
    """How often the loop goes round before the test at the end of block `at`, which every round passes, leaves it.

    The tested register starts as one constant on every way in, and one addition, which every round passes once,
    is all that changes it. None where that is not so, or where it takes more than `MAX_ROUNDS`.
    """
    test = code[cfg.blocks[at].end - 1]
    if not test.is_branch or test.op & _FROM_REGISTER or len(cfg.blocks[at].next) != 2:
        return None
    falls, jumps = (following in loop.body for following in cfg.blocks[at].next)
    if falls == jumps:
        return None
    step = _step(code, cfg, loop, inner, test.dst)
    start = _start(code, cfg, loop, test.dst)
    if step is None or start is None:
        return None
    block, addition = step
    return _count(test, not jumps, addition, start, first_adds=block == at or _dominates(cfg, block, at))


def _step(
    code: tuple[Insn, ...], cfg: Cfg, loop: Loop, inner: set[int], register: int
) -> tuple[int, Insn] | None:
    """The block and the addition that alone change a register, once in each round."""
    changes = [
        (block, code[slot])
        for block in loop.body
        for slot in range(cfg.blocks[block].start, cfg.blocks[block].end)
        if register in code[slot].written
    ]
    if len(changes) != 1:
        return None
    block, insn = changes[0]
    every_round = block not in inner and _dominates(cfg, block, cfg.common_dominator(loop.latches))
    return changes[0] if insn.op in (_ADD32, _ADD64) and every_round else None


def _dominates(cfg: Cfg, block: int, other: int) -> bool:
    while other not in (block, 0):
        other = cfg.dominator[other]
    return other == block


def _start(code: tuple[Insn, ...], cfg: Cfg, loop: Loop, register: int) -> int | None:
    """The one constant that a register holds on every way into a loop."""
    found: set[int] = set()
    waiting = [block for block in _before(cfg, loop.header) if block not in loop.body]
    seen = set(waiting)
    if loop.header == 0:
        return None
    while waiting:
        block = waiting.pop()
        slots = range(cfg.blocks[block].end - 1, cfg.blocks[block].start - 1, -1)
        last = next((code[slot] for slot in slots if register in code[slot].written), None)
        if last is None:
            earlier = [each for each in _before(cfg, block) if each not in seen]
            if block == 0:
                return None
            seen.update(earlier)
            waiting.extend(earlier)
        elif last.op in _MOVES:
            found.add(last.imm % (1 << (32 if last.op & _CLASS == _ADD32 else 64)))
        else:
            return None
    return found.pop() if len(found) == 1 else None


def _before(cfg: Cfg, block: int) -> Iterator[int]:
    return (at for at in cfg.order if block in cfg.blocks[at].next)


def _count(test: Insn, leaves: bool, addition: Insn, value: int, first_adds: bool) -> int | None:
    """`leaves`: whether the loop is left where the test holds."""
    modulus = 1 << (32 if addition.op == _ADD32 else 64)
    for done in range(MAX_ROUNDS + 1):
        if first_adds:
            value = (value + addition.imm) % modulus
        if _holds(test, value) == leaves:
            return done
        if not first_adds:
            value = (value + addition.imm) % modulus
    return None


def _holds(test: Insn, value: int) -> bool:
    bits = 32 if test.op & _CLASS == _JUMP32 else 64
    left, right = value % (1 << bits), test.imm % (1 << bits)
    operation = test.op & 0xF0
    if operation in _UNSIGNED:
        return _UNSIGNED[operation](left, right)
    if operation in _SIGNED:
        return _SIGNED[operation](_signed(left, bits), _signed(right, bits))
    return bool(left & right)
