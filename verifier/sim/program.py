"""A policy as the simulator takes it: the C text, and what a loader has to know about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from schedc.api import CompileResult
from schedc.verifier.kernel import params

# What the loader of the simulator may set or read: params, tables of the machine, counters, promises, branches.
_SET = re.compile(r"^(?:const )?volatile \w+ (\w+)(\[)?", re.MULTILINE)
_READ = re.compile(r"^u64 (counters|branches|promise_\w+)(\[)", re.MULTILINE)


@dataclass(frozen=True)
class Around:
    """C around the policy's, for those who look closer: in front of it, behind it, files beside it, clang's flags."""

    before: str = ""
    behind: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Program:
    """`settings` are values of the program's variables by name; `patterns` those of control groups, by bit."""

    name: str
    c_source: str = field(repr=False)
    settings: Mapping[str, int] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    counters: tuple[str, ...] = ()
    around: Around = field(default=Around(), repr=False)
    memory_checked: bool = False
    """Accesses beyond its objects are found, where `asan.found` says how."""
    readings: tuple[str, ...] = ()
    """Further variables, of 64 bits or arrays of those, to read at the end."""

    @classmethod
    def of(cls, result: CompileResult, wanted: Mapping[str, str] | None = None) -> Program:
        """From an accepted compile; `BadSetting` where a param cannot have the value wanted for it."""
        if result.built is None:
            raise ValueError("only what was compiled can be simulated")
        report = result.built.report
        return cls(
            report.policy,
            result.built.c_source,
            params.settings(report.params, wanted or {}),
            report.cgroup_patterns,
            report.counters,
        )

    def variables(self) -> list[tuple[str, bool]]:
        """What can be set or read, and whether it is an array."""
        found = [*_SET.findall(self.around.before + self.c_source), *_READ.findall(self.c_source)]
        return [(name, bool(array)) for name, array in found]

    def bits(self, group: str) -> int:
        """The patterns that a control group matches; `*` stays within one segment of the path."""
        return sum(1 << bit for bit, pattern in enumerate(self.patterns) if _matches(pattern, group))


def _matches(pattern: str, group: str) -> bool:
    wanted, parts = pattern.split("/"), group.split("/")
    return len(wanted) == len(parts) and all(map(fnmatchcase, parts, wanted))
