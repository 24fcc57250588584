"""Values that one of several branches gives, and values that get a name: `if`, `match`, `let`."""

from __future__ import annotations

from schedc.check import expressions
from schedc.check.context import Context
from schedc.check.literals import show
from schedc.diagnostics import s2_types as types
from schedc.source import Span
from schedc.syntax import ast
from schedc.typed import tree as t
from schedc.types.kinds import ERROR, Kind, Type


def if_value(node: ast.IfValue, context: Context, wanted: Type | None) -> t.Expr:
    with context.scope():
        condition = check_if(node.condition, context)
        then = expressions.untyped(node.then, context, wanted)
    otherwise = expressions.untyped(node.otherwise, context, wanted or then.type)
    (then, otherwise), type_ = unify([then, otherwise], context)
    if [each for each in (then, otherwise) if not keepable(each, context)]:
        return expressions.error(node.span)
    return t.IfValue(node.span, type_, condition, then, otherwise)


def keepable(value: t.Expr, context: Context) -> bool:
    """False for a task: it has the one name that the event gives it, so that what is kept for it is at hand."""
    if value.type.kind is Kind.TASK:
        context.diagnostics.add(types.expected(value.span, "value that can be kept", value.type))
    return not value.type.is_error and value.type.kind is not Kind.TASK


def check_kept(node: ast.Expr, context: Context, wanted: Type | None = None) -> t.Expr:
    """A value that gets a name of its own."""
    value = expressions.check(node, context, wanted)
    return value if value.type.is_error or keepable(value, context) else expressions.error(value.span)


def check_if(node: ast.Condition, context: Context) -> t.Condition:
    """A condition; `let` binds its name in the present scope."""
    if not isinstance(node, ast.IfLet):
        return expressions.check_condition(node, context)
    value = expressions.untyped(node.value, context, None)
    if not value.type.optional and not value.type.is_error:
        context.diagnostics.add(types.not_optional(value.span, value.type))
    local = context.bind(node.name.text, value.type.some, node.name.span, context.ranges.of(value))
    return t.IfLet(local, value, node.span)


def match_value(node: ast.MatchValue, context: Context, wanted: Type | None) -> t.Expr:
    subject = expressions.untyped(node.subject, context, None)
    patterns = check_patterns(subject, [(arm.pattern, arm.pattern_span) for arm in node.arms], node.span, context)
    values = [expressions.untyped(arm.value, context, wanted) for arm in node.arms]
    values, type_ = unify(values, context)
    if type_.is_error or [each for each in values if not keepable(each, context)]:
        return expressions.error(node.span)
    return t.MatchValue(node.span, type_, subject, tuple(zip(patterns, values, strict=True)))


def check_patterns(
    subject: t.Expr, patterns: list[tuple[str, Span]], span: Span, context: Context
) -> list[t.Expr | None]:
    """The values that select each arm, None for the one that takes the rest; all cases have to be covered."""
    result: list[t.Expr | None] = []
    seen: set[int] = set()
    closed = False
    for text, place in patterns:
        if closed:
            context.diagnostics.add(types.match_unreachable(place))
        value = _pattern(text, place, subject, context)
        if isinstance(value, t.Lit | t.LayerRef):
            number = value.value if isinstance(value, t.Lit) else value.layer.index
            if number in seen and not value.type.is_error:
                context.diagnostics.add(types.match_unreachable(place))
            seen.add(number)
        closed = closed or value is None
        result.append(value)
    if not closed and not subject.type.is_error:
        _check_complete(subject, seen, span, context, result)
    return result


def _check_complete(
    subject: t.Expr, seen: set[int], span: Span, context: Context, result: list[t.Expr | None]
) -> None:
    """Without `otherwise` every layer, or every number of the subject's range, has an arm; the last one then
    takes the rest."""
    if subject.type.kind is Kind.LAYER:
        missing = [layer.name for layer in context.symbols.layers if layer.index not in seen]
        text = f"`{missing[0]}`" if missing else "`none`" if subject.type.optional else ""
    else:
        range_ = context.ranges.of(subject)
        limit = min(range_.high, range_.low + len(seen))
        kind = subject.type.kind
        text = next((show(kind, n) for n in range(range_.low, limit + 1) if n not in seen), "")
    if text:
        context.diagnostics.add(types.match_incomplete(span, text))
    elif result:
        result[-1] = None


def _pattern(text: str, span: Span, subject: t.Expr, context: Context) -> t.Expr | None:
    if text == "otherwise":
        return None
    node: ast.Expr = ast.NumberLit(span, text) if text[0].isdigit() else ast.NameRef(span, text)
    value = expressions.untyped(node, context, None)
    if value.type.is_error or subject.type.is_error:
        return expressions.error(span)
    if not isinstance(value, t.Lit | t.LayerRef):
        context.diagnostics.add(types.not_constant(span, "a case"))
        return expressions.error(span)
    return expressions.coerce(value, subject.type.some, context)


def unify(values: list[t.Expr], context: Context) -> tuple[list[t.Expr], Type]:
    """The one type that all values have or can take."""
    known = [value for value in values if not value.type.is_error]
    if not known:
        return values, ERROR
    some = [value for value in known if not isinstance(value, t.NoneValue)] or known
    wanted = some[0].type
    if len(some) < len(known) and wanted.kind in expressions.MAY_BE_NONE:
        wanted = wanted.maybe
    for type_ in (value.type for value in some[1:]):
        if {type_.kind, wanted.kind} == {Kind.DURATION, Kind.DIFFERENCE}:
            wanted = Type(Kind.DIFFERENCE)
        elif type_.kind is wanted.kind:
            wanted = Type(wanted.kind, wanted.optional or type_.optional, wanted.claimed and type_.claimed)
    return [expressions.coerce(value, wanted, context) for value in values], wanted
