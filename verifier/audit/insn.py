"""BPF instructions, decoded; what clang emits for `-mcpu=v3` and nothing else.

An opcode outside that set is no mistake of decoding: it is a thing the compiler never writes.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from .elf import ObjectError

MAX_INSNS = 65536
LD_IMM64 = 0x18
CALL = 0x85
CALL_INDIRECT = 0x8D
EXIT = 0x95
JA = 0x05
MAY_GOTO = 0xE5
PSEUDO_CALL = 1
STACK = 10

_WORD = struct.Struct("<BBhi")
_ALU = (0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x90, 0xA0, 0xB0, 0xC0)
_COMPARE = (0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xA0, 0xB0, 0xC0, 0xD0)
_ATOMICS = frozenset((0x00, 0x40, 0x50, 0xA0, 0x01, 0x41, 0x51, 0xA1, 0xE1, 0xF1))

_ALU_OPS = frozenset(op | source | width for op in _ALU for source in (0, 8) for width in (4, 7))
_NEG_OPS = frozenset((0x84, 0x87))
_SWAP_OPS = frozenset((0xD4, 0xDC))
_LOADS = frozenset((0x61, 0x69, 0x71, 0x79))
_STORE_REGISTER = frozenset((0x63, 0x6B, 0x73, 0x7B))
_STORE_IMMEDIATE = frozenset((0x62, 0x6A, 0x72, 0x7A))
_ATOMIC_OPS = frozenset((0xC3, 0xDB))
_BRANCH_OPS = frozenset(op | source | width for op in _COMPARE for source in (0, 8) for width in (5, 6))
STORES = _STORE_REGISTER | _STORE_IMMEDIATE | _ATOMIC_OPS


class Insn(NamedTuple):
    """One slot of eight bytes. The second slot of a 64-bit load has opcode 0 and the high half in `imm`."""

    op: int
    dst: int
    src: int
    off: int
    imm: int

    @property
    def is_branch(self) -> bool:
        return self.op in _BRANCH_OPS

    @property
    def is_store(self) -> bool:
        return self.op in STORES

    @property
    def is_call(self) -> bool:
        return self.op == CALL

    @property
    def written(self) -> tuple[int, ...]:
        """Registers that hold another value afterwards."""
        if self.op == CALL:
            return (0, 1, 2, 3, 4, 5)
        if self.op in _ALU_OPS or self.op in _NEG_OPS or self.op in _SWAP_OPS:
            return (self.dst,)
        if self.op in _LOADS or self.op == LD_IMM64:
            return (self.dst,)
        if self.op in _ATOMIC_OPS and self.imm & 1:
            return (0,) if self.imm == 0xF1 else (self.src,)
        return ()


def decode(code: memoryview) -> tuple[Insn, ...]:
    if len(code) % 8 or len(code) > 8 * MAX_INSNS:
        raise ObjectError("a code section is not a plausible number of instructions")
    return tuple(Insn(op, regs & 15, regs >> 4, off, imm) for op, regs, off, imm in _WORD.iter_unpack(code))


def wide(code: tuple[Insn, ...], index: int) -> bool:
    """Whether a whole 64-bit load stands here."""
    return code[index].op == LD_IMM64 and index + 1 < len(code) and not any(code[index + 1][:4])


def oddity(insn: Insn) -> str | None:
    """Why clang would not have written this instruction, or None. Not for a 64-bit load's second slot."""
    op = insn.op
    if insn.dst > STACK or insn.src > STACK:
        return "uses a register that does not exist"
    if op == CALL_INDIRECT:
        return "calls through a pointer"
    if op in STORES:
        return _odd_store(insn)
    if insn.dst == STACK and insn.written == (STACK,):
        return "overwrites the frame pointer"
    if not _plain(insn):
        return f"has the unknown opcode {op:#04x}, or fields that its opcode does not use"
    return None


def _odd_store(insn: Insn) -> str | None:
    if insn.op in _ATOMIC_OPS and insn.imm not in _ATOMICS:
        return f"is an unknown atomic operation {insn.imm:#x}"
    if (insn.op in _STORE_REGISTER and insn.imm) or (insn.op in _STORE_IMMEDIATE and insn.src):
        return "is a store with fields that it does not use"
    return None


def _plain(insn: Insn) -> bool:
    """The opcode is known and every field that it does not use is zero."""
    op, _, src, off, imm = insn
    if op in _ALU_OPS:
        return off == 0 and (imm == 0 if op & 8 else src == 0)
    if op in _NEG_OPS:
        return off == 0 and src == 0 and imm == 0
    if op in _SWAP_OPS:
        return off == 0 and src == 0 and imm in (16, 32, 64)
    if op in _LOADS:
        return imm == 0
    if op in _BRANCH_OPS:
        return imm == 0 if op & 8 else src == 0
    if op == LD_IMM64:
        return off == 0
    return _plain_jump(insn)


def _plain_jump(insn: Insn) -> bool:
    op, dst, src, off, imm = insn
    if op == JA:
        return dst == 0 and src == 0 and imm == 0
    if op == MAY_GOTO:
        return dst == 0 and src == 0 and imm == 0
    if op == CALL:
        return dst == 0 and off == 0
    return op == EXIT and not any((dst, src, off, imm))
