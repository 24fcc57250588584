"""How do policies of the library do beside the kernel's own C schedulers?

In the deterministic lab, the same seeds for both: the time in callbacks for each scheduling decision, and what the
tasks get. The C scheduler is the base of each comparison, and all have its slice of 20 ms.

    python -m benchmarks.peers --data docs/peers.json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import kernel_schedulers, peers_report
from benchmarks.kernel_schedulers import SLICE_NS, Scheduler, Tree
from benchmarks.timing import timed
from schedc import api
from schedc.verifier.measure import MeasureError, Options, Subject, Workload, measure, read
from schedc.verifier.vm import cache
from schedc.verifier.vm.errors import VmError

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parent / "stdlib_policies"


@dataclass(frozen=True)
class Ours:
    """A policy, and what its slice is called."""

    path: Path
    slice: str = "slice"

    def subject(self) -> Subject:
        """With the slice that the C schedulers have."""
        result = api.compile(self.path.read_text(encoding="utf-8"), self.path.name)
        return Subject.policy(result, {self.slice: f"{SLICE_NS}ns"})


# A C scheduler, and the policies with the same idea.
PEERS: tuple[tuple[Scheduler, tuple[Ours, ...]], ...] = (
    (kernel_schedulers.FIFO, (Ours(LIBRARY / "fifo.sched"),)),
    (kernel_schedulers.VTIME, (Ours(HERE / "policies/simple_vtime.sched"), Ours(LIBRARY / "fair.sched"))),
    (kernel_schedulers.QMAP, (Ours(LIBRARY / "priority.sched"),)),
    (kernel_schedulers.CENTRAL, (Ours(LIBRARY / "central.sched", "quantum"),)),
)


@dataclass(frozen=True)
class Workloads:
    """One that shows what a decision costs, and one that shows how tasks are served."""

    switching: Workload
    served: Workload

    @classmethod
    def own(cls) -> Workloads:
        """Those of this folder."""
        found = (HERE / f"workloads/{name}.toml" for name in ("switches", "mixed"))
        return cls(*(read(path.read_bytes(), path.name) for path in found))


def subjects(tree: Tree, peer: Scheduler, ours: Sequence[Ours], cpus: int) -> list[Subject]:
    """The C scheduler first."""
    settings = tree.enums() | peer.settings_for(cpus)
    return [Subject.object(peer.name, tree.build(peer.file), settings), *(each.subject() for each in ours)]


def compared(peer: Scheduler, ours: Sequence[Ours], workloads: Workloads, options: Options) -> dict[str, Any]:
    """A C scheduler and its counterparts, as plain values."""
    named = subjects(Tree.of(options.kernel), peer, ours, options.cpus)
    found = measure(workloads.served, named, options, cache.say)
    for each in found.measured:
        if each.failed:
            first = each.failed[0]
            raise MeasureError(f"{each.subject.name}, {first.what}: {first.text}", "leave it out with --only")
    return peers_report.plain(found, timed(workloads.switching, named, options, cache.say))


def main(arguments: Sequence[str]) -> int:
    """0 when every scheduler came through."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kernel", default="7.3", metavar="SERIES")
    parser.add_argument("--cpus", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--seeds", type=int, default=10, metavar="N")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these C schedulers")
    parser.add_argument("--data", type=Path, metavar="FILE", help="everything as JSON, too")
    options = parser.parse_args(arguments)
    found = []
    try:
        workloads = Workloads.own()
        for cpus in options.cpus:
            for peer, ours in PEERS:
                if not options.only or peer.name in options.only:
                    wanted = Options(options.kernel, cpus, options.seeds, costs=False)
                    found.append(compared(peer, ours, workloads, wanted))
                    print("\n".join(peers_report.lines(found[-1])), flush=True)
    except (VmError, MeasureError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.data:
        options.data.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
