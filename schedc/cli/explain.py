"""`schedc explain`: the page of a code, or the list of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schedc.cli.main import Refused
from schedc.diagnostics import explain as pages

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="such as S301; without one, all are listed")
    parser.add_argument("--markdown", action="store_true", help="the page as it is written")


def run(options: argparse.Namespace) -> int:
    if options.code is None:
        print(pages.listing(), end="")
        return 0
    page = pages.page(options.code)
    if page is None:
        raise Refused(f"there is no page for `{options.code}`; `schedc explain` lists all codes")
    print(page.text if options.markdown else pages.shown(page), end="")
    return 0
