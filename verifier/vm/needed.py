"""Which shared libraries a program asks its loader for: DT_NEEDED of an x86-64 ELF file."""

from __future__ import annotations

import struct

from schedc.verifier.vm.errors import VmError

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_ENTRY = struct.Struct("<qQ")
_LOAD, _DYNAMIC = 1, 2
_DT_NULL, _DT_NEEDED, _DT_STRTAB = 0, 1, 5
_X86_64 = 62


def needed(data: bytes, name: str) -> tuple[str, ...]:
    """Their names, in the file's order; none for a program that is linked statically. `VmError` where it is no
    program or library."""
    try:
        return _needed(data)
    except (struct.error, ValueError) as error:
        raise VmError(f"{name} is no x86-64 program: {error}", "remove it from the cache and fetch it again") from None


def _needed(data: bytes) -> tuple[str, ...]:
    header = _HEADER.unpack_from(data)
    if header[0][:5] != b"\x7fELF\x02" or header[2] != _X86_64:
        raise ValueError("no ELF header")
    start, size, count = header[5], header[9], header[10]
    segments = [_SEGMENT.unpack_from(data, start + size * number) for number in range(count)]
    entries = [entry for segment in segments if segment[0] == _DYNAMIC for entry in _entries(data, segment)]
    strings = [_offset(segments, value) for tag, value in entries if tag == _DT_STRTAB]
    return tuple(_string(data, strings[0] + value) for tag, value in entries if tag == _DT_NEEDED)


def _entries(data: bytes, segment: tuple[int, ...]) -> list[tuple[int, int]]:
    """Pairs of a tag and its value, up to the end mark."""
    found: list[tuple[int, int]] = []
    for tag, value in _ENTRY.iter_unpack(data[segment[2] : segment[2] + segment[5] // _ENTRY.size * _ENTRY.size]):
        if tag == _DT_NULL:
            break
        found.append((tag, value))
    return found


def _offset(segments: list[tuple[int, ...]], address: int) -> int:
    """Where in the file that is which is loaded at the address."""
    for segment in segments:
        if segment[0] == _LOAD and segment[3] <= address < segment[3] + segment[5]:
            return segment[2] + address - segment[3]
    raise ValueError("its strings are not in it")


def _string(data: bytes, start: int) -> str:
    return data[start : data.index(b"\0", start)].decode("ascii")
