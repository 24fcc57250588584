"""`schedc compile`: a policy as a BPF object, its C and a report on how it came about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.cli import files, frontend, show
from schedc.cli.main import Refused
from schedc.diagnostics import Diagnostics
from schedc.source import Source

if TYPE_CHECKING:
    import argparse

_ENDINGS = {"object": ".bpf.o", "c": ".bpf.c", "report": ".report.json"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("policy", metavar="POLICY", help="a .sched file, or - for standard input")
    parser.add_argument(
        "-o", "--output", metavar="DIR|FILE", help="a directory, or the object's file; default: here"
    )
    parser.add_argument(
        "--emit", action="append", choices=tuple(_ENDINGS), help="only this; may be given several times"
    )
    parser.add_argument("--clang", metavar="PATH", help="the clang to use instead of the one that is found")
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    unread = Diagnostics()
    source = files.read(options.policy, unread)
    if source is None:
        show.reports([(Source(files.shown_name(options.policy), ""), list(unread))], options)
        return 1
    emit = options.emit or list(_ENDINGS)
    result = frontend.compile_policy(source, options.clang, c_only=emit == ["c"])
    show.reports([(source, list(result.diagnostics))], options)
    contents = {
        "object": result.object,
        "c": None if result.c_source is None else result.c_source.encode(),
        "report": None if result.report is None else (json.dumps(result.report, indent=2) + "\n").encode(),
    }
    if not result.accepted or any(contents[kind] is None for kind in emit):
        return 1
    targets = _targets(options.output, _stem(options.policy), emit)
    for path in targets.values():
        if options.policy != files.STANDARD_INPUT and path.exists() and path.samefile(options.policy):
            raise Refused(f"{path} is the policy itself; give another output")
    for kind, path in targets.items():
        files.write(path, contents[kind] or b"")
        if options.format == "text":
            print(f"  {path}")
    return 0


def _stem(policy: str) -> str:
    return "policy" if policy == files.STANDARD_INPUT else Path(policy).name.removesuffix(".sched")


def _targets(output: str | None, stem: str, emit: list[str]) -> dict[str, Path]:
    """Where each product goes: into a directory under the policy's name, or beside the named file."""
    where = Path(output or ".")
    if output is None or where.is_dir() or output.endswith("/"):
        if not where.is_dir():
            raise Refused(f"{output}: no such directory")
        return {kind: where / f"{stem}{_ENDINGS[kind]}" for kind in emit}
    if len(emit) == 1:
        return {emit[0]: where}
    base = where.name
    for ending in (".bpf.o", ".o"):
        base = base.removesuffix(ending)
    return {kind: where if kind == "object" else where.with_name(f"{base}{_ENDINGS[kind]}") for kind in emit}
