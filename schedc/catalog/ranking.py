"""For which workload which policy is the best, and where policies are worse than the kernel's default."""

from __future__ import annotations

from collections.abc import Sequence

from schedc.catalog.entry import Entry
from schedc.catalog.figures import Figure, Interval
from schedc.record import record

# What a workload is about; medians and shares say less.
FIGURES = ("wakeup p99", "request p99", "throughput", "makespan", "fairness of busy tasks")
# In counted time a difference of a thousandth can be sure, and is still of no use.
ALIKE = 0.01


@record
class Standing:
    """A policy's ratio to the default."""

    policy: str
    ratio: Interval


@record
class Ranking:
    """One figure of a workload. `better` than the default, and `worse`, are only those that surely are, by a hundredth
    or more, the best and the worst first; `same` are the others. Figures of another text than the policy has are left
    out; under the `unfit` a run failed."""

    workload: str
    group: str
    figure: str
    unit: str
    direction: str
    """What is better: less or more."""
    default: float
    better: tuple[Standing, ...]
    worse: tuple[Standing, ...]
    same: tuple[Standing, ...]
    unfit: tuple[str, ...]


def rankings(entries: Sequence[Entry]) -> tuple[Ranking, ...]:
    """By workload, and of that in the order in which the figures are stored."""
    runs: dict[tuple[str, str, str], list[tuple[str, Figure]]] = {}
    unfit: dict[str, list[str]] = {}
    for entry in entries:
        for measured in (each for each in entry.measured if not each.stale):
            if measured.failed:
                unfit.setdefault(measured.workload, []).append(entry.name)
                continue
            for figure in (each for each in measured.figures if each.name in FIGURES and each.better):
                runs.setdefault((measured.workload, figure.group, figure.name), []).append((entry.name, figure))
    ordered = sorted(runs.items(), key=lambda run: run[0][0])
    return tuple(_ranking(key[0], found, tuple(unfit.get(key[0], ()))) for key, found in ordered)


def _ranking(workload: str, found: list[tuple[str, Figure]], unfit: tuple[str, ...]) -> Ranking:
    one = found[0][1]
    more = one.better == "more"
    better: list[Standing] = []
    worse: list[Standing] = []
    same: list[Standing] = []
    for policy, figure in found:
        if figure.ratio is None:
            continue
        if abs(figure.ratio.median - 1) < ALIKE or figure.word not in ("less", "more"):
            place = same
        else:
            place = better if figure.word == figure.better else worse
        place.append(Standing(policy, figure.ratio))
    return Ranking(
        workload,
        one.group,
        one.name,
        one.unit,
        one.better,
        one.default,
        _sorted(better, more),
        _sorted(worse, not more),
        _sorted(same, more),
        unfit,
    )


def _sorted(found: list[Standing], largest_first: bool) -> tuple[Standing, ...]:
    return tuple(sorted(found, key=lambda each: each.ratio.median, reverse=largest_first))
