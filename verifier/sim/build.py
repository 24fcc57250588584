"""The executable of a policy and the core, made by the wheel's clang and kept by what it was made of."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache as kept
from importlib import resources
from pathlib import Path

from schedc.verifier.sim import asan
from schedc.verifier.sim.errors import SimError
from schedc.verifier.sim.program import Program
from schedc.verifier.vm import cache

# UBSan without its library: what it finds is a trap. Callbacks are called through one type for all of them.
SANITIZE = ("-fsanitize=undefined", "-fsanitize-trap=undefined", "-fno-sanitize=function")
FLAGS = ("-std=gnu11", "-O2", "-g1", "-Iinclude", *SANITIZE)
CORE_FLAGS = (*FLAGS, "-Wall", "-Wextra", "-Werror")
# What the program does not use is no fault of it: callbacks are generated with all their arguments.
POLICY_FLAGS = (*FLAGS, "-w")
_SHARED_HEADERS = ("compat.h", "arithmetic.h", "loops.h")
_COMPILE_SECONDS = 300
# Each is 2.5 MB; a run of mutants or of drawn policies makes some hundred.
_MOST_KEPT = 256

_GLUE = """#include "policy.bpf.c"

struct sim_variable {{
	const char *name;
	void *place;
	u32 size, each;
	bool told;
}};

struct sim_variable sim_variables[] = {{
{rows}	{{ NULL, NULL, 0, 0, false }},
}};
"""


def executable(program: Program, home: Path | None = None) -> Path:
    """Built when this text and this core were not built together before."""
    home, around = home or cache.root(), program.around
    core = _core_files()
    checked = asan.found() if program.memory_checked else None
    if program.memory_checked and checked is None:
        raise SimError("no clang of this system links AddressSanitizer", "install clang with its compiler-rt")
    flags = (*(around.flags or POLICY_FLAGS), *((asan.FLAG,) if checked else ()))
    text = {"policy.bpf.c": program.c_source.encode(), "glue.c": _glue(program).encode(), **around.files}
    how = (*flags, checked.compiler) if checked else flags
    result = home / "sim" / _digest({**core, **text}, how)[:24] / "simulate"
    if result.is_file():
        cache.used(result.parent)
        return result
    objects = _core_objects(home, {**core, **around.files})
    with tempfile.TemporaryDirectory(prefix="schedc-sim-") as work:
        _write(Path(work), {**core, **text})
        compile = ["-c", *flags, "-o", "glue.o", "glue.c"]
        link = ["-o", "simulate", "glue.o", *map(str, objects)]
        if checked:
            _run([checked.compiler, *compile], work, dict(os.environ), program.name)
            _run([checked.compiler, *link, *checked.link], work, dict(os.environ), program.name)
        else:
            # By clang itself: `zig cc` would keep the object of each policy that there ever was.
            _zig(home, work, ["clang", *compile], program.name)
            _zig(home, work, ["cc", *link], program.name)
        cache.write_atomically(result, (Path(work) / "simulate").read_bytes(), executable=True)
    cache.forget_unused(home / "sim", _MOST_KEPT)
    return result


def core_digest() -> str:
    """SHA-256 of the core's text and of how it is compiled."""
    return _digest(_core_files(), CORE_FLAGS)


def _core_objects(home: Path, core: dict[str, bytes]) -> list[Path]:
    """The core, and what stands beside it, is compiled once for all policies."""
    folder = home / "sim" / f"core-{_digest(core, CORE_FLAGS)[:24]}"
    names = [name for name in core if name.endswith(".c")]
    objects = [folder / Path(name).with_suffix(".o") for name in names]
    if all(each.is_file() for each in objects):
        cache.used(folder)
        return objects
    with cache.locked(home, "sim"), tempfile.TemporaryDirectory(prefix="schedc-sim-") as work:
        _write(Path(work), core)
        for name, each in zip(names, objects, strict=True):
            _zig(home, work, ["cc", *CORE_FLAGS, "-c", "-o", each.name, name], "the core")
            cache.write_atomically(each, (Path(work) / each.name).read_bytes())
    return objects


def _zig(home: Path, work: str, arguments: Sequence[str], what: str) -> None:
    """The wheel's own binary: through `python -m ziglang` a second interpreter would start."""
    kept_at = str(home / "zig")
    environment = os.environ | {"ZIG_GLOBAL_CACHE_DIR": kept_at, "ZIG_LOCAL_CACHE_DIR": kept_at}
    _run([str(resources.files("ziglang") / "zig"), *arguments], work, environment, what)


def _run(command: Sequence[str], work: str, environment: dict[str, str], what: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=work, env=environment, capture_output=True, text=True, check=False, timeout=_COMPILE_SECONDS
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise SimError(f"{what} takes more than {_COMPILE_SECONDS} s to compile for the simulator") from None
    if done.returncode:
        raise SimError(
            f"{what} does not compile for the simulator:\n{done.stderr.strip()}",
            "the ziglang wheel belongs to schedc: reinstall schedc with pip",
        )


@kept
def _core_files() -> dict[str, bytes]:
    """All headers and sources but the policy's, by where they are put."""
    here = resources.files("schedc.verifier.sim")
    shared = resources.files("schedc.templates") / "include" / "schedc"
    files = {f"include/schedc/{name}": (shared / name).read_bytes() for name in _SHARED_HEADERS}
    files["include/schedc/kernel.h"] = (here / "include" / "schedc" / "kernel.h").read_bytes()
    files["load_draw.c"] = (resources.files("schedc.verifier.vm") / "guest" / "load_draw.c").read_bytes()
    core = [(item.name, item.read_bytes()) for item in (here / "core").iterdir() if item.name.endswith((".c", ".h"))]
    return files | dict(sorted(core))


def _glue(program: Program) -> str:
    """The policy with a table of its variables: the compiler knows where they are and how large."""
    rows = "".join(
        f'	{{ "{name}", (void *)&{name}, sizeof({name}), sizeof({name}{"[0]" if array else ""}), false }},\n'
        for name, array in program.variables()
    )
    rows += "".join(
        f'	{{ "{name}", (void *)&{name}, sizeof({name}), sizeof(u64), true }},\n' for name in program.readings
    )
    return program.around.before + _GLUE.format(rows=rows) + program.around.behind


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _digest(files: dict[str, bytes], flags: Sequence[str]) -> str:
    digest = hashlib.sha256(" ".join(flags).encode())
    for name, data in files.items():
        digest.update(f"\0{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
