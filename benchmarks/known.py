"""Does the lab show what is known of the kernel's scx_simple, and of `fair` beside it?

Shares of a task of nice 0 and one of nice 19 on one CPU: scx_simple takes who waits before the previous task is back in
the queue, so the two take turns and weights do nothing. And 24 busy tasks beside one of SCHED_IDLE, which scx_simple
does not serve until the kernel's watchdog ends it.

    python -m benchmarks.known
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import kernel_schedulers
from benchmarks.kernel_schedulers import Tree
from schedc import api
from schedc.verifier.measure import Measured, MeasureError, Options, Subject, measure, read
from schedc.verifier.measure.show import text
from schedc.verifier.vm import cache
from schedc.verifier.vm.errors import VmError

ROOT = Path(__file__).resolve().parent.parent
SIMPLE = kernel_schedulers.VTIME


def subjects(kernel: str) -> list[Subject]:
    """The default scheduler, scx_simple and fair, each with its own slice."""
    source = (ROOT / "stdlib_policies/fair.sched").read_text(encoding="utf-8")
    return [Subject.default(), Tree.of(kernel).subject(SIMPLE, 1), Subject.policy(api.compile(source, "fair.sched"))]


def as_known(workload: str, measured: Measured) -> bool:
    """Only scx_simple fails, and only by a stall of what it starves."""
    if workload == "starve" and measured.subject.name == SIMPLE.name:
        return bool(measured.failed) and all(each.what == "stall" for each in measured.failed)
    return measured.ok


def main(arguments: Sequence[str]) -> int:
    """0 when it is as known: the stall is found, and nothing else fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kernel", default="7.3", metavar="SERIES")
    parser.add_argument("--seeds", type=int, default=1, metavar="N")
    options = parser.parse_args(arguments)
    good = True
    try:
        for name in ("shares", "starve"):
            path = ROOT / f"examples/workloads/{name}.toml"
            wanted = Options(options.kernel, seeds=options.seeds, costs=False)
            found = measure(read(path.read_bytes(), path.name), subjects(options.kernel), wanted, cache.say)
            print("\n".join([*text(found), ""]), flush=True)
            good = good and all(as_known(name, each) for each in found.measured)
    except (VmError, MeasureError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
