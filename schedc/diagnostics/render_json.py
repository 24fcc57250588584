"""Diagnostics for programs and language models: everything, with places as offsets and as lines and columns.

The form is `report.schema.json`, beside this file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from schedc.diagnostics.model import Diagnostic, Edit, Fix, Label, Severity
from schedc.source import Source, Span

SCHEMA_VERSION = 1


def schema() -> dict[str, Any]:
    """The JSON schema of a report."""
    loaded: dict[str, Any] = json.loads(
        (Path(__file__).parent / "report.schema.json").read_text(encoding="utf-8")
    )
    return loaded


def render(source: Source, diagnostics: Iterable[Diagnostic]) -> str:
    return json.dumps(report(source, diagnostics), indent=2)  # ASCII: nothing in it can act on a terminal


def report(source: Source, diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """The report on one text."""
    found = list(diagnostics)
    errors = sum(d.severity is Severity.ERROR for d in found)
    return {
        "schema": SCHEMA_VERSION,
        "name": source.name,
        "accepted": errors == 0,
        "errors": errors,
        "warnings": len(found) - errors,
        "diagnostics": [_diagnostic(source, diagnostic) for diagnostic in found],
    }


def _diagnostic(source: Source, diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "title": diagnostic.title,
        "primary": _label(source, diagnostic.primary),
        "secondary": [_label(source, label) for label in diagnostic.secondary],
        "why": diagnostic.why,
        "fixes": [_fix(source, fix) for fix in diagnostic.fixes],
        "notes": list(diagnostic.notes),
        "explain": f"schedc explain {diagnostic.code}",
    }


def _label(source: Source, label: Label) -> dict[str, Any]:
    return {"span": _span(source, label.span), "label": label.text}


def _fix(source: Source, fix: Fix) -> dict[str, Any]:
    return {
        "text": fix.text,
        "applicability": fix.applicability.value,
        "edits": [_edit(source, edit) for edit in fix.edits],
    }


def _edit(source: Source, edit: Edit) -> dict[str, Any]:
    return {"span": _span(source, edit.span), "insert": edit.text}


def _span(source: Source, span: Span) -> dict[str, Any]:
    line, column = source.line_column(span.start)
    end_line, end_column = source.line_column(span.end)
    return {
        "start": span.start,
        "end": span.end,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "text": source.text[span.start : span.end],
        "source_line": source.line(line),
    }
