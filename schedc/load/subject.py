"""A policy as it is loaded: what its source says about the object, and the values of its params."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schedc.laws.prove import Proven
from schedc.lower.lifted import cgroup_patterns
from schedc.typed import tree as t
from schedc.typed.walk import walk_policy
from schedc.types.kinds import Kind
from schedc.verifier.kernel import params
from schedc.verifier.vm.job import ObjectJob

PROMISES = ("promise_seen", "promise_broken", "promise_worst")
_ROW = 8  # counters; a row of them is a CPU's and fills whole cache lines


@dataclass(frozen=True)
class Subject:
    """`settings` are values of the program's variables."""

    policy: t.Policy
    object: bytes = field(repr=False)
    settings: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, proven: Proven, data: bytes, wanted: Mapping[str, str]) -> Subject:
        """`BadSetting` where the policy has no such param, or it cannot have the value."""
        policy = proven.policy
        return cls(policy, data, _values(policy.params, wanted))

    def live(self, wanted: Mapping[str, str]) -> dict[str, int]:
        """The values of variables that may change while it runs; `BadSetting` where one may not."""
        fixed = [name for name in wanted if any(name == each.name and not each.live for each in self.policy.params)]
        if fixed:
            raise params.BadSetting(f"{', '.join(fixed)} is fixed when the policy is loaded: it is not a `live param`")
        return _values(tuple(each for each in self.policy.params if each.live), wanted)

    @property
    def uses_cgroup_weights(self) -> bool:
        return any(
            isinstance(node, t.FieldRef) and node.field.owner is Kind.CGROUP and node.field.name == "weight"
            for node in walk_policy(self.policy)
        )

    def job(self) -> ObjectJob:
        """As the loader is told of it."""
        counters = {counter.name: column for column, counter in enumerate(self.policy.counters)}
        patterns = cgroup_patterns(self.policy)
        return ObjectJob(
            self.policy.name,
            self.object,
            settings=self.settings,
            cgroups=tuple(enumerate(patterns)),
            stride=-(-len(counters) // _ROW) * _ROW,
            counters=counters,
            readings=PROMISES if self.policy.promises else (),
            workloads=(),
            watch=bool(self.policy.promises),
        )


def _values(known: tuple[t.Param, ...], wanted: Mapping[str, str]) -> dict[str, int]:
    names = [param.name for param in known]
    for name in wanted:
        if name not in names:
            raise params.BadSetting(f"there is no param `{name}` to set; there are: {', '.join(names) or 'none'}")
    return params.settings(known, wanted)
