"""A service that speaks the Messages API, through Anthropic's SDK; also at another address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schedc.model.config import Model
from schedc.model.providers.pump import Late, Pump
from schedc.model.providers.refusals import lost, no_answer
from schedc.model.talk import Answer, NoAnswer, Prompt, Stop, Usage, clean

if TYPE_CHECKING:
    from anthropic import Anthropic
    from anthropic.types import Message

_CACHED = {"type": "ephemeral"}
_STOPS = {
    "end_turn": Stop.DONE,
    "stop_sequence": Stop.DONE,
    "max_tokens": Stop.CUT,
    "model_context_window_exceeded": Stop.CUT,
    "refusal": Stop.DECLINED,
}
# A server that is silent for this long has gone.
_SILENCE = 120.0


class Messages:
    """Calls are streamed, so that a long answer is no silence. The SDK tries once: who calls keeps the time."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._client = _client(model)

    @property
    def model(self) -> str:
        return self._model.name

    def ask(self, prompt: Prompt, most_output: int, seconds: float) -> Answer:
        """`NoAnswer` with what is known of its cost where there is none in time."""
        reply = _Reply()
        try:
            for event in Pump(lambda: self._events(prompt, most_output, min(seconds, _SILENCE)), seconds):
                reply.add(event)
        except Late:
            raise lost("the model did not answer in time", reply.text, again=False) from None
        except Exception as error:  # whatever the SDK raises is told in our words
            raise no_answer(error, reply.text, started=reply.message is not None) from None
        if reply.message is None or reply.message.stop_reason is None:
            raise lost("the answer ended in the middle", reply.text, again=True)
        return _answer(reply.message)

    def _events(self, prompt: Prompt, most_output: int, silence: float) -> Iterator[Any]:
        """The stream's events, each with the message so far."""
        with self._client.with_options(timeout=silence).messages.stream(**self.request(prompt, most_output)) as stream:
            for event in stream:
                yield event, stream.current_message_snapshot

    def request(self, prompt: Prompt, most_output: int) -> dict[str, Any]:
        """The body of a call: what comes again in the next one is marked to be cached."""
        turns: list[dict[str, Any]] = [
            {"role": turn.role, "content": [{"type": "text", "text": turn.text}]} for turn in prompt.turns
        ]
        turns[-1]["content"][-1]["cache_control"] = _CACHED
        body: dict[str, Any] = {
            "model": self._model.name,
            "max_tokens": most_output,
            "system": [{"type": "text", "text": prompt.system, "cache_control": _CACHED}],
            "messages": turns,
        }
        if self._model.thinking == "adaptive":
            body["thinking"] = {"type": "adaptive", "display": "summarized"}
        if self._model.effort:
            body["output_config"] = {"effort": self._model.effort}
        return body


class _Reply:
    """What came so far."""

    def __init__(self) -> None:
        self.message: Message | None = None

    def add(self, item: tuple[Any, Message]) -> None:
        self.message = item[1]

    @property
    def text(self) -> str:
        return _texts(self.message)[0] if self.message is not None else ""


def _client(model: Model) -> Anthropic:
    from anthropic import Anthropic, AnthropicError

    key = os.environ.get(model.key_env) if model.key_env else None
    if model.key_env and not key:
        raise NoAnswer(f"no key for {model.name}: the variable {model.key_env} is not set")
    try:
        return Anthropic(api_key=key, base_url=model.base_url or None, max_retries=0)
    except (AnthropicError, ValueError, TypeError) as error:
        raise NoAnswer(f"the client for {model.name} cannot be made: {error}") from None


def _answer(message: Message) -> Answer:
    text, thinking = _texts(message)
    usage = message.usage
    counted = Usage(
        usage.input_tokens or 0,
        usage.cache_creation_input_tokens or 0,
        usage.cache_read_input_tokens or 0,
        usage.output_tokens or 0,
    )
    stop = _STOPS.get(str(message.stop_reason))
    if stop is None:
        raise NoAnswer(f"the answer ends for a reason that is not known: {message.stop_reason}", usage=counted)
    details = message.stop_details
    detail = (details.explanation or details.category or "") if details is not None else ""
    return Answer(text, stop, counted, thinking, detail)


def _texts(message: Message) -> tuple[str, str]:
    """Words and thoughts."""
    text = "".join(block.text for block in message.content if block.type == "text")
    thinking = "".join(block.thinking for block in message.content if block.type == "thinking")
    return clean(text), clean(thinking)
