"""The trace event format (JSON): a process for each run, a track for each CPU, arrows from wakers to the woken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from schedc.verifier.timeline.events import Migration, Note, read
from schedc.verifier.timeline.slices import Slice, slices

_STATES = {"R": "preempted", "S": "sleeps", "D": "waits for a device", "I": "idles", "X": "ended", "Z": "ended"}
_REALTIME = 100
Item = dict[str, Any]


@dataclass(frozen=True)
class Guest:
    """One run: what to call it, and the text of its trace buffer."""

    title: str
    text: str


def to_json(guests: Iterable[Guest]) -> dict[str, Any]:
    """Plain values. Each run begins at 0; times are in microseconds, as the format has them."""
    items: list[Item] = []
    for number, guest in enumerate(guests, 1):
        items += _guest(number, guest)
    return {"displayTimeUnit": "ns", "traceEvents": items}


def _guest(process: int, guest: Guest) -> list[Item]:
    events = list(read(guest.text.split("\n")))
    zero = min((event.us for event in events), default=0)
    items: list[Item] = [_named("process_name", process, 0, guest.title)]
    cpus = sorted({event.cpu for event in events})
    items += [_named("thread_name", process, cpu, f"CPU {cpu}") for cpu in cpus]
    for flow, each in enumerate(slices(events)):
        items += _slice(process, zero, each)
        items += _arrow(process, zero, each, f"{process}.{flow}")
    items += [_instant(process, zero, event) for event in events if isinstance(event, Migration | Note)]
    return items


def _named(what: str, process: int, thread: int, name: str) -> Item:
    return {"ph": "M", "name": what, "pid": process, "tid": thread, "args": {"name": name}}


def _slice(process: int, zero: int, ran: Slice) -> Iterator[Item]:
    kind = "real-time" if ran.priority < _REALTIME else "normal"
    told: Item = {"pid": ran.task.pid, "then": _STATES.get(ran.state[:1], ran.state), "priority": ran.priority}
    if ran.woken:
        told["waited_us"] = ran.start - ran.woken.us
    yield {
        "ph": "X",
        "name": f"{ran.task.name}[{ran.task.pid}]",
        "cat": kind,
        "pid": process,
        "tid": ran.cpu,
        "ts": ran.start - zero,
        "dur": ran.end - ran.start,
        "args": told,
    }


def _arrow(process: int, zero: int, ran: Slice, flow: str) -> Iterator[Item]:
    """From the CPU that woke the task to the start of its slice."""
    if ran.woken is None:
        return
    base = {"name": "wakeup", "cat": "wakeup", "id": flow, "pid": process}
    yield base | {"ph": "s", "tid": ran.woken.cpu, "ts": ran.woken.us - zero}
    yield base | {"ph": "f", "bp": "e", "tid": ran.cpu, "ts": ran.start - zero}


def _instant(process: int, zero: int, event: Migration | Note) -> Item:
    if isinstance(event, Migration):
        name = f"{event.task.name}[{event.task.pid}] moves from CPU {event.source} to {event.target}"
    else:
        name = f"{event.name}: {event.text}"
    return {
        "ph": "i",
        "s": "t",
        "name": name,
        "cat": "event",
        "pid": process,
        "tid": event.cpu,
        "ts": event.us - zero,
    }
