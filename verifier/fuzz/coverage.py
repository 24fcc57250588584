"""Which branches of the policy the stories reached, each way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schedc.verifier.fuzz.subject import Subject


@dataclass(frozen=True)
class Unreached:
    """What never happened: `what` on `line` of the policy, whose text is `text`."""

    line: int
    text: str
    what: str


class Coverage:
    """Two counts for each branch: not taken, taken."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.counts = [0] * (2 * len(subject.branches))

    def add(self, counts: Sequence[int]) -> int:
        """How many ways were gone for the first time."""
        found = 0
        for at, count in enumerate(counts[: len(self.counts)]):
            found += bool(count) and not self.counts[at]
            self.counts[at] += count
        return found

    def ways(self) -> tuple[int, int]:
        """How many were gone, and how many there are; that an attempt fails is no way of its own."""
        wanted = list(self._wanted())
        return sum(1 for at in wanted if self.counts[at]), len(wanted)

    def unreached(self) -> tuple[Unreached, ...]:
        """By line."""
        missing = [self._unreached(at) for at in self._wanted() if not self.counts[at]]
        return tuple(sorted(missing, key=lambda each: (each.line, each.what)))

    def _wanted(self) -> Iterator[int]:
        for index, branch in enumerate(self.subject.branches):
            if branch.condition:
                yield 2 * index
            yield 2 * index + 1

    def _unreached(self, at: int) -> Unreached:
        branch = self.subject.branches[at // 2]
        if not branch.condition:
            ends = {"keep prev": "never kept a task", "an idle CPU": "was never found"}
            what = f"{branch.what} {ends.get(branch.what, 'never found anything')}"
        elif branch.what.startswith("the arm"):
            what = f"{branch.what} was never taken" if at % 2 else f"only {branch.what} was taken"
        else:
            what = f"{branch.what} was never {'true' if at % 2 else 'false'}"
        return Unreached(branch.line, self.subject.line(branch.line), what)
