"""The library as the commands see it: what they call, and of the results what they use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schedc.cli import files, show
from schedc.diagnostics import Diagnostic, Diagnostics
from schedc.record import record
from schedc.source import Source

if TYPE_CHECKING:
    import argparse

    from schedc.api import CompileResult


@record
class Compiled:
    """What `schedc compile` writes; None for what was not made."""

    accepted: bool
    diagnostics: tuple[Diagnostic, ...]
    object: bytes | None
    c_source: str | None
    report: Any


def read(name: str, options: argparse.Namespace) -> Source | None:
    """A policy's text; None (reported) where it cannot be read."""
    unread = Diagnostics()
    source = files.read(name, unread)
    if source is None:
        show.reports([(Source(files.shown_name(name), ""), list(unread))], options)
    return source


def compiled(name: str, options: argparse.Namespace) -> CompileResult | None:
    """A policy that is to run; None (reported) where it is refused."""
    from schedc import api

    source = read(name, options)
    if source is None:
        return None
    result = api.compile(source.text, source.name, clang=options.clang)
    if result.accepted:
        return result
    show.reports([(source, list(result.diagnostics))], options)
    return None


def check(source: Source) -> list[Diagnostic]:
    """All that is to be said about a policy."""
    from schedc.api import check as checked

    return list(checked(source.text, name=source.name).diagnostics)


def compile_policy(source: Source, clang: str | None, c_only: bool) -> Compiled:
    """All products of a policy; with `c_only` just its C, for which no clang is needed."""
    if c_only:
        return _lowered(source)
    from schedc.lower.apart import Apart

    with Apart() as apart:
        from schedc import api

        result = api.compile_with(apart.render, source.text, source.name, clang)
    report = result.report.to_json() if result.report is not None else None
    return Compiled(result.accepted, result.diagnostics, result.object, result.c_source, report)


def _lowered(source: Source) -> Compiled:
    from schedc import api
    from schedc.build.compile import lower_to_c

    checked = api.check(source.text, name=source.name)
    c_source = lower_to_c(checked.proven) if checked.proven is not None else None
    return Compiled(checked.accepted, checked.diagnostics, None, c_source, None)
