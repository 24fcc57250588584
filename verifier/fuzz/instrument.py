"""The generated C with counters of its branches, and with the policy's line beside each statement.

The program that people read and that becomes BPF says in comments which line each statement is from. For the simulator
those comments become assignments, and what a line decides (a condition, a pull, a pick) goes through a counter.
Nothing else changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_MARKER = re.compile(r"^(\t*)/\* (\d+): (.*) \*/$")
_IF = re.compile(r"^(\t+)(\} else )?if \((.*)\)( \{)?$")
_ARM = re.compile(r"\b(subject__ == \w+) \?")
_CALLS = re.compile(r"\b(?:pull(?:_\d+_\d+)?|move_\d+_\d+|keep_running|claim_idle\w*|pick_\d+_\d+)\(")
# What tasks ran is accounted on the way of a line that decides something else.
_ASIDE = re.compile(r"^(\t+)(account_(?:running|stopping)\(.*\);)$")
_DRY = re.compile(r"\bvtime_if_stopped\(")
_DEFINED = re.compile(r"^(?:static |SEC|[a-z]\w* \w+\()")
_QUEUE, _LAYER = re.compile(r"\bQUEUE_(\w+)"), re.compile(r"\bLAYER_(\w+)")
# A default of the language is marked by the policy's first line, what watches a promise by the promise's.
_NOT_DECIDING = ("policy ", "promise ")
_CLOCK_SET = re.compile(r"^s32 policy_init\(u64 \*ctx\)\n\{\n\ts32 error = 0;\n\n?", re.MULTILINE)
_INCLUDE = '#include "schedc/loops.h"\n'
_PROLOGUE = """
/* Which line of the policy is at work, and how often each of its branches went each way. */
extern u32 sim_line;
u64 branches[{size}];
#define AT(line) (sim_line = (line))
#define APART(value) ({{ u32 line__ = sim_line; u64 value__ = (value); sim_line = line__; value__; }})
#define WENT(branch, condition) ({{ bool went__ = (condition); branches[2 * (branch) + went__]++; went__; }})
#define FOUND(branch, choice) ({{ s32 found__ = (choice); branches[2 * (branch) + (found__ >= 0)]++; found__; }})
"""


@dataclass(frozen=True)
class Branch:
    """Something that a line of the policy decides: `what` goes well, or does not."""

    line: int
    what: str
    condition: bool
    """True for an `if` or a match, of which both ways are worth a visit; false for an attempt."""


@dataclass(frozen=True)
class Instrumented:
    c_source: str
    branches: tuple[Branch, ...]


def instrument(c_source: str, policy: str) -> Instrumented:
    """`policy` is its text. Marks behind its last line are of code that schedc made, and so are those of defaults."""
    writer = _Writer(policy.splitlines())
    text = "\n".join(line for each in c_source.split("\n") for line in writer.line(each))
    clock = re.search(r"^u64 (vtime_clocks?)\b", c_source, re.MULTILINE)
    prologue = _INCLUDE + _PROLOGUE.format(size=2 * max(1, len(writer.branches)))
    if clock is None:
        return Instrumented(text.replace(_INCLUDE, prologue, 1), tuple(writer.branches))
    prologue += f"volatile u64 clock_begins;\n#define CLOCKS {clock[1]}\n"
    text = _CLOCK_SET.sub(_clock_begins, text.replace(_INCLUDE, prologue, 1), count=1)
    return Instrumented(text, tuple(writer.branches))


def _clock_begins(init: re.Match[str]) -> str:
    """The clocks of all queues begin where the story says, not at zero."""
    words = "sizeof(CLOCKS) / sizeof(u64)"
    return f"{init[0]}\tfor (u32 at__ = 0; at__ < {words}; at__++)\n\t\t((u64 *)&CLOCKS)[at__] = clock_begins;\n"


class _Writer:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.branches: dict[Branch, int] = {}
        self.at = 0
        self.indent: str | None = None
        """Of the statement whose own condition is still to come."""

    def line(self, text: str) -> list[str]:
        marker = _MARKER.match(text)
        if marker:
            return self._marked(marker, text)
        if text.startswith("}"):
            self.at = 0
        if _DEFINED.match(text):
            return [text]
        aside = _ASIDE.sub(r"\1{ u32 line__ = sim_line; \2 sim_line = line__; }", text)
        aside = _each_call(aside, _DRY, lambda _, call: f"APART({call})")
        return [self._counted(aside) if self.at else aside]

    def _marked(self, marker: re.Match[str], text: str) -> list[str]:
        """Inside of a function the line is noted; before one it holds for what follows."""
        line = int(marker[2])
        own = line <= len(self.lines) and not self.lines[line - 1].lstrip().startswith(_NOT_DECIDING)
        self.at = line if own else 0
        self.indent = marker[1]
        return [text, f"{marker[1]}AT({self.at});"] if self.at and marker[1] else [text]

    def _counted(self, text: str) -> str:
        text = _each_call(text, _CALLS, self._call)
        found = _IF.match(text)
        if found and found[1] == self.indent and "(WENT(" not in text:
            index = self._branch("the condition" if found[2] is None else "the next condition", True)
            head = f"{found[1]}{found[2] or ''}if (WENT({index}, {found[3]}))"
            text = head + (found[4] or "")
        return _ARM.sub(lambda arm: f"WENT({self._branch(_arm(arm[1]), True)}, {arm[1]}) ?", text)

    def _call(self, name: str, call: str) -> str:
        if name.startswith(("claim_idle", "pick_")):
            what = "an idle CPU" if name.startswith("claim_idle") else "a CPU as it is searched"
            return f"FOUND({self._branch(what, False)}, {call})"
        if re.match(r"pull_\d", name):
            return call
        what = "keep prev" if name == "keep_running" else f"pull {_queue(call)}".strip()
        return f"WENT({self._branch(what, False)}, {call})"

    def _branch(self, what: str, condition: bool) -> int:
        return self.branches.setdefault(Branch(self.at, what, condition), len(self.branches))


def _each_call(text: str, which: re.Pattern[str], change: Callable[[str, str], str]) -> str:
    """The text with each such call changed, the inner ones left alone."""
    result, at = "", 0
    while found := which.search(text, at):
        end = _closing(text, found.end())
        result += text[at : found.start()] + change(found[0][:-1], text[found.start() : end])
        at = end
    return result + text[at:]


def _closing(text: str, at: int) -> int:
    """Behind the bracket that closes the one before `at`."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at


def _queue(call: str) -> str:
    """A queue as the policy would write it, as far as the C tells."""
    queue, layer = _QUEUE.search(call), _LAYER.search(call)
    if queue is None:
        return ""
    return f"{queue[1]}[{layer[1]}]" if layer else queue[1]


def _arm(comparison: str) -> str:
    return "the arm " + comparison.rpartition(" ")[2].removeprefix("LAYER_")
