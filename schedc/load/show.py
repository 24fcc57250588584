"""What there is to tell of a policy that runs, as lines for people or for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from schedc.check.literals import duration_text
from schedc.diagnostics import Diagnostic
from schedc.load.events import Attached, Changed, Ended, Event, Promise, Status, Why
from schedc.load.subject import Subject
from schedc.source import Source

SCHEMA = 1


class Text:
    """For people: of what is counted, only what has moved."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.last = Status(0.0)

    def lines(self, event: Event) -> Iterator[str]:
        match event:
            case Attached():
                took = f"{event.verified_instructions} instructions verified, {event.seconds:.2f} s"
                yield f"{event.policy}: attached ({took}); Ctrl-C takes it off"
            case Changed():
                yield f"{event.name} is {event.value}"
            case Status():
                yield from self._moved(event)
            case Ended():
                yield from self._ended(event)

    def _moved(self, status: Status) -> Iterator[str]:
        moved = [*_moves(self.last.counters, status.counters), *_moves(self.last.events, status.events)]
        if moved:
            yield f"{status.at:6.1f} s  {', '.join(moved)}"
        before = {promise.line: promise.broken for promise in self.last.promises}
        for promise in status.promises:
            more = promise.broken - before.get(promise.line, 0)
            if more:
                yield f"{status.at:6.1f} s  broken +{more}: {_promise(self.source, promise)}"
        self.last = status

    def _ended(self, event: Ended) -> Iterator[str]:
        end = event.result.exit
        why = f"{event.why.value}: {_promise(self.source, event.promise)}" if event.promise else event.why.value
        yield f"off after {event.last.at:.1f} s, {why}; the kernel's default runs"
        if end is not None:
            yield f"  exit      {end.reason} ({end.kind})" + (f": {end.message}" if end.message else "")
        for name, counted in (("counters", event.last.counters), ("events", event.last.events)):
            if counted:
                told = [f"{_short(key)} {_count(key, value)}" for key, value in counted.items()]
                yield f"  {name:<8}  {', '.join(told)}"
        for promise in event.last.promises:
            worst = _rounded(promise.worst)
            yield f"  promise   {_promise(self.source, promise)}: broken {promise.broken} times, longest {worst}"


def _promise(source: Source, promise: Promise) -> str:
    return f"{source.name}:{promise.line}: {promise.text}"


def _moves(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    found = {name: value - before.get(name, 0) for name, value in after.items()}
    return [f"{_short(name)} +{_count(name, more)}" for name, more in found.items() if more]


def _short(name: str) -> str:
    return name.removeprefix("SCX_EV_")


def _count(name: str, value: int) -> str:
    """An event that adds up times is a time."""
    return _rounded(value) if name.endswith("_DURATION") else str(value)


def _rounded(nanoseconds: int) -> str:
    """Two or three digits are enough to see what it is about."""
    step = 10 ** max(0, len(str(nanoseconds)) - 2)
    return duration_text(nanoseconds // step * step)


def diagnostics(subject: Subject, event: Ended) -> tuple[Diagnostic, ...]:
    """What the kernel has against the policy, at its lines. A host's log speaks of much else, and is left out."""
    from schedc.verifier.kernel.diagnose import diagnose
    from schedc.verifier.kernel.expectations import What, broken

    if event.why is Why.LOADER:  # which says nothing about the policy
        return ()
    found = tuple(each for each in broken(event.result) if each.what is not What.WARNING)
    return diagnose(subject.policy, event.result, found)


def to_json(event: Event) -> str:
    """One line; what `t` says is what it is."""
    plain: dict[str, Any]
    match event:
        case Attached():
            plain = {
                "t": "attached", "schema": SCHEMA, "policy": event.policy,
                "verified_instructions": event.verified_instructions, "seconds": event.seconds,
            }  # fmt: skip
        case Changed():
            plain = {"t": "changed", "name": event.name, "value": event.value}
        case Status():
            plain = {"t": "status", **_status(event)}
        case Ended():
            end = event.result.exit
            record = end and {"kind": end.kind, "code": end.code, "reason": end.reason, "message": end.message}
            promise = _plain(event.promise) if event.promise else None
            plain = {
                "t": "ended", "ok": event.ok, "why": event.why.name.lower(), "promise": promise, "exit": record,
                "dump": list(event.result.dump), **_status(event.last),
            }  # fmt: skip
    return json.dumps(plain)


def _status(status: Status) -> dict[str, Any]:
    promises = [_plain(promise) for promise in status.promises]
    return {"at": status.at, "counters": status.counters, "events": status.events, "promises": promises}


def _plain(promise: Promise) -> dict[str, Any]:
    return {
        "line": promise.line, "text": promise.text, "seen": promise.seen, "broken": promise.broken,
        "worst_ns": promise.worst,
    }  # fmt: skip
