"""Gates for clients: those that take long one at a time, each in a process that ends with the request; all bounded."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from anyio.abc import Process
from anyio.streams.text import TextReceiveStream

from schedc.model.gates import GATES, GateTrouble, Outcome, apart
from schedc.model.gates.registry import runner

Report = Callable[[str], Awaitable[None]]
# What a client may have going at once, the one that runs included.
MOST_LONG, MOST_QUICK = 4, 64
_LAST_LINES = 12


@dataclass
class _Lane:
    """One piece of work at a time, `most` that run or wait."""

    most: int
    waiting: int = 0
    slot: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(1))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        if self.waiting >= self.most:
            raise GateTrouble(f"{self.waiting} requests are waiting already", "wait for their answers, or cancel some")
        self.waiting += 1
        try:
            async with self.slot:
                yield
        finally:
            self.waiting -= 1


@dataclass
class Jobs:
    """The work of one client: `seconds` in all. What is quick does not wait for what takes long."""

    seconds: float = 3_600.0
    _used: float = 0.0
    _quick: _Lane = field(default_factory=lambda: _Lane(MOST_QUICK))
    _long: _Lane = field(default_factory=lambda: _Lane(MOST_LONG))

    async def run(self, gate: str, text: str, options: dict[str, Any], report: Report) -> Outcome:
        """`GateTrouble` where the gate cannot do its work, or the client has had its share."""
        apart_ = GATES[gate].apart
        async with (self._long if apart_ else self._quick).turn(), self._counted() as seconds:
            if not apart_:
                return await anyio.to_thread.run_sync(partial(_here, gate, text, options))
            return await _apart(gate, text, options, report, min(seconds, GATES[gate].seconds))

    @asynccontextmanager
    async def _counted(self) -> AsyncIterator[float]:
        """The seconds that are left."""
        left = self.seconds - self._used
        if left <= 0:
            raise GateTrouble(
                f"the {self.seconds:.0f} s of work for this client are used up",
                "start the server again, with more by --seconds",
            )
        begin = time.monotonic()
        try:
            yield left
        finally:
            self._used += time.monotonic() - begin


def _here(gate: str, text: str, options: dict[str, Any]) -> Outcome:
    return runner(gate)(text, options, lambda _: None)


async def _apart(gate: str, text: str, options: dict[str, Any], report: Report, seconds: float) -> Outcome:
    process = await anyio.open_process(apart.COMMAND, start_new_session=True, env=apart.environment())
    last: deque[str] = deque(maxlen=_LAST_LINES)
    output: list[str] = []
    try:
        with anyio.fail_after(seconds):
            async with anyio.create_task_group() as group:
                group.start_soon(_watch, process, last, report)
                group.start_soon(_collect, process, output)
                assert process.stdin is not None
                await process.stdin.send(apart.question(gate, text, options).encode())
                await process.stdin.aclose()
            await process.wait()
    except TimeoutError:
        raise GateTrouble(f"the gate `{gate}` was not done in {seconds:.0f} s") from None
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(apart.end_group, process.pid)
            await process.aclose()
    return apart.parsed(gate, "".join(output), process.returncode, last)


async def _watch(process: Process, last: deque[str], report: Report) -> None:
    """Each line that the gate says is progress."""
    assert process.stderr is not None
    rest = ""
    async for chunk in TextReceiveStream(process.stderr, errors="replace"):
        *lines, rest = (rest + chunk).split("\n")
        rest = rest[-apart.MAX_LINE :]
        for line in lines:
            last.append(line[: apart.MAX_LINE])
            await report(last[-1])


async def _collect(process: Process, output: list[str]) -> None:
    assert process.stdout is not None
    async for chunk in TextReceiveStream(process.stdout, errors="replace"):
        output.append(chunk)
