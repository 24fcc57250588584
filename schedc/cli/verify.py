"""`schedc verify`: policies on real kernels, in a virtual machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.cli import files, show
from schedc.cli.main import Refused
from schedc.diagnostics import Diagnostic, Diagnostics
from schedc.source import Source

if TYPE_CHECKING:
    import argparse

    from schedc.verifier.kernel import Options, Outcome, Subject


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "policies", nargs="+", metavar="POLICY", help="a .sched file, or - for standard input"
    )
    parser.add_argument(
        "--kernel",
        action="append",
        metavar="SERIES",
        help="such as 7.3, or a release; may be given several times",
    )
    parser.add_argument(
        "--kernel-image",
        action="append",
        metavar="PATH",
        help="a kernel of your own (a bzImage); may be given several times",
    )
    parser.add_argument(
        "--matrix", action="store_true", help="on every series of kernels that is known, from 6.16 to 7.3"
    )
    parser.add_argument(
        "--bounded", action="store_true", help="of the matrix only the oldest, the middle and the newest"
    )
    parser.add_argument(
        "--seconds", type=_seconds, default=6, metavar="N", help="guest seconds under load; default 6"
    )
    parser.add_argument(
        "--cpus", type=int, metavar="N", help="CPUs of the machine, or the first N of --topology; default 4"
    )
    parser.add_argument(
        "--topology",
        metavar="SHAPE",
        help="such as sockets=2,caches=2,cores=4,threads=2,nodes=2: cores count under a cache, caches in a socket",
    )
    parser.add_argument(
        "--timeline", metavar="FILE", help="write who ran where, for Perfetto (ui.perfetto.dev)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="the value of a param, such as slice=3ms",
    )
    parser.add_argument(
        "--cold", action="store_true", help="boot each kernel, instead of restoring a guest that was kept"
    )
    parser.add_argument("--clang", metavar="PATH", help="the clang to use instead of the one that is found")
    show.add_options(parser)


def _seconds(text: str) -> int:
    value = int(text)
    if not 3 <= value <= 600:
        raise ValueError("3 to 600")
    return value


def run(options: argparse.Namespace) -> int:
    from schedc.verifier.kernel import show as shown
    from schedc.verifier.kernel import verify
    from schedc.verifier.vm.cache import say
    from schedc.verifier.vm.errors import VmError

    try:
        asked = _options(options)
    except VmError as error:
        raise Refused(str(error)) from None
    subjects = _subjects(options)
    if subjects is None:
        return 1
    try:
        outcome = verify(subjects, asked, progress=say)
    except VmError as error:
        raise Refused(str(error)) from None
    if options.timeline:
        _write_timeline(options.timeline, outcome)
    if options.format == "json":
        print(json.dumps(shown.to_json(outcome), indent=2))
    else:
        print("\n".join(shown.text(outcome, show.colored(options.color, sys.stdout))))
    return 0 if outcome.ok else 1


def _options(options: argparse.Namespace) -> Options:
    from dataclasses import replace

    from schedc.verifier.kernel import Options
    from schedc.verifier.kernel.verify import BOUNDED, ICOUNT_SHIFT, MATRIX
    from schedc.verifier.vm import shape

    images = [str(Path(path).absolute()) for path in options.kernel_image or ()]
    if options.bounded and not options.matrix:
        raise Refused("--bounded is a part of --matrix: give both, or name kernels with --kernel")
    matrix = BOUNDED if options.bounded else MATRIX
    kernels = (*(options.kernel or ()), *(matrix if options.matrix else ()), *images)
    machine = replace(shape.machine(options.cpus, options.topology), icount_shift=ICOUNT_SHIFT)
    return Options(
        kernels or Options.kernels,
        options.seconds,
        machine=machine,
        timeline=options.timeline is not None,
        warm=not options.cold,
    )


def _write_timeline(name: str, outcome: Outcome) -> None:
    """A process for each policy on each kernel."""
    from pathlib import Path

    from schedc.verifier.timeline import Guest, to_json

    guests = [
        Guest(f"{verdict.subject.policy.name} on {verdict.result.kernel}", verdict.result.timeline)
        for verdict in outcome.verdicts
    ]
    files.write(Path(name), json.dumps(to_json(guests), separators=(",", ":")).encode())


def _subjects(options: argparse.Namespace) -> list[Subject] | None:
    """Every policy compiled; None (reported) when one of them is refused."""
    from schedc.verifier.kernel import params

    try:
        wanted = params.split(options.set)
        compiled = [_compiled(name, wanted, options.clang) for name in options.policies]
    except params.BadSetting as error:
        raise Refused(str(error)) from None
    subjects = [subject for _, _, subject in compiled if subject is not None]
    refused = len(subjects) < len(compiled)
    _report([(source, diagnostics) for source, diagnostics, _ in compiled], options, refused)
    if refused:
        return None
    _unknown(wanted, subjects)
    return subjects


def _compiled(
    name: str, wanted: dict[str, str], clang: str | None
) -> tuple[Source, list[Diagnostic], Subject | None]:
    from schedc import api
    from schedc.verifier.kernel import Subject

    unread = Diagnostics()
    source = files.read(name, unread)
    if source is None:
        return Source(files.shown_name(name), ""), list(unread), None
    result = api.compile(source.text, source.name, clang=clang)
    return source, list(result.diagnostics), Subject.of(result, wanted) if result.accepted else None


def _report(
    reports: list[tuple[Source, list[Diagnostic]]], options: argparse.Namespace, refused: bool
) -> None:
    """What compiling found: all of it when nothing will run, else only what is to be said beside the run."""
    if refused:
        show.reports(reports, options)
    else:
        worth = [(source, diagnostics) for source, diagnostics in reports if diagnostics]
        if worth and options.format == "text":
            show.reports(worth, options, sys.stderr)


def _unknown(wanted: dict[str, str], subjects: list[Subject]) -> None:
    known = {param.name for subject in subjects for param in subject.report.params}
    for name in wanted:
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise Refused(f"no policy has a param `{name}`; there are: {listed}")
