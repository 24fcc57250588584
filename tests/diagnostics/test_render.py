from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedc.diagnostics import (
    Applicability,
    Diagnostic,
    Diagnostics,
    Edit,
    Fix,
    Label,
    Severity,
    render_json,
    render_text,
)
from schedc.source import Source, Span
from schedc.syntax.parser import parse

TEXT = """\
on enqueue(task) {

    if task.wait > 5ms {
        insert task into ready for slice
    }
}
"""


def span(part: str, text: str = TEXT) -> Span:
    start = text.index(part)
    return Span(start, start + len(part))


LOST = Diagnostic(
    "S301",
    "task may be lost",
    Label(span("if task.wait > 5ms"), "when this is false, `task` reaches no queue"),
    secondary=(Label(span("task"), "this handler owns `task`"),),
    why="a task that reaches no queue never runs; the kernel's watchdog ejects the scheduler",
    fixes=(Fix("add an else branch:  else { insert task into ready }"),),
    notes=("one more thing",),
)


def test_a_report_reads_like_this() -> None:
    assert render_text.render_one(Source("policy.sched", TEXT), LOST) == (
        "error[S301]: task may be lost\n"
        " --> policy.sched:3:5\n"
        "1 | on enqueue(task) {\n"
        "  |            ---- this handler owns `task`\n"
        "2 | \n"
        "3 |     if task.wait > 5ms {\n"
        "  |     ^^^^^^^^^^^^^^^^^^ when this is false, `task` reaches no queue\n"
        "help: add an else branch:  else { insert task into ready }\n"
        "   = why: a task that reaches no queue never runs; the kernel's watchdog ejects the scheduler\n"
        "   = note: one more thing\n"
        "   = explain: schedc explain S301\n"
    )


def test_a_label_over_several_lines_shows_where_it_begins_and_ends() -> None:
    part = TEXT[TEXT.index("if") : TEXT.index("    }\n") + 5]
    shown = render_text.render_one(
        Source("p", TEXT), Diagnostic("S301", "t", Label(span(part), "all of this"))
    )
    assert "3 |     if task.wait > 5ms {\n  |     ^^^^^^^^^^^^^^^^^^^^ from here\n" in shown
    assert "5 |     }\n  |     ^ all of this\n" in shown


def test_far_lines_are_left_out() -> None:
    text = "a\n" * 30 + "b\n"
    report = Diagnostic("S301", "t", Label(Span(60, 61), "here"), secondary=(Label(Span(0, 1), "there"),))
    shown = render_text.render_one(Source("p", text), report)
    assert " 1 | a\n   | - there\n...\n31 | b\n   | ^ here\n" in shown


@pytest.mark.parametrize("before", ["\t", "\t\t", "語", "e\u0301", "\x1b[2J", "\u202e", "x"])
def test_carets_stand_below_what_they_mark(before: str) -> None:
    text = f"{before} wrong here\n"
    shown = render_text.render_one(Source("p", text), Diagnostic("S001", "t", Label(span("wrong", text), "")))
    code, marks = (line for line in shown.split("\n") if " | " in line)
    ahead = code[: code.index("wrong")]
    wide = ahead.count("語") - ahead.count("\u0301")
    assert marks.index("^") == len(ahead) + wide
    assert marks.count("^") == 5


@given(st.text(alphabet=st.characters(), max_size=60))
def test_a_policy_cannot_forge_output(text: str) -> None:
    report = Diagnostic(
        "S001", text, Label(Span(0, len(text)), text), fixes=(Fix(text),), notes=(text,), why=text
    )
    shown = render_text.render_one(Source(text, text), report)
    assert all(c == "\n" or c.isprintable() for c in shown)
    shown.encode()
    render_json.render(Source(text, text), [report]).encode("ascii")


def test_an_empty_span_at_the_end_is_shown() -> None:
    shown = render_text.render_one(Source("p", "abc"), Diagnostic("S010", "t", Label(Span(3, 3), "here")))
    assert "1 | abc\n  |    ^ here\n" in shown
    assert "1 | \n  | ^ here" in render_text.render_one(
        Source("p", ""), Diagnostic("S010", "t", Label(Span(0, 0), "here"))
    )


def test_colors_only_when_asked() -> None:
    source = Source("p", TEXT)
    assert "\x1b" not in render_text.render_one(source, LOST)
    assert "\x1b[1;31merror[S301]\x1b[0m" in render_text.render_one(source, LOST, color=True)


def test_the_summary_counts() -> None:
    warning = Diagnostic("S501", "w", Label(Span(0, 1)), severity=Severity.WARNING)
    assert render_text.summary("p", [LOST, LOST, warning]) == "p: refused (2 errors, 1 warning)\n"
    assert render_text.summary("p", [warning]) == "p: accepted (1 warning)\n"
    assert render_text.summary("p", []) == "p: accepted\n"


def test_json_has_the_form_that_its_schema_states() -> None:
    schema = render_json.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    fix = Fix("write it", (Edit(Span(0, 2), "x"),), Applicability.SAFE)
    diagnostics = [LOST, Diagnostic("S001", "t", Label(Span(0, 0)), fixes=(fix,))]
    report = json.loads(render_json.render(Source("p", TEXT), diagnostics))
    jsonschema.validate(report, schema)
    assert report["accepted"] is False and report["errors"] == 2
    assert report["diagnostics"][0]["primary"]["span"]["text"] == "if task.wait > 5ms"
    assert report["diagnostics"][0]["primary"]["span"]["line"] == 3


@given(st.text(max_size=200))
def test_whatever_is_read_can_be_reported(text: str) -> None:
    source, diagnostics = Source("p", text), Diagnostics()
    parse(source, diagnostics)
    render_text.render(source, diagnostics)
    jsonschema.validate(json.loads(render_json.render(source, diagnostics)), render_json.schema())
