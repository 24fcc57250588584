"""`schedc check`: what is wrong with policies; `--fix` applies what is certain."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.cli import files, frontend, show
from schedc.cli.main import USAGE
from schedc.diagnostics import Diagnostic, Diagnostics, Severity
from schedc.diagnostics.apply import apply_safe
from schedc.source import Source

if TYPE_CHECKING:
    import argparse

_MAX_ROUNDS = 10


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "policies", nargs="+", metavar="POLICY", help="a .sched file, or - for standard input"
    )
    parser.add_argument(
        "--fix", action="store_true", help="apply the safe fixes; of standard input, to standard output"
    )
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    found, all_read = files.for_each(options.policies, _fixed if options.fix else _checked)
    # With `--fix -` the policy itself goes to standard output.
    stream = sys.stderr if options.fix and files.STANDARD_INPUT in options.policies else sys.stdout
    show.reports(found, options, stream)
    if not all_read:
        return USAGE
    return int(any(d.severity is Severity.ERROR for _, diagnostics in found for d in diagnostics))


def _checked(name: str) -> tuple[Source, list[Diagnostic]]:
    unread = Diagnostics()
    source = files.read(name, unread)
    if source is None:
        return Source(files.shown_name(name), ""), list(unread)
    return source, frontend.check(source)


def _fixed(name: str) -> tuple[Source, list[Diagnostic]]:
    """Fix and check again until nothing more is certain; the file is written once."""
    source, diagnostics = _checked(name)
    before = source.text
    for _ in range(_MAX_ROUNDS):
        text, applied = apply_safe(source.text, diagnostics)
        if not applied or text == source.text:
            break
        source = Source(source.name, text)
        diagnostics = frontend.check(source)
    if name == files.STANDARD_INPUT:
        files.put_out(source.text)
    elif source.text != before:
        files.write(Path(name), source.text.encode())
    return source, diagnostics
