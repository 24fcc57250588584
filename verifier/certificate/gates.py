"""The gates of a certificate, in order of their cost: each takes a policy and gives a record, or says no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from schedc.api import CompileResult
from schedc.build.report import Report
from schedc.diagnostics import Diagnostic
from schedc.verifier.certificate import kernels
from schedc.verifier.certificate.canonical import digest
from schedc.verifier.certificate.model import Claim, GateRecord
from schedc.verifier.kernel import Subject
from schedc.verifier.kernel import params as settings

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What to run. `wanted` are values of params by name; the first two gates are always run, the others if named.

    stories: how many the simulator draws, and `seed` which. states: of each scene that is gone through in all orders,
    at most. kernels: series, releases or images; seconds: guest time under load on each. clang: the compiler to use
    instead of the one that is found.
    """

    gates: tuple[str, ...] = ("simulate", "exhaust", "kernel")
    wanted: Mapping[str, str] = field(default_factory=dict)
    stories: int = 200
    seed: int = 1
    states: int = 5000
    kernels: tuple[str, ...] = ("6.18",)
    seconds: int = 6
    clang: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a gate was not passed: a sentence, and diagnostics where there are some."""

    gate: str
    why: str
    diagnostics: tuple[Diagnostic, ...] = ()


Gate = Callable[[CompileResult, Options, Progress], GateRecord | Refusal]


def check(compiled: CompileResult, options: Options, progress: Progress) -> GateRecord | Refusal:
    """The laws, each with its own level."""
    if not compiled.check.accepted:
        return Refusal("check", "the policy is refused")
    claims = tuple(
        Claim(f"law {verdict.law}: {verdict.title}", verdict.level.value, verdict.detail, None, verdict.assumptions)
        for verdict in compiled.check.verdicts
    )
    return GateRecord("check", True, claims, {"laws": len({verdict.law for verdict in compiled.check.verdicts})})


def compile(compiled: CompileResult, options: Options, progress: Progress) -> GateRecord | Refusal:
    """Clang, and the audits of the C and of the object."""
    if compiled.built is None:
        return Refusal("compile", "the program made from the policy is refused")
    report = compiled.built.report
    claims = (
        Claim("only allowed constructs in the C, only allowed functions, maps and sections in the object", "proved"),
        Claim("what each callback costs at most, as a function of the machine", "proved", "counted on the object"),
    )
    return GateRecord("compile", True, claims, {"c_sha256": _c_hash(compiled), **_costs(report)})


def simulate(compiled: CompileResult, options: Options, progress: Progress) -> GateRecord | Refusal:
    """Drawn stories in the simulator."""
    from schedc.verifier.certificate import simulated

    found = simulated.stories(compiled, options.wanted, options.stories, options.seed, progress)
    return Refusal("simulate", found) if isinstance(found, str) else found


def exhaust(compiled: CompileResult, options: Options, progress: Progress) -> GateRecord | Refusal:
    """All orders of events on small machines, to a depth."""
    from schedc.verifier.certificate import exhausted

    found = exhausted.orders(compiled, options.wanted, options.states, progress)
    return Refusal("exhaust", found) if isinstance(found, str) else found


def kernel(compiled: CompileResult, options: Options, progress: Progress) -> GateRecord | Refusal:
    """Real kernels in a virtual machine."""
    done = kernels.run(Subject.of(compiled, options.wanted), options.kernels, options.seconds, progress)
    if not done.outcome.ok:
        bad = [verdict for verdict in done.outcome.verdicts if not verdict.ok]
        why = "; ".join(f"{verdict.result.kernel}: {verdict.broken[0].detail}" for verdict in bad)
        return Refusal("kernel", why, tuple(found for verdict in bad for found in verdict.diagnostics))
    return GateRecord("kernel", True, done.claims, done.figures)


def skipped(gate: str) -> GateRecord:
    """What is left out is assumed, and says so."""
    return GateRecord(gate, False, (Claim(f"the gate `{gate}` would be passed", "assumed", "it was not run"),))


TABLE: dict[str, Gate] = {
    "check": check, "compile": compile, "simulate": simulate, "exhaust": exhaust, "kernel": kernel,
}  # fmt: skip
ALWAYS = ("check", "compile")


def unknown_settings(compiled: CompileResult, wanted: Mapping[str, str]) -> None:
    """`BadSetting` where the policy has no such param, or it cannot have the value."""
    if compiled.built is None:
        return
    params = compiled.built.report.params
    known = [param.name for param in params]
    for name in wanted:
        if name not in known:
            raise settings.BadSetting(f"the policy has no param `{name}`; there are: {', '.join(known) or 'none'}")
    settings.settings(params, wanted)


def _c_hash(compiled: CompileResult) -> str:
    return digest((compiled.c_source or "").encode())


def _costs(report: Report) -> dict[str, object]:
    described = report.to_json()
    callbacks = {
        name: {"instructions": cost["instructions"], "kernel_calls": cost["kernel_calls"]}
        for name, cost in described["callbacks"].items()
    }
    return {"callbacks": callbacks, "memory": described["memory"]}
