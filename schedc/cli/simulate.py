"""`schedc simulate`: a workload under several policies on a simulated machine, far faster than on a real kernel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schedc.cli import frontend, show
from schedc.cli.main import Refused
from schedc.cli.measure import all_used, report, workload

if TYPE_CHECKING:
    import argparse

    from schedc.verifier.sim import Cpu
    from schedc.verifier.sim.simulation import Contender

_TOPOLOGY = re.compile(r"(\d{1,2})x(\d{1,2})x(\d{1,2})x(\d{1,2})")
LIMIT = 64


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "policies", nargs="+", metavar="POLICY", help="a .sched file; the others are compared with the first"
    )
    parser.add_argument("--workload", required=True, metavar="FILE", help="a .toml file, as in examples/workloads")
    parser.add_argument("--cpus", type=int, metavar="N", help="CPUs that share a cache; default 1")
    parser.add_argument(
        "--topology", metavar="NxLxCxT", help="nodes, caches of a node, cores of a cache, threads of a core: 1x2x4x2"
    )
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="how many runs of each; default 10")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="the value of a param, such as slice=3ms"
    )
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="runs at once; default: as there are CPUs")
    parser.add_argument("--html", metavar="FILE", help="write the comparison as a page, with its distributions")
    parser.add_argument("--clang", metavar="PATH", help="the clang to use instead of the one that is found")
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    from schedc.verifier.measure import MeasureError
    from schedc.verifier.sim import SimError
    from schedc.verifier.sim.simulation import simulate_workload

    try:
        wanted = workload(options.workload)
        cpus = _cpus(options)
        contenders = _contenders(options)
        if contenders is None:
            return 1
        outcome = simulate_workload(wanted, contenders, cpus, options.seeds, max(options.jobs, 0))
    except (MeasureError, SimError) as error:
        raise Refused(str(error)) from None
    report(outcome, options)
    return 0 if outcome.ok else 1


def _cpus(options: argparse.Namespace) -> tuple[Cpu, ...]:
    from schedc.verifier.sim import machine

    if options.topology is None:
        count = 1 if options.cpus is None else options.cpus
        if not 1 <= count <= LIMIT:
            raise Refused(f"{count} CPUs are asked for; the simulator has 1 to {LIMIT}")
        return machine(count)
    if options.cpus is not None:
        raise Refused("--cpus and --topology both say how many CPUs there are; leave one out")
    shape = _TOPOLOGY.fullmatch(options.topology)
    nodes, caches, cores, threads = map(int, shape.groups()) if shape else (0, 0, 0, 0)
    count = nodes * caches * cores * threads
    if not 1 <= count <= LIMIT:
        raise Refused(
            f"--topology {options.topology}: write nodes x caches x cores x threads, such as 1x2x4x2, with at most "
            f"{LIMIT} CPUs in all"
        )
    return machine(count, smt=threads, per_llc=cores * threads, per_node=caches * cores * threads)


def _contenders(options: argparse.Namespace) -> list[Contender] | None:
    """None (reported) where a policy is refused."""
    from schedc.verifier.kernel import params

    found: list[Contender] = []
    try:
        wanted = params.split(options.set)
        for name in options.policies:
            one = _contender(name, wanted, options)
            if one is None:
                return None
            found.append(one)
    except params.BadSetting as error:
        raise Refused(str(error)) from None
    all_used(wanted, {name for one in found for name in one.subject.wanted})
    return found


def _contender(name: str, wanted: dict[str, str], options: argparse.Namespace) -> Contender | None:
    from schedc.verifier.measure import Subject
    from schedc.verifier.sim import Program
    from schedc.verifier.sim.simulation import Contender

    result = frontend.compiled(name, options)
    return None if result is None else Contender(Subject.policy(result, wanted), Program.of(result, wanted))
