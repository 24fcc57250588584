"""How long a verdict takes from a kept guest: medians of interleaved rounds, and their ratio to the restore alone.

    python -m benchmarks.warm_verdict stdlib_policies/fair.sched --rounds 9

`restore` is a guest that comes to life and ends without a job. `verdict` adds loading the object, attaching it and
taking it off; `two verdicts` does so twice, the second time with code that QEMU has translated. `with 1,000 switches`
is one verdict, and runs two tasks under the policy that hand the CPU to each other so often. `cold` is the last of
these with a boot instead of the restore.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from schedc import api
from schedc.verifier.vm import images, warm
from schedc.verifier.vm.job import Job, ObjectJob, Switches
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.run import run

SMALL = Machine(sockets=1, cores=1, memory_mb=384)
RESTORE, VERDICT, TWO = "restore", "verdict", "two verdicts"
SWITCHES, COLD = "with 1,000 switches", "cold"


def _jobs(name: str, data: bytes, kernel: str) -> dict[str, Job]:
    loaded = (ObjectJob(name, data, workloads=()),)
    busy = (ObjectJob(name, data, workloads=(Switches(1000),)),)
    return {
        RESTORE: Job((), kernel, SMALL, warm=True),
        VERDICT: Job(loaded, kernel, SMALL, warm=True),
        TWO: Job(loaded * 2, kernel, SMALL, warm=True),
        SWITCHES: Job(busy, kernel, SMALL, warm=True),
        COLD: Job(busy, kernel, SMALL),
    }


def _seconds(job: Job, kernel: images.Kernel) -> float:
    start = time.perf_counter()
    if not job.objects:
        warm.boot(job, kernel)
    else:
        for result in run(job).objects:
            if not result.ok or (result.workloads and not result.workloads[0].alive):
                raise SystemExit(result.headline())
    return time.perf_counter() - start


def measure(policy: Path, wanted: str, rounds: int) -> dict[str, list[float]]:
    """Seconds of each way, a row of rounds."""
    compiled = api.compile(policy.read_text(encoding="utf-8"), policy.name)
    if compiled.object is None:
        raise SystemExit(f"{policy} is not accepted: see `schedc check {policy}`")
    kernel = images.kernel(wanted)
    warm.snapshot(kernel, SMALL)
    jobs = _jobs(policy.stem, compiled.object, wanted)
    samples: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            samples[name].append(_seconds(job, kernel))
    return samples


def table(title: str, samples: dict[str, list[float]]) -> str:
    """Markdown."""
    rows = [f"| {title} | median s | least | most | of the restore |", "|---|---|---|---|---|"]
    for name, values in samples.items():
        ratio = statistics.median(
            value / alone for value, alone in zip(values, samples[RESTORE], strict=True)
        )
        rows.append(
            f"| {name} | {statistics.median(values):.2f} | {min(values):.2f} | {max(values):.2f} | {ratio:.2f} |"
        )
    return "\n".join(rows)


def main(arguments: Sequence[str]) -> int:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("policy", type=Path)
    parser.add_argument("--kernel", default="7.3")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    print(table(f"{options.policy.name}, {options.kernel}", measure(options.policy, options.kernel, options.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
