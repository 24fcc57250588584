"""How many tokens a text may take, without the tokenizer of any model.

Models' tokenizers differ, and the newer ones cut finer: this counts more pieces than any of them is known to make of
English and of policies. It is for sizes; what a call costs is counted by the provider.
"""

from __future__ import annotations

import re

_PIECE = re.compile(r"[A-Za-z]+|[0-9]+|\n[ ]*|[ ]{2,}|[^\sA-Za-z0-9]")
_LETTERS, _DIGITS = 5, 3


def estimate(text: str) -> int:
    """Words in pieces of five letters, numbers in pieces of three digits, every sign and line end for itself."""
    return sum(_pieces(match[0]) for match in _PIECE.finditer(text))


def _pieces(piece: str) -> int:
    if piece[0].isascii() and piece[0].isalpha():
        return -(-len(piece) // _LETTERS)
    if piece[0].isdigit():
        return -(-len(piece) // _DIGITS)
    return len(piece.encode()) if not piece[0].isascii() else 1
