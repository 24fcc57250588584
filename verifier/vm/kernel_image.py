"""A kernel that the user built: checked by its boot header, kept as a copy, so that it stays what it is during a run.

The header's layout: https://docs.kernel.org/arch/x86/boot.html
"""

from __future__ import annotations

import hashlib
import re
import struct
from pathlib import Path

from schedc.verifier.vm.errors import VmError

_HEAD = 0x8000  # bytes; release and header are within the real-mode part
_FLAG, _MAGIC, _VERSION, _RELEASE, _LOADED_HIGH, _XLOAD = 0x1FE, 0x202, 0x206, 0x20E, 0x211, 0x236
_RELEASE_TEXT = re.compile(rb"[0-9][0-9A-Za-z.+~_-]{0,99}")
_WAY_OUT = "give the bzImage of an x86-64 kernel: /boot/vmlinuz-*, or arch/x86/boot/bzImage of a build"


def read(path: Path) -> tuple[str, bytes]:
    """Release and content of a bzImage; VmError where it is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VmError(f"{path} cannot be read: {error.strerror}", _WAY_OUT) from error
    return release(data, str(path)), data


def release(data: bytes, name: str) -> str:
    """What `uname -r` will say, from the boot header."""
    if data[:4] == b"\x7fELF":
        raise VmError(f"{name} is an ELF file, not a bootable image", _WAY_OUT)
    head = data[:_HEAD]
    if len(head) < _HEAD or head[_FLAG : _FLAG + 2] != b"\x55\xaa" or head[_MAGIC : _MAGIC + 4] != b"HdrS":
        raise VmError(f"{name} is no bzImage: it has no Linux boot header", _WAY_OUT)
    (version,) = struct.unpack_from("<H", head, _VERSION)
    if version < 0x20C or not head[_LOADED_HIGH] & 1 or not head[_XLOAD] & 1:
        raise VmError(f"{name} is no 64-bit bzImage", _WAY_OUT)
    (at,) = struct.unpack_from("<H", head, _RELEASE)
    found = _RELEASE_TEXT.match(head, 0x200 + at)
    if not at or not found:
        raise VmError(f"{name} does not say its release", _WAY_OUT)
    return found[0].decode()


def place(home: Path, name: str, data: bytes) -> Path:
    """Where its copy is kept: another content is another place."""
    return home / "own" / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}"
