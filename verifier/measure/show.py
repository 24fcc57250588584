"""A measurement for people: a table of figures, and what each callback takes."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from schedc.verifier.measure.compare import FEWEST, Comparison, coverage
from schedc.verifier.measure.figures import Figure, refusals, unfinished
from schedc.verifier.measure.measure import Measured
from schedc.verifier.measure.origin import Reportable
from schedc.verifier.measure.report import Table, ordered, shared, table

_UNITS = (("s", 1e9), ("ms", 1e6), ("us", 1e3))


def text(measurement: Reportable) -> Iterator[str]:
    """Lines without their newline."""
    workload, options, origin = measurement.workload, measurement.options, measurement.origin
    yield f"{workload.name} on {origin.place}, {_count(options.cpus, 'CPU')}, {_count(options.seeds, 'seed')}"
    yield f"  {origin.source}; {1 << workload.shift} ns an instruction; {origin.detail}"
    yield ""
    yield from _figures(measurement)
    yield from _callbacks(measurement)
    yield from open_at_the_end(measurement)
    for each in measurement.measured:
        yield from _failed(each)
    for refusal in refusals(workload, options.cpus, origin.parallel):
        yield f"not given: {refusal.figure}: {refusal.reason}. From: {refusal.instead}."
    yield from _explained(measurement)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _figures(measurement: Reportable) -> Iterator[str]:
    """A row for each figure: the base's median, then for each other its median and its ratio to the base."""
    tables = [table(measurement, each) for each in measurement.measured]
    compared = [shared(tables[0], mine) for mine in tables[1:]]
    rows = [["", *(each.subject.name for each in measurement.measured)]]
    for figure in ordered(tables):
        cells = [alone(figure, tables[0])]
        for mine, found in zip(tables[1:], compared, strict=True):
            cells.append(_beside(figure, found[figure]) if figure in found else alone(figure, mine))
        rows.append([figure.label, *cells])
    yield from aligned(rows)
    yield ""


def alone(figure: Figure, found: Table) -> str:
    """The median over the seeds."""
    values = [values[figure] for values in found.values() if figure in values]
    return amount(figure, median(values)) if values else "-"


def _beside(figure: Figure, found: Comparison) -> str:
    ratio = found.ratio
    if ratio is None:
        return amount(figure, found.mine)
    if ratio.low is None or ratio.high is None:
        return f"{amount(figure, found.mine)}  x{_digits(ratio.median)}"
    within = f"[{_digits(ratio.low)} {_digits(ratio.high)}]{_mark(figure, found)}"
    return f"{amount(figure, found.mine)}  x{_digits(ratio.median)} {within}"


def _mark(figure: Figure, found: Comparison) -> str:
    """+ better, - worse, where the interval says so."""
    if not figure.better or found.word in ("same", "unknown"):
        return ""
    return " +" if found.word == figure.better else " -"


def amount(figure: Figure, value: float) -> str:
    """In a unit that leaves three or four digits."""
    if figure.unit == "ns":
        for unit, size in _UNITS:
            if value >= size:
                return f"{_digits(value / size)} {unit}"
        return f"{value:.0f} ns"
    if figure.unit == "index":
        return f"{value:.3f}"
    return f"{_digits(value)} {figure.unit}".rstrip()


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _callbacks(measurement: Reportable) -> Iterator[str]:
    """The mean time of each callback."""
    timed = [(each.subject.name, each.costs) for each in measurement.measured if each.costs is not None]
    names = sorted({call.name for _, costs in timed for call in costs.callbacks})
    if not names:
        return
    rows = [["callback, mean ns (times)", *(name for name, _ in timed)]]
    for name in names:
        found = [next((call for call in costs.callbacks if call.name == name), None) for _, costs in timed]
        rows.append([name, *("-" if call is None else f"{call.mean:.0f} ({call.count})" for call in found)])
    rows.append(["all, ns a switch", *(f"{costs.per_switch:.0f}" for _, costs in timed)])
    yield from aligned(rows)
    yield ""


def open_at_the_end(measurement: Reportable) -> Iterator[str]:
    """What had begun and had no end yet: a sentence for each scheduler where there was some."""
    for each in measurement.measured:
        found = unfinished(each.runs)
        if found:
            listed = ", ".join(f"{label} {count}" for label, count in found.items())
            yield f"{each.subject.name}: not ended when the window closed, counted as far as they went: {listed}"


def _failed(measured: Measured) -> Iterator[str]:
    """Each way of failing once, with the seeds that failed so."""
    found: dict[str, list[int]] = {}
    for each in measured.failed:
        found.setdefault(f"{each.what}: {each.text}" if len(measured.failed) == 1 else each.what, []).append(each.seed)
    for what, seeds in found.items():
        first = next(each for each in measured.failed if each.seed == seeds[0])
        shown = what if ":" in what else f"{what}: {first.text}"
        yield f"NOT OK: {measured.subject.name}, seed {', '.join(map(str, seeds))}: {shown}"


def _explained(measurement: Reportable) -> Iterator[str]:
    base, seeds = measurement.measured[0].subject.name, measurement.options.seeds
    if len(measurement.measured) < 2:
        yield "medians over the seeds; percentiles that too few samples carry are left out"
    elif coverage(seeds) == 0:
        yield f"medians over the seeds; x: median of the paired ratios to {base}; intervals take {FEWEST} seeds"
    else:
        yield (
            f"medians over the seeds; x: median of the paired ratios to {base}, with the interval that has it with "
            f"{100 * coverage(seeds):.1f} %; + better, - worse"
        )


def aligned(rows: list[list[str]]) -> Iterator[str]:
    """As columns; all rows have as many cells, and there is one at least."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
