"""How long checking and compiling take: medians of interleaved runs, and their ratio to bare clang.

    python -m benchmarks.compile_time stdlib_policies/desk.sched --rounds 15

Checking is measured warm inside a process, which is what an editor or an agent feels, and as whole processes:
`schedc check`, `schedc compile`, and clang alone on the same generated C. Interleaved means that a round runs
all once, so that a busy machine slows all alike; look at the ratios of one run, not at milliseconds of two.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from schedc import api
from schedc.lower.folder import INCLUDE
from schedc.toolchain import find_clang

Samples = dict[str, list[float]]
WARM = "check, warm, in a process"
CHECK, COMPILE, CLANG = "schedc check", "schedc compile", "clang alone"


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _process(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def clang_command(c_source: str, folder: Path) -> list[str]:
    """What schedc runs, on the C that people read, with the headers where they are."""
    name = "policy.bpf.c"
    (folder / name).write_text(c_source, encoding="utf-8")
    output = find_clang().compile_bpf({name: c_source}, name, include_dirs=(INCLUDE,))
    command = [word for word in output.command if not word.startswith("-I") and word != "-"]
    return [*command, f"-I{INCLUDE}", str(folder / name)]


def measure(policy: Path, rounds: int) -> Samples:
    """One row of samples for each way."""
    text = policy.read_text(encoding="utf-8")
    compiled = api.compile(text, policy.name)
    if compiled.c_source is None:
        raise SystemExit(f"{policy} is not accepted: see `schedc check {policy}`")
    schedc = [sys.executable, "-m", "schedc.cli"]
    with tempfile.TemporaryDirectory(prefix="schedc-bench-") as folder:
        clang = clang_command(compiled.c_source, Path(folder))
        clang[clang.index("-o") + 1] = str(Path(folder) / "clang.o")
        ways: dict[str, Callable[[], object]] = {
            WARM: lambda: api.check(text, policy.name),
            CHECK: lambda: _process([*schedc, "check", str(policy)]),
            COMPILE: lambda: _process([*schedc, "compile", str(policy), "-o", folder]),
            CLANG: lambda: _process(clang),
        }
        for work in ways.values():
            work()  # caches and byte code
        samples: Samples = {name: [] for name in ways}
        for _ in range(rounds):
            for name, work in ways.items():
                samples[name].append(_milliseconds(work))
    return samples


def table(policy: str, samples: Samples) -> str:
    """Markdown."""
    rows = [f"| {policy} | median ms | least | most |", "|---|---|---|---|"]
    for name, values in samples.items():
        rows.append(f"| {name} | {statistics.median(values):.1f} | {min(values):.1f} | {max(values):.1f} |")
    ratio = statistics.median(
        mine / bare for mine, bare in zip(samples[COMPILE], samples[CLANG], strict=True)
    )
    return "\n".join(
        [*rows, "", f"`{COMPILE}` takes {ratio:.2f} times what {CLANG} takes, median of the rounds"]
    )


def main(arguments: Sequence[str]) -> int:
    """Prints a table for each policy."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("policies", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args(arguments)
    for policy in options.policies:
        print(table(policy.name, measure(policy, options.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
