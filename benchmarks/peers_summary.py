"""Comparisons with C schedulers side by side, as lines for people: a row for each pair, or a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.peers_report import beside, decision, row


def lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Markdown: what a decision costs, then for each number of CPUs how tasks are served."""
    yield row(["", "CPUs", "the C scheduler, ns", "ours, ns", "ratio", "without dispatch"])
    yield row(["---"] * 6)
    for each in found:
        base, *ours = each["schedulers"]
        for mine in ours:
            pair = f"`{mine['name']}` and `{base['name']}`"
            yield row([pair, str(each["cpus"]), decision(base)[0], *decision(mine, base)])
    for cpus in dict.fromkeys(each["cpus"] for each in found):
        yield ""
        yield from _served([each for each in found if each["cpus"] == cpus], cpus)


def _served(found: Sequence[dict[str, Any]], cpus: int) -> Iterator[str]:
    """A column for each pair, a row for each figure that one of them has."""
    pairs = [(each, mine["name"]) for each in found for mine in each["schedulers"][1:]]
    table: dict[str, dict[int, dict[str, Any]]] = {}
    for column, (each, name) in enumerate(pairs):
        for figure in (figure for figure in each["figures"] if figure["scheduler"] == name):
            table.setdefault(f"{figure['group']} {figure['name']}", {})[column] = figure
    columns = [f"`{name}` / `{each['schedulers'][0]['name']}`" for each, name in pairs]
    yield row([f"{cpus} CPU{'s' * (cpus > 1)}", *columns])
    yield row(["---"] * (1 + len(pairs)))
    for label, cells in table.items():
        yield row([label, *(beside(cells.get(column)) for column in range(len(pairs)))])
