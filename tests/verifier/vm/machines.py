"""Caches and stand-ins for QEMU: scripts that hang, answer or fail, and write down their process ids."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from schedc.verifier.vm import guest_build

_REAL_QEMU = shutil.which("qemu-system-x86_64")
HANGS = "exec sleep 1000"
ONE_OBJECT = ("schedc.verifier.vm", "thing.o", "--load-only")
# Finds the file that the guest's lines go to, and answers for one object.
ANSWERS = """\
for word; do case "$word" in file,id=result,path=*) result=${word#*path=} ;; esac; done
cat > "$result" <<'END'
{"t": "boot", "version": "1", "sched_ext": true}
{"t": "object", "name": "thing"}
{"t": "load", "programs": [], "verified_insns": 2, "load_ns": 1}
{"t": "done", "name": "thing", "ended": true}
{"t": "bye"}
END
"""


def boot_header(release: bytes = b"6.18.1-test") -> bytearray:
    """The first 32 KiB of a 64-bit bzImage."""
    data = bytearray(0x8000)
    data[0x1FE:0x200] = b"\x55\xaa"
    data[0x202:0x206] = b"HdrS"
    struct.pack_into("<HHH", data, 0x206, 0x20F, 0, 0)
    struct.pack_into("<H", data, 0x20E, 0x3000)
    data[0x211] = data[0x236] = 1
    data[0x3200 : 0x3200 + len(release) + 1] = release + b" (somebody)"[:1]
    return data


class Host:
    """A machine with its own cache, temporary directory and QEMU, all below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache, self.tmp, self.bin, self.pids = (
            folder / name for name in ("cache", "tmp", "bin", "pids")
        )
        for place in (self.tmp, self.bin):
            place.mkdir()
        home = self.cache / "vm"
        initrd = guest_build.place(home)
        kernel = home / "kernels" / "6.18.1-cloud-amd64"
        for directory in (initrd.parent, kernel):
            directory.mkdir(parents=True)
        initrd.write_bytes(bytes(100_000))
        (kernel / "vmlinuz").write_bytes(boot_header())
        note = {"release": "6.18.1-cloud-amd64", "package": "p", "version": "1", "suite": "s"}
        (kernel / "kernel.json").write_text(json.dumps(note))
        (folder / "thing.o").write_bytes(b"object")

    def qemu(self, body: str, version: str = "QEMU 1") -> None:
        """The stand-in: it notes its pid, then does what `body` says."""
        script = self.bin / "qemu-system-x86_64"
        script.write_text(
            f'#!/bin/sh\n[ "$1" = --version ] && {{ echo {version}; exit; }}\necho $$ >> {self.pids}\n{body}\n'
        )
        script.chmod(0o755)

    def real_qemu(self, before: str = "true") -> None:
        """The real one, under a script that notes its pid."""
        self.qemu(f'{before}; exec {_REAL_QEMU} "$@"')

    def environment(self) -> dict[str, str]:
        """Of a process on this host."""
        path = f"{self.bin}:{os.environ['PATH']}"
        return os.environ | {"PATH": path, "SCHEDC_CACHE": str(self.cache), "TMPDIR": str(self.tmp)}

    def start(self, prefix: tuple[str, ...] = (), words: tuple[str, ...] = ONE_OBJECT) -> subprocess.Popen[str]:
        """A run of one object, or of what `words` say to Python."""
        command = [*prefix, sys.executable, "-m", *words]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def guests(self) -> list[int]:
        """Process ids of all guests there ever were."""
        return [int(pid) for pid in self.pids.read_text().split()] if self.pids.exists() else []

    def leftovers(self) -> list[str]:
        """Temporary directories, and unfinished files of the cache."""
        parts = [str(path) for path in self.cache.rglob(".*")]
        return parts + os.listdir(self.tmp)


def until(condition: Callable[[], bool]) -> bool:
    """Waits for what has to come soon; False when it does not come in half a minute."""
    end = time.monotonic() + 30
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int) -> bool:
    """No such process, or only what its parent has not asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return True
