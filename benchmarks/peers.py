"""How do policies of the library do beside the kernel's own C schedulers?

In the deterministic lab, the same seeds for both: the time in callbacks for each scheduling decision, and what the
tasks get. The C scheduler is the base of each comparison, and all have its slice of 20 ms, but `flatcg`, whose longest
is 5 ms.

    python -m benchmarks.peers --data docs/peers.json
    python -m benchmarks.peers --workloads tails --cpus 1 --data docs/peers_tails.json
    python -m benchmarks.peers --object scx_flash.bpf.o --set smt_enabled=0 --beside flash --param slice=700us --cpus 1
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import kernel_schedulers, peers_report, peers_summary
from benchmarks.kernel_schedulers import SLICE_NS, Scheduler, Tree
from benchmarks.seeds import seen
from schedc import api
from schedc.library import policies
from schedc.verifier.audit.elf import ObjectError
from schedc.verifier.kernel import params
from schedc.verifier.measure import MeasureError, Options, Subject, read
from schedc.verifier.vm import cache
from schedc.verifier.vm.errors import VmError

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parent / "stdlib_policies"
# One shows what a decision costs, the other how tasks are served.
WORKLOADS = ("switches", "mixed")


SLICE = f"slice={SLICE_NS}ns"


@dataclass(frozen=True)
class Ours:
    """A policy, and its params as `NAME=VALUE`: a slice as that of the C scheduler, or the longest it may be."""

    path: Path
    params: tuple[str, ...] = (SLICE,)

    def subject(self) -> Subject:
        result = api.compile(self.path.read_text(encoding="utf-8"), self.path.name)
        wanted = params.split(self.params)
        known = {each.name for each in result.report.params} if result.report else set()
        if unknown := sorted(set(wanted) - known):
            raise MeasureError(f"{self.path.stem} has no param `{unknown[0]}`", "see `schedc policies` for its params")
        return Subject.policy(result, wanted)


Peer = tuple[Scheduler, tuple[Ours, ...]]
"""A C scheduler, and the policies with the same idea."""
PEERS: tuple[Peer, ...] = (
    (kernel_schedulers.FIFO, (Ours(LIBRARY / "fifo.sched"),)),
    (kernel_schedulers.VTIME, (Ours(HERE / "policies/simple_vtime.sched"), Ours(LIBRARY / "fair.sched"))),
    (kernel_schedulers.QMAP, (Ours(LIBRARY / "priority.sched"),)),
    (kernel_schedulers.CENTRAL, (Ours(LIBRARY / "central.sched", (SLICE.replace("slice", "quantum"),)),)),
    (kernel_schedulers.CPU0, (Ours(LIBRARY / "single.sched"),)),
    (kernel_schedulers.FLATCG, (Ours(LIBRARY / "flatcg.sched", ("slice=5ms",)),)),
)


def subjects(tree: Tree, peer: Scheduler, ours: Sequence[Ours], cpus: int) -> list[Subject]:
    """The C scheduler first."""
    return [tree.subject(peer, cpus), *(each.subject() for each in ours)]


def built_elsewhere(path: Path, settings: Sequence[str], name: str, wanted: Sequence[str]) -> Peer:
    """An object with its variables, and a policy of the library with its params; `MeasureError` where there is none."""
    if name not in policies():
        raise MeasureError(f"the library has no policy `{name}`", "name the one to compare with --beside")
    try:
        variables = tuple((variable, int(value)) for variable, value in params.split(settings).items())
    except ValueError as error:
        raise MeasureError(f"--set: {error}", "a variable is a whole number") from None
    peer = Scheduler(path.name.removesuffix(".o").removesuffix(".bpf"), "", variables, built=path)
    return peer, (Ours(LIBRARY / f"{name}.sched", tuple(wanted)),)


def compared(peers: Sequence[Peer], names: Sequence[str], options: Options) -> list[dict[str, Any]]:
    """Each C scheduler and its counterparts under the workloads of these names, as plain values."""
    tree, paths = Tree.of(options.kernel), (HERE / f"workloads/{name}.toml" for name in names)
    workloads = [read(path.read_bytes(), path.name) for path in paths]
    groups = [subjects(tree, peer, ours, options.cpus) for peer, ours in peers]
    found = iter(seen([each for group in groups for each in group], workloads, options, cache.say))
    return [peers_report.plain(options, [next(found) for _ in group]) for group in groups]


def data(found: Sequence[dict[str, Any]]) -> str:
    """JSON, a line for each C scheduler on each number of CPUs."""
    return "[\n" + ",\n".join(json.dumps(each) for each in found) + "\n]\n"


def show(found: Sequence[dict[str, Any]]) -> None:
    """On standard output."""
    print("\n".join(line for each in found for line in peers_report.lines(each)), flush=True)


def main(arguments: Sequence[str]) -> int:
    """0 when every scheduler came through."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kernel", default="7.3", metavar="SERIES")
    parser.add_argument("--cpus", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--seeds", type=int, default=10, metavar="N")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="boots at once; it changes no figure")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these C schedulers")
    parser.add_argument("--object", type=Path, metavar="FILE", help="instead of these: a scheduler built elsewhere")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="a variable of that object")
    parser.add_argument("--beside", default="", metavar="POLICY", help="the policy beside that object")
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="a param of that policy")
    parser.add_argument("--workloads", nargs="+", default=WORKLOADS, metavar="NAME", help="files of workloads/")
    parser.add_argument("--data", type=Path, metavar="FILE", help="everything as JSON, too")
    parser.add_argument("--show", type=Path, metavar="FILE", help="only print what such a file has")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="only print it side by side")
    options = parser.parse_args(arguments)
    if options.summary:
        print("\n".join(peers_summary.lines(json.loads(options.summary.read_text(encoding="utf-8")))))
        return 0
    if options.show:
        show(json.loads(options.show.read_text(encoding="utf-8")))
        return 0
    found = []
    try:
        peers: Sequence[Peer] = [peer for peer in PEERS if not options.only or peer[0].name in options.only]
        if options.object:
            peers = [built_elsewhere(options.object, options.set, options.beside, options.param)]
        for cpus in options.cpus:
            asked = Options(options.kernel, cpus, options.seeds, at_once=options.jobs)
            part = compared(peers, options.workloads, asked)
            show(part)
            found += part
            if options.data:
                options.data.write_text(data(found), encoding="utf-8")
    except (VmError, MeasureError, ObjectError, params.BadSetting, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
