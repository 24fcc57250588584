"""Weighted fair queueing on several CPUs as SimPy has it out of the box: a process for each task and each CPU."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Sequence

import simpy

SLICE = 5_000_000
"""ns; that of `fair`."""


class _Task:
    def __init__(self, number: int) -> None:
        self.number = number
        self.vtime = 0
        self.left = 0
        self.done: simpy.Event


class PlainModel:
    """Tasks run and sleep, in ns; whoever had least runs next. No topology, no ticks, no callbacks."""

    def __init__(self, cpus: int, bursts: Sequence[tuple[int, int]]) -> None:
        self.env = simpy.Environment()
        self.runs = 0
        self._ready: list[tuple[int, int, _Task]] = []
        self._order = 0
        self._clock = 0
        self._idle: list[simpy.Event] = []
        for number, (run, sleep) in enumerate(bursts):
            self.env.process(self._live(_Task(number), run, sleep))
        for _ in range(cpus):
            self.env.process(self._serve())

    def run(self, end: int) -> int:
        """Until then; how many events there were."""
        events = 0
        while self.env.peek() < end:
            self.env.step()
            events += 1
        return events

    def _live(self, task: _Task, run: int, sleep: int) -> Generator[simpy.Event]:
        while True:
            task.left = run
            task.done = self.env.event()
            self._enqueue(task)
            yield task.done
            yield self.env.timeout(sleep)

    def _enqueue(self, task: _Task) -> None:
        task.vtime = max(task.vtime, self._clock - SLICE)
        self._order += 1
        heapq.heappush(self._ready, (task.vtime, self._order, task))
        if self._idle:
            self._idle.pop().succeed()

    def _serve(self) -> Generator[simpy.Event]:
        while True:
            while not self._ready:
                asked = self.env.event()
                self._idle.append(asked)
                yield asked
            _, _, task = heapq.heappop(self._ready)
            self._clock = max(self._clock, task.vtime)
            self.runs += 1
            ran = min(task.left, SLICE)
            yield self.env.timeout(ran)
            task.left -= ran
            task.vtime += ran
            if task.left:
                self._enqueue(task)
            else:
                task.done.succeed()
