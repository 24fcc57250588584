"""A measurement as a page: one HTML file without scripts, which asks for nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from math import log
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from schedc.verifier.measure import curves
from schedc.verifier.measure.compare import Comparison, coverage
from schedc.verifier.measure.figures import SEEN, Figure, refusals
from schedc.verifier.measure.histogram import merged
from schedc.verifier.measure.origin import Reportable
from schedc.verifier.measure.report import Table, ordered, shared, table
from schedc.verifier.measure.show import alone, amount, open_at_the_end

# Ratios are shown from a quarter to four times; beyond stands at the edge.
_MOST = 4.0


class Cell(NamedTuple):
    """A scheduler's figure; the rest is empty for the base, and where there is nothing to compare."""

    value: str
    ratio: str = ""
    interval: str = ""
    word: str = ""
    bar: tuple[float, float, float] | None = None
    """Where the interval and the median stand between a quarter (0) and four times (100) the base."""


def html(measurement: Reportable) -> str:
    """The whole page; the same bytes for the same measurement."""
    text = (files("schedc.verifier.measure") / "page.html.j2").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    tables = [table(measurement, each) for each in measurement.measured]
    return environment.from_string(text).render(
        measurement=measurement,
        workload=measurement.workload,
        names=[each.subject.name for each in measurement.measured],
        rows=list(_rows(tables)),
        charts=list(_charts(measurement)),
        unfinished=list(open_at_the_end(measurement)),
        size=curves,
        refusals=refusals(measurement.workload, measurement.options.cpus, measurement.origin.parallel),
        coverage=coverage(measurement.options.seeds),
    )


def _rows(tables: list[Table]) -> Iterator[tuple[str, list[Cell]]]:
    """A row for each figure: its name, and a cell for each scheduler."""
    compared = [shared(tables[0], mine) for mine in tables[1:]]
    for figure in ordered(tables):
        cells = [Cell(alone(figure, tables[0]))]
        for mine, found in zip(tables[1:], compared, strict=True):
            cells.append(_cell(figure, found[figure]) if figure in found else Cell(alone(figure, mine)))
        yield figure.label, cells


def _cell(figure: Figure, found: Comparison) -> Cell:
    ratio = found.ratio
    if ratio is None:
        return Cell(amount(figure, found.mine))
    if ratio.low is None or ratio.high is None:
        return Cell(amount(figure, found.mine), f"{ratio.median:.2f}")
    word = "" if found.word == "same" or not figure.better else "better" if found.word == figure.better else "worse"
    bar = (_place(ratio.low), _place(ratio.median), _place(ratio.high))
    return Cell(
        amount(figure, found.mine), f"{ratio.median:.2f}", f"{ratio.low:.2f} to {ratio.high:.2f}", word, bar
    )


def _place(ratio: float) -> float:
    """A ratio on a logarithmic axis from a quarter to four times, as a part of a hundred."""
    held = min(max(ratio, 1 / _MOST), _MOST)
    return round(50 + 50 * log(held) / log(_MOST), 1)


def _charts(measurement: Reportable) -> Iterator[curves.Chart]:
    """For each group and each thing that was timed, the values of all seeds under every scheduler."""
    for place, group in enumerate(measurement.workload.groups):
        for what, values in SEEN.items():
            seen = [
                (number, each.subject.name, merged(values(run.groups[place]) for run in each.runs))
                for number, each in enumerate(measurement.measured)
            ]
            found = [one for one in seen if one[2].count]
            if found:
                yield curves.chart(f"{group.name}: {what}", found)
