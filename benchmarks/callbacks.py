"""How large is a compiled policy beside one written by hand?

Loads the kernel's own scx_simple, in its two modes, and the given policies or objects on one kernel, and
prints the instructions of each callback after its translation. What a mode does not use, the verifier
removes. What watches the promises of a policy is a program beside the scheduler, and counted apart.

    python -m benchmarks.callbacks stdlib_policies/fair.sched other.o
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import kernel_schedulers
from benchmarks.kernel_schedulers import Tree
from schedc import api
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.job import Job, ObjectJob
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.result import ObjectResult, Run
from schedc.verifier.vm.run import run

FIFO, VTIME = kernel_schedulers.FIFO.name, kernel_schedulers.VTIME.name
ORDER = ("select_cpu", "enqueue", "dispatch", "running", "stopping", "enable")


def read(path: Path) -> tuple[str, bytes]:
    """An object as it is, a policy compiled."""
    name = path.name.split(".")[0]
    if path.suffix != ".sched":
        return name, path.read_bytes()
    result = api.compile(path.read_text(encoding="utf-8"), path.name)
    if result.object is None:
        raise VmError(f"{path} is not accepted", f"see `schedc check {path}`")
    return name, result.object


def measure(objects: Sequence[tuple[str, bytes]], series: str) -> Run:
    """One boot for all."""
    tree = Tree.of(series)
    theirs = (kernel_schedulers.FIFO, kernel_schedulers.VTIME)
    jobs = [replace(tree.subject(each, 1).job, attach=False) for each in theirs]
    jobs += [ObjectJob(name, data, attach=False, watch=True) for name, data in objects]
    return run(Job(tuple(jobs), series, Machine(sockets=1, cores=1)))


def sizes(result: ObjectResult) -> dict[str, int]:
    """Instructions after translation, of each callback."""
    return {program.callback: program.xlated_insns for program in result.programs if program.callback}


def _cell(mine: int | None, reference: int | None) -> str:
    if mine is None:
        return "-"
    return f"{mine} ({mine / reference:.2f})" if reference else str(mine)


def _rows(results: Sequence[ObjectResult], reference: dict[str, int]) -> list[list[str]]:
    tables = [sizes(result) for result in results]
    names = {name for table in tables for name in table}
    ordered = [name for name in ORDER if name in names] + sorted(names - set(ORDER))
    rows = [[name, *(_cell(table.get(name), reference.get(name)) for table in tables)] for name in ordered]
    hot = [sum(table.get(name, 0) for name in ORDER) for table in tables]
    watching = [
        sum(program.xlated_insns for program in each.programs if program.name.startswith("watch")) for each in results
    ]
    return [
        *rows,
        ["the first six", *(_cell(total, sum(reference.get(name, 0) for name in ORDER)) for total in hot)],
        ["all callbacks", *(_cell(sum(table.values()), sum(reference.values())) for table in tables)],
        ["apart: watching promises", *(str(count) if count else "-" for count in watching)],
    ]


def table(outcome: Run, reference: str) -> str:
    """Markdown; in brackets the ratio to the reference."""
    accepted = [result for result in outcome.objects if result.accepted]
    against = next((sizes(result) for result in accepted if result.name == reference), {})
    head = ["callback", *(result.name for result in accepted)]
    lines = [head, ["---"] * len(head), *_rows(accepted, against)]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    refused = [result.headline() for result in outcome.objects if not result.accepted]
    return "\n".join([f"{outcome.kernel}; ratios to {reference}", "", text, *refused])


def main(arguments: Sequence[str]) -> int:
    """0 when every object was taken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("objects", nargs="*", type=Path, help="policies, or compiled ones")
    parser.add_argument("--kernel", default="7.3", metavar="SERIES")
    parser.add_argument("--fifo", action="store_true", help="compare with scx_simple's FIFO mode, not vtime")
    options = parser.parse_args(arguments)
    try:
        objects = [read(path) for path in options.objects]
        outcome = measure(objects, options.kernel)
    except (VmError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(table(outcome, FIFO if options.fifo else VTIME))
    return 0 if all(result.accepted for result in outcome.objects) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
