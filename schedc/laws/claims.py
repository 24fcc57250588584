"""Claims are linear: an idle CPU that was claimed is inserted to, kicked or returned on every path."""

from __future__ import annotations

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s3_ownership as messages
from schedc.source import Span
from schedc.typed import tree as t
from schedc.typed.walk import walk


def check(policy: t.Policy, diagnostics: Diagnostics) -> None:
    """Every handler and timer."""
    for block in _bodies(policy):
        bound = _bound_picks(block)
        for node in walk(block):
            if isinstance(node, t.Pick) and node.idle and node not in bound:
                diagnostics.add(messages.claim_dropped(node.span))
        _check_block(block, diagnostics)


def _bodies(policy: t.Policy) -> list[t.Block]:
    return [
        *(handler.body for handler in policy.handlers.values()),
        *(timer.body for timer in policy.timers),
        *(function.body for function in policy.functions),
    ]


def _bound_picks(block: t.Block) -> set[t.Expr]:
    """The picks that stand where a claim is taken over at once."""
    found: set[t.Expr] = set()
    for node in walk(block):
        match node:
            case t.IfLet() | t.Let() | t.Return() if node.value is not None:
                found |= _alternatives(node.value)
            case t.Kick():
                found |= _alternatives(node.target)
            case _:
                pass
    return found


def _alternatives(expr: t.Expr) -> set[t.Expr]:
    match expr:
        case t.OrElse():
            return _alternatives(expr.left) | _alternatives(expr.right)
        case t.Convert():
            return _alternatives(expr.operand)
        case t.IfValue():
            return _alternatives(expr.then) | _alternatives(expr.otherwise)
        case _:
            return {expr}


def _check_block(block: t.Block, diagnostics: Diagnostics) -> None:
    for index, statement in enumerate(block.statements):
        match statement:
            case t.Let() if statement.local.type.claimed:
                rest = block.statements[index + 1 :]
                _require(statement.local, rest, block.close, diagnostics)
            case t.If():
                if isinstance(statement.condition, t.IfLet) and statement.condition.local.type.claimed:
                    _require(statement.condition.local, statement.then.statements, statement.then.close, diagnostics)
                _check_block(statement.then, diagnostics)
                if statement.otherwise is not None:
                    _check_block(statement.otherwise, diagnostics)
            case t.Match():
                for _, arm in statement.arms:
                    _check_block(arm, diagnostics)
            case t.For() | t.Repeat():
                _check_block(statement.body, diagnostics)
            case _:
                pass


def _require(
    claim: t.Local, statements: tuple[t.Stmt, ...], close: Span, diagnostics: Diagnostics
) -> None:
    walker = _Walk(claim, diagnostics)
    if not walker.uses(statements):
        walker.forgotten(close)


class _Walk:
    """Follows one claim; `uses` is true where every path that goes on has used it."""

    def __init__(self, claim: t.Local, diagnostics: Diagnostics) -> None:
        self.claim = claim
        self.diagnostics = diagnostics

    def forgotten(self, where: Span) -> None:
        self.diagnostics.add(messages.claim_forgotten(self.claim.span, self.claim.name, where))

    def uses(self, statements: tuple[t.Stmt, ...]) -> bool:
        for statement in statements:
            if self._used_by(statement):
                return True
            if isinstance(statement, t.Return | t.Break | t.Continue):
                self.forgotten(statement.span)
                return True
        return False

    def _used_by(self, statement: t.Stmt) -> bool:
        match statement:
            case t.Insert():
                return statement.local is not None and self._is(statement.local)
            case t.Kick():
                return self._is(statement.target)
            case t.Return():
                return statement.value is not None and self._is(statement.value)
            case t.If():
                return self._if(statement)
            case t.Match():
                return all([self.uses(arm.statements) for _, arm in statement.arms])
            case _:
                return False

    def _if(self, statement: t.If) -> bool:
        condition = statement.condition
        if isinstance(condition, t.IfLet) and self._is(condition.value):
            return True  # the claim goes on under the new name, which is checked itself
        then = self.uses(statement.then.statements)
        otherwise = statement.otherwise is not None and self.uses(statement.otherwise.statements)
        return then and otherwise

    def _is(self, expr: t.Expr) -> bool:
        return any(isinstance(each, t.LocalRef) and each.local is self.claim for each in _alternatives(expr))
