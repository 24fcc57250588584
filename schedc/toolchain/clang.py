"""Compile C to a BPF object, hermetically.

The same sources give the same bytes whatever the directory, user or surroundings: clang runs in a
private directory that holds exactly the given files, reaches headers through links of fixed names,
sees an empty environment and no configuration file, and is told that its directory is `.`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress

from schedc.record import record

from .messages import ClangMessage, Severity, parse_messages
from .probes import probe_environment
from .process import Child, Finished
from .strip import StripError, strip_debug

DEFAULT_TIMEOUT = 60.0
MAX_OBJECT_BYTES = 16 * 1024 * 1024
_OUTPUT = "out.o"
_NO_ROOM = os.strerror(errno.ENOSPC)

# v3 is the newest instruction set that every kernel from 6.12 runs on every architecture; v4 would
# bring signed division, which the lowering does by hand.
_FLAGS = (
    "-mcpu=v3",
    "-O2",
    "-g",
    "-std=gnu11",
    "-nostdinc",
    "-fno-ident",
    "-fno-color-diagnostics",
    "-fno-caret-diagnostics",
    "-fno-stack-protector",
    "-fdebug-compilation-dir=.",
    "-ferror-limit=20",
    "-Wall",
    "-Wno-unknown-warning-option",
    "-Wno-unused-function",
    "-Wno-missing-declarations",
)


@record
class CompileOutput:
    """What one compilation gave. `object` is None exactly when a message is an error."""

    object: bytes | None
    diagnostics: tuple[ClangMessage, ...]
    command: tuple[str, ...]


@record
class Clang:
    """A clang that was found: how to call it, its version, and where it came from."""

    command: tuple[str, ...]
    version: tuple[int, int, int]
    origin: str

    @property
    def name(self) -> str:
        """For reports and certificates: no path, since that is a matter of one machine."""
        return f"clang {'.'.join(map(str, self.version))} ({self.origin})"

    def compile_bpf(
        self,
        c_source_files: Mapping[str, bytes | str],
        main: str,
        *,
        include_dirs: Sequence[str] = (),
        defines: Mapping[str, str] | None = None,
        keep_dwarf: bool = False,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> CompileOutput:
        """Every file that a `#line` names must be among the files: clang copies its text into the
        object's line table."""
        with self.start_bpf(
            include_dirs=include_dirs, defines=defines, keep_dwarf=keep_dwarf, timeout=timeout
        ) as pending:
            return pending.compile(c_source_files, main)

    def start_bpf(
        self,
        *,
        include_dirs: Sequence[str] = (),
        defines: Mapping[str, str] | None = None,
        keep_dwarf: bool = False,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> PendingCompile:
        """Start clang and return at once. It loads itself, for as long as a small program takes to
        compile, and then waits to be given one."""
        command = (*self.command, *self._arguments(len(include_dirs), defines or {}))
        folder = _private_folder()
        try:
            for number, include in enumerate(include_dirs):
                os.symlink(os.path.abspath(include), os.path.join(folder, _include_name(number)))
            child = Child(
                command,
                env={**probe_environment(), **_zig_cache(folder)},
                cwd=folder,
                timeout=timeout,
                listens=True,
            )
        except BaseException:
            _remove(folder)
            raise
        return PendingCompile(child, folder, command, keep_dwarf)

    def _arguments(self, includes: int, defines: Mapping[str, str]) -> tuple[str, ...]:
        wrapped = self.command[-1] == "cc" and len(self.command) > 1
        target = "bpfel-freestanding-none" if wrapped else "bpfel"
        # A user's clang.cfg must not change the object; zig's wrapper reads none and refuses the option.
        config = () if wrapped else ("--no-default-config",)
        return (
            *config,
            "-target",
            target,
            *_FLAGS,
            "-iquote.",
            *(f"-I{_include_name(number)}" for number in range(includes)),
            *(f"-D{name}={value}" for name, value in sorted(defines.items())),
            "-xc",
            "-c",
            "-",
            "-o",
            _OUTPUT,
        )


class PendingCompile:
    """A clang that runs. Use it as a context manager: what is not finished at its end is ended."""

    def __init__(self, child: Child, folder: str, command: tuple[str, ...], keep_dwarf: bool) -> None:
        self._child = child
        self._folder = folder
        self._command = command
        self._keep_dwarf = keep_dwarf

    def give(self, files: Mapping[str, bytes | str], main: str) -> None:
        """The program: clang begins. To be called once; ValueError for a name that leaves the folder."""
        if main not in files:
            raise ValueError(f"{main!r} is not among the source files")
        for name in files:
            _check_name(name)
        _fill(self._folder, files)
        self._child.tell(f'#include "{main}"\n'.encode())

    def result(self) -> CompileOutput:
        """Wait for clang. OSError where the disk was too full for it."""
        finished = self._child.wait()
        try:
            return self._read(finished)
        finally:
            _remove(self._folder)

    def compile(self, files: Mapping[str, bytes | str], main: str) -> CompileOutput:
        self.give(files, main)
        return self.result()

    def __enter__(self) -> PendingCompile:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()
        _remove(self._folder)

    def _read(self, finished: Finished) -> CompileOutput:
        messages = parse_messages(finished.output)
        if finished.failure is not None:
            return self._failed(messages, f"clang {finished.failure}")
        if finished.status != 0 and _NO_ROOM.encode() in finished.output:
            raise OSError(errno.ENOSPC, _NO_ROOM, os.path.dirname(self._folder))
        if finished.status != 0 or any(message.is_error for message in messages):
            last = finished.output.decode("utf-8", "replace").strip().splitlines()[-1:]
            return self._failed(
                messages, f"clang failed with status {finished.status} {' '.join(last)}".strip()
            )
        try:
            data = _read_object(os.path.join(self._folder, _OUTPUT))
            return CompileOutput(data if self._keep_dwarf else strip_debug(data), messages, self._command)
        except (OSError, StripError) as error:
            return self._failed(messages, f"clang left no usable object: {error}")

    def _failed(self, messages: tuple[ClangMessage, ...], otherwise: str) -> CompileOutput:
        """A failure always carries an error, also where clang itself said nothing that can be read."""
        if not any(message.is_error for message in messages):
            messages = (*messages, ClangMessage("", 0, 0, Severity.FATAL, otherwise))
        return CompileOutput(None, messages, self._command)


def _read_object(path: str) -> bytes:
    with open(path, "rb") as file:
        data = file.read(MAX_OBJECT_BYTES + 1)
    if len(data) > MAX_OBJECT_BYTES:
        raise StripError("it is too large")
    return data


def _check_name(name: str) -> None:
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or name.startswith("-") or set(name) & set('\0\\"\n'):
        raise ValueError(f"{name!r} is not a plain relative file name")
    if parts[0] == _OUTPUT or parts[0].startswith(_include_name("")):
        raise ValueError(f"{name!r} is a name that the compilation itself uses")


def _include_name(number: int | str) -> str:
    return f"include.{number}"


def _private_folder() -> str:
    """A new directory only for us. `tempfile` does the same but takes 10 ms to import."""
    base = os.environ.get("TMPDIR", "")
    if not os.path.isabs(base):
        base = "/tmp"
    while True:
        folder = os.path.join(base, f"schedc-{os.urandom(8).hex()}")
        try:
            os.mkdir(folder, 0o700)
        except FileExistsError:
            continue
        return folder


def _remove(folder: str) -> None:
    """What `shutil.rmtree` does; importing that takes longer than the removal. Links are not followed."""
    for parent, folders, files in os.walk(folder, topdown=False):
        for name in (*files, *folders):
            path = os.path.join(parent, name)
            try:
                if os.path.isdir(path) and not os.path.islink(path):
                    os.rmdir(path)
                else:
                    os.unlink(path)
            except OSError:
                continue  # a leftover in the temporary directory is no reason to fail
    with suppress(OSError):
        os.rmdir(folder)


def _fill(folder: str, files: Mapping[str, bytes | str]) -> None:
    for name, text in files.items():
        path = os.path.join(folder, name)
        if "/" in name:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(text.encode() if isinstance(text, str) else text)


def _zig_cache(folder: str) -> dict[str, str]:
    """zig keeps caches; without a home it needs to be told where, and private ones cannot be poisoned."""
    cache = os.path.join(folder, "zig-cache")
    return {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}
