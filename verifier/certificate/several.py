"""Several policies through the gates: which have their certificate already, and what came out as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schedc import api
from schedc.verifier.certificate.confirm import confirm
from schedc.verifier.certificate.errors import CertificateError
from schedc.verifier.certificate.gates import ALWAYS, Options
from schedc.verifier.certificate.model import Certificate, GateRecord
from schedc.verifier.certificate.read import MAX_BYTES, read

_SERIES = 2  # numbers of a release that name its series


@dataclass(frozen=True)
class Row:
    """A policy by its file's name, and its certificate, or why there is none."""

    name: str
    certificate: Certificate | None
    why: str = ""


def stored(path: Path) -> Certificate | None:
    """The certificate in a file; None if there is none that can be read as one."""
    try:
        with path.open("rb") as file:
            return read(file.read(MAX_BYTES + 1))
    except (OSError, CertificateError):
        return None


def covers(certificate: Certificate, compiled: api.CompileResult, options: Options) -> bool:
    """Whether a certificate is about this policy and object, and says no less than these gates would."""
    if compiled.built is None or not confirm(certificate, compiled).ok:
        return False
    if dict(certificate.statement["settings"]) != dict(options.wanted):
        return False
    ran = {gate.gate: gate.figures for gate in certificate.gates if gate.ran}
    return {*ALWAYS, *options.gates} <= set(ran) and all(_is_enough(gate, ran[gate], options) for gate in options.gates)


def _is_enough(gate: str, had: Mapping[str, Any], options: Options) -> bool:
    """`had` may be of any form: a certificate is what anybody may have written."""
    match gate:
        case "simulate":
            return _number(had, "stories") >= options.stories and had.get("seed") == options.seed
        case "exhaust":
            return _number(had, "states_each") >= options.states
        case "kernel":
            return _number(had, "seconds") >= options.seconds and all(_ran(had, each) for each in options.kernels)
        case _:
            return True


def _number(had: Mapping[str, Any], name: str) -> int:
    found = had.get(name)
    return found if isinstance(found, int) else 0


def _ran(had: Mapping[str, Any], wanted: str) -> bool:
    kernels = had.get("kernels")
    return isinstance(kernels, dict) and any(name == wanted or name.startswith(f"{wanted}.") for name in kernels)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each policy and a summary; `stories` were drawn, `orders` gone through, and kernels ran it."""
    cells = [("", "laws", "stories", "orders", "kernels"), *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*(each for each in cells if len(each) > 2), strict=True)]
    widths[0] = max(len(each[0]) for each in cells)
    for each in cells:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(each, widths, strict=False)).rstrip()
    good = sum(row.certificate is not None for row in rows)
    yield f"{good} of {len(rows)} certified"


def _cells(row: Row) -> tuple[str, ...]:
    if row.certificate is None:
        return row.name, f"not certified, by {row.why}"
    gates = {gate.gate: gate for gate in row.certificate.gates}
    return (
        row.name,
        _laws(gates["check"]),
        _figure(gates["simulate"], "stories"),
        _figure(gates["exhaust"], "orders"),
        _kernels(gates["kernel"]),
    )


def _laws(gate: GateRecord) -> str:
    """How many claims of the laws have each level."""
    levels = [claim.level for claim in gate.claims]
    return ", ".join(f"{levels.count(level)} {level}" for level in dict.fromkeys(levels))


def _figure(gate: GateRecord, name: str) -> str:
    return str(gate.figures.get(name, "?")) if gate.ran else "-"


def _kernels(gate: GateRecord) -> str:
    found = gate.figures.get("kernels")
    return " ".join(".".join(name.split(".")[:_SERIES]) for name in found) if isinstance(found, dict) else "-"
