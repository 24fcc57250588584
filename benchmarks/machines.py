"""What policies for several caches do with many CPUs: balancing, stealing and packing, in the simulator.

Each scene has a workload for sixteen CPUs, whose tasks grow with the machine, and policies beside a base: `rusty` with
its balancing turned as far down as its params go, or `fair`, which has one queue for all and does not pack. With one
virtual clock several CPUs of a virtual machine take turns, so this is what the simulator is for; no figure of it is a
real machine's.

    python -m benchmarks.machines
    python -m benchmarks.machines --seeds 10 --write docs/machines.md
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from schedc import api
from schedc.library import policy_text
from schedc.verifier.measure import Subject, Workload, read
from schedc.verifier.measure.compare import Comparison
from schedc.verifier.measure.figures import Figure
from schedc.verifier.measure.report import shared, table
from schedc.verifier.sim import Program, machine
from schedc.verifier.sim.scenario import Cpu
from schedc.verifier.sim.simulation import Contender, simulate_workload

FOLDER = Path(__file__).parent / "workloads"
# Nodes, caches of a node, cores of a cache.
MACHINES = ((1, 2, 4), (1, 4, 4), (2, 4, 8))
# What the files are written for.
USUAL_CPUS = 16
WIDTH = 120


@dataclass(frozen=True)
class Entry:
    """A policy of the library, with these params."""

    policy: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return ", ".join([self.policy, *(f"{name}={value}" for name, value in self.params.items())])

    def contender(self) -> Contender:
        compiled = api.compile(policy_text(self.policy), self.policy)
        wanted = dict(self.params)
        subject = Subject.policy(compiled, wanted)
        return Contender(replace(subject, name=self.label), Program.of(compiled, wanted))


@dataclass(frozen=True)
class Scene:
    """`figures` are those that say whether it works; the first entry is the base of the ratios."""

    title: str
    workload: str
    about: str
    figures: tuple[str, ...]
    entries: tuple[Entry, ...]


SCENES = (
    Scene(
        "Balancing", "uneven",
        "Four busy tasks for each CPU, of three weights. A domain's queue is its own: who began in a crowded one gets "
        "its part only if tasks are moved. Fairness is Jain's index of what each got for its weight.",
        ("fairness of busy tasks", "light wait p99", "migrations"),
        (Entry("rusty", {"imbalance": "100%", "greedy": "64"}), Entry("rusty"), Entry("p2dq"), Entry("fair")),
    ),
    Scene(
        "Stealing", "lengths",
        "Ten jobs for each CPU, of random lengths, all at once. One queue for all CPUs, as `fair` has it, leaves none "
        "idle while jobs wait; queues of caches or CPUs do as well only if whoever has nothing takes from the others.",
        ("jobs makespan", "CPU time unused while tasks wait", "migrations"),
        (Entry("fair"), Entry("rusty"), Entry("p2dq"), Entry("cosmos"), Entry("bpfland"), Entry("beerland")),
    ),
    Scene(
        "Packing", "idling",
        "Tasks that want a tenth of a CPU each, three for four CPUs. The index of balance is Jain's, of how long each "
        "CPU had a task: times the CPUs, it is about how many of them were used.",
        ("balance between CPUs", "light wakeup p99", "light throughput"),
        (Entry("fair"), Entry("power"), Entry("nest")),
    ),
)  # fmt: skip


def cpus_of(shape: tuple[int, int, int]) -> tuple[Cpu, ...]:
    nodes, caches, cores = shape
    return machine(nodes * caches * cores, per_llc=cores, per_node=caches * cores)


def grown(workload: Workload, cpus: int) -> Workload:
    """As many tasks for each CPU as in the file."""
    groups = tuple(
        replace(
            group, count=max(1, group.count * cpus // USUAL_CPUS),
            messengers=max(1, group.messengers * cpus // USUAL_CPUS),
        )
        for group in workload.groups
    )  # fmt: skip
    return replace(workload, groups=groups)


def rows(scene: Scene, contenders: Sequence[Contender], shape: tuple[int, int, int], seeds: int) -> Iterator[str]:
    """A row for each policy on one machine; ratios to the first one's, with their intervals."""
    cpus = cpus_of(shape)
    path = FOLDER / f"{scene.workload}.toml"
    workload = grown(read(path.read_bytes(), path.name), len(cpus))
    done = simulate_workload(workload, contenders, cpus, seeds)
    if not done.ok:
        raise SystemExit(f"{scene.title}: {[failed.text for each in done.measured for failed in each.failed]}")
    tables = [table(done, each) for each in done.measured]
    for entry, mine in zip(scene.entries, tables, strict=True):
        found = {figure.label: (figure, compared) for figure, compared in shared(tables[0], mine).items()}
        cells = [_cell(*found[name], base=mine is tables[0]) if name in found else "" for name in scene.figures]
        yield f"| {len(cpus)} ({shape[0] * shape[1]}) | {entry.label} | " + " | ".join(cells) + " |"


def _cell(figure: Figure, compared: Comparison, base: bool) -> str:
    value = _value(figure, compared.mine)
    ratio = compared.ratio
    if base or ratio is None or figure.unit == "%":
        return value
    interval = "" if ratio.low is None else f" [{ratio.low:.2f} {ratio.high:.2f}]"
    return f"{value}, x{ratio.median:.2f}{interval}"


def _value(figure: Figure, value: float) -> str:
    match figure.unit:
        case "ns":
            return f"{value / 1e6:.3g} ms"
        case "%":
            return f"{value:.2f} %"
        case "/s":
            return f"{value:.0f} /s"
        case "index":
            return f"{value:.3f}"
        case _:
            return f"{value:.0f}"


def report(seeds: int) -> Iterator[str]:
    for scene in SCENES:
        contenders = [entry.contender() for entry in scene.entries]
        yield f"## {scene.title}\n\n{textwrap.fill(scene.about, WIDTH)}\n"
        yield "| CPUs (caches) | policy | " + " | ".join(scene.figures) + " |"
        yield "|---" * (2 + len(scene.figures)) + "|"
        for shape in MACHINES:
            yield from rows(scene, contenders, shape, seeds)
        yield ""


def head(seeds: int) -> str:
    about = (
        "What policies for several caches are there for shows on machines that the lab does not have: with one virtual "
        "clock, the CPUs of its guests take turns. So these figures are the simulator's "
        f"([simulator.md](simulator.md)), a model's and no machine's: medians of {seeds} seeds, and ratios to the "
        "scene's first policy with the interval that has the median with at least 95 %."
    )
    command = f"    python -m benchmarks.machines --seeds {seeds} --write docs/machines.md"
    return f"# Many CPUs and several caches, in the simulator\n\n{command}\n\n{textwrap.fill(about, WIDTH)}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.machines", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=6, help="how many runs of each; fewer than 6 have no interval")
    parser.add_argument("--write", type=Path, help="write the tables to this file")
    options = parser.parse_args(arguments)
    lines = []
    for line in report(options.seeds):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        options.write.write_text(head(options.seeds) + "\n" + "\n".join(lines).rstrip() + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
