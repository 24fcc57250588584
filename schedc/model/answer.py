"""The policy in what a model wrote: in fences or in prose, cut off, doubled, or not there at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schedc.syntax.limits import MAX_CHARACTERS

# Longer answers are not searched: a policy with words around it is far shorter.
MAX_ANSWER = 8 * MAX_CHARACTERS
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+.-]*)[^\n]*$", re.MULTILINE)
_FIRST = re.compile(r"^[ \t]*language[ \t]+\d+[ \t]*(?:#.*)?$", re.MULTILINE)
_NAMED = re.compile(r'^[ \t]*policy[ \t]+\w+[ \t]+"', re.MULTILINE)
_PART = re.compile(r"^[ \t]*(?:on|every|queue|param|layer|task|promise)\b.*[{:(]", re.MULTILINE)
_DECLARES = r"(?:param|live|const|global|queue|layer|counter|promise|language|policy)\b.*"
_LAST = re.compile(rf"(?:\}}|^[ \t]*{_DECLARES})[ \t]*(?:#.*)?$")


@dataclass(frozen=True)
class Found:
    """A policy's text, and what has to be said about how it was found (may be empty)."""

    policy: str
    note: str = ""


@dataclass(frozen=True)
class Missing:
    """Why no policy can be taken from the answer, in words for the one who wrote it."""

    told: str


@dataclass(frozen=True)
class _Block:
    text: str
    closed: bool


def find(answer: str) -> Found | Missing:
    """The one policy of an answer."""
    if len(answer) > MAX_ANSWER:
        return Missing(f"Your answer has {len(answer)} characters. Write one policy, in one ```sched block.")
    text = answer.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    blocks = _blocks(text)
    wholes = [block for block in blocks if _FIRST.search(block.text)] or _named(blocks)
    if not wholes and (bare := _bare(text)):
        wholes = [bare]
    policies = [_Block(part, block.closed) for block in wholes for part in _split(block.text)]
    return _one(policies, blocks)


def _one(policies: list[_Block], blocks: list[_Block]) -> Found | Missing:
    if not policies:
        return Missing(_none(blocks))
    distinct = list({block.text.strip(): block for block in policies}.values())
    if len(distinct) > 1:
        return Missing(
            f"Your answer has {len(distinct)} different policies. Decide for one and write only that, whole, in one "
            "```sched block; say what you want to say about others in words."
        )
    chosen = distinct[0]
    if not chosen.closed and _open_braces(chosen.text) > 0:
        return Missing(
            "Your policy is cut off: it ends in the middle, with a `{` that is not closed. Write it again, whole, with "
            "fewer words before it."
        )
    note = "The same policy stood there more than once; one is taken." if len(policies) > 1 else ""
    return Found(chosen.text.strip("\n") + "\n", note)


def _none(blocks: list[_Block]) -> str:
    if any(_PART.search(block.text) for block in blocks):
        return (
            "Your answer has parts of a policy, but no whole one. Write all of it, from `language 1` to the last `}`, "
            "in one ```sched block, not only what changes."
        )
    return "Your answer has no policy. Write it in one ```sched block whose first line is `language 1`."


def _blocks(text: str) -> list[_Block]:
    """What stands between fences; the last one may not be closed."""
    found = []
    position = 0
    while opening := _FENCE.search(text, position):
        begin, mark = opening.end() + 1, opening[1]
        closing = re.compile(rf"^[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE).search(text, begin)
        found.append(_Block(text[begin : closing.start() if closing else len(text)], closing is not None))
        if closing is None:
            break
        position = closing.end()
    return found


def _named(blocks: list[_Block]) -> list[_Block]:
    """Without a first line, but with a second one: the checker says what is missing."""
    return [block for block in blocks if _NAMED.search(block.text)]


def _bare(text: str) -> _Block | None:
    """A policy in the middle of prose: from its first line to the last one that could end it."""
    first = _FIRST.search(text)
    if first is None:
        return None
    lines = [line for line in text[first.start() :].split("\n") if not _FENCE.fullmatch(line)]
    closed = _open_braces("\n".join(lines)) <= 0
    while lines and closed and not _LAST.search(lines[-1]):
        lines.pop()
    return _Block("\n".join(lines), closed)


def _split(text: str) -> list[str]:
    """A block with several first lines holds several policies."""
    starts = [match.start() for match in _FIRST.finditer(text)]
    if len(starts) < 2:
        return [text]
    return [text[begin:end] for begin, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _open_braces(text: str) -> int:
    """How many `{` are not closed, outside of comments and titles."""
    code = re.sub(r'"[^"\n]*"|#[^\n]*', "", text)
    return code.count("{") - code.count("}")
