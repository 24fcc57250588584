"""Whether the simulator puts policies in the order in which the lab puts them.

    schedc measure --workload examples/workloads/latency.toml stdlib_policies/*.sched --seeds 3 --format json > m.json
    python -m benchmarks.sim_fidelity m.json

Each file is a measurement of the lab on one CPU; files of one workload are taken together. The same policies of the
library are simulated under the same workload and seeds. For every p99 of wakeups and every throughput: Spearman's rank
correlation of the lab's and the simulator's medians over the seeds; the pairs of policies that the two order otherwise
though the seeds' values of neither overlap, so that chance is no reason; and the medians under each policy.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from schedc import api
from schedc.verifier.measure import Workload, read
from schedc.verifier.measure.figures import Figure, figures
from schedc.verifier.measure.result import Run, run_of
from schedc.verifier.sim import Program, machine
from schedc.verifier.sim.run import simulate_load

ROOT = Path(__file__).parents[1]
WANTED = ("wakeup p99", "throughput")
Values = dict[str, dict[Figure, list[float]]]
"""By policy; one for each seed."""


def _run(told: Mapping[str, Any], workload: Workload) -> Run:
    """From the report's form back to the guest's."""
    names = {"child_cpu_ns": "child_cpu_ns", "voluntary_switches": "voluntary", "forced_switches": "forced"}
    seen = {"wakeup": "woken", "request": "request", "wait": "gap"}
    groups = []
    for group in told["groups"]:
        line = {names.get(key, key): value for key, value in group.items() if key != "seen"}
        for key, histogram in group["seen"].items():
            flat = [number for pair in histogram["buckets"] for number in pair]
            line[seen[key]] = {**histogram, "buckets": flat}
        groups.append(line)
    return run_of({**told, "groups": groups}, workload, told["seed"])


def _values(runs: Mapping[str, Sequence[Run]], workload: Workload) -> Values:
    found: Values = {}
    for name, mine in runs.items():
        tables = [figures(run, workload, 1) for run in mine]
        common = [figure for figure in tables[0] if all(figure in each for each in tables)] if tables else []
        found[name] = {figure: [each[figure] for each in tables] for figure in common}
    return found


def _simulated(names: Sequence[str], workload: Workload, seeds: int) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for name in names:
        text = (ROOT / "stdlib_policies" / f"{name}.sched").read_text(encoding="utf-8")
        program = Program.of(api.compile(text, f"{name}.sched"))
        runs = [simulate_load(program, machine(1), workload, seed)[1] for seed in range(1, seeds + 1)]
        found[name] = [run for run in runs if run is not None]
    return found


def ranks(values: Sequence[float]) -> list[float]:
    """From 1 on; equal values share the mean of their places."""
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2 for value in values
    ]


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's; 0 where one of them has no order."""
    a, b = ranks(one), ranks(other)
    mean = (len(a) + 1) / 2
    spread = sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)
    return sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True)) / spread**0.5 if spread else 0.0


def _apart(one: Sequence[float], other: Sequence[float]) -> int:
    """-1 where all of one are less than all of the other, 1 where they are more, else 0."""
    return (min(one) > max(other)) - (max(one) < min(other))


def turned(names: Sequence[str], lab: Mapping[str, Sequence[float]], sim: Mapping[str, Sequence[float]]) -> list[str]:
    """The pairs that are apart in both, and the other way round."""
    pairs = combinations(names, 2)
    return [f"{a} and {b}" for a, b in pairs if _apart(lab[a], lab[b]) * _apart(sim[a], sim[b]) < 0]


def _measured(paths: Sequence[Path]) -> Iterator[tuple[Workload, int, dict[str, list[Run]]]]:
    """Each workload, how many seeds, and the lab's runs under each policy."""
    told = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    for name in dict.fromkeys(each["workload"]["name"] for each in told):
        file = ROOT / "examples" / "workloads" / f"{name}.toml"
        workload = read(file.read_bytes(), file.name)
        mine = [each for each in told if each["workload"]["name"] == name]
        if {each["workload"]["sha256"] for each in mine} != {workload.sha256}:
            raise SystemExit(f"a measurement is of another {file.name}")
        if len({each["seeds"] for each in mine}) > 1:
            raise SystemExit(f"the measurements of {file.name} have different numbers of seeds")
        schedulers = [scheduler for each in mine for scheduler in each["schedulers"] if scheduler["name"] != "default"]
        runs = {each["name"]: [_run(run, workload) for run in each["runs"]] for each in schedulers}
        yield workload, mine[0]["seeds"], runs


def rows(workload: Workload, seeds: int, runs: Mapping[str, Sequence[Run]]) -> Iterator[str]:
    """Of one workload."""
    lab, sim = _values(runs, workload), _values(_simulated(list(runs), workload, seeds), workload)
    for figure in dict.fromkeys(figure for each in lab.values() for figure in each):
        names = [name for name in lab if figure in lab[name] and figure in sim[name]]
        if figure.name not in WANTED or len(names) < 3:
            continue
        one, other = {name: lab[name][figure] for name in names}, {name: sim[name][figure] for name in names}
        a, b = [median(one[name]) for name in names], [median(other[name]) for name in names]
        cells = [f"{name} {_short(figure, x)}/{_short(figure, y)}" for name, x, y in zip(names, a, b, strict=True)]
        differ = "; ".join(turned(names, one, other)) or "none"
        what = f"{workload.name}: {figure.label}"
        row = (what, f"{correlation(a, b):.2f}", str(len(names)), differ, ", ".join(cells))
        yield f"| {' | '.join(row)} |"


def _short(figure: Figure, value: float) -> str:
    return f"{value / 1e6:.3g} ms" if figure.unit == "ns" else f"{value:.4g}"


def main(arguments: Sequence[str]) -> int:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measured", nargs="+", type=Path)
    print("| figure | rank correlation | policies | otherwise, not by chance | lab/simulator |\n|---|---|---|---|---|")
    for each in _measured(parser.parse_args(arguments).measured):
        print("\n".join(rows(*each)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
