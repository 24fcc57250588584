"""The machine that a policy is to run on: what it must have, and which kernel it is."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from schedc.load.errors import LoadError

STATE = Path("/sys/kernel/sched_ext/state")
RUNNING = Path("/sys/kernel/sched_ext/root/ops")
TYPES = Path("/sys/kernel/btf/vmlinux")


@dataclass(frozen=True)
class Kernel:
    """A kernel is known by the hash of its type information; its release is only a name for it."""

    release: str
    btf_sha256: str


def kernel() -> Kernel:
    """The one that runs; `LoadError` where it cannot take any scheduler."""
    if os.geteuid() != 0:
        raise LoadError("loading a scheduler takes root", "run it with sudo")
    release = platform.release()
    if not STATE.is_file():
        raise LoadError(
            f"this kernel ({release}) has no sched_ext", "boot one that was built with CONFIG_SCHED_CLASS_EXT=y"
        )
    try:
        types = TYPES.read_bytes()
    except OSError as error:
        raise LoadError(
            f"{TYPES} cannot be read: {error.strerror}", "boot a kernel that was built with CONFIG_DEBUG_INFO_BTF=y"
        ) from None
    return Kernel(release, sha256(types).hexdigest())


def check_free() -> None:
    """`LoadError` where another scheduler runs: there is room for one."""
    state = STATE.read_text().strip()
    if state == "disabled":
        return
    try:
        name = RUNNING.read_text().strip()
    except OSError:
        name = ""
    raise LoadError(
        f"sched_ext is {state}{f' by the scheduler `{name}`' if name else ''}, and there is room for one",
        "end what loaded it; `echo S > /proc/sysrq-trigger` takes any scheduler off",
    )
