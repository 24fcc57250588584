"""Workload files: TOML, read strictly. docs/measuring.md says what each key means.

What is not understood is refused, at its line: a misspelt key that is ignored would measure something else.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

from schedc.verifier.measure.errors import MeasureError
from schedc.verifier.measure.fields import Fields, shown
from schedc.verifier.measure.folder import folder
from schedc.verifier.measure.workload import MAX_GROUPS, MAX_TASKS, MS, SECOND, Group, Workload
from schedc.verifier.vm.programs import PROGRAMS

SCHEMA = 1
MAX_BYTES = 1 << 20
MAX_CPU = 254
MAX_ARGUMENTS = 24
_TOP = ("schema", "about", "time", "warmup", "instruction", "group", "weights")
_EVERY = ("name", "kind", "count", "nice", "idle", "cpus", "cgroup")
# Of each kind the keys that it must have, and those that it may have, beside those that every kind has.
_KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "busy": ((), ()),
    "sleepers": (("think", "service"), ()),
    "periodic": (("period", "service"), ("deadline",)),
    "jobs": (("service",), ("arrival",)),
    "forks": ((), ("service", "think")),
    "pairs": ((), ("service", "think")),
    "requests": (("service",), ("messengers", "think", "arrival")),
    "program": (("program",), ("arguments", "files")),
}
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_ARGUMENT = re.compile(r"[A-Za-z0-9_./=,:%+@-]{1,64}")
_CPUS = re.compile(r"\d{1,3}(-\d{1,3})?(,\d{1,3}(-\d{1,3})?)*")
_CGROUP = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}){1,8}")


def read(content: bytes, file: str) -> Workload:
    """The workload in a file. `MeasureError` with the line where it is not one."""
    if len(content) > MAX_BYTES:
        raise MeasureError("the file is larger than a megabyte", "give a workload", file)
    try:
        text = content.decode("utf-8")
        tree = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise MeasureError(f"this is not TOML: {error}", "see examples/workloads", file) from None
    return _Reader(file, text, tree).workload(hashlib.sha256(content).hexdigest())


class _Reader(Fields):
    """A workload."""

    def workload(self, digest: str) -> Workload:
        self.known(_TOP)
        if self.values.get("schema") != SCHEMA:
            raise self.refusal("schema", f"`schema = {SCHEMA}` is missing", "it says what the other keys mean")
        shift = self.instruction()
        time, warmup = self.span("time", 2 * SECOND, MS, 600 * SECOND), self.span("warmup", 0, 0, 60 * SECOND)
        about = self.text("about", "", lambda text: len(text) <= 400, "a sentence")
        groups = self.groups()
        self.at, self.values, self.subject = ("", 0), self.tree, ""
        ending = [group for group in groups if group.ends]
        if ending and warmup:
            first = f"`{ending[0].name}` is of kind {ending[0].kind}, which begins with the run"
            raise self.refusal("warmup", first, "leave `warmup` out")
        name = self.file.rsplit("/", 1)[-1].removesuffix(".toml")
        return Workload(name, about, groups, time, warmup, shift, _digest(digest, groups), self.weights())

    def instruction(self) -> int:
        """The shift: 2^shift ns."""
        length = self.span("instruction", 2, 1, 64)
        if length & (length - 1):
            raise self.refusal("instruction", f"{length}ns is not a power of two", "write 1ns, 2ns, 4ns, ... or 64ns")
        return length.bit_length() - 1

    def weights(self) -> tuple[tuple[str, int], ...]:
        """Of control groups, by their paths."""
        given = self.values.get("weights", {})
        if not isinstance(given, dict) or len(given) > MAX_GROUPS:
            raise self.refusal("weights", f"`weights` is no table of up to {MAX_GROUPS}", 'write  { "/web" = 300 }')
        for path, weight in given.items():
            if not _CGROUP.fullmatch(path) or type(weight) is not int or not 1 <= weight <= 10_000:
                raise self.refusal("weights", f"`{path}` has no weight from 1 to 10000", 'write  { "/web" = 300 }')
        return tuple(given.items())

    def groups(self) -> tuple[Group, ...]:
        tables = self.values.get("group", [])
        if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
            raise self.refusal("group", "no group of tasks", "begin one with [[group]]")
        if len(tables) > MAX_GROUPS:
            raise self.refusal("group", f"{len(tables)} groups are more than {MAX_GROUPS}", "join some")
        found: dict[str, Group] = {}
        for number, table in enumerate(tables):
            self.at, self.values, self.subject = ("group", number), table, ""
            group = self.group()
            if group.name in found:
                raise self.refusal("name", f"a group `{group.name}` is there already", "give it another name")
            found[group.name] = group
            tasks = sum(each.tasks for each in found.values())
            if tasks > MAX_TASKS:
                raise self.refusal("count", f"{tasks} tasks in all are more than {MAX_TASKS}", "lower a `count`")
        return tuple(found.values())

    def group(self) -> Group:
        name = self.text("name", None, lambda text: _NAME.fullmatch(text) is not None, "a word such as web or hogs-2")
        self.subject = f"group `{name}`: "
        kind = self.text("kind", None, lambda text: text in _KINDS, f"one of {', '.join(_KINDS)}")
        needed, allowed = _KINDS[kind]
        self.known((*_EVERY, *needed, *allowed))
        for key in needed:
            if key not in self.values:
                raise self.refusal("kind", f"`{key}` is missing", f"{kind} need {' and '.join(needed)}")
        if "think" in self.values and "arrival" in self.values:
            raise self.refusal("think", "has both `think` and `arrival`", "workers think, or requests come")
        group = Group(
            name=name,
            kind=kind,
            count=self.whole("count", 1, 1, MAX_TASKS),
            messengers=self.whole("messengers", 1, 1, 64),
            service=self.draw("service"),
            think=self.draw("think"),
            arrival=self.draw("arrival"),
            period=self.span("period", 0, 100_000, 60 * SECOND),
            deadline=self.span("deadline", 0, 1000, 60 * SECOND),
            nice=self.whole("nice", 0, -20, 19),
            idle=self.flag("idle"),
            cpus=self.cpus(),
            cgroup=self.text("cgroup", "", lambda text: _CGROUP.fullmatch(text) is not None, "a path such as /web"),
            program=self.text("program", "", lambda text: text in PROGRAMS, f"one of {', '.join(PROGRAMS)}"),
            arguments=self.arguments(),
            files=self.files(),
        )
        return self.consistent(group)

    def consistent(self, group: Group) -> Group:
        if group.idle and group.nice:
            raise self.refusal("nice", "SCHED_IDLE tasks have no nice level", "leave out `nice` or `idle`")
        if group.messengers > group.count:
            raise self.refusal("messengers", "there are more messengers than workers", "raise `count`")
        if group.arrival is not None and not group.arrival.mean:
            raise self.refusal("arrival", "requests come without end", "give a time above 0")
        return group

    def arguments(self) -> tuple[str, ...]:
        """Words: there is no shell, and nothing in them means anything but itself."""
        words = self.values.get("arguments", [])
        what = f'up to {MAX_ARGUMENTS} words such as "-l" or "seconds=2"'
        if not isinstance(words, list) or len(words) > MAX_ARGUMENTS:
            raise self.refusal("arguments", f"`arguments` is {shown(words)}", f"it is a list of {what}")
        for word in words:
            if not isinstance(word, str) or not _ARGUMENT.fullmatch(word):
                raise self.refusal("arguments", f"`arguments` has {shown(word)}", f"there are {what}")
        return tuple(words)

    def files(self) -> tuple[tuple[str, bytes], ...]:
        """The content of a folder that stands beside the workload."""
        name = self.text("files", "", lambda text: _NAME.fullmatch(text) is not None, "a folder beside this file")
        if not name:
            return ()
        try:
            return folder(Path(self.file).parent / name)
        except (OSError, ValueError) as error:
            reason = (error.strerror or "") if isinstance(error, OSError) else str(error)
            raise self.refusal("files", f"`files` is {name!r}: {reason}", "it is a folder beside this file") from None

    def cpus(self) -> str:
        text = self.text("cpus", "", lambda text: _CPUS.fullmatch(text) is not None, "a list such as 0-1,3")
        for part in text.split(",") if text else ():
            first, _, last = part.partition("-")
            if int(last or first) < int(first) or int(last or first) > MAX_CPU:
                raise self.refusal("cpus", f"`cpus` has {part}", f"CPUs go up, from 0 to {MAX_CPU}")
        return text


def _digest(digest: str, groups: tuple[Group, ...]) -> str:
    """Of the file, or, where programs find files, of these, too."""
    found = [(group.name, name, content) for group in groups for name, content in group.files]
    if not found:
        return digest
    parts = [f"{group}/{name} {hashlib.sha256(content).hexdigest()}" for group, name, content in found]
    return hashlib.sha256("\n".join([digest, *parts]).encode()).hexdigest()
