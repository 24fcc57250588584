"""`schedc grammar`: the grammar in lark's notation, which parsers and constrained decoders take."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """It has no options."""


def run(options: argparse.Namespace) -> int:
    from schedc.syntax.grammar import grammar_text

    print(grammar_text(), end="")
    return 0
