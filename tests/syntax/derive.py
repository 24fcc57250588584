"""Random sentences of the grammar: valid policies as far as syntax goes."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Any

from lark import Lark

from schedc.syntax.grammar import grammar_text, words

_TEXTS = {
    "NAME": ["a", "task", "cpu", "ready", "b_2"],
    "NUMBER": ["1", "5ms", "75%", "1_000", "1.5", "20hz"],
    "STRING": ['"x"', '"/a b/*"', '""'],
    "CHANGE": ["+=", "-=", "*="],
    "COMPARE": ["==", "!=", ">=", "<", ">"],
}


@lru_cache(maxsize=1)
def _rules() -> dict[str, list[list[Any]]]:
    rules: dict[str, list[list[Any]]] = {}
    lark = Lark(grammar_text(), parser="lalr", lexer="basic", maybe_placeholders=False)
    for rule in lark.rules:
        rules.setdefault(rule.origin.name, []).append(list(rule.expansion))
    return rules


@lru_cache(maxsize=1)
def _depths() -> dict[str, int]:
    """How deep the shallowest sentence of each rule is."""
    depths: dict[str, int] = {}
    changed = True
    while changed:
        changed = False
        for name, expansions in _rules().items():
            best = min((_depth(expansion, depths) for expansion in expansions), default=1000) + 1
            if best < depths.get(name, 1000):
                depths[name] = best
                changed = True
    return depths


def _depth(expansion: list[Any], depths: dict[str, int]) -> int:
    return max((0 if symbol.is_term else depths.get(symbol.name, 1000) for symbol in expansion), default=0)


def sentence(rng: random.Random, size: int = 14) -> str:
    """A random policy; `size` bounds how deep it goes before it ends as soon as it can."""
    tokens: list[str] = []
    stack: list[tuple[Any, int]] = [(symbol, size) for symbol in reversed(max(_rules()["start"], key=len))]
    while stack:
        symbol, left = stack.pop()
        if symbol.is_term:
            tokens.append(rng.choice(_TEXTS.get(symbol.name) or [words()[symbol.name]]))
            continue
        choices = _rules()[symbol.name]
        if left <= 0 or len(tokens) > 400:
            least = min(_depth(choice, _depths()) for choice in choices)
            choices = [choice for choice in choices if _depth(choice, _depths()) == least]
        elif symbol.name.startswith("__") and rng.random() < 0.6:  # lists: mostly longer ones
            choices = [max(choices, key=len)]
        # The helper rules of a list cost no depth, so that long ones are not ended early.
        cost = 0 if symbol.name.startswith("__") else 1
        stack.extend((each, left - cost) for each in reversed(rng.choice(choices)))
    tokens[1] = "1"
    return "".join(token + rng.choice([" ", " ", " ", "\n", " # c\n"]) for token in tokens)
