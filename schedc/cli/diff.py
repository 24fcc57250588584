"""`schedc diff`: how two policies differ, in what holds for them, what they cost, and what tasks get under them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.cli import frontend
from schedc.cli.main import Refused

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from schedc.api import CompileResult
    from schedc.catalog import Side
    from schedc.verifier.measure.origin import Reportable

SCHEMA = 1
_STANDARD = Path(__file__).parent.parent / "catalog" / "standard.toml"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("one", metavar="A", help="a .sched file, or the name of a policy of the library")
    parser.add_argument("other", metavar="B", help="what is compared with it")
    parser.add_argument(
        "--workload", default=str(_STANDARD), metavar="FILE", help="a .toml file; default: requests beside busy tasks"
    )
    parser.add_argument("--lab", action="store_true", help="on a real kernel, not in the simulator; takes longer")
    parser.add_argument("--kernel", default="7.3", metavar="SERIES", help="of the lab; default 7.3")
    parser.add_argument("--cpus", type=int, default=1, metavar="N", help="default 1")
    parser.add_argument("--seeds", type=int, default=6, metavar="N", help="how many runs of each; default 6")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="runs at once; default: as there are CPUs")
    parser.add_argument("--clang", metavar="PATH", help="the clang to use instead of the one that is found")
    # The text of a policy that is refused is shown as other commands show it.
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colours in text")
    parser.add_argument(
        "--json", dest="format", action="store_const", const="json", default="text", help="for programs"
    )


def run(options: argparse.Namespace) -> int:
    from schedc.catalog import Side
    from schedc.verifier.measure import MeasureError
    from schedc.verifier.sim import SimError
    from schedc.verifier.vm.errors import VmError

    results = [frontend.compiled(_path(name), options) for name in (options.one, options.other)]
    accepted = [result for result in results if result is not None]
    if len(accepted) < len(results):
        return 1
    try:
        outcome = _measured(accepted, options)
    except (MeasureError, SimError, VmError) as error:
        raise Refused(str(error)) from None
    one, other = (Side.of(result) for result in accepted)
    if options.format == "json":
        print(json.dumps(_plain(one, other, outcome), indent=1))
    else:
        print("\n".join(_text(one, other, outcome)))
    return 0 if outcome.ok else 1


def _path(name: str) -> str:
    """A name of the library means its file, unless there is a file of that name."""
    from schedc.library import policies

    library = policies()
    return str(library[name]) if name in library and not Path(name).exists() else name


def _measured(results: list[CompileResult], options: argparse.Namespace) -> Reportable:
    """The workload under both, with the same seeds; the first is the base."""
    from schedc.cli.measure import workload
    from schedc.verifier.measure import Options, Subject, measure
    from schedc.verifier.sim import Program
    from schedc.verifier.sim.simulation import Contender, simulate_workload

    wanted, jobs = workload(options.workload), max(options.jobs, 0)
    subjects = [Subject.policy(result) for result in results]
    if options.lab:
        from schedc.verifier.vm import processes
        from schedc.verifier.vm.cache import say

        with processes.supervised():
            return measure(wanted, subjects, Options(options.kernel, options.cpus, options.seeds, at_once=jobs), say)
    from schedc.cli.simulate import LIMIT
    from schedc.verifier.sim import machine

    if not 1 <= options.cpus <= LIMIT:
        raise Refused(f"{options.cpus} CPUs are asked for; the simulator has 1 to {LIMIT}")
    contenders = [
        Contender(subject, Program.of(result)) for subject, result in zip(subjects, results, strict=True)
    ]
    return simulate_workload(wanted, contenders, machine(options.cpus), options.seeds, jobs)


def _plain(one: Side, other: Side, outcome: Reportable) -> dict[str, object]:
    from schedc.catalog import compare
    from schedc.verifier.measure import report

    return {"schema": SCHEMA, **compare.to_json(one, other), "measured": report.to_json(outcome)}


def _text(one: Side, other: Side, outcome: Reportable) -> Iterator[str]:
    """Tables; a line that begins with * differs."""
    from schedc.catalog import compare
    from schedc.verifier.measure import show
    from schedc.verifier.measure.show import aligned

    names = [each.subject.name for each in outcome.measured]
    for table, rows in compare.compare(one, other).items():
        cells = [["* " * differs or "  ", what, left or "-", right or "-"] for what, left, right, differs in rows]
        yield from aligned([["  ", table, *names], *cells])
        yield ""
    yield from show.text(outcome)
