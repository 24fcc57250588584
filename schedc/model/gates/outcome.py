"""What a gate says of a policy."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from schedc.verifier.trouble import Trouble


class GateTrouble(Trouble):
    """A gate could not do its work; the policy is not to blame."""


@dataclass(frozen=True)
class Outcome:
    """`summary`: a line for people. `told`: all that was found, for who wrote the policy. `report`: plain values."""

    gate: str
    passed: bool
    summary: str
    told: str = ""
    report: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
