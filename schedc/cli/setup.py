"""`schedc setup vm`: what the VM gate needs, fetched once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("vm",))
    parser.add_argument(
        "kernels", nargs="*", metavar="KERNEL", help="series such as 6.18, or releases; default: all series"
    )
    parser.add_argument(
        "--kernel-image",
        action="append",
        default=[],
        metavar="PATH",
        help="try a kernel of your own (a bzImage); may be given several times",
    )
    parser.add_argument(
        "--programs", action="store_true", help="fetch the programs that workloads can run; alone: nothing else"
    )


def run(options: argparse.Namespace) -> int:
    from schedc.verifier.vm import setup

    return setup.main(options.kernels, options.kernel_image, options.programs)
