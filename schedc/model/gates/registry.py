"""The gates by name, from the cheapest on. A further one is a module with `run`, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    "simulate": Gate("simulate", "full machines and a few drawn stories on a simulated scheduler core", True, 600),
    "fuzz": Gate("fuzz", "many drawn stories on the simulated core", True, 600),
    "exhaust": Gate("exhaust", "all orders of events on small simulated machines, to a depth", True, 600),
    "kernel": Gate("kernel", "a real kernel in a virtual machine, under load", True, 1800),
    "certify": Gate("certify", "the certificate of what was passed", True, 3600),
}
DEFAULT = ("check", "compile", "simulate", "fuzz", "exhaust", "certify")
# What a certificate knows of a gate beside check and compile, which it always has.
_CERTIFIED = {"simulate": "simulate", "fuzz": "simulate", "exhaust": "exhaust", "kernel": "kernel"}


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """The gates of these names in the order of cost, each once. The text is checked in any case.

    A certificate is about an object: it comes last wherever more than the text is looked at.
    """
    wanted = {"check", *names}
    for name in wanted - GATES.keys():
        raise GateTrouble(f"there is no gate `{name}`", f"there are: {', '.join(GATES)}")
    if wanted != {"check"}:
        wanted.add("certify")
    return tuple(name for name in GATES if name in wanted)


def asked(gate: str, gates: Iterable[str], options: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The options of one of `gates`; a certificate is of the others, on the same kernels."""
    own = options.get(gate, {})
    if gate != "certify":
        return own
    certified = dict.fromkeys(_CERTIFIED[name] for name in gates if name in _CERTIFIED)
    return {**options.get("kernel", {}), "gates": list(certified), **own}


def runner(name: str) -> Run:
    """The work of a gate, in this process."""
    run: Run = import_module(f"schedc.model.gates.{GATES[name].module}").run
    return run
