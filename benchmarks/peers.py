"""How do policies of the library do beside the kernel's own C schedulers that do the same?

In the deterministic lab, on one CPU, under workloads of examples/workloads: fifo against scx_simple's FIFO mode, fair
against its vtime mode. The C scheduler is the base; times in callbacks are for each switch of the system.

    python -m benchmarks.peers --seeds 10 messages latency
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import scx_simple
from schedc import api
from schedc.verifier.measure import MeasureError, Options, Subject, measure, read
from schedc.verifier.measure.show import text
from schedc.verifier.vm import cache
from schedc.verifier.vm.errors import VmError

ROOT = Path(__file__).resolve().parent.parent
SLICE_NS = 20_000_000
# A library policy, and what scx_simple is set to beside it.
PAIRS = (("fifo", "scx_simple-fifo", {"fifo_sched": 1}), ("fair", "scx_simple-vtime", {"fifo_sched": 0}))


def policy(name: str) -> Subject:
    """One of the library, with the slice that the C schedulers have."""
    source = (ROOT / f"stdlib_policies/{name}.sched").read_text(encoding="utf-8")
    return Subject.policy(api.compile(source, f"{name}.sched"), {"slice": f"{SLICE_NS}ns"})


def counterpart(mode: dict[str, int], name: str, series: str) -> Subject:
    """The kernel's scx_simple in one of its modes."""
    data, enums = scx_simple.build(cache.root(), series)
    return Subject.object(name, data, enums | mode)


def compare(workload: Path, options: Options) -> tuple[list[str], bool]:
    """Each pair, the C scheduler first: lines, and whether all ran to their end."""
    wanted = read(workload.read_bytes(), workload.name)
    lines, good = [], True
    for name, peer, mode in PAIRS:
        pair = (counterpart(mode, peer, options.kernel), policy(name))
        found = measure(wanted, pair, options, cache.say)
        lines += [*text(found), ""]
        good = good and found.ok
    return lines, good


def main(arguments: Sequence[str]) -> int:
    """0 when every scheduler came through every workload."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("workloads", nargs="*", default=["latency", "messages", "shares"], help="of examples/workloads")
    parser.add_argument("--kernel", default="7.3", metavar="SERIES")
    parser.add_argument("--seeds", type=int, default=10, metavar="N")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="boots at once")
    options = parser.parse_args(arguments)
    good = True
    try:
        for name in options.workloads:
            lines, fine = compare(
                ROOT / f"examples/workloads/{name}.toml",
                Options(options.kernel, seeds=options.seeds, at_once=options.jobs),
            )
            print("\n".join(lines), flush=True)
            good = good and fine
    except (VmError, MeasureError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
