"""What a program can have tried: a policy on real kernels in a virtual machine, or a workload on the simulated one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from schedc import api
from schedc.diagnostics import Diagnostic
from schedc.record import record
from schedc.verifier.kernel import Options, Outcome
from schedc.verifier.kernel import Subject as KernelSubject
from schedc.verifier.kernel import verify as verify_on
from schedc.verifier.measure import Subject, read
from schedc.verifier.sim import Program, machine
from schedc.verifier.sim.scenario import Cpu
from schedc.verifier.sim.simulation import Contender, Simulation, simulate_workload
from schedc.verifier.trouble import Trouble


def _quiet(text: str) -> None:
    """No progress is asked for."""


@record
class VerifyResult:
    """`outcome` has a verdict for each kernel; None where the policy was refused before, see `diagnostics`."""

    compiled: api.CompileResult
    outcome: Outcome | None

    @property
    def accepted(self) -> bool:
        return self.outcome is not None and self.outcome.ok

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What compiling found, then what the kernels did."""
        verdicts = self.outcome.verdicts if self.outcome is not None else ()
        return (*self.compiled.diagnostics, *(found for verdict in verdicts for found in verdict.diagnostics))


def verify(
    text: str, name: str = "policy.sched", *, kernels: Sequence[str] = Options.kernels, seconds: int = Options.seconds,
    settings: Mapping[str, str] | None = None, progress: Callable[[str], None] = _quiet,
) -> VerifyResult:  # fmt: skip
    """Load a policy's object into real kernels in virtual machines, and run it under load.

    kernels: series, releases or paths of images. seconds: of guest time under load. settings: values of params as they
    are written, such as `{"slice": "3ms"}`. `Trouble` where no kernel could be run, `BadSetting` for a wrong value.
    """
    compiled = api.compile(text, name)
    if not compiled.accepted:
        return VerifyResult(compiled, None)
    subject = KernelSubject.of(compiled, settings or {})
    return VerifyResult(compiled, verify_on([subject], Options(tuple(kernels), seconds), progress))


def simulate(
    texts: Mapping[str, str], workload: Path, *, cpus: int | Sequence[Cpu] = 1, seeds: int = 10,
    settings: Mapping[str, str] | None = None,
) -> Simulation:  # fmt: skip
    """A workload file (.toml) under policies, by their names, on a simulated machine: the first is what others are
    compared with.

    cpus: how many that share a cache, or a machine from `schedc.verifier.sim.machine`. seeds: runs of each.
    `Trouble` for a policy that is refused, and for a workload that is none.
    """
    wanted = settings or {}
    contenders = [_contender(text, name, wanted) for name, text in texts.items()]
    shape = machine(cpus) if isinstance(cpus, int) else tuple(cpus)
    return simulate_workload(read(workload.read_bytes(), str(workload)), contenders, shape, seeds)


def _contender(text: str, name: str, wanted: Mapping[str, str]) -> Contender:
    compiled = api.compile(text, name)
    if not compiled.accepted:
        first = compiled.diagnostics[0]
        raise Trouble(f"the policy is refused: {first.code} {first.title}", "`schedc.check` has all reasons", name)
    return Contender(Subject.policy(compiled, wanted), Program.of(compiled, wanted))
