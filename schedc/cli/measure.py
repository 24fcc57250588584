"""`schedc measure`: a workload under several schedulers on a real kernel, in counted time."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.cli import files, frontend, show
from schedc.cli.main import Refused, reason

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterable

    from schedc.verifier.measure import Options, Subject, Workload
    from schedc.verifier.measure.origin import Reportable

_OBJECTS = (".o",)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "schedulers", nargs="*", metavar="POLICY", help="a .sched file or a compiled object (.o), beside the default"
    )
    parser.add_argument("--workload", required=True, metavar="FILE", help="a .toml file, as in examples/workloads")
    kernel = parser.add_mutually_exclusive_group()
    kernel.add_argument("--kernel", default="7.3", metavar="SERIES", help="such as 7.3, or a release; default 7.3")
    kernel.add_argument("--kernel-image", metavar="PATH", help="a kernel of your own (a bzImage)")
    parser.add_argument("--cpus", type=int, metavar="N", help="default 1; with more, less can be said")
    parser.add_argument(
        "--topology", metavar="SHAPE", help="such as cores=2,threads=2: cores count under a cache, caches in a socket"
    )
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="how many runs of each; default 10")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="the value of a param, such as slice=3ms; of an object a whole number for a variable",
    )
    parser.add_argument("--no-default", action="store_true", help="leave the default out: the first one is the base")
    parser.add_argument("--no-costs", action="store_true", help="do not time the callbacks")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="boots at once; default: as there are CPUs")
    parser.add_argument("--html", metavar="FILE", help="write the comparison as a page, with its distributions")
    parser.add_argument("--clang", metavar="PATH", help="the clang to use instead of the one that is found")
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    from schedc.verifier.measure import MeasureError, measure
    from schedc.verifier.vm import processes
    from schedc.verifier.vm.cache import say
    from schedc.verifier.vm.errors import VmError

    try:
        wanted_load = workload(options.workload)
        subjects = _subjects(options)
        if subjects is None:
            return 1
        wanted = _options(options)
        with processes.supervised():
            outcome = measure(wanted_load, subjects, wanted, progress=say)
    except (MeasureError, VmError) as error:
        raise Refused(str(error)) from None
    report(outcome, options)
    return 0 if outcome.ok else 1


def report(outcome: Reportable, options: argparse.Namespace) -> None:
    """As the options want it."""
    from schedc.verifier.measure import report as reported
    from schedc.verifier.measure import show as shown

    if options.html:
        from schedc.verifier.measure.page import html

        files.write(Path(options.html), html(outcome).encode())
    if options.format == "json":
        print(json.dumps(reported.to_json(outcome), indent=1))
    else:
        print("\n".join(shown.text(outcome)))


def _options(options: argparse.Namespace) -> Options:
    from schedc.verifier.measure import Options
    from schedc.verifier.vm import shape

    kernel = str(Path(options.kernel_image).absolute()) if options.kernel_image else options.kernel
    made = shape.machine(options.cpus, options.topology) if options.topology is not None else None
    cpus = made.cpus if made is not None else 1 if options.cpus is None else options.cpus
    return Options(kernel, cpus, options.seeds, not options.no_costs, options.jobs, made)


def workload(name: str) -> Workload:
    """From its file; `MeasureError` or `Refused` where it is none."""
    from schedc.verifier.measure import read

    return read(_content(name), name)


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Refused(f"{name}: {reason(error)}") from None


def _subjects(options: argparse.Namespace) -> list[Subject] | None:
    """The default and all that were named; None (reported) where a policy is refused."""
    from schedc.verifier.kernel import params
    from schedc.verifier.measure import Subject

    found = [] if options.no_default else [Subject.default()]
    used: set[str] = set()
    try:
        wanted = params.split(options.set)
        for name in options.schedulers:
            subject = _object(name, wanted) if name.endswith(_OBJECTS) else _policy(name, wanted, options)
            if subject is None:
                return None
            used |= set(subject.wanted)
            found.append(subject)
    except params.BadSetting as error:
        raise Refused(str(error)) from None
    all_used(wanted, used)
    return found


def all_used(wanted: Iterable[str], used: Collection[str]) -> None:
    """Refuses a value for a param that no policy has."""
    for name in wanted:
        if name not in used:
            raise Refused(f"no policy has a param `{name}`")


def _object(name: str, wanted: dict[str, str]) -> Subject:
    from schedc.verifier.measure import Subject

    settings = {key: int(value, 0) for key, value in wanted.items() if _whole(value)}
    stem = os.path.basename(name).removesuffix(".o").removesuffix(".bpf")
    return Subject.object(stem, _content(name), settings)


def _whole(text: str) -> bool:
    try:
        int(text, 0)
    except ValueError:
        return False
    return True


def _policy(name: str, wanted: dict[str, str], options: argparse.Namespace) -> Subject | None:
    from schedc.verifier.measure import Subject

    result = frontend.compiled(name, options)
    return None if result is None else Subject.policy(result, wanted)
