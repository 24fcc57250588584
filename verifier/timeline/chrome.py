"""The trace event format (JSON): a process for each run, a track for each CPU, arrows from wakers to the woken.

Perfetto's importer draws an arrow only where both its ends lie in slices that it knows by then, and where its id is a
number: so items are in the order of time, slices first. It takes thread 0 for the process itself, and calls the thread
that has the number of its process the main one: so CPU 0 is not thread 0, and no CPU has the number of a process.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from schedc.verifier.timeline.events import Migration, Note, Wakeup, read
from schedc.verifier.timeline.slices import Slice, slices

_STATES = {"R": "preempted", "S": "sleeps", "D": "waits for a device", "I": "idles", "X": "ended", "Z": "ended"}
_REALTIME = 100
_ORDER = "XsfI"  # at one moment
_FLOWS = 1 << 32  # ids of arrows, for each process
_THREADS = 10_000  # ids of CPUs, for each process
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
    names = [{"ph": "M", "name": "process_name", "pid": process, "args": {"name": guest.title}}]
    cpus = sorted({event.cpu for event in events})
    names += [_on(process, cpu) | {"ph": "M", "name": "thread_name", "args": {"name": f"CPU {cpu}"}} for cpu in cpus]
    ran = list(slices(events))
    busy = _by_cpu(ran)
    items = [_slice(process, zero, each) for each in ran]
    for flow, each in enumerate(ran, process * _FLOWS):
        if each.woken is not None and _covers(busy.get(each.woken.cpu, []), each.woken.us):
            items += _arrow(process, zero, each, each.woken, flow)
    items += [_instant(process, zero, event) for event in events if isinstance(event, Migration | Note)]
    return names + sorted(items, key=lambda item: (item["ts"], _ORDER.index(item["ph"])))


def _by_cpu(ran: Iterable[Slice]) -> dict[int, list[Slice]]:
    found: dict[int, list[Slice]] = {}
    for each in ran:
        found.setdefault(each.cpu, []).append(each)
    return found


def _covers(ran: list[Slice], us: int) -> bool:
    """Whether a task ran then, of the slices of one CPU, which are in the order of time; else nobody is known who woke
    the task, but a timer or a device."""
    last = bisect_right(ran, us, key=lambda each: each.start) - 1
    return last >= 0 and us < ran[last].end


def _on(process: int, cpu: int) -> Item:
    """Which track it is about."""
    return {"pid": process, "tid": process * _THREADS + cpu}


def _slice(process: int, zero: int, ran: Slice) -> Item:
    kind = "real-time" if ran.priority < _REALTIME else "normal"
    told: Item = {"pid": ran.task.pid, "then": _STATES.get(ran.state[:1], ran.state), "priority": ran.priority}
    if ran.woken:
        told["waited_us"] = ran.start - ran.woken.us
    return _on(process, ran.cpu) | {
        "ph": "X",
        "name": f"{ran.task.name}[{ran.task.pid}]",
        "cat": kind,
        "ts": ran.start - zero,
        "dur": ran.end - ran.start,
        "args": told,
    }


def _arrow(process: int, zero: int, ran: Slice, woken: Wakeup, flow: int) -> Iterator[Item]:
    """From the task that woke it to the start of its slice."""
    base = {"name": "wakeup", "cat": "wakeup", "id": flow}
    yield base | _on(process, woken.cpu) | {"ph": "s", "ts": woken.us - zero}
    yield base | _on(process, ran.cpu) | {"ph": "f", "bp": "e", "ts": ran.start - zero}


def _instant(process: int, zero: int, event: Migration | Note) -> Item:
    if isinstance(event, Migration):
        name = f"{event.task.name}[{event.task.pid}] moves from CPU {event.source} to {event.target}"
    else:
        name = f"{event.name}: {event.text}"
    return _on(process, event.cpu) | {"ph": "I", "s": "t", "name": name, "cat": "event", "ts": event.us - zero}
