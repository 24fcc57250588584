"""A guest that has Python and schedc: what this machine has of both and `schedc load` uses, as an archive for the
kernel. All is where it is here; of modules there is the byte code."""

from __future__ import annotations

import importlib.util
import json
import marshal
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import schedc
from schedc.load import program
from schedc.verifier.vm import cache, cpio, guest_build

CACHE = "/cache"
"""Where the guest's schedc finds the loader and its libraries."""
# What a load imports at once and what late; of the standard library there is more, see below.
_LISTED = """
import json, sys
import ctypes, traceback
import schedc.cli.load, schedc.cli.frontend, schedc.diagnostics.render_text, schedc.diagnostics.render_json
from schedc import api
from schedc.load import certified, control, dropped, host, program, rate, show, subject, watch
from schedc.verifier.certificate import keys, read, schema
from schedc.verifier.kernel import diagnose, expectations
import cryptography.hazmat.primitives.asymmetric.ed25519, cryptography.hazmat.primitives.serialization
import cryptography.exceptions
api.check(open(sys.argv[1], encoding="utf-8").read())
schema.schema()
files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
print(json.dumps([sorted(filter(None, files)), list(filter(None, sys.path))]))
"""


def archive(driver: Path, files: dict[str, bytes]) -> bytes:
    """`driver` is what the kernel starts; `files` by their absolute names, beside Python and schedc."""
    modules, path = _modules()
    executable = os.path.realpath(sys.executable)
    found = {executable: Path(executable).read_bytes(), **_standard(), **_code(modules), **_data(), **_loader(), **files}
    found |= _libraries([executable, *(file for file in modules if ".so" in file)])
    begin = f"#!{executable} -sSE\nimport sys\nsys.path[:] = {path!r}\n"
    found["/init"] = begin.encode() + driver.read_bytes()
    folders = {str(parent) for name in found for parent in Path(name).parents} | {"/dev", "/proc", "/sys", "/tmp", "/run"}
    entries = [cpio.directory(folder.strip("/")) for folder in sorted(folders - {"/"})]
    entries += [cpio.device("dev/console", 5, 1)]
    entries += [cpio.file(name.strip("/"), data, executable=_runs(data)) for name, data in found.items()]
    return cpio.archive(entries)


def _runs(data: bytes) -> bool:
    return data[:4] == b"\x7fELF" or data[:2] == b"#!"


def _modules() -> tuple[list[str], list[str]]:
    """The files of all modules that a load imports, and where Python looks for them."""
    policy = Path(next(iter(schedc.__path__)), "stdlib_policies", "desk.sched")
    done = subprocess.run([sys.executable, "-c", _LISTED, str(policy)], capture_output=True, text=True, check=True)
    files, path = json.loads(done.stdout)
    # Where it is installed from a checkout, that may be found by a hook instead of the path.
    return files, [str(Path(next(iter(schedc.__path__))).parent), *path]


def _code(files: list[str]) -> dict[str, bytes]:
    """Byte code in place of the sources; extensions as they are."""
    sources = {f"{file}c": _compiled(Path(file)) for file in files if file.endswith(".py")}
    return sources | {file: Path(file).read_bytes() for file in files if not file.endswith(".py")}


def _standard() -> dict[str, bytes]:
    """Of the standard library all that this machine has as byte code: it may be imported late."""
    library = Path(sysconfig.get_path("stdlib"))
    paths = [*library.glob("*.py"), *library.glob("encodings/*.py"), *library.glob("importlib/**/*.py")]
    there = [path for path in paths if Path(importlib.util.cache_from_source(str(path))).is_file()]
    return _code([str(path) for path in there])


def _compiled(path: Path) -> bytes:
    """As Python keeps it, where it has it."""
    cached = Path(importlib.util.cache_from_source(str(path)))
    if cached.is_file() and cached.stat().st_mtime >= path.stat().st_mtime:
        return cached.read_bytes()
    code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    return importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code)


def _data() -> dict[str, bytes]:
    """What schedc reads of its own package."""
    found: dict[str, bytes] = {}
    for where, _, files in os.walk(next(iter(schedc.__path__)), followlinks=True):
        wanted = [name for name in files if name.endswith((".lark", ".json", ".c", ".h"))]
        found |= {f"{where}/{name}": Path(where, name).read_bytes() for name in wanted}
    return found


def _libraries(programs: list[str]) -> dict[str, bytes]:
    """What the dynamic loader of this machine finds for Python and its extensions."""
    told = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    paths = {found[1] for found in re.finditer(r"(/\S+) \(0x", told)}
    return {path: Path(path).read_bytes() for path in sorted(paths)}


def _loader() -> dict[str, bytes]:
    """Built here, and found there as if it had been built there."""
    home, there = cache.root(), Path(CACHE) / "vm"
    program.command(home)
    libraries = guest_build.sysroot(home)
    names = [f"{guest_build.LIBDIR}/{name}" for name in (*guest_build.LIBRARIES, guest_build.LOADER)]
    kept = [program.place(home), *(libraries / name for name in names), libraries / "complete"]
    return {str(there / path.relative_to(home)): path.read_bytes() for path in kept}
