"""`schedc fmt`: the one layout; `--check` and `--diff` say what would change."""

from __future__ import annotations

import sys
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.cli import files, show
from schedc.cli.main import USAGE
from schedc.diagnostics import Diagnostic, Diagnostics
from schedc.source import Source
from schedc.syntax.layout import format_source
from schedc.syntax.parser import parse

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "policies", nargs="+", metavar="POLICY", help="a .sched file, or - for standard input"
    )
    parser.add_argument(
        "--check", action="store_true", help="only say which would change; exit code 1 if any would"
    )
    parser.add_argument(
        "--diff", action="store_true", help="only show what would change; exit code 1 if any would"
    )
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    refused: list[tuple[Source, list[Diagnostic]]] = []

    def lay_out(name: str) -> bool:
        """Whether the layout changes."""
        found = Diagnostics()
        source = files.read(name, found)
        text = format_source(source) if source is not None else None
        if source is None or text is None:
            refused.append(_refusal(name, source, found))
            return False
        _put(name, source, text, options)
        return text != source.text

    changes, all_read = files.for_each(options.policies, lay_out)
    if refused:
        show.reports(refused, options, sys.stderr)
    if not all_read:
        return USAGE
    return int(bool(refused) or (any(changes) and (options.check or options.diff)))


def _refusal(name: str, source: Source | None, found: Diagnostics) -> tuple[Source, list[Diagnostic]]:
    if source is None:
        return Source(files.shown_name(name), ""), list(found)
    parse(source, found)
    return source, list(found)


def _put(name: str, source: Source, text: str, options: argparse.Namespace) -> None:
    if options.diff:
        before, after = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
        sys.stdout.writelines(unified_diff(before, after, source.name, source.name))
    elif options.check:
        if text != source.text:
            print(f"{source.name}: would change")
    elif name == files.STANDARD_INPUT:
        files.put_out(text)
    elif text != source.text:
        files.write(Path(name), text.encode())
        print(f"{source.name}: changed")
