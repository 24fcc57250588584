"""Limits that hold: before a call, by the most that it can take; after it, by what it took."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from schedc.model.talk import Prompt, Turn, Usage
from schedc.verifier.trouble import Trouble

# An answer shorter than this holds no policy: such a call is not made.
LEAST_OUTPUT = 1_024
# What providers put around each turn.
_FRAME = 64
_MILLION = 1_000_000


class OverBudget(Trouble):
    """A limit is reached, or the next call could pass it."""


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens. It holds for prompts of up to `prompt_limit` tokens, 0: of any length."""

    input: Decimal
    cache_write: Decimal
    cache_read: Decimal
    output: Decimal
    prompt_limit: int = 0

    def of(self, usage: Usage) -> Decimal:
        """What a call costs."""
        parts = (
            usage.input * self.input,
            usage.cache_written * self.cache_write,
            usage.cache_read * self.cache_read,
            usage.output * self.output,
        )
        return sum(parts, Decimal()) / _MILLION

    @property
    def dearest_input(self) -> Decimal:
        """Of a token of the prompt, whether it is cached, written to the cache, or neither."""
        return max(self.input, self.cache_write, self.cache_read)


@dataclass(frozen=True)
class Limits:
    """None: without that limit. `seconds` are all, with the gates'."""

    attempts: int
    seconds: float
    tokens: int | None
    money: Decimal | None


@dataclass
class Ledger:
    """What was spent, and what may still be."""

    limits: Limits
    price: Price | None
    clock: Callable[[], float] = time.monotonic
    usage: Usage = field(default_factory=Usage)
    money: Decimal = Decimal()
    attempts: int = 0
    calls: int = 0
    _start: float = field(init=False)
    _known: tuple[tuple[Turn, ...], int] = ((), 0)

    def __post_init__(self) -> None:
        self._start = self.clock()
        if self.limits.money is not None and self.price is None:
            raise OverBudget(
                "a limit of money needs the model's prices, and none are known",
                "give its prices in the configuration, or limit tokens instead (--max-tokens)",
            )

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return self.clock() - self._start

    @property
    def seconds_left(self) -> float:
        return self.limits.seconds - self.seconds

    def begin_attempt(self) -> int:
        """Its number, from 1 on."""
        if self.attempts >= self.limits.attempts:
            raise OverBudget(f"all {self.limits.attempts} attempts are used up", "allow more with --attempts")
        self.attempts += 1
        return self.attempts

    def prompt_tokens(self, prompt: Prompt) -> int:
        """At most so many: what the last call counted, and a token for each byte that was added."""
        turns, known = self._known
        if turns and prompt.turns[: len(turns)] == turns:
            added = sum(len(turn.text.encode()) for turn in prompt.turns[len(turns) + 1 :])
        else:
            known, added = 0, prompt.bytes()
        return known + added + _FRAME * len(prompt.turns)

    def allowed(self, prompt: Prompt, wanted: int) -> int:
        """How many tokens the answer may have, `wanted` if nothing is in the way; `OverBudget` if too few are left."""
        if self.seconds_left <= 0:
            raise OverBudget(f"the time of {self.limits.seconds:g} s is over", "allow more with --seconds")
        tokens = self.prompt_tokens(prompt)
        allowed = min(wanted, self._by_tokens(tokens), self._by_money(tokens))
        if allowed < min(LEAST_OUTPUT, wanted):
            raise OverBudget(
                f"the next call could pass the limit: up to {tokens} tokens to read, and too little left for an answer "
                f"({self.text()})",
                "allow more with --max-tokens or --max-money",
            )
        return allowed

    def _by_tokens(self, prompt: int) -> int:
        if self.limits.tokens is None:
            return _MILLION
        return self.limits.tokens - self.usage.total - prompt

    def _by_money(self, prompt: int) -> int:
        if self.limits.money is None or self.price is None:
            return _MILLION
        if self.price.prompt_limit and prompt > self.price.prompt_limit:
            raise OverBudget(f"the prompt may be longer than {self.price.prompt_limit} tokens, which the price is for")
        left = self.limits.money - self.money - prompt * self.price.dearest_input / _MILLION
        return int(left * _MILLION / self.price.output) if self.price.output else _MILLION

    def charge(self, usage: Usage, prompt: Prompt | None = None) -> Decimal:
        """What a call took; with its prompt where it was answered. What it cost is returned."""
        cost = self.price.of(usage) if self.price is not None else Decimal()
        before = self.usage
        self.usage = Usage(
            before.input + usage.input,
            before.cache_written + usage.cache_written,
            before.cache_read + usage.cache_read,
            before.output + usage.output,
            before.exact and usage.exact,
        )
        self.money += cost
        self.calls += 1
        if prompt is not None and usage.exact:
            self._known = (prompt.turns, usage.total)
        return cost

    def worst(self, prompt: Prompt, output: int) -> Usage:
        """The most that a call took of which nothing is known."""
        tokens = self.prompt_tokens(prompt)
        if self.price is not None and self.price.cache_write > self.price.input:
            return Usage(cache_written=tokens, output=output, exact=False)
        return Usage(input=tokens, output=output, exact=False)

    def text(self) -> str:
        """What was spent, in a line."""
        usage = self.usage
        money = f", ${self.money:.4f}" if self.price is not None else ""
        most = "" if usage.exact else "at most "
        return (
            f"{most}{usage.input + usage.cache_written} tokens read, {usage.cache_read} from the cache, {usage.output} "
            f"written{money}, {self.seconds:.1f} s, {_count(self.attempts, 'attempt')}, {_count(self.calls, 'call')}"
        )

    def to_json(self) -> dict[str, object]:
        """Plain values; money in US dollars as text, null without a price."""
        usage = self.usage
        return {
            "input_tokens": usage.input,
            "cache_write_tokens": usage.cache_written,
            "cache_read_tokens": usage.cache_read,
            "output_tokens": usage.output,
            "exact": usage.exact,
            "money_usd": str(self.money) if self.price is not None else None,
            "seconds": round(self.seconds, 3),
            "attempts": self.attempts,
            "calls": self.calls,
        }


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
