"""The gates by name, from the cheapest on. A further one is a module with `run`, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, NamedTuple

from schedc.model.gates.outcome import GateTrouble, Outcome

Progress = Callable[[str], None]
Run = Callable[[str, dict[str, Any], Progress], Outcome]


class Gate(NamedTuple):
    """`apart`: it takes long, and runs in a process of its own that can be ended. `seconds`: the most it may take."""

    module: str
    help: str
    apart: bool
    seconds: int


GATES = {
    "check": Gate("check", "the laws, on the text", False, 60),
    "compile": Gate("compile", "the compiler and the auditor, on the object", True, 300),
    "simulate": Gate("simulate", "drawn stories on a simulated scheduler core", True, 600),
    "exhaust": Gate("exhaust", "all orders of events on small simulated machines, to a depth", True, 600),
    "kernel": Gate("kernel", "a real kernel in a virtual machine, under load", True, 1800),
}
DEFAULT = ("check", "compile", "simulate", "exhaust")


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """The gates of these names in the order of cost, each once. The text is checked in any case."""
    wanted = {"check", *names}
    for name in wanted - GATES.keys():
        raise GateTrouble(f"there is no gate `{name}`", f"there are: {', '.join(GATES)}")
    return tuple(name for name in GATES if name in wanted)


def runner(name: str) -> Run:
    """The work of a gate, in this process."""
    run: Run = import_module(f"schedc.model.gates.{GATES[name].module}").run
    return run
