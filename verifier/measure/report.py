"""A measurement as plain values. The same command gives the same bytes: no time, path or name of the host."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from schedc.verifier.measure.compare import CONFIDENCE, FEWEST, Comparison, Interval, compare, coverage
from schedc.verifier.measure.figures import SEEN, Figure, figures, refusals
from schedc.verifier.measure.histogram import Histogram
from schedc.verifier.measure.measure import Measured
from schedc.verifier.measure.origin import Reportable
from schedc.verifier.measure.result import GroupRun, Run

SCHEMA = 1
Table = dict[int, dict[Figure, float]]
"""By seed."""


def table(measurement: Reportable, measured: Measured) -> Table:
    """The figures of each seed that the scheduler came through."""
    cpus, parallel = measurement.options.cpus, measurement.origin.parallel
    return {run.seed: figures(run, measurement.workload, cpus, parallel) for run in measured.runs}


def shared(base: Table, mine: Table) -> dict[Figure, Comparison]:
    """Every figure that both have, over the seeds in which both have it."""
    found = {}
    for figure in ordered([base, mine]):
        seeds = [seed for seed in base if figure in base[seed] and figure in mine.get(seed, {})]
        if seeds:
            found[figure] = compare([base[seed][figure] for seed in seeds], [mine[seed][figure] for seed in seeds])
    return found


def ordered(tables: Sequence[Table]) -> list[Figure]:
    """Every figure once, in the order in which the workload has its groups."""
    return list(dict.fromkeys(figure for each in tables for values in each.values() for figure in values))


def to_json(measurement: Reportable) -> dict[str, Any]:
    """All of it, with every distribution."""
    workload, options = measurement.workload, measurement.options
    tables = [table(measurement, each) for each in measurement.measured]
    base = measurement.measured[0].subject.name
    return {
        "schema": SCHEMA,
        "ok": measurement.ok,
        "source": measurement.origin.source,
        "provenance": dict(measurement.origin.provenance),
        "workload": {"name": workload.name, "about": workload.about, "sha256": workload.sha256},
        "seeds": options.seeds,
        "confidence": {"asked": CONFIDENCE, "reached": coverage(options.seeds), "fewest_pairs": FEWEST},
        "refused": [dataclasses.asdict(each) for each in refusals(workload, options.cpus, measurement.origin.parallel)],
        "schedulers": [_scheduler(each) for each in measurement.measured],
        "comparisons": [
            _comparison(base, each.subject.name, figure, found)
            for each, mine in zip(measurement.measured[1:], tables[1:], strict=True)
            for figure, found in shared(tables[0], mine).items()
        ],
    }


def _comparison(base: str, name: str, figure: Figure, found: Comparison) -> dict[str, Any]:
    return {
        "scheduler": name,
        "against": base,
        **dataclasses.asdict(figure),
        "pairs": found.pairs,
        "against_median": _short(found.base),
        "median": _short(found.mine),
        "difference": _interval(found.difference),
        "ratio": _interval(found.ratio) if found.ratio is not None else None,
        "word": found.word,
    }


def _interval(found: Interval) -> dict[str, float | None]:
    return {
        "median": _short(found.median),
        "low": None if found.low is None else _short(found.low),
        "high": None if found.high is None else _short(found.high),
    }


def _short(value: float) -> float:
    return round(value, 4)


def _scheduler(measured: Measured) -> dict[str, Any]:
    subject = measured.subject
    return {
        "name": subject.name,
        "kind": subject.kind,
        "object_sha256": subject.sha256,
        "set": dict(subject.wanted),
        "failed": [dataclasses.asdict(each) for each in measured.failed],
        "callbacks": _callbacks(measured),
        "runs": [_run(run) for run in measured.runs],
    }


def _callbacks(measured: Measured) -> dict[str, Any] | None:
    """In whole ns: the kernel cuts each call to them, by a clock whose phase may be another where the host is busy."""
    costs = measured.costs
    if costs is None:
        return None
    return {
        "from": "a run of the first seed with the kernel's statistics on; each call has a reading of the clock in it",
        "per_switch_ns": round(costs.per_switch),
        "switches": costs.switches,
        "callbacks": [
            {
                "callback": each.name,
                "count": each.count,
                "mean_ns": round(each.mean),
            }
            for each in costs.callbacks
        ],
    }


def _run(run: Run) -> dict[str, Any]:
    groups = [_group(group) for group in run.groups]
    cpus = {"busy_ns": list(run.busy), "unused_ns": run.unused} if run.busy else {}
    return {"seed": run.seed, "window_ns": run.window, "switches": run.switches, **cpus, "groups": groups}


def _group(group: GroupRun) -> dict[str, Any]:
    """Counts and distributions as they were counted: `buckets` are pairs of a bucket and its count, `open` is how many
    of the values had no end, and are there as far as they went."""
    seen = {what: values(group) for what, values in SEEN.items()}
    return {
        "name": group.name,
        "begun": group.begun,
        "done": group.done,
        "missed": group.missed,
        "dropped": group.dropped,
        "finished_ns": group.finished,
        "cpu_ns": list(group.cpu),
        "child_cpu_ns": group.child_cpu,
        "voluntary_switches": group.voluntary,
        "forced_switches": group.forced,
        "migrations": group.migrations,
        "seen": {name: _histogram(each) for name, each in seen.items() if each.count},
    }


def _histogram(histogram: Histogram) -> dict[str, Any]:
    return {
        "count": histogram.count,
        "sum_ns": histogram.sum,
        "max_ns": histogram.max,
        "open": histogram.open,
        "sub_bucket_bits": 7,
        "buckets": [list(pair) for pair in histogram.buckets],
    }
