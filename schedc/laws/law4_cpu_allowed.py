"""Law 4: a CPU is one that may run this task. A local queue takes a CPU that was claimed for the task; what is
returned otherwise is tested, and replaced where the task may not run there."""

from __future__ import annotations

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s3_ownership as messages
from schedc.laws.verdict import Level, Verdict
from schedc.typed import tree as t
from schedc.typed.walk import walk


def check(policy: t.Policy, diagnostics: Diagnostics) -> Verdict:
    for handler in policy.handlers.values():
        for node in walk(handler.body):
            if isinstance(node, t.Insert) and node.local is not None:
                _check_claimed(node.local, policy, diagnostics)
    returns = [node for node in walk(policy.handlers["select_cpu"].body) if isinstance(node, t.Return)]
    proved = all(node.value is not None and _is_claimed(node.value) for node in returns)
    return Verdict(
        4,
        "a CPU is one that may run this task",
        Level.PROVED if proved else Level.GUARDED,
        "local queues take claimed CPUs only; a CPU that is returned unclaimed is tested at run time",
    )


def _is_claimed(expr: t.Expr) -> bool:
    return isinstance(expr, t.LocalRef) and expr.local.type.claimed


def _check_claimed(expr: t.Expr, policy: t.Policy, diagnostics: Diagnostics) -> None:
    if not _is_claimed(expr):
        text = policy.source.text[expr.span.start : expr.span.end]
        diagnostics.add(messages.cpu_not_claimed(expr.span, text))
