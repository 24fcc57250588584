"""The layout: nothing but blanks, line breaks and needless signs change, and a second time nothing at all."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

import schedc
from schedc.diagnostics import Diagnostics
from schedc.source import Source
from schedc.syntax import ast
from schedc.syntax.layout import format_source
from schedc.syntax.node import fields
from schedc.syntax.parser import parse
from schedc.syntax.printer import print_policy

from .derive import sentence

HEAD = 'language 1\npolicy p "t"\n\n'
LIBRARY = sorted((Path(schedc.__path__[0]) / "stdlib_policies").glob("*.sched"))


def formatted(text: str) -> str:
    result = format_source(Source("p", text))
    assert result is not None
    return result


def tree(text: str) -> Any:
    parsed = parse(Source("p", text), Diagnostics())
    return None if parsed is None else bare(parsed.policy)


def bare(node: Any) -> Any:
    """A tree without its spans, to compare."""
    if isinstance(node, ast.Node):
        parts = {name: getattr(node, name) for name in fields(type(node))}
        kept = {name: bare(value) for name, value in parts.items() if "span" not in name and name != "close"}
        return type(node).__name__, kept
    return [bare(each) for each in node] if isinstance(node, tuple) else node


def comments(text: str) -> list[str]:
    without_strings = re.sub(r'"[^"\n]*"', "", text)
    return [c.lstrip("#").strip() for c in re.findall(r"#[^\n]*", without_strings)]


def same(text: str) -> None:
    once = formatted(text)
    assert formatted(once) == once
    assert tree(once) == tree(text)
    assert comments(once) == comments(text)
    assert not any(line != line.rstrip() for line in once.split("\n"))


EXAMPLE = """\
language 1
policy fair "Weighted virtual-time fairness."

param slice: duration = 5ms in 500us..100ms       # fixed at load
param lag:   duration = 20ms in 1ms..1s           # the most credit that a sleeper keeps

queue ready: vtime from -lag to 500ms             # ordered by virtual time, shared by all CPUs; where a task
                                                  # may stand relative to the queue's clock

layer input  when task.cgroup in ["/user.slice/*", "/x"] or task.uid == 0 and not task.nice < 0
layer normal otherwise

task { burst: average of duration over 8 samples }
cpu {
    group: cgroup? = none
    seen:  count in 0..3
}
counter stolen "tasks pulled"
counter kept   "tasks kept"

promise max_wait 10s for input while runnable <= 20 per cpu

# what it gives up
fn credit(task, x: count) -> duration {
    return match task.layer { input => -x, otherwise => 0ms }
}

on select_cpu(task, prev) {
    if let cpu = idle_cpu(task, near prev) {      # claims it: it must be used
        insert task into local(cpu) for slice
        return cpu
    }
    return prev
}

on dispatch(cpu, prev) {
    if pull ready[*, llc] { stolen += 1; return }
    # nobody waits
    let x = (a + b) * -c[d].layer(e) scaled by f % 3
    for l in llcs nearest cpu where l.load > 3 {
        if pull a
                or keep prev for slice {
            break
        } else if x {
            continue
        } else {
            kick cpu preempt
        }
    }

    match cpu.layer {
        input => { return }
        otherwise => {
            repeat 3 { x = 1 }
        }
    }
}
"""


def test_a_policy_in_the_layout_stays_as_it_is() -> None:
    assert formatted(EXAMPLE) == EXAMPLE


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("queue a:fifo queue bb  :  vtime", "queue a:  fifo\nqueue bb: vtime\n"),
        ("on a(b){x=1;y=2;}", "on a(b) { x = 1; y = 2 }\n"),
        ("on a(b)\n{\nx=1;y=2;\n\n\n}", "on a(b) {\n    x = 1\n    y = 2\n}\n"),
        ("on a(b) {\n\n\nif c\n{ x = 1 }\n\n\n\nelse\n{\nx = 2 }}",
            "on a(b) {\n    if c { x = 1 } else {\n        x = 2\n    }\n}\n"),
        ("on a(b) {}", "on a(b) { }\n"), ("on a(b) {\n}", "on a(b) { }\n"),
        ("on a(b) { # why\nx = 1 }", "on a(b) {" + " " * 41 + "# why\n    x = 1\n}\n"),
        ("on a(b) {\n    x = 1\n    # last\n}\n#end", "on a(b) {\n    x = 1\n    # last\n}\n# end\n"),
        ("on a(b) {\n    x = 1 # one\n    y = c + 2 # two\n}",
         "on a(b) {\n    x = 1" + " " * 41 + "# one\n    y = c + 2" + " " * 37 + "# two\n}\n"),
        ("on a(b) { x = a\n+ b\n\ny = - 3 }", "on a(b) {\n    x = a\n            + b\n\n    y = -3\n}\n"),
        ("fn f( a ,b:count )->count{return match a{x=>1,yy=>2,}}",
         "fn f(a, b: count) -> count { return match a { x => 1, yy => 2 } }\n"),
        ("fn f(a) -> count {\nreturn match a {\nx => 1,\nyy => 2,\n}\n}",
         "fn f(a) -> count {\n    return match a {\n        x  => 1\n        yy => 2\n    }\n}\n"),
    ],
)  # fmt: skip
def test_layout(written: str, expected: str) -> None:
    assert formatted(HEAD + written) == HEAD + expected
    same(HEAD + written)


def test_what_has_syntax_errors_is_left_alone() -> None:
    assert format_source(Source("p", HEAD + "queue")) is None


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_the_library_is_in_the_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(text) == text
    same(text)


def roughened(text: str, rng: random.Random) -> str:
    """The same policy with other blanks, breaks and comments."""
    for _ in range(30):
        places = [m.start() for m in re.finditer(r"(?<=[ \n])(?=\S)", text)]
        at = rng.choice(places)
        line = text[text.rfind("\n", 0, at) + 1 : at]
        if "#" not in line and line.count('"') % 2 == 0:
            text = (
                text[:at] + rng.choice([" ", "\n", "\n\n\n", "   ", "\n  #c\n", " # d\n", "\t"]) + text[at:]
            )
    return text


@pytest.mark.parametrize("seed", range(60))
def test_roughened_policies(seed: int) -> None:
    text = roughened(EXAMPLE, random.Random(seed))
    assert tree(text) == tree(EXAMPLE)
    same(text)


def test_printing_an_example_gives_the_same_tree() -> None:
    parsed = parse(Source("p", EXAMPLE), Diagnostics())
    assert parsed is not None
    assert tree(print_policy(parsed.policy)) == tree(EXAMPLE)


@pytest.mark.parametrize("seed", range(40))
def test_random_sentences_of_the_grammar(seed: int) -> None:
    keeps_its_meaning(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40, 600))
def test_many_random_sentences_of_the_grammar(seed: int) -> None:
    keeps_its_meaning(seed)


def keeps_its_meaning(seed: int) -> None:
    source = Source("p", sentence(random.Random(seed)))
    parsed = parse(source, Diagnostics())
    assert parsed is not None
    same(source.text)
    printed = print_policy(parsed.policy)
    assert tree(printed) == bare(parsed.policy)
    assert formatted(printed) == printed
