"""The report of a compile: laws with their level, what callbacks cost at most, what maps take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from schedc.laws.verdict import Verdict
from schedc.record import record
from schedc.typed import tree as t
from schedc.verifier.audit.poly import Poly

if TYPE_CHECKING:
    from schedc.verifier.audit.cost import CallbackCost

SCHEMA = 1


@record
class Report:
    """`memory` is in bytes for each map; costs and memory are functions of the machine's size."""

    policy: str
    title: str
    clang: str
    verdicts: tuple[Verdict, ...]
    costs: Mapping[str, CallbackCost]
    memory: Mapping[str, Poly]
    params: tuple[t.Param, ...]
    counters: tuple[str, ...]
    cgroup_patterns: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a file or another program."""
        return {
            "schema": SCHEMA,
            "policy": self.policy,
            "title": self.title,
            "clang": self.clang,
            "laws": [
                {
                    "law": verdict.law, "title": verdict.title, "level": verdict.level.value,
                    "detail": verdict.detail, "assumptions": list(verdict.assumptions),
                }
                for verdict in self.verdicts
            ],
            "callbacks": {
                name: {
                    "instructions": str(cost.instructions), "kernel_calls": str(cost.calls),
                    "by_function": {function: str(count) for function, count in cost.by_name.items()},
                }
                for name, cost in self.costs.items()
            },
            "memory": {name: str(size) for name, size in self.memory.items()},
            "params": [
                {
                    "name": param.name, "type": str(param.type), "live": param.live, "default": param.default,
                    "low": param.range.low, "high": param.range.high,
                    "variable": f"{'live' if param.live else 'param'}_{param.name}",
                }
                for param in self.params
            ],
            "counters": list(self.counters),
            "counter_stride": -(-max(1, len(self.counters)) // 8) * 8,
            "cgroup_patterns": list(self.cgroup_patterns),
        }  # fmt: skip
