"""The grammar file, as it is, serves three tools: lark builds it, hypothesis draws from it, llguidance
decodes by it."""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

from schedc import api
from schedc.syntax.grammar import grammar_text

LIBRARY = [
    item for item in resources.files("schedc.stdlib_policies").iterdir() if item.name.endswith(".sched")
]
STRICT = Lark(grammar_text(), parser="lalr", lexer="basic", strict=True)
DRAWN = from_lark(STRICT, explicit={"COMMENT": st.just("# a note")}, alphabet=st.characters(codec="ascii"))


@pytest.mark.parametrize("item", LIBRARY, ids=lambda item: item.name)
def test_lark_reads_the_library(item: resources.abc.Traversable) -> None:
    assert STRICT.parse(item.read_text(encoding="utf-8")).data == "start"


@given(DRAWN)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_drawn_is_checked_without_a_crash(text: str) -> None:
    api.check(text)


class Bytes:
    """A vocabulary of single bytes and an end."""

    def __init__(self) -> None:
        self.eos_token_id = 256
        self.bos_token_id = None
        self.tokens = [*(bytes([byte]) for byte in range(256)), b"<end>"]
        self.special_token_ids = [256]

    def __call__(self, text: str | bytes) -> list[int]:
        return list(text.encode() if isinstance(text, str) else text)


TOKENIZER = LLTokenizer(TokenizerWrapper(Bytes()), slices=[])
GRAMMAR = LLMatcher.grammar_from_lark(grammar_text())


# To this decoder words of the language may also be names: what it writes is checked after.
def taken(text: str) -> tuple[int, bool]:
    """How many bytes a decoder may write, and whether it may end there."""
    matcher = LLMatcher(TOKENIZER, GRAMMAR)
    count: int = matcher.try_consume_tokens(TOKENIZER.tokenize_str(text))
    return count, matcher.is_accepting()


def spaced(text: str) -> str:
    """With blanks around `..`: a decoder that sees one byte ahead reads `5ms.` as the start of a fraction."""
    return text.replace("..", " .. ")


def test_llguidance_takes_the_grammar() -> None:
    assert LLMatcher.validate_grammar(GRAMMAR, TOKENIZER) == ""


@pytest.mark.parametrize("item", LIBRARY, ids=lambda item: item.name)
def test_a_decoder_may_write_the_library(item: resources.abc.Traversable) -> None:
    text = spaced(item.read_text(encoding="utf-8"))
    assert taken(text) == (len(text.encode()), True)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("policy p", "policy p"),
        ('language 1\npolicy p "t"\nqueue ready = fifo', "= fifo"),
        ('language 1\npolicy p "t"\non dispatch(cpu) { while a {', "a {"),
        ('language 1\npolicy p "t"\non dispatch(cpu) { pull a else b', "b"),
    ],
)
def test_a_decoder_may_not_write_what_does_not_fit(text: str, fault: str) -> None:
    count, _ = taken(text)
    assert text[count:] == fault
