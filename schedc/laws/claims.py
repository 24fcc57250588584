"""Claims are linear: an idle CPU that was claimed is inserted to, kicked or returned on every path."""

from __future__ import annotations

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s3_ownership as messages
from schedc.source import Span
from schedc.typed import tree as t
from schedc.typed.walk import walk


def check(policy: t.Policy, diagnostics: Diagnostics) -> None:
    """Every handler, timer and function."""
    for block in _bodies(policy):
        _Claims(block, diagnostics).run()


def _bodies(policy: t.Policy) -> list[t.Block]:
    return [
        *(handler.body for handler in policy.handlers.values()),
        *(timer.body for timer in policy.timers),
        *(function.body for function in policy.functions),
    ]


def _alternatives(expr: t.Expr) -> list[t.Expr]:
    """The expression and all inside it whose value may become its own."""
    match expr:
        case t.OrElse():
            inner = [expr.left, expr.right]
        case t.Convert():
            inner = [expr.operand]
        case t.IfValue():
            inner = [expr.then, expr.otherwise]
        case t.MatchValue():
            inner = [value for _, value in expr.arms]
        case _:
            inner = []
    return [expr, *(each for part in inner for each in _alternatives(part))]


def _surely(claim: t.Local, expr: t.Expr) -> bool:
    """True if the value is this claim whenever the claim is there: of `a or b` that is certain of `a` only."""
    match expr:
        case t.LocalRef():
            return expr.local is claim
        case t.Convert():
            return _surely(claim, expr.operand)
        case t.OrElse():
            return _surely(claim, expr.left)
        case t.IfValue():
            return _surely(claim, expr.then) and _surely(claim, expr.otherwise)
        case t.MatchValue():
            return all(_surely(claim, value) for _, value in expr.arms)
        case _:
            return False


class _Claims:
    """The claims of one body: where each is taken over, and that it is then used."""

    def __init__(self, block: t.Block, diagnostics: Diagnostics) -> None:
        self.block = block
        self.diagnostics = diagnostics
        self.carrying: set[t.Local] = set()
        self.taken: set[t.Expr] = set()

    def run(self) -> None:
        known = -1
        while known < len(self.carrying):  # a name may get its claim from one that is bound inside its value
            known = len(self.carrying)
            for node in walk(self.block):
                self._take_over(node)
        for node in walk(self.block):
            if isinstance(node, t.Pick) and node.idle and node not in self.taken:
                self.diagnostics.add(messages.claim_dropped(node.span))
            elif isinstance(node, t.IfValue):
                self._if_value(node)
        self._check_block(self.block)

    def _take_over(self, node: object) -> None:
        """Note the places where a claim goes on: a name, the value of a handler, a kick."""
        match node:
            case t.Let() | t.IfLet() if not node.local.mutable:
                found = _alternatives(node.value)
                self.taken.update(found)
                if any(self._carries(each) for each in found):
                    self.carrying.add(node.local)
            case t.Return() if node.value is not None:
                self.taken.update(_alternatives(node.value))
            case t.Kick():
                self.taken.update(_alternatives(node.target))
            case _:
                pass

    def _carries(self, expr: t.Expr) -> bool:
        if isinstance(expr, t.LocalRef):
            return expr.local in self.carrying
        return isinstance(expr, t.Pick) and expr.idle

    def _if_value(self, node: t.IfValue) -> None:
        """`if let cpu = idle_cpu(task) { cpu } else { ... }` hands its claim on."""
        condition = node.condition
        if not (isinstance(condition, t.IfLet) and condition.local in self.carrying):
            return
        if node not in self.taken or not _surely(condition.local, node.then):
            self._forgotten(condition.local, node.then.span)

    def _forgotten(self, claim: t.Local, where: Span) -> None:
        self.diagnostics.add(messages.claim_forgotten(claim.span, claim.name, where))

    def _check_block(self, block: t.Block) -> None:
        for index, statement in enumerate(block.statements):
            match statement:
                case t.Let() if statement.local in self.carrying:
                    self._require(statement.local, block.statements[index + 1 :], block.close)
                case t.If():
                    condition = statement.condition
                    if isinstance(condition, t.IfLet) and condition.local in self.carrying:
                        self._require(condition.local, statement.then.statements, statement.then.close)
                    self._check_block(statement.then)
                    if statement.otherwise is not None:
                        self._check_block(statement.otherwise)
                case t.Match():
                    for _, arm in statement.arms:
                        self._check_block(arm)
                case t.For() | t.Repeat():
                    self._check_block(statement.body)
                case _:
                    pass

    def _require(self, claim: t.Local, statements: tuple[t.Stmt, ...], close: Span) -> None:
        if not _Walk(claim, self.diagnostics).uses(statements):
            self._forgotten(claim, close)


class _Walk:
    """Follows one claim; `uses` is true where every path that goes on has used it."""

    def __init__(self, claim: t.Local, diagnostics: Diagnostics) -> None:
        self.claim = claim
        self.diagnostics = diagnostics
        self.loops = 0

    def uses(self, statements: tuple[t.Stmt, ...]) -> bool:
        for statement in statements:
            if self._used_by(statement):
                return True
            if isinstance(statement, t.Return) or (isinstance(statement, t.Break | t.Continue) and not self.loops):
                self.diagnostics.add(messages.claim_forgotten(self.claim.span, self.claim.name, statement.span))
                return True
            if isinstance(statement, t.Break | t.Continue):
                return True  # goes on behind a loop inside the claim's scope, where it is asked again
        return False

    def _used_by(self, statement: t.Stmt) -> bool:
        match statement:
            case t.Insert():
                return statement.local is not None and self._is(statement.local)
            case t.Kick():
                return self._is(statement.target)
            case t.Return():
                return statement.value is not None and self._is(statement.value)
            case t.Let():
                return not statement.local.mutable and self._is(statement.value)
            case t.If():
                return self._if(statement)
            case t.Match():
                used = [self.uses(arm.statements) for _, arm in statement.arms]
                return all(used)
            case t.For() | t.Repeat():
                return self._loop(statement)
            case _:
                return False

    def _if(self, statement: t.If) -> bool:
        condition = statement.condition
        if isinstance(condition, t.IfLet) and self._is(condition.value):
            return True  # the claim goes on under the new name, which is asked itself
        then = self.uses(statement.then.statements)
        otherwise = statement.otherwise is not None and self.uses(statement.otherwise.statements)
        return then and otherwise

    def _loop(self, statement: t.For | t.Repeat) -> bool:
        """A loop may go round no time at all; but whoever returns from it has to have used the claim."""
        self.loops += 1
        self.uses(statement.body.statements)
        self.loops -= 1
        return False

    def _is(self, expr: t.Expr) -> bool:
        return _surely(self.claim, expr)
