"""`schedc setup vm`: what the VM gate needs, fetched once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("vm",))
    parser.add_argument("kernels", nargs="*", help="series such as 6.18, or releases")


def run(options: argparse.Namespace) -> int:
    from schedc.verifier.vm import setup

    return setup.main(options.kernels)
