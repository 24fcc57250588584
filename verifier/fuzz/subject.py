"""The policy that is fuzzed: its text, its program with counters, and what it promises."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from schedc.api import CompileResult
from schedc.build.report import Report
from schedc.laws.prove import Proven
from schedc.typed import tree as t
from schedc.verifier.fuzz.instrument import Branch, instrument
from schedc.verifier.fuzz.story import Story
from schedc.verifier.kernel import params
from schedc.verifier.sim.program import Program


@dataclass(frozen=True)
class Subject:
    """`sha256` is that of the policy's text; `fixed` are the params that stay as they were asked for."""

    name: str
    source: str = field(repr=False)
    sha256: str
    report: Report = field(repr=False)
    proven: Proven = field(repr=False)
    program: Program = field(repr=False)
    branches: tuple[Branch, ...] = field(repr=False)
    fixed: Mapping[str, str]

    @classmethod
    def of(cls, result: CompileResult, wanted: Mapping[str, str] | None = None) -> Subject:
        """From an accepted compile; `BadSetting` where a param cannot have the value wanted for it."""
        proven, built = result.check.proven, result.built
        if proven is None or built is None:
            raise ValueError("only what was compiled can be fuzzed")
        source = result.check.source.text
        program = Program.of(result, wanted)
        made = instrument(program.c_source, source)
        return cls(
            built.report.policy,
            source,
            hashlib.sha256(source.encode()).hexdigest(),
            built.report,
            proven,
            replace(program, c_source=made.c_source),
            made.branches,
            dict(wanted or {}),
        )

    def memory_checked(self) -> Subject:
        """With AddressSanitizer; where nothing links it, `SimError` at the first story."""
        return replace(self, program=replace(self.program, memory_checked=True))

    def line(self, number: int) -> str:
        """A line of the policy, without what surrounds it; empty where there is none."""
        lines = self.source.splitlines()
        return lines[number - 1].partition("#")[0].strip() if 0 < number <= len(lines) else ""

    def program_for(self, story: Story) -> Program:
        """The program with what the story sets; what was asked for stays."""
        named = {params.variable(param): param.name for param in self.report.params}
        values = {variable: story.params[name] for variable, name in named.items() if name in story.params}
        return replace(self.program, settings={"clock_begins": story.clock, **values, **self.program.settings})

    def values(self, story: Story) -> dict[t.Param, int]:
        """The value of each param in a story."""
        settings = self.program_for(story).settings
        return {param: settings.get(params.variable(param), param.default) for param in self.report.params}
