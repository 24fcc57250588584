"""A certificate as plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schedc.verifier.certificate.canonical import canonical, digest

SCHEMA = 1


@dataclass(frozen=True)
class Claim:
    """One property. `level`: proved, guarded, checked, tested or assumed; `bound`: to which depth or how often."""

    name: str
    level: str
    detail: str = ""
    bound: int | None = None
    assumptions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "property": self.name, "level": self.level, "bound": self.bound, "detail": self.detail,
            "assumptions": list(self.assumptions),
        }  # fmt: skip

    @property
    def shown(self) -> str:
        """The level as people write it: `proved`, `tested(200)`."""
        return self.level if self.bound is None else f"{self.level}({self.bound})"


@dataclass(frozen=True)
class GateRecord:
    """One gate that was passed, or left out where not `ran`; `figures` are whole numbers and words, in any nesting."""

    gate: str
    ran: bool
    claims: tuple[Claim, ...]
    figures: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        claims = [claim.to_json() for claim in self.claims]
        return {"gate": self.gate, "ran": self.ran, "claims": claims, "figures": dict(self.figures)}


@dataclass(frozen=True)
class Signature:
    """Ed25519 over the certificate's id and time; both in hexadecimal digits."""

    key: str
    value: str

    def to_json(self) -> dict[str, Any]:
        return {"algorithm": "Ed25519", "key": self.key, "value": self.value}


@dataclass(frozen=True)
class Certificate:
    """`statement` is what is certified, the same for the same run; `made_at` says when, in UTC."""

    statement: Mapping[str, Any]
    made_at: str
    signature: Signature | None = None

    @property
    def id(self) -> str:
        """`sha256:` and the hash of the statement."""
        return f"sha256:{digest(canonical(self.statement))}"

    @property
    def signed(self) -> bytes:
        """What a signature is made of: it covers the statement by its hash, and the time."""
        return b"schedc certificate 1\n" + canonical({"id": self.id, "made_at": self.made_at})

    @property
    def policy(self) -> str:
        return str(self.statement["policy"]["name"])

    @property
    def gates(self) -> tuple[GateRecord, ...]:
        return tuple(
            GateRecord(gate["gate"], gate["ran"], tuple(map(_claim, gate["claims"])), gate["figures"])
            for gate in self.statement["gates"]
        )

    def to_json(self) -> dict[str, Any]:
        signature = None if self.signature is None else self.signature.to_json()
        return {"id": self.id, "statement": self.statement, "made_at": self.made_at, "signature": signature}


def _claim(row: Mapping[str, Any]) -> Claim:
    return Claim(row["property"], row["level"], row["detail"], row["bound"], tuple(row["assumptions"]))
