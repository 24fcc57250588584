"""What goes to a model and what comes back, whoever serves it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol

from schedc.verifier.trouble import Trouble


def clean(text: str) -> str:
    """Without halves of characters, which a command line, JSON or a terminal can bring and nothing can write."""
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class Turn:
    """One side's words; turns alternate and begin with the user's."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Prompt:
    """`system` is the same for every call, so that a provider may cache it."""

    system: str
    turns: tuple[Turn, ...]

    def text(self) -> str:
        """All of it for a reader that takes only one text."""
        if len(self.turns) == 1:
            return f"{self.system}\n\n{self.turns[0].text}\n"
        turns = (f"## {'Answer' if turn.role == 'assistant' else 'Message'}\n\n{turn.text}" for turn in self.turns)
        return "\n\n".join((self.system, *turns)) + "\n"

    def bytes(self) -> int:
        """Of its text. No tokenizer that works on bytes makes more tokens of it than that."""
        return len(self.system.encode()) + sum(len(turn.text.encode()) for turn in self.turns)


@dataclass(frozen=True)
class Usage:
    """Tokens of one call. `exact`: as the provider counted them; otherwise they are at most so many."""

    input: int = 0
    cache_written: int = 0
    cache_read: int = 0
    output: int = 0
    exact: bool = True

    @property
    def prompt(self) -> int:
        """All tokens that were read."""
        return self.input + self.cache_written + self.cache_read

    @property
    def total(self) -> int:
        return self.prompt + self.output


class Stop(Enum):
    """Why an answer ends."""

    DONE = "done"
    CUT = "cut off at the limit of its length"
    DECLINED = "declined"


@dataclass(frozen=True)
class Answer:
    """`thinking`: what the provider tells of the model's thoughts; `detail`: its words on why the answer ends."""

    text: str
    stop: Stop
    usage: Usage
    thinking: str = ""
    detail: str = ""


class NoAnswer(Trouble):
    """A call that brought no answer. `usage`: what it cost all the same, None if that is not known.

    `again`: a later call may do better, after `wait` seconds where the provider asked for that.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        usage: Usage | None = None,
        again: bool = False,
        wait: float | None = None,
        partial: str = "",
    ) -> None:
        super().__init__(message, hint)
        self.usage = usage
        self.again = again
        self.wait = wait
        self.partial = partial


class Provider(Protocol):
    """Who answers. `model` is what it is called in the transcript."""

    @property
    def model(self) -> str: ...

    def ask(self, prompt: Prompt, most_output: int, seconds: float) -> Answer:
        """At most so many tokens, within so many seconds; `NoAnswer` otherwise."""
        ...
