"""`schedc mcp`: the tools for a language model's client, over standard input and output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schedc.cli.main import Refused
from schedc.version import version

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=float, default=3600, metavar="N", help="what the gates may take for this client; default 3600"
    )


def run(options: argparse.Namespace) -> int:
    try:
        from schedc.mcp.server import build
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "mcp":
            raise
        raise Refused("the MCP server needs the package `mcp`:  pip install 'schedc[mcp]'") from None
    build(version(), options.seconds).run("stdio")
    return 0
