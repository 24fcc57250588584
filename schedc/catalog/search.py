"""Which policies some words are about: ranked by where the words stand, and by how few policies have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import log

from schedc.catalog.head import Head
from schedc.record import record

# What a policy is bad at is no reason to choose it: those words do not count.
_WEIGHTS = {"name": 8.0, "workloads": 4.0, "title": 3.0, "after": 2.0, "idea": 1.0}
_COMMON = 0.5
"""A word that more than this part of the policies have tells none from the others."""
_ENDING = 3
_STEM = 4
_WORD = re.compile(r"[a-z0-9]+")


@record
class Match:
    """`where`: name, workloads, title, after or idea; the place that counts most."""

    word: str
    where: str


def ranked(words: str, heads: Mapping[str, Head]) -> list[tuple[str, tuple[Match, ...]]]:
    """The policies that have one of the words or more, best first, and where they have them."""
    fields = {name: _fields(name, head) for name, head in heads.items()}
    matches: dict[str, list[Match]] = {name: [] for name in heads}
    scores = dict.fromkeys(heads, 0.0)
    for word in dict.fromkeys(_WORD.findall(words.lower())):
        places = {name: where for name, found in fields.items() if (where := _place(word, found))}
        common = len(places) > _COMMON * len(heads)
        for name, where in places.items():
            if common and where != "name":
                continue
            scores[name] += _WEIGHTS[where] * log(1 + len(heads) / len(places))
            matches[name].append(Match(word, where))
    best = sorted((name for name in heads if matches[name]), key=lambda name: (-scores[name], name))
    return [(name, tuple(matches[name])) for name in best]


def _fields(name: str, head: Head) -> dict[str, set[str]]:
    texts = {"name": name, "workloads": head.workloads, "title": head.title, "after": head.after, "idea": head.idea}
    return {where: set(_WORD.findall(text.lower())) for where, text in texts.items()}


def _place(word: str, fields: Mapping[str, set[str]]) -> str | None:
    """Where it counts most; None where it is not."""
    return next((where for where in _WEIGHTS if any(_same(word, other) for other in fields[where])), None)


def _same(one: str, other: str) -> bool:
    """The same word, perhaps with another ending: game and games, compute and computes."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= _STEM and len(long) - len(short) <= _ENDING and long.startswith(short))
