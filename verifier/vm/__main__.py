"""`python -m schedc.verifier.vm [options] object...`: run objects on a real kernel, say what came of it."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from schedc.verifier.vm import processes, setup, shape
from schedc.verifier.vm.cache import say
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.job import Job, Mix, ObjectJob
from schedc.verifier.vm.run import run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m schedc.verifier.vm", description=__doc__)
    parser.add_argument("objects", nargs="+", type=Path, help="BPF objects; or: setup [kernel...]")
    parser.add_argument("--kernel", default="6.18", help="series or release")
    parser.add_argument("--load-only", action="store_true", help="ask the verifier, attach nothing")
    parser.add_argument("--cpus", type=int, help="of the machine, or the first ones of --topology")
    parser.add_argument("--topology", help=f"such as {shape.EXAMPLE}")
    parser.add_argument("--icount", type=int, metavar="SHIFT", help="virtual time, 2^SHIFT ns an instruction")
    parser.add_argument("--tasks", type=int, default=300, help="tasks of the mix")
    parser.add_argument("--seconds", type=int, default=6, help="guest seconds of the mix")
    parser.add_argument("--run-times", action="store_true", help="count and time of each program")
    parser.add_argument("--json", action="store_true", help="the whole result on stdout")
    return parser


def _job(options: argparse.Namespace) -> Job:
    machine = dataclasses.replace(shape.machine(options.cpus, options.topology), icount_shift=options.icount)
    work = (Mix(tasks=options.tasks, seconds=options.seconds),)
    objects = tuple(
        ObjectJob(
            path.stem,
            path.read_bytes(),
            attach=not options.load_only,
            workloads=work,
            run_times=options.run_times,
        )
        for path in options.objects
    )
    return Job(objects, options.kernel, machine)


def main(arguments: Sequence[str]) -> int:
    """0 when every object is well."""
    if arguments[:1] == ["setup"]:
        return setup.main(arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        with processes.supervised():
            result = run(_job(options), progress=say)
    except (VmError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    if options.json:
        print(json.dumps(dataclasses.asdict(result), indent=1))
    else:
        print(f"kernel {result.kernel}, {result.boots} boot(s), {result.host_seconds:.1f} s")
        print("\n".join(item.headline() for item in result.objects))
    return 0 if all(item.ok for item in result.objects) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
