"""The simulator: the C that becomes BPF, compiled natively against a simulated sched_ext core."""

from schedc.verifier.sim.errors import SimError
from schedc.verifier.sim.program import Program
from schedc.verifier.sim.properties import Broken, broken
from schedc.verifier.sim.result import Result
from schedc.verifier.sim.run import simulate
from schedc.verifier.sim.scenario import Cpu, Event, Phase, Scenario, Step, Stop, Task, machine

__all__ = [
    "Broken", "Cpu", "Event", "Phase", "Program", "Result", "Scenario", "SimError", "Step", "Stop", "Task",
    "broken", "machine", "simulate",
]  # fmt: skip
