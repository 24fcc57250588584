"""How a command shows what was found: options that commands share, colours, text or JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

from schedc.diagnostics.model import Diagnostic
from schedc.source import Source

if TYPE_CHECKING:
    import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="for people or for programs"
    )
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colours in text"
    )


def colored(choice: str, stream: IO[str]) -> bool:
    """Whether to use colours: asked for, or a terminal that wants them (https://no-color.org)."""
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def reports(
    found: Iterable[tuple[Source, list[Diagnostic]]],
    options: argparse.Namespace,
    stream: IO[str] | None = None,
) -> None:
    """All reports: in JSON one array, in text one after the other with a line of summary each."""
    stream = stream or sys.stdout
    if options.format == "json":
        import json

        from schedc.diagnostics.render_json import report

        print(
            json.dumps([report(source, diagnostics) for source, diagnostics in found], indent=2), file=stream
        )
        return
    from schedc.diagnostics.render_text import render, summary

    color = colored(options.color, stream)
    for source, diagnostics in found:
        if diagnostics:
            print(render(source, diagnostics, color), file=stream)
        print(summary(source.name, diagnostics, color), end="", file=stream)
