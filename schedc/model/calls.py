"""One answer from a provider, within the budget: calls that fail for a while are made again, none past a limit."""

from __future__ import annotations

import time
from collections.abc import Callable

from schedc.model.budget import Ledger
from schedc.model.talk import Answer, NoAnswer, Prompt, Provider
from schedc.model.transcript import Transcript

TRIES = 5
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0


class Caller:
    """`sleep` is given a number of seconds to wait."""

    def __init__(
        self,
        provider: Provider,
        ledger: Ledger,
        transcript: Transcript,
        say: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._provider, self._ledger, self._transcript = provider, ledger, transcript
        self._say, self._sleep = say, sleep

    def ask(self, prompt: Prompt, most_output: int) -> Answer:
        """`NoAnswer` when it is of no use to try again, `OverBudget` when it is not allowed."""
        for number in range(1, TRIES + 1):
            allowed = self._ledger.allowed(prompt, most_output)
            try:
                return self._once(prompt, allowed)
            except NoAnswer as trouble:
                wait = self._wait(trouble, number)
                if wait is None:
                    raise
                self._say(f"{trouble.message}; again in {wait:.0f} s")
                self._sleep(wait)
        raise AssertionError("the last try is not repeated")

    def _once(self, prompt: Prompt, allowed: int) -> Answer:
        """Charged in any case: by what the provider counted, or by the most that the call can have taken."""
        self._transcript.event("call", model=self._provider.model, most_output_tokens=allowed)
        usage, partial, answered = self._ledger.worst(prompt, allowed), "", False
        try:
            answer = self._provider.ask(prompt, allowed, self._ledger.seconds_left)
            usage, answered = answer.usage, True
        except NoAnswer as trouble:
            usage, partial = trouble.usage or usage, trouble.partial
            self._transcript.event("no answer", why=trouble.message, partial=partial)
            raise
        finally:
            cost = self._ledger.charge(usage, prompt if answered else None)
            self._transcript.event("usage", **vars(usage), cost_usd=cost, spent=self._ledger.to_json())
        return answer

    def _wait(self, trouble: NoAnswer, number: int) -> float | None:
        """Seconds to wait before the next try; None if there is none."""
        if not trouble.again or number == TRIES:
            return None
        wait = trouble.wait if trouble.wait is not None else min(_FIRST_WAIT * 2 ** (number - 1), _LONGEST_WAIT)
        return wait if wait < self._ledger.seconds_left else None
