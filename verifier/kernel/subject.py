"""A compiled policy as the gate sees it, and the job that a guest gets for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schedc.api import CompileResult
from schedc.build.report import Report
from schedc.source import Source
from schedc.typed import tree as t
from schedc.verifier.kernel import params
from schedc.verifier.vm.job import Mix, ObjectJob, Workload

# Policies that tell control groups apart run a second, smaller crowd inside a group, one that matches a pattern if any.
_SOME_GROUP = "/groups/one"
_GROUP_TASKS, _GROUP_SECONDS = 60, 3
_PLAIN_PATH = re.compile(r"(/[^/\s\[\]\\?*]+)+")


@dataclass(frozen=True)
class Subject:
    """One policy that was compiled, and the values its params are to have."""

    policy: t.Policy
    report: Report
    object: bytes = field(repr=False)
    wanted: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, result: CompileResult, wanted: Mapping[str, str] | None = None) -> Subject:
        """From an accepted compile; `BadSetting` where a param cannot have the value wanted for it."""
        if result.built is None or result.check.proven is None:
            raise ValueError("only what was compiled can be verified")
        policy, report = result.check.proven.policy, result.built.report
        known = {param.name for param in report.params}
        mine = {name: text for name, text in (wanted or {}).items() if name in known}
        params.settings(report.params, mine)
        return cls(policy, report, result.built.object, mine)

    @property
    def source(self) -> Source:
        return self.policy.source

    def groups(self) -> tuple[str, ...]:
        """One control group that fits each pattern, where there can be one; any, where groups have a place each."""
        names = [pattern.replace("*", "x") for pattern in self.report.cgroup_patterns]
        names += [_SOME_GROUP] if "cgroup_init" in self.report.costs else []
        return tuple(dict.fromkeys(name for name in names if _PLAIN_PATH.fullmatch(name)))

    def job(self, mix: Mix) -> ObjectJob:
        """Everything that the loader is told about this policy."""
        described = self.report.to_json()
        return ObjectJob(
            self.policy.name,
            self.object,
            settings=params.settings(self.report.params, self.wanted),
            cgroups=tuple(enumerate(self.report.cgroup_patterns)),
            stride=described["counter_stride"] if self.report.counters else 0,
            counters={name: column for column, name in enumerate(self.report.counters)},
            workloads=self._workloads(mix),
        )

    def _workloads(self, mix: Mix) -> tuple[Workload, ...]:
        inside = [
            Mix(tasks=_GROUP_TASKS, seconds=_GROUP_SECONDS, offline=-1, seed=mix.seed, cgroup=group)
            for group in self.groups()[:1]
        ]
        return (mix, *inside)


def with_parents(groups: Iterable[str]) -> tuple[str, ...]:
    """Control groups to make, each after the one it is in."""
    made: dict[str, None] = {}
    for group in groups:
        parts = group.strip("/").split("/")
        made.update(dict.fromkeys("/" + "/".join(parts[:depth]) for depth in range(1, len(parts) + 1)))
    return tuple(made)
