"""Both memories side by side: after each callback they hold the same."""

from __future__ import annotations

from collections.abc import Callable

from schedc.typed import tree as t
from schedc.verifier.interpret.kernel import Instance
from schedc.verifier.interpret.memory import Key, Memory
from schedc.verifier.interpret.record.memory_map import MemoryMap
from schedc.verifier.interpret.recording import Call
from schedc.verifier.interpret.replay import Differs, encoded

# What the interpreter keeps for itself.
_OWN = frozenset({"home", "layer_at", "position", "ran_from", "rescued", "tried", "turn", "sampled"})


class Mirror:
    """The compiled policy's memory as it told of it, by the interpreter's keys."""

    def __init__(self, map_: MemoryMap, memory: Memory, number: Callable[[Instance], int]) -> None:
        self._map, self._memory, self._number = map_, memory, number
        self._compiled: dict[Key, int] = {}
        self._rows = {row.place for row in map_.rows} | {row.place for row in map_.task_rows}

    def check(self, call: Call) -> None:
        """`Differs` names the first place with two values."""
        told: set[Key] = set()
        for row, index, value in call.memory:
            told.add(self._told((*self._map.rows[row].place, index), value))
        for pid, row, value in call.task_memory:
            told.add(self._told((*self._map.task_rows[row].place, pid), value))
        ours = {self._flat(key): key for key in self._memory.touched if key[0] not in _OWN}
        self._memory.touched.clear()
        for key in told | ours.keys():
            if key[:-1] in self._rows:
                self._same(key, ours.get(key))

    def _told(self, key: Key, value: int) -> Key:
        self._compiled[key] = value
        return key

    def _flat(self, key: Key) -> Key:
        """A clock is told by the number of its queue."""
        return ("clock", self._number(key[1])) if key[0] == "clock" else key

    def _same(self, key: Key, ours: Key | None) -> None:
        if ours is None:
            ours = key if key[0] != "clock" else self._clock(key[1])
        word = encoded(self._memory.word(ours))
        compiled = self._compiled.get(key, 0)
        if word != compiled:
            raise Differs(f"{_name(key)} is {word}", f"it is {compiled}")

    def _clock(self, number: int) -> Key:
        known = (key for key in self._memory.keys("clock") if self._number(key[1]) == number)
        return next(known, ("clock", None))


def _name(key: Key) -> str:
    parts = [each.name if isinstance(each, t.Global | t.Counter | t.StateField) else each for each in key]
    return " of ".join(str(part) for part in reversed(parts) if part is not None)
