"""The interval of every expression of a typed policy (the analysis behind law 5)."""

from __future__ import annotations

from schedc.typed import tree as t
from schedc.types import intervals
from schedc.types.kinds import Interval, Kind, full_range

_NOW = Interval(0, 1 << 62)  # 146 years of uptime
_INFINITE = Interval((1 << 64) - 1, (1 << 64) - 1)


class Ranges:
    """Computes intervals bottom-up and remembers them; one instance serves one thread."""

    def __init__(self) -> None:
        self._known: dict[t.Expr, Interval] = {}

    def of(self, expr: t.Expr) -> Interval:
        """An interval that holds every value the expression can have, after saturation."""
        found = self._known.get(expr)
        if found is None:
            found = self._known[expr] = self._compute(expr)
        return found

    def exact(self, expr: t.Binary | t.Scaled) -> Interval:
        """The mathematical result of an operation, before saturation."""
        if isinstance(expr, t.Scaled):
            product = intervals.multiply(self.of(expr.amount), Interval(100, 100))
            return intervals.divide(product, self.of(expr.weight))
        left, right = self.of(expr.left), self.of(expr.right)
        if expr.operator in "/%" and right.low <= 0 <= right.high:
            return intervals.word(expr.type.kind)
        return intervals.operands(expr.operator, expr.left.type.kind, expr.right.type.kind, left, right)

    def _compute(self, expr: t.Expr) -> Interval:
        match expr:
            case t.Lit():
                return Interval(expr.value, expr.value)
            case t.LocalRef():
                return expr.local.range
            case t.ParamRef():
                return expr.param.range
            case t.GlobalRef():
                return expr.target.range
            case t.StateRef():
                return expr.field.range
            case t.FieldRef():
                return expr.field.range
            case t.LayerRef():
                return Interval(expr.layer.index, expr.layer.index)
            case t.BuiltinValue():
                zero = Interval(0, 0)
                known = {"now": _NOW, "infinite": _INFINITE, "boot_cpu": zero, "root_cgroup": zero}
                return known.get(expr.name) or full_range(expr.type.kind)
            case t.Negative():
                inner = self.of(expr.operand)
                return Interval(-inner.high, -inner.low)
            case t.Convert():
                return self.of(expr.operand).clamp(full_range(expr.type.kind))
            case t.Binary() if expr.type.kind is Kind.VTIME:
                return full_range(Kind.VTIME)
            case t.Binary() | t.Scaled():
                return self.exact(expr).clamp(intervals.word(expr.type.kind))
            case t.OrElse():
                return self.of(expr.left).join(self.of(expr.right))
            case t.IfValue():
                return self.of(expr.then).join(self.of(expr.otherwise))
            case t.MatchValue():
                result = self.of(expr.arms[0][1])
                for _, value in expr.arms[1:]:
                    result = result.join(self.of(value))
                return result
            case t.CallFunction():
                return expr.function.result_range
            case t.CallBuiltin():
                return self._builtin(expr)
            case _:
                return full_range(expr.type.kind)

    def _builtin(self, expr: t.CallBuiltin) -> Interval:
        if expr.type.kind is Kind.VTIME:
            return full_range(Kind.VTIME)
        values = [self.of(each) for each in expr.arguments]
        match expr.name:
            case "min":
                return intervals.minimum(*values)
            case "max":
                return intervals.maximum(*values)
            case "clamp":
                return intervals.minimum(intervals.maximum(values[0], values[1]), values[2])
            case "log2":
                return Interval(max(values[0].low, 1).bit_length() - 1, max(values[0].high, 1).bit_length() - 1)
            case "random":
                return Interval(0, max(values[0].high - 1, 0))
            case "length":
                return Interval(0, (1 << 32) - 1)
            case _:
                return full_range(expr.type.kind)
