"""What the SDK raises, in words for the user: what happened, whether it cost something, whether to try again."""

from __future__ import annotations

from schedc.model.talk import NoAnswer, Usage

_PASSING = frozenset({408, 409, 429})
_PASSING_TYPES = frozenset({"overloaded_error", "api_error", "rate_limit_error", "timeout_error"})
_HINTS = {
    401: "is the key right, and of this service?",
    402: "the account cannot pay for the call",
    403: "the key may not use this model",
    404: "does the model exist there? `--model` names another one",
    413: "the prompt is too long for this service",
}
_NOTHING = Usage()


def no_answer(error: Exception, partial: str, started: bool) -> NoAnswer:
    """`started`: the answer had begun, so that it costs."""
    import anthropic

    if isinstance(error, NoAnswer):
        return error
    if isinstance(error, anthropic.APIStatusError):
        return _status(error, partial, started)
    if isinstance(error, anthropic.APIConnectionError):
        reached = started or not _never_connected(error)
        return NoAnswer(
            f"the service cannot be reached: {error.__cause__ or error}",
            "is the network there, and the address right?",
            usage=None if reached else _NOTHING, again=True, partial=partial,
        )  # fmt: skip
    if isinstance(error, TypeError) and "authentication" in str(error):
        return NoAnswer(
            "there is no key for the service",
            "set ANTHROPIC_API_KEY, or use --command or --print-prompt",
            usage=_NOTHING,
        )
    if started:
        return lost(f"the connection broke in the middle of the answer: {error}", partial, again=True)
    return NoAnswer(f"the call failed: {type(error).__name__}: {error}", usage=None, partial=partial)


def lost(message: str, partial: str, *, again: bool) -> NoAnswer:
    """An answer that had begun, or may have: what it cost is not known."""
    return NoAnswer(message, usage=None, again=again, partial=partial)


def _status(error: object, partial: str, started: bool) -> NoAnswer:
    import anthropic

    assert isinstance(error, anthropic.APIStatusError)
    code, kind = error.status_code, error.type or ""
    again = code in _PASSING or code >= 500 or kind in _PASSING_TYPES
    said = error.api_message or error.message
    what = kind.replace("_", " ") or f"status {code}"
    return NoAnswer(
        f"the service refused the call ({what}): {said}",
        "" if again else _HINTS.get(code, ""),
        usage=None if started else _NOTHING,
        again=again,
        wait=_asked_to_wait(error),
        partial=partial,
    )


def _asked_to_wait(error: object) -> float | None:
    """Seconds that the service names; what is no number is no wish."""
    import anthropic

    assert isinstance(error, anthropic.APIStatusError)
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if seconds >= 0 else None


def _never_connected(error: Exception) -> bool:
    """The request did not leave, so that nobody can have answered it."""
    import httpx2

    return isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
