"""What each callback can cost at worst, in instructions and kernel calls, as a function of the machine.

An upper bound on the object's own instructions: what the kernel does inside a call is not counted, and
what libbpf and the verifier patch in (a few instructions for some calls) is not either. Where two
branches cost 5·cpus and 80·llcs and no order holds on every machine, the dearer one at `REFERENCE`
(a large machine) is taken; on a machine of other proportions the other may be dearer. Each figure is a
maximum of its own: the path with most instructions need not be that with most calls. A loop that clang
turned around, so that it asks for the next element at its end, is counted with one round too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from schedc.record import record

from .calls import Call, calls_of, references_of
from .cfg import Cfg, Loop, build_cfg, slots
from .elf import ObjectError
from .helpers import LOOP
from .loops import Carrier, carrier, origin
from .object import Function, Object
from .paths import Bound, longest
from .poly import REFERENCE, ZERO, Poly

INSTRUCTIONS = "instructions"
CALLS = "calls"
MAX_CALL_DEPTH = 16
MAX_MEASURES = 128
MAX_PLACES = 64


class CostError(ObjectError):
    """The cost has no bound; `sched_line` is where."""

    def __init__(self, message: str, sched_line: int | None = None) -> None:
        super().__init__(message)
        self.sched_line = sched_line


@record
class CallbackCost:
    """The worst case of one callback, its subprograms included."""

    instructions: Poly
    calls: Poly
    by_name: Mapping[str, Poly]
    """Kernel functions and helpers -> how often."""


class _Analysis(NamedTuple):
    cfg: Cfg
    calls: Mapping[int, Call]
    bounds: Mapping[int, Bound]
    lengths: tuple[int, ...]
    """Instructions of each block."""
    block_calls: Mapping[int, list[Call]]
    repeats: Mapping[int, tuple[Function, Poly]]
    """bpf_loop calls: slot -> what is repeated, and how often."""


def object_cost(
    obj: Object,
    loop_bounds: Mapping[int, Poly],
    sched_file: str,
    *,
    sizes: Mapping[str, int] = REFERENCE,
) -> Mapping[str, CallbackCost]:
    """The cost of every callback of the ops table, of each other program by its name, and of timers as
    `timer:name`. `loop_bounds` gives for a line of the policy how often its loop can go round; of several
    loops on one line it has to cover each. CostError where a loop has no bound or a function calls itself."""
    entries = _entries(obj)
    meter = _Meter(obj, loop_bounds, sched_file, sizes)
    return MappingProxyType({name: meter.cost(function) for name, function in entries.items()})


def _entries(obj: Object) -> dict[str, Function]:
    by_name = {function.name: function for function in obj.functions}
    entries: dict[str, Function] = {}
    for table in obj.ops:
        entries.update((m, by_name[f]) for m, f in table.callbacks.items() if f in by_name)
    attached = {function.name for function in entries.values()}
    entries.update((f.name, f) for f in obj.programs if f.name not in attached)
    for function in obj.functions:
        for reference in references_of(obj, function):
            if reference.function is not None and reference.user != LOOP:
                entries[f"timer:{reference.function.name}"] = reference.function
    return entries


class _Meter:
    """Costs of one object, each function measured once."""

    def __init__(
        self, obj: Object, bounds: Mapping[int, Poly], sched_file: str, sizes: Mapping[str, int]
    ) -> None:
        self._obj = obj
        self._bounds = bounds
        self._file = sched_file
        self._sizes = sizes
        self._analyses: dict[str, _Analysis] = {}
        self._known: dict[str, Mapping[str, Poly]] = {}

    def cost(self, function: Function) -> CallbackCost:
        found = self._totals(function, ())
        names = sorted(set(found) - {INSTRUCTIONS, CALLS})
        return CallbackCost(found[INSTRUCTIONS], found[CALLS], MappingProxyType({n: found[n] for n in names}))

    def _totals(self, function: Function, stack: tuple[str, ...]) -> Mapping[str, Poly]:
        if function.name in self._known:
            return self._known[function.name]
        if function.name in stack or len(stack) >= MAX_CALL_DEPTH:
            raise CostError(f"{function.name} calls itself, or calls go too deep")
        work = self._analyse(function)
        inner = {
            callee.name: self._totals(callee, (*stack, function.name))
            for callee in dict.fromkeys((*_locals(work), *(f for f, _ in work.repeats.values())))
        }
        measures = {INSTRUCTIONS, CALLS, *(c.name for c in work.calls.values() if c.function is None)}
        measures.update(name for totals in inner.values() for name in totals)
        if len(measures) > MAX_MEASURES:
            raise CostError(f"{function.name} calls more kernel functions than a policy can")
        self._known[function.name] = {
            measure: longest(work.cfg, self._weights(work, inner, measure), work.bounds, self._sizes)
            for measure in sorted(measures)
        }
        return self._known[function.name]

    def _weights(self, work: _Analysis, inner: Mapping[str, Mapping[str, Poly]], measure: str) -> list[Poly]:
        # Most blocks call nothing, and then weigh the same as far as calls go.
        if measure == INSTRUCTIONS:
            weights = [Poly.constant(count) for count in work.lengths]
        else:
            weights = [ZERO] * len(work.lengths)
        for at, calls in work.block_calls.items():
            weights[at] = weights[at] + self._called(work, inner, measure, calls)
        return weights

    def _called(
        self, work: _Analysis, inner: Mapping[str, Mapping[str, Poly]], measure: str, calls: Iterable[Call]
    ) -> Poly:
        own, called = 0, ZERO
        for call in calls:
            if call.function is not None:
                called += inner[call.function.name].get(measure, ZERO)
            elif measure in (CALLS, call.name):
                own += 1
            if call.slot in work.repeats:
                repeated, times = work.repeats[call.slot]
                called += times * inner[repeated.name].get(measure, ZERO)
        return called + own

    def _analyse(self, function: Function) -> _Analysis:
        if function.name not in self._analyses:
            cfg = build_cfg(self._obj, function)
            if cfg.irreducible:
                raise CostError(f"{function.name} jumps into the middle of a loop")
            code = self._obj.code[function.section_index]
            calls = {call.slot: call for call in calls_of(self._obj, function)}
            bounds = {loop.header: self._loop_bound(cfg, loop) for loop in cfg.loops}
            lengths = tuple(len(slots(code, block.start, block.end)) for block in cfg.blocks)
            block_calls: dict[int, list[Call]] = {}
            for slot, call in calls.items():
                block_calls.setdefault(cfg.block_of(slot), []).append(call)
            repeats = self._repeats(function, calls)
            self._analyses[function.name] = _Analysis(cfg, calls, bounds, lengths, block_calls, repeats)
        return self._analyses[function.name]

    def _repeats(self, function: Function, calls: Mapping[int, Call]) -> dict[int, tuple[Function, Poly]]:
        repeats: dict[int, tuple[Function, Poly]] = {}
        for reference in references_of(self._obj, function):
            if reference.user == LOOP and reference.function is not None:
                slot = next(s for s in sorted(calls) if s > reference.slot)
                repeats[slot] = (reference.function, self._bound(function, [slot]))
        return repeats

    def _loop_bound(self, cfg: Cfg, loop: Loop) -> Bound:
        ends = carrier(self._obj, cfg, loop)
        if ends is None:
            line = self._obj.sched_line(cfg.function, cfg.blocks[loop.header].start, self._file)
            raise CostError(f"{cfg.function.name} has a loop that nothing ends", line)
        if ends.rounds is not None:
            return Bound(Poly.constant(ends.rounds), ends.block)
        return Bound(self._bound(cfg.function, self._places(cfg, loop, ends)), ends.block)

    def _places(self, cfg: Cfg, loop: Loop, ends: Carrier) -> list[int]:
        """Where to look for the loop's line: where its iterator is made, then at what ends it, then in its
        header, then anywhere in it."""
        made = origin(self._obj, cfg, loop, ends)
        blocks = [loop.header, *sorted(loop.body - {loop.header})][:MAX_PLACES]
        starts = [cfg.blocks[at].start for at in blocks]
        return [ends.slot, *starts] if made is None else [made, ends.slot, *starts]

    def _bound(self, function: Function, places: Iterable[int]) -> Poly:
        first: int | None = None
        for slot in places:
            line = self._obj.sched_line(function, slot, self._file)
            if line is not None and line in self._bounds:
                return self._bounds[line]
            first = first or line
        raise CostError(f"{function.name} has a loop without a stated bound", first)


def _locals(work: _Analysis) -> list[Function]:
    return [call.function for call in work.calls.values() if call.function is not None]


__all__ = ["CALLS", "INSTRUCTIONS", "CallbackCost", "CostError", "object_cost"]
