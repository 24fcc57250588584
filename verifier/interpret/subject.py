"""A policy that is to be compared: its typed tree for the interpreter, its C with the recorder for the simulator."""

from __future__ import annotations

from dataclasses import dataclass, replace

from schedc import api
from schedc.build.compile import lower_to_c
from schedc.laws.prove import Proven
from schedc.lower.lifted import cgroup_patterns
from schedc.verifier.fuzz.story import Story
from schedc.verifier.interpret.errors import InterpretError
from schedc.verifier.interpret.record.glue import around
from schedc.verifier.interpret.record.memory_map import MemoryMap
from schedc.verifier.kernel import params
from schedc.verifier.sim import Program


@dataclass(frozen=True)
class Subject:
    name: str
    proven: Proven
    program: Program
    memory: MemoryMap

    def program_for(self, story: Story) -> Program:
        """The program with what the story sets."""
        named = {params.variable(param): param.name for param in self.proven.policy.params}
        values = {variable: story.params[name] for variable, name in named.items() if name in story.params}
        return replace(self.program, settings={"clock_begins": story.clock, **values})

    @classmethod
    def of(cls, text: str, name: str = "policy.sched") -> Subject:
        """`InterpretError` for a policy that the compiler refuses."""
        checked = api.check(text, name)
        if checked.proven is None:
            codes = ", ".join(sorted({each.code for each in checked.diagnostics}))
            raise InterpretError(f"{name} is refused: {codes}", f"see what it says:  schedc check {name}")
        policy, c_source = checked.proven.policy, lower_to_c(checked.proven)
        memory = MemoryMap.of(policy)
        counters = tuple(counter.name for counter in policy.counters)
        patterns = tuple(cgroup_patterns(policy))
        program = Program(
            policy.name, c_source, patterns=patterns, counters=counters, around=around(c_source, memory)
        )  # fmt: skip
        return cls(name, checked.proven, program, memory)
