"""What there is to tell while a policy runs, as plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from schedc.source import Span
from schedc.verifier.vm.result import ObjectResult


class Why(Enum):
    """Why a policy does not run any more."""

    TIME = "its time is over"
    ASKED = "asked to"
    PROMISES = "its promises were broken too often"
    KERNEL = "the kernel ended it"
    LOADER = "the loader died"


@dataclass(frozen=True)
class Attached:
    """The kernel has taken it, and tasks run under it."""

    policy: str
    verified_instructions: int
    seconds: float
    """What loading took."""


@dataclass(frozen=True)
class Promise:
    """One promise of the policy, at its line; `worst` in ns."""

    line: int
    text: str
    span: Span
    seen: int
    broken: int
    worst: int


@dataclass(frozen=True)
class Status:
    """How it is `at` seconds after it was attached. What is counted is counted since then."""

    at: float
    counters: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True)
class Changed:
    """A live param got another value while it ran; `value` as it was written."""

    name: str
    value: str


@dataclass(frozen=True)
class Ended:
    """The kernel's default is back. `promise`: the one that was broken too often."""

    why: Why
    last: Status
    result: ObjectResult
    promise: Promise | None = None

    @property
    def ok(self) -> bool:
        """It ran until it was asked to end, and its exit record says nothing else."""
        clean = self.result.exit is None or self.result.exit.clean
        return self.why in (Why.TIME, Why.ASKED) and clean


Event = Attached | Status | Changed | Ended
