"""Work that may block, with an end to the waiting for it: whatever a server or a network does, time is kept."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Late(Exception):
    """The time was over first."""


class Pump(Generic[Item]):
    """Runs `source` in a thread of its own and gives on what it yields, until `seconds` are over.

    The thread is left behind where it hangs: it cannot keep the process alive, and nothing that it yields is used.
    """

    def __init__(self, source: Callable[[], Iterator[Item]], seconds: float) -> None:
        self._items: queue.SimpleQueue[tuple[str, Item | BaseException | None]] = queue.SimpleQueue()
        self._deadline = time.monotonic() + seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(source,), daemon=True)

    def __iter__(self) -> Iterator[Item]:
        """`Late` when the time is over; what `source` raises is raised here."""
        self._thread.start()
        try:
            while True:
                kind, value = self._next()
                if kind == "end":
                    return
                if isinstance(value, BaseException):
                    raise value
                yield value  # type: ignore[misc]
        finally:
            self._stop.set()

    def _next(self) -> tuple[str, Item | BaseException | None]:
        left = self._deadline - time.monotonic()
        try:
            return self._items.get(timeout=max(left, 0.001))
        except queue.Empty:
            raise Late from None

    def _run(self, source: Callable[[], Iterator[Item]]) -> None:
        try:
            for item in source():
                if self._stop.is_set():
                    return
                self._items.put(("item", item))
            self._items.put(("end", None))
        except BaseException as error:
            self._items.put(("error", error))
