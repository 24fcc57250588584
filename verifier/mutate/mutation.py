"""A mutation is data: one way of breaking a policy's C, and what it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

POLICY = "policy"
HEADERS = ("compat.h", "arithmetic.h", "loops.h")
_CLOCKS = re.compile(r"\nu64 vtime_clocks\[(\d+)\];")
_INCLUDE = re.compile(r'#include "(?:schedc/)?(\w+\.h)"\n')


class Unfit(Exception):
    """A mutation that changes nothing in a policy that it names: its text stands alone."""


@dataclass(frozen=True)
class Edit:
    """`find` is a regular expression in the text of `place`: the policy's C, or a header of the templates."""

    find: str
    replace: str
    place: str = POLICY


@dataclass(frozen=True)
class Mutation:
    """`meaning` is what a compiler with this fault would do. `equivalent`: why, for a policy, that breaks nothing."""

    name: str
    meaning: str
    policies: tuple[str, ...]
    edits: tuple[Edit, ...]
    equivalent: Mapping[str, str]


def mutation(
    name: str,
    meaning: str,
    policies: str,
    *edits: tuple[str, str],
    place: str = POLICY,
    equivalent: Mapping[str, str] | None = None,
) -> Mutation:
    """`policies` are names, separated by blanks; each edit is what to find and what to put there."""
    made = tuple(Edit(find, replace, place) for find, replace in edits)
    return Mutation(name, meaning, tuple(policies.split()), made, equivalent or {})


@dataclass(frozen=True)
class Texts:
    """A policy's C, and the headers that it is compiled with, by name."""

    policy: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, c_source: str) -> Texts:
        folder = resources.files("schedc.templates") / "include" / "schedc"
        return cls(c_source, {name: (folder / name).read_text(encoding="utf-8") for name in HEADERS})

    def alone(self) -> str:
        """The policy with its headers in it, so that the simulator compiles these and not its own."""

        def included(found: re.Match[str]) -> str:
            return self.headers[found[1]] if found[1] in self.headers else found[0]

        text = _INCLUDE.sub(included, worn(self.policy))
        return text.replace('#include "kernel.h"', '#include "schedc/kernel.h"')


def worn(c_source: str) -> str:
    """The clocks of virtual time begin half a second before they wrap: how they are compared matters at once."""
    start = "0ULL - 500000000ULL"
    text = c_source.replace("\nu64 vtime_clock;", f"\nu64 vtime_clock = {start};")
    return _CLOCKS.sub(rf"\nu64 vtime_clocks[\1] = {{ [0 ... \1 - 1] = {start} }};", text)


def mutated(texts: Texts, by: Mutation) -> Texts:
    """`Unfit` where an edit finds nothing, or changes nothing."""
    files = {POLICY: texts.policy, **texts.headers}
    for edit in by.edits:
        before = files[edit.place]
        files[edit.place] = re.sub(edit.find, edit.replace, before)
        if files[edit.place] == before:
            raise Unfit(f"{by.name}: {edit.find} changes nothing in {edit.place}")
    return Texts(files.pop(POLICY), files)
