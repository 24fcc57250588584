"""The library as the commands see it: what they call, and of the results what they use."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from schedc.diagnostics import Diagnostic
from schedc.source import Source


@dataclass(frozen=True)
class Compiled:
    """What `schedc compile` writes; None for what was not made."""

    accepted: bool
    diagnostics: tuple[Diagnostic, ...]
    object: bytes | None
    c_source: str | None
    report: Any


def check(source: Source) -> list[Diagnostic]:
    """All that is to be said about a policy."""
    from schedc.api import check as checked

    return list(checked(source.text, name=source.name).diagnostics)


def compile_policy(source: Source, clang: str | None, with_object: bool) -> Compiled:
    """All products of a policy; `with_object` is false where clang is not to be run."""
    result = import_module("schedc.api").compile(
        source.text, name=source.name, clang=clang, with_object=with_object
    )
    return Compiled(
        result.check.accepted, tuple(result.check.diagnostics), result.object, result.c_source, result.report
    )
