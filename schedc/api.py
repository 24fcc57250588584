"""What a program can ask of schedc: check a policy, compile it. Nothing here prints, and nothing is kept
between calls but caches that hold no state of a policy; safe to call from threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schedc.check.policy import check_policy
from schedc.diagnostics import Diagnostic, Diagnostics
from schedc.laws.prove import Proven, prove
from schedc.laws.verdict import Verdict
from schedc.record import record
from schedc.source import Source
from schedc.syntax.parser import Fragments, parse_what_can_be

if TYPE_CHECKING:
    from schedc.build.compile import Built, Render
    from schedc.build.report import Report


@record
class CheckResult:
    """What checking found. `accepted`: no error; `verdicts` say how surely each law is kept."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    proven: Proven | None

    @property
    def accepted(self) -> bool:
        return self.proven is not None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return self.proven.verdicts if self.proven is not None else ()


def check(text: str, name: str = "policy.sched") -> CheckResult:
    """Check a policy's text; `name` is what diagnostics call it."""
    source = Source(name, text)
    diagnostics = Diagnostics()
    proven: Proven | None = None
    parsed = parse_what_can_be(source, diagnostics)
    if isinstance(parsed, Fragments):
        from schedc.check.alone import check_alone

        check_alone(parsed, diagnostics)
    elif parsed is not None:
        policy = check_policy(parsed, diagnostics)
        if policy is not None:
            proven = prove(policy, diagnostics)
    return CheckResult(source, tuple(diagnostics), proven)


@record
class CompileResult:
    """What compiling made: `built` holds C, object and report; None if the policy or its program was refused."""

    check: CheckResult
    diagnostics: tuple[Diagnostic, ...]
    built: Built | None

    @property
    def accepted(self) -> bool:
        return self.built is not None

    @property
    def object(self) -> bytes | None:
        return self.built.object if self.built is not None else None

    @property
    def c_source(self) -> str | None:
        return self.built.c_source if self.built is not None else None

    @property
    def report(self) -> Report | None:
        return self.built.report if self.built is not None else None


def compile(text: str, name: str = "policy.sched", *, clang: str | None = None) -> CompileResult:
    """Compile a policy's text to an audited BPF object; `clang` names the compiler to use."""
    return compile_with(None, text, name, clang)


def compile_with(render: Render | None, text: str, name: str, clang: str | None) -> CompileResult:
    """`compile`, with another way to get at the C program: for who has begun with that before."""
    checked = check(text, name)
    if checked.proven is None:
        return CompileResult(checked, checked.diagnostics, None)
    from schedc.build.begin import begin
    from schedc.diagnostics import s6_build as messages
    from schedc.toolchain import NoClang

    diagnostics = Diagnostics(checked.diagnostics)
    try:
        begun = begin(clang)
    except NoClang as reason:
        diagnostics.add(messages.no_clang(checked.proven.policy.span, str(reason)))
        return CompileResult(checked, tuple(diagnostics), None)
    with begun.pending:
        from schedc.build.compile import build

        built = build(checked.proven, begun, diagnostics, render)
    return CompileResult(checked, tuple(diagnostics), built)
