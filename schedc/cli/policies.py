"""`schedc policies`: what the library has, for which work, and how it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from schedc.cli.main import Refused

if TYPE_CHECKING:
    import argparse

    from schedc.catalog import Entry, Interval, Measured, Ranking

_WIDTH = 100


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="all that is known of these; default: a list of all")
    parser.add_argument("--for", dest="words", default="", metavar="WORDS", help="what suits the words, best first")
    parser.add_argument("--ranking", action="store_true", help="by workload, who is better than the default, who worse")
    parser.add_argument("--json", action="store_true", help="everything, for programs")


def run(options: argparse.Namespace) -> int:
    from schedc.catalog import policies
    from schedc.catalog.figures import FiguresError
    from schedc.catalog.plain import plain, to_json
    from schedc.catalog.ranking import rankings

    if options.names and options.words:
        raise Refused("names and --for are both given; leave one out")
    try:
        found = _named(options.names) if options.names else policies(options.words)
    except FiguresError as error:
        raise Refused(str(error)) from None
    if options.ranking:
        ranked = rankings(found)
        print(json.dumps(plain(ranked), indent=1) if options.json else "\n".join(_rankings(ranked)))
    elif options.json:
        print(json.dumps(to_json(found), indent=1))
    elif options.names:
        print("\n\n".join("\n".join(_details(each)) for each in found))
    else:
        print("\n".join(_list(found) if found else ["no policy is said to be for that; `schedc policies` lists all"]))
    return 0


def _named(names: list[str]) -> tuple[Entry, ...]:
    from schedc.catalog import entry
    from schedc.library import policies as library

    for name in names:
        if name not in library():
            raise Refused(f"the library has no policy `{name}`; `schedc policies` lists them")
    return tuple(entry(name) for name in names)


def _list(found: tuple[Entry, ...]) -> Iterator[str]:
    """The purpose of each, and why it is an answer."""
    for each in found:
        yield f"{each.name:<12} {each.title}"
        if each.matched:
            places = ", ".join(f"`{match.word}` in its {match.where}" for match in each.matched)
            yield f"{'':<12} for: {each.workloads}"
            yield f"{'':<12} found by {places}"


def _details(found: Entry) -> Iterator[str]:
    from schedc.verifier.measure.show import aligned

    yield f"{found.name}: {found.title}"
    said = {"": found.idea, "after: ": found.after, "for: ": found.workloads, "bad at: ": found.bad_at}
    for label, text in said.items():
        yield from wrap(f"{label}{text}", _WIDTH, initial_indent="  ", subsequent_indent="    ")
    if found.params:
        yield "\nparams"
        yield from aligned([
            [
                f"  {each.name}",
                f"{each.type}{', live' if each.live else ''}",
                f"{each.default} in {each.low}..{each.high}",
                each.about,
            ]
            for each in found.params
        ])
    yield "\nproperties (a number is a law's, of docs/laws.md)"
    yield from aligned([[f"  {each.law}. {each.title}", each.level.value, each.detail] for each in found.properties])
    yield from _costs(found)
    for each in found.measured:
        yield from _measured(each)
    if not found.measured:
        yield f"\nnothing is measured: {_make(found.name)}"


def _costs(found: Entry) -> Iterator[str]:
    from schedc.verifier.measure.show import aligned

    if found.costs is None:
        yield f"\ncallbacks: no costs are stored: {_make(found.name)}"
        return
    yield f"\ncallbacks, at worst{_stale(found.costs.stale)} ({found.costs.command})"
    rows = [[f"  {each.callback}", each.instructions, each.kernel_calls] for each in found.costs.callbacks]
    yield from aligned([["", "instructions", "kernel calls"], *rows])


def _measured(found: Measured) -> Iterator[str]:
    """Medians, and the ratio to the default with its interval where there is one."""
    from schedc.verifier.measure.figures import Figure
    from schedc.verifier.measure.show import aligned, amount

    yield f"\n{found.workload}: {found.about}{_stale(found.stale)}"
    yield f"  on {found.kernel}, {found.time}; {found.command}"
    yield from (f"  NOT OK: {each}" for each in found.failed)
    rows = [["", "kernel's default", "this policy", "ratio"]]
    for each in found.figures:
        figure = Figure(each.group, each.name, each.unit, each.better)
        medians = [amount(figure, value) for value in (each.default, each.median)]
        rows.append([f"  {figure.label}", *medians, _ratio(each.ratio)])
    yield from aligned(rows)
    if found.per_switch_ns is not None:
        calls = ", ".join(f"{each.callback} {each.mean_ns:.0f}" for each in found.callbacks)
        yield f"  in callbacks: {found.per_switch_ns:.0f} ns a switch; mean ns of a call: {calls}"


def _rankings(found: tuple[Ranking, ...]) -> Iterator[str]:
    """The kernel's default, who is better, best first, and who is worse, worst first."""
    from schedc.verifier.measure.figures import Figure
    from schedc.verifier.measure.show import amount

    if not found:
        yield "nothing is measured, or all of it is stale: " + _make("").strip()
    for each in found:
        figure = Figure(each.group, each.figure, each.unit, each.direction)
        default = amount(figure, each.default)
        yield f"{each.workload}, {figure.label}: the kernel's default {default}, better is {each.direction}"
        for label, standings in (("better", each.better), ("worse", each.worse)):
            places = [f"{standing.policy} {_ratio(standing.ratio)}" for standing in standings]
            yield from wrap(
                f"{label}: {', '.join(places) or 'none'}", _WIDTH, initial_indent="  ", subsequent_indent="    "
            )
        yield from (f"  a run failed under {name}" for name in each.unfit)


def _ratio(ratio: Interval | None) -> str:
    if ratio is None:
        return ""
    within = "" if ratio.low is None else f" [{ratio.low:.3g} {ratio.high:.3g}]"
    return f"x{ratio.median:.3g}{within}"


def _stale(stale: bool) -> str:
    return " STALE: made with another text of the policy" if stale else ""


def _make(name: str) -> str:
    from schedc.catalog.figures import MAKE

    return f"{MAKE} {name}"
