"""Whatever is fed in ends in bounded time with a tree or with reports, never with an exception."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark

from schedc.diagnostics import Diagnostics
from schedc.diagnostics.apply import apply_safe
from schedc.source import Source
from schedc.syntax.grammar import grammar_text
from schedc.syntax.parser import parse
from schedc.syntax.reader import read_source

from .derive import sentence

SEED_POLICY = """\
language 1
policy desk "A desktop: input first."

param slice: duration = 3ms in 500us..20ms
live param boost: duration = 10ms in 0ms..100ms

layer input  when task.cgroup in "/user.slice/*" or task.uid == 0 and task.nice < 0
layer normal otherwise

queue ready: vtime from -20ms to 500ms per layer per llc
task { burst: average of duration over 8 samples }
counter stolen "tasks pulled from another cache's queues"
global seen: count = 0
promise max_wait 10s while runnable <= 20 per cpu
fn twice(x: count) -> count { return x * 2 }

on enqueue(task) {
    let credit = match task.layer { input => boost, otherwise => -boost }
    insert task into ready[task.layer, task.llc] at task.vtime + task.burst - credit for slice
    kick idle_cpu(task, in task.llc) or idle_cpu(task)
}

on dispatch(cpu, prev) {
    if pull ready[input, cpu.llc] or ready[normal, cpu.llc] aging 200ms or keep prev for slice { return }
    for llc in llcs nearest cpu {
        if pull ready[*, llc] { stolen += 1; return }
    }
}

every 10ms { seen += 1 }
"""
ODD = ["\0", "\u202e", "\ufeff", "\ud800", "\U0001f600", "\u00a0", "'", '"', "\\", "//", "/*", "&&", "{",
    "}", "(", ")",
       "[", "?", ":", ";", "=", "else", "if", "return", "match", "not", "5 ms", "0x", "1e9", "#", "\r",
       "while", "for",
       "insert", "into", "elif", "->", "=>", "++", "..", "per", "on", "\n", "\t"]  # fmt: skip


def survives(text: str, seconds: float = 5.0) -> None:
    source, diagnostics = Source("p", text), Diagnostics()
    start = time.process_time()
    parsed = parse(source, diagnostics)
    assert time.process_time() - start < seconds
    assert (parsed is None) == diagnostics.has_errors
    assert len(diagnostics) <= 500
    for diagnostic in diagnostics:
        assert 0 <= diagnostic.primary.span.start <= len(text) + 1
        assert "__ANON" not in diagnostic.title and "LBRACE" not in diagnostic.title
    apply_safe(text, diagnostics)


def _flip(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + chr(rng.randrange(0x250)) + text[at + 1 :]


def _odd(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + rng.choice(ODD) + text[at:]


def _cut(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + text[at + rng.randrange(1, 40) :]


def _lines(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(3):
        case 0:
            lines.pop(one)
        case 1:
            lines.insert(other, lines[one])
        case _:
            lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _words(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    at = rng.randrange(len(words))
    words[at] = rng.choice([*words, *ODD, ""])
    return " ".join(words)


MUTATIONS: list[Callable[[str, random.Random], str]] = [_flip, _odd, _cut, _lines, _words]


def mutated(seed: int) -> str:
    rng = random.Random(seed)
    text = SEED_POLICY
    for _ in range(rng.randrange(1, 8)):
        text = rng.choice(MUTATIONS)(text, rng) or SEED_POLICY
    return text


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_mutated_policies(first: int) -> None:
    for seed in range(first, first + 100):
        survives(mutated(seed))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 11000, 500))
def test_ten_thousand_mutated_policies(first: int) -> None:
    for seed in range(first, first + 500):
        survives(mutated(seed))


NOISE = from_lark(Lark(grammar_text(), parser="lalr", lexer="basic", maybe_placeholders=False))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(NOISE)
def test_noise_from_the_grammar(text: str) -> None:
    survives(text)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(NOISE)
def test_ten_thousand_times_noise(text: str) -> None:
    survives(text)


HEAD = 'language 1\npolicy p "t"\n'


def _inside(text: str) -> str:
    return HEAD + "on enqueue(task) {\n    x = " + text + "\n}\n"


NASTY = {
    "parentheses": _inside("(" * 5000), "both": _inside("(" * 5000 + "1" + ")" * 5000),
    "minus": _inside("-" * 8000 + "x"),
    "not": HEAD + "layer a when " + "not " * 8000 + "x", "or": HEAD + "layer a when " + "x or " * 8000 + "x",
    "plus": _inside("1 + " * 8000 + "1"), "digits": _inside("9" * 60000), "word": _inside("a" * 60000),
    "string": HEAD + 'counter a "' + "x" * 60000, "braces": HEAD + "{" * 16000, "close": HEAD + "}" * 16000,
    "blocks": HEAD + "on a(b) " + "{ if x " * 4000, "else": _inside("1") + "else if x { } " * 4000,
    "index": _inside("a" + "[1" * 8000), "members": _inside("a" + ".b" * 8000),
    "calls": _inside("a" + "(" * 8000 + ")" * 8000),
    "semicolons": HEAD + ";" * 20000, "ands": _inside("a && " * 8000), "comments": HEAD + "// x\n" * 8000,
    "colons": HEAD + "on a(b):\n" * 5000, "stars": HEAD + "/*" * 30000, "quotes": HEAD + "'" * 30000,
    "smart": HEAD + "“" * 60000, "nul": "\0" * 60000, "bidi": "\u202e" * 60000, "emoji": "\U0001f600" * 60000,
    "surrogates": "\ud800" * 60000, "megabyte": "x{" * 500_000, "newlines": "\n" * 65536,
    "elif": HEAD + "elif x {\n" * 7000,
    "units": _inside("5 ms " * 8000), "ternary": _inside("a ? " * 8000), "nested": _inside("a ? b : " * 4000),
    "words": " ".join(["insert"] * 9000), "items": HEAD + "on\n" * 15000,
    "increments": _inside("x++ " * 8000),
    "ifs": _inside("if a { " * 3000), "match": _inside("match a { b => " * 3000),
    "dots": _inside("." * 30000),
    "nots": _inside("!" * 30000), "indents": HEAD + "".join(" " * i + "if a:\n" for i in range(300)),
}  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_nasty_text(name: str) -> None:
    survives(NASTY[name])


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    diagnostics = Diagnostics()
    source = read_source("p", content, diagnostics)
    assert (source is None) == diagnostics.has_errors
    if source is not None:
        survives(source.text)


def test_garbage_of_a_megabyte() -> None:
    content = random.Random(1).randbytes(1_000_000)
    diagnostics = Diagnostics()
    assert read_source("p", content, diagnostics) is None
    assert [d.code for d in diagnostics] == ["S007"]
    survives(content.decode("latin-1"))


def shuffled(seed: int) -> str:
    """A sentence of the grammar with words left out, doubled and exchanged."""
    rng = random.Random(seed)
    tokens = sentence(rng, 10).split(" ")
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(tokens))
        match rng.randrange(3):
            case 0:
                del tokens[at]
            case 1:
                tokens.insert(at, rng.choice(tokens))
            case _:
                tokens[at] = rng.choice(tokens)
    return " ".join(tokens)


def test_shuffled_sentences() -> None:
    for seed in range(60):
        survives(shuffled(seed))


@pytest.mark.slow
def test_many_shuffled_sentences() -> None:
    for seed in range(60, 5000):
        survives(shuffled(seed))
