"""A comparison with a C scheduler: as plain values, and as lines for people."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from benchmarks.seeds import Seeds
from schedc.verifier.measure import Options
from schedc.verifier.measure.compare import Interval, compare

# Of the lab's figures those that say how tasks are served; a workload's largest single values are left out.
WANTED = ("wakeup p50", "wakeup p99", "request p50", "request p99", "wait p50", "share of the CPU time")


def plain(options: Options, seeds: Sequence[Seeds]) -> dict[str, Any]:
    """The first is the base. Times are ns; a ratio has its median and where it is with 95 % confidence."""
    base = seeds[0]
    return {
        "kernel": base.kernel,
        "qemu": base.qemu,
        "cpus": options.cpus,
        "seeds": options.seeds,
        "schedulers": [_scheduler(base, each) for each in seeds],
        "figures": [found for each in seeds[1:] for found in _compared(base, each)],
    }


def _scheduler(base: Seeds, mine: Seeds) -> dict[str, Any]:
    values = mine.per_decision()
    ratio = compare(base.per_decision(), values).ratio if mine is not base else None
    return {
        "name": mine.subject.name,
        "per_decision": _rounded(values),
        "ratio": _interval(ratio),
        "mean": {callback: round(value, 1) for callback, value in mine.means().items()},
        "calls": {callback: round(value, 4) for callback, value in mine.calls().items()},
    }


def _compared(base: Seeds, mine: Seeds) -> Iterator[dict[str, Any]]:
    """Every wanted figure that all seeds of both have."""
    for figure in base.figures[0]:
        if figure.name in WANTED and all(figure in each for each in (*base.figures, *mine.figures)):
            theirs, ours = ([each[figure] for each in seeds.figures] for seeds in (base, mine))
            found = compare(theirs, ours)
            yield {
                "scheduler": mine.subject.name,
                **dataclasses.asdict(figure),
                "base": _rounded(theirs),
                "mine": _rounded(ours),
                "ratio": _interval(found.ratio),
                "word": found.word,
            }


def _interval(ratio: Interval | None) -> dict[str, float | None] | None:
    return {key: value and round(value, 4) for key, value in dataclasses.asdict(ratio).items()} if ratio else None


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 3) for value in values]


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Markdown."""
    cpus = found["cpus"]
    yield f"### {found['schedulers'][0]['name']}, {cpus} CPU{'s' * (cpus > 1)}"
    yield ""
    yield from _decisions(found["schedulers"])
    yield ""
    yield from _figures(found)
    yield ""


def _decisions(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The time for each decision, and what it is made of: the mean of a call, and the calls for each decision.

    Dispatch waits for the queue's lock, on several CPUs for as long as another one has its turn: so also without it.
    """
    names = list(dict.fromkeys(name for row in rows for name in row["calls"]))
    yield row(["", "ns a decision", "ratio", "without dispatch", *names])
    yield row(["---"] * (4 + len(names)))
    for each in rows:
        calls = [_call(each, name) for name in names]
        yield row([each["name"], *decision(each, rows[0] if each is not rows[0] else None), *calls])


def decision(mine: dict[str, Any], base: dict[str, Any] | None = None) -> tuple[str, str, str]:
    """Its ns, the ratio to the base, and the ns without dispatch with that ratio."""
    rest, theirs = _without_dispatch(mine), _without_dispatch(base) if base is not None else 0.0
    share = f" ({rest / theirs:.2f})" if theirs else ""
    return f"{median(mine['per_decision']):.0f}", _ratio(mine["ratio"]), f"{rest:.0f}{share}"


def _without_dispatch(row: dict[str, Any]) -> float:
    rest = [row["mean"][name] * calls for name, calls in row["calls"].items() if name != "dispatch"]
    return float(sum(rest))


def _call(row: dict[str, Any], name: str) -> str:
    return f"{row['mean'][name]:.0f} x {row['calls'][name]:.2f}" if name in row["calls"] else "-"


def _figures(found: dict[str, Any]) -> Iterator[str]:
    """A row for each figure: the base's median, then the ratio of each policy with its interval."""
    ours = [each["name"] for each in found["schedulers"][1:]]
    table: dict[str, dict[str, Any]] = {}
    for each in found["figures"]:
        table.setdefault(f"{each['group']} {each['name']}", {})[each["scheduler"]] = each
    yield row(["", found["schedulers"][0]["name"], *ours])
    yield row(["---"] * (2 + len(ours)))
    for label, cells in table.items():
        first = next(iter(cells.values()))
        yield row([label, _amount(first), *(beside(cells.get(name)) for name in ours)])


def _amount(each: dict[str, Any]) -> str:
    value = median(each["base"])
    return f"{value / 1000:.0f} us" if each["unit"] == "ns" else f"{value:.1f} {each['unit']}"


def beside(each: dict[str, Any] | None) -> str:
    """A figure's ratio to the base; `+` where it is surely better, `-` where it is worse."""
    if each is None:
        return "-"
    if not each["better"] or each["word"] in ("same", "unknown"):
        return _ratio(each["ratio"])
    return _ratio(each["ratio"]) + (" +" if each["word"] == each["better"] else " -")


def _ratio(ratio: dict[str, Any] | None) -> str:
    if ratio is None:
        return ""
    if ratio["low"] is None:
        return f"{ratio['median']:.2f}"
    return f"{ratio['median']:.2f} [{ratio['low']:.2f} {ratio['high']:.2f}]"


def row(cells: Sequence[str]) -> str:
    """Of a table."""
    return f"| {' | '.join(cells)} |"
