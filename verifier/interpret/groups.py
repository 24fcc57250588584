"""Which control groups have a place of their own, by which queues and state are indexed (docs/language.md, "Control
groups")."""

from __future__ import annotations

from schedc.types.fields import MAX_CGROUPS
from schedc.verifier.sim.scenario import parent_of

ROOT = 0
DEFAULT_WEIGHT = 100


class Groups:
    """Place 0 is the root's, and of all that found none. A place outlives its group."""

    def __init__(self) -> None:
        self._paths: list[str | None] = ["/"]
        self._weights = [DEFAULT_WEIGHT]
        self._parents: list[int | None] = [None]

    def __len__(self) -> int:
        """Places that were ever taken."""
        return len(self._paths)

    def place(self, path: str) -> int:
        return self._paths.index(path) if path in self._paths else ROOT

    def weight(self, place: int) -> int:
        return self._weights[place]

    def parent(self, place: int) -> int | None:
        return self._parents[place]

    def begin(self, path: str, weight: int) -> int | None:
        """The place that the group gets: the first that is free, if there is one."""
        above = parent_of(path)
        if above is None or (None not in self._paths and len(self) == MAX_CGROUPS):
            return None
        if None not in self._paths:
            self._paths.append(None)
            self._weights.append(0)
            self._parents.append(None)
        place = self._paths.index(None)
        self._paths[place], self._weights[place], self._parents[place] = path, weight, self.place(above)
        return place

    def weigh(self, path: str, weight: int) -> None:
        if place := self.place(path):
            self._weights[place] = weight

    def end(self, path: str) -> None:
        if place := self.place(path):
            self._paths[place] = None
