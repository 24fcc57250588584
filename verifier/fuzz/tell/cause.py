"""What led to a broken property, in sentences, each with the line of the policy that decided."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schedc.typed import tree as t
from schedc.typed.walk import walk
from schedc.verifier.fuzz.run import Judged
from schedc.verifier.fuzz.subject import Subject
from schedc.verifier.fuzz.tell import scene, stops
from schedc.verifier.fuzz.tell import wait as waits
from schedc.verifier.fuzz.tell.queues import Queues
from schedc.verifier.fuzz.tell.wait import Wait
from schedc.verifier.fuzz.words import duration, listed, often
from schedc.verifier.sim.result import Line

_PID = re.compile(r"\w\[(\d+)\]")
_PREEMPT = 2
_SHOWN = 4


class Cause:
    """`lines` collects the lines of the policy that are spoken of."""

    def __init__(self, subject: Subject, judged: Judged) -> None:
        self.subject, self.judged, self.result = subject, judged, judged.result
        self.queues = Queues(subject.proven.policy)
        scenario = judged.story.scenario
        self.names = {scene.FIRST_PID + at: scene.name(scenario, at) for at in range(len(scenario.tasks))}
        self.names |= {task.pid: f"{task.name}[{task.pid}]" for task in self.result.tasks}
        self.lines: dict[int, None] = {}

    def sentences(self) -> Iterator[str]:
        yield from stops.sentences(self.result.trace, self._name, self._at)
        yield from self._of_property()

    def _of_property(self) -> Iterator[str]:
        broken = self.judged.broken[0]
        gap, trap = self.result.unserved, self.result.trap
        found = _PID.search(broken.what)
        if trap is not None:
            yield f"The callback {trap.callback} was at work for {self._name(trap.pid)} ({self._at(trap.line)})."
            yield from self._last_steps(trap.pid, trap.time)
        elif broken.name == "work_conserving":
            wait = waits.between(self.result, gap.pid, gap.until - gap.length, gap.until)
            yield from self._queued(wait)
            yield from self._idle(wait, gap.cpu)
        elif broken.name == "no_task_lost" and found:
            yield from self._held(int(found[1]))
        elif broken.name == "no_bad_cpu":
            yield from self._bad_choice()
        elif broken.name == "weights_honoured":
            yield from self._shares()
        elif broken.name == "counters_true":
            yield from self._counted()
        elif broken.name == "cost_kept":
            yield from self._costly()
        elif broken.name == "state_freed":
            yield from self._code(self.result.left_by)
        elif broken.name == "allowed_cpus" and found:
            yield from self._last_steps(int(found[1]), self.result.ended)
        elif found:
            yield from self._waited(int(found[1]))
        else:
            yield from self._last_steps(None, self.result.ended)

    def _name(self, pid: int) -> str:
        return self.names.get(pid, f"task {pid}")

    def _at(self, line: int) -> str:
        """Where that was decided; what schedc generates has no line."""
        if not line or not self.subject.line(line):
            return "made by schedc"
        self.lines[line] = None
        return f"line {line}"

    # ---- waiting

    def _waited(self, pid: int) -> Iterator[str]:
        wait = waits.longest(self.result, pid)
        if wait is None:
            yield f"{self._name(pid)} was never waiting for a CPU."
            return
        yield from self._queued(wait)
        if not wait.runs():
            yield from self._nobody(wait)
            return
        yield from self._others(wait)
        yield from self._passed_over(wait)

    def _queued(self, wait: Wait) -> Iterator[str]:
        who, since = self._name(wait.pid), f"from {duration(wait.begin)} to {duration(wait.end)}"
        if wait.insert is None:
            yield f"{who} waited {since}, {duration(wait.length)}, and the policy had put it into no queue."
            return
        queue = self.queues.name(wait.insert.a)
        yield (
            f"{who} was put into {queue} at {duration(wait.insert.time)} ({self._at(wait.insert.line)}) and waited "
            f"{since}, {duration(wait.length)}."
        )

    def _others(self, wait: Wait) -> Iterator[str]:
        runs = wait.runs()
        told = [f"{self._name(pid)} {often(count)}" for pid, count in runs.most_common(_SHOWN)]
        more = f" and {len(runs) - _SHOWN} others" if len(runs) > _SHOWN else ""
        yield f"In that time CPUs chose {listed(told)}{more}."

    def _passed_over(self, wait: Wait) -> Iterator[str]:
        """The lines that chose, whom they chose, and that it was not this one."""
        chosen = wait.chosen()
        for line in sorted({line for line, _ in chosen}):
            whom = [(pid, count) for (at, pid), count in chosen.most_common() if at == line]
            told = listed([f"{self._name(pid)} {often(count)}" for pid, count in whom[:_SHOWN]])
            yield f"`{self.subject.line(line)}` ({self._at(line)}) took {told} before {self._name(wait.pid)}."
        sources = wait.sources()
        if wait.insert is None or not sources:
            return
        queue = self.queues.name(wait.insert.a)
        if wait.insert.a in sources:
            yield f"Others came from {queue} before it, too: its place in the order was behind theirs."
            yield from self._charges()
        else:
            names = listed([self.queues.name(each) for each in sources])
            yield f"They came from {names}: nothing was taken from {queue}."

    def _nobody(self, wait: Wait) -> Iterator[str]:
        asked = wait.asked()
        if asked:
            times = listed([f"CPU {cpu} {often(count)}" for cpu, count in sorted(asked.items())[:_SHOWN]])
            yield f"No task began to run in that time, though the policy was asked what to run: by {times}."
        else:
            yield "No task began to run in that time, and no CPU asked the policy what to run."
            yield from self._at_work(wait)
            return
        yield from self._kicked(wait)

    def _at_work(self, wait: Wait) -> Iterator[str]:
        """Who was running when the wait began, on each CPU, and why it still was."""
        running: dict[int, Line] = {}
        for line in self.result.trace:
            if line.time > wait.begin:
                break
            if line.what in ("run", "idle", "higher", "keep_last"):
                running[line.a] = line
        for cpu, line in sorted(running.items())[:_SHOWN]:
            if line.what == "keep_last":
                who = self._name(line.pid)
                yield (
                    f"At {duration(line.time)} `dispatch` gave CPU {cpu} no task and did not keep {who}, and the "
                    "kernel let it go on for its own slice of 20 ms."
                )
            elif line.what == "run":
                yield f"CPU {cpu} ran {self._name(line.pid)} since {duration(line.time)}."
            else:
                yield from self._kicked(wait, cpu)

    # ---- an idle CPU

    def _idle(self, wait: Wait, cpu: int) -> Iterator[str]:
        yield f"CPU {cpu}, on which it may run, was idle for {duration(wait.length)} of it."
        asked = wait.asked()[cpu]
        if asked:
            yield f"CPU {cpu} asked the policy {often(asked)} what to run, and got nothing."
        yield from self._kicked(wait, cpu)

    def _kicked(self, wait: Wait, cpu: int | None = None) -> Iterator[str]:
        kicks = [line for line in wait.kicks() if cpu is None or line.a == cpu]
        whom = "a CPU" if cpu is None else f"CPU {cpu}"
        others = [line for line in wait.kicks() if line.a != cpu and wait.insert and line.time == wait.insert.time]
        if not kicks and cpu is not None and others:
            is_off = others[-1].a in self._offline(wait.begin)
            state = ", which was off," if is_off else ""
            yield f"CPU {others[-1].a}{state} was kicked ({self._at(others[-1].line)}), not CPU {cpu}."
            return
        if not kicks:
            where = f" after line {wait.insert.line}" if wait.insert is not None and wait.insert.line else ""
            yield f"Nothing kicked {whom}{where}: it was not told that a task waits."
            return
        first = kicks[0]
        yield f"CPU {first.a} was kicked at {duration(first.time)} ({self._at(first.line)})."

    def _offline(self, time: int) -> set[int]:
        """The CPUs that were off at that time."""
        gone: set[int] = set()
        for line in self.result.trace:
            if line.time > time:
                break
            if line.what == "cpu_down":
                gone.add(line.a)
            elif line.what == "cpu_up":
                gone.discard(line.a)
        return gone

    # ---- the rest

    def _held(self, pid: int) -> Iterator[str]:
        held = next((line for line in self.result.trace if line.what == "held" and line.pid == pid), None)
        if held is None:
            return
        yield f"At {duration(held.time)} the policy was asked to enqueue {self._name(pid)}, and put it into no queue."
        yield from self._code("enqueue")
        yield from self._last_steps(pid, held.time)

    def _shares(self) -> Iterator[str]:
        for task in self.result.tasks:
            yield f"{self._name(task.pid)} has weight {task.weight} and had the CPU for {duration(task.ran)}."
        yield from self._charges()

    def _charges(self) -> Iterator[str]:
        """The lines by which a task's place in the order moves."""
        policy = self.subject.proven.policy
        for node in walk(policy.handlers["stopping"].body if "stopping" in policy.handlers else ()):
            if isinstance(node, t.Assign) and isinstance(node.target, t.FieldRef) and node.target.field.name == "vtime":
                line = policy.source.line_column(node.span.start)[0]
                yield f"`{self.subject.line(line)}` ({self._at(line)}) is what charges tasks for what they ran."

    def _counted(self) -> Iterator[str]:
        """The longest wait, and what the policy's own watcher made of it."""
        policy = self.subject.proven.policy
        longest = max(self.result.tasks, key=lambda task: task.worst_wait)
        wait = waits.longest(self.result, longest.pid)
        if wait is not None:
            yield from self._queued(wait)
        for promise, watched in zip(policy.promises, self.result.promises, strict=True):
            line = policy.source.line_column(promise.span.start)[0]
            yield (
                f"What watches `{self.subject.line(line)}` ({self._at(line)}) counted {duration(watched.worst)} as the "
                f"longest, and {watched.broken} of {watched.seen} looks as broken."
            )

    def _costly(self) -> Iterator[str]:
        for name in self.subject.proven.policy.handlers:
            if f"{name} called" in self.judged.broken[0].what:
                yield from self._code(name)
        yield from self._last_steps(None, self.result.ended)

    def _code(self, callback: str) -> Iterator[str]:
        """Where the policy says what it does, if it does."""
        policy = self.subject.proven.policy
        if callback in policy.handlers:
            line = policy.source.line_column(policy.handlers[callback].span.start)[0]
            yield f"Its code is that of `on {callback}` ({self._at(line)})."
        else:
            yield f"The policy has no `on {callback}`: its code is made by schedc, and so is the error."

    def _bad_choice(self) -> Iterator[str]:
        """The first CPU that was chosen for a task that may not run there."""
        for line in self.result.trace:
            if line.what == "select_cpu" and not self._may_run(line):
                who = self._name(line.pid)
                yield f"At {duration(line.time)} CPU {line.a} was chosen for {who}, which may not run there."
                return
        yield from self._last_steps(None, self.result.ended)

    def _may_run(self, choice: Line) -> bool:
        """As far as the story says it: of forked tasks it does not."""
        scenario, index = self.judged.story.scenario, choice.pid - scene.FIRST_PID
        if index >= len(scenario.tasks):
            return True
        changes = [e for e in scenario.events if e.kind == "affinity" and e.on == index and e.time <= choice.time]
        allowed = changes[-1].cpus if changes else scenario.tasks[index].cpus
        return allowed is None or choice.a in allowed

    def _last_steps(self, pid: int | None, until: int) -> Iterator[str]:
        """The last things that the policy did, with this task if one is meant."""
        own = [
            line for line in self.result.trace
            if line.time <= until and (line.pid == pid or pid is None) and self._step(line)
        ]  # fmt: skip
        for line in own[-_SHOWN:]:
            decided = "" if line.what == "run" else f" ({self._at(line.line)})"
            yield f"At {duration(line.time)} {self._step(line)}{decided}."

    def _step(self, line: Line) -> str:
        who = self._name(line.pid)
        match line.what:
            case "insert":
                return f"{who} was put into {self.queues.name(line.a)}"
            case "pull" | "move":
                return f"{who} was taken from {self.queues.name(line.a)} by CPU {line.cpu}"
            case "select_cpu":
                return f"CPU {line.a} was chosen for {who}"
            case "kick":
                return f"CPU {line.a} was kicked" + (" to preempt" if line.b & _PREEMPT else "")
            case "set_slice":
                return f"{who} got a slice of {duration(line.a % (1 << 64))}"
            case "run":
                return f"{who} began to run on CPU {line.a} with a slice of {duration(line.b % (1 << 64))}"
            case _:
                return ""
