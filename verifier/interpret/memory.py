"""What a policy keeps: a value for each place, which begins as declared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from schedc.typed import tree as t
from schedc.typed.walk import walk_policy
from schedc.types.kinds import UNSIGNED, Kind
from schedc.verifier.interpret.numbers import WORD

# A place: a global or a counter with a number, a field with a layer (or None) and its owner, a word for what every
# policy has ("vtime", "home", "layer", "clock", ...) with whose it is.
Key = tuple[Any, ...]


class Memory:
    """`clock` is where the clocks of queues begin."""

    def __init__(self, policy: t.Policy, clock: int = 0) -> None:
        self._clock = clock
        self._values: dict[Key, Any] = {}
        self._before: dict[Key, Any] | None = None
        self.touched: set[Key] = set()
        self._taken_from = set(_taken_from(policy))

    def __getitem__(self, key: Key) -> Any:
        """A number that others have taken too much from reads as zero, and so does one that is too large for a sign."""
        value = self.word(key)
        return 0 if key[0] in self._taken_from and not 0 <= value < WORD // 2 else value

    def word(self, key: Key) -> Any:
        if key in self._values:
            return self._values[key]
        return self._clock if key[0] == "clock" else _initial(key)

    def __setitem__(self, key: Key, value: Any) -> None:
        if self._before is not None:
            self._before.setdefault(key, self.word(key))
        self._values[key] = value
        self.touched.add(key)

    def add(self, key: Key, amount: int) -> None:
        """One step on the word, which has 64 bits, and a sign where others take from it."""
        word = (self.word(key) + amount) % WORD
        self[key] = word - WORD if key[0] in self._taken_from and word >= WORD // 2 else word

    def keys(self, word: str) -> list[Key]:
        """The places of that name that have a value."""
        return [key for key in self._values if key[0] == word]

    def forget_task(self, pid: int) -> None:
        """A new task begins anew."""
        for key in [key for key in self._values if len(key) > 1 and key[-1] == pid and _is_of_task(key)]:
            del self._values[key]

    def forget(self, field: t.StateField, owner: int) -> None:
        """That owner's field, and all that belongs to it, is as it was at the beginning."""
        for key in [key for key in self._values if field in key and key[-1] == owner]:
            self[key] = _initial(key)

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What is done inside is undone at the end."""
        touched, self._before = set(self.touched), {}
        try:
            yield
        finally:
            self._values.update(self._before)
            self.touched, self._before = touched, None


def _is_of_task(key: Key) -> bool:
    return key[0] in ("vtime", "home", "layer", "layer_at", "cgroup") or (
        isinstance(key[0], t.StateField) and key[0].owner.value == "task"
    )


def _initial(key: Key) -> Any:
    what = key[0]
    if isinstance(what, t.Global) or (isinstance(what, t.StateField) and key[1] is None):
        return None if what.type.optional and what.initial < 0 else what.initial
    return None if what == "home" else 0


def _taken_from(policy: t.Policy) -> Iterator[object]:
    """What others may take from at the same time. A task's fields are its own: subtraction stops at zero."""
    for node in walk_policy(policy):
        if isinstance(node, t.Assign) and node.operator == "-" and node.target.type.kind in UNSIGNED:
            match node.target:
                case t.GlobalRef():
                    yield node.target.target
                case t.StateRef() if node.target.field.owner is not Kind.TASK:
                    yield node.target.field
