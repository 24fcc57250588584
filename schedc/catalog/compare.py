"""How two policies differ: properties, params and what callbacks cost at worst, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from schedc.catalog.entry import Entry, Param, Property, param
from schedc.catalog.figures import CallbackBound
from schedc.catalog.head import head
from schedc.record import record

if TYPE_CHECKING:
    from schedc.api import CompileResult

Row = tuple[str, str | None, str | None, bool]
"""What, how it is with the one and the other (None: it has none), and whether they differ."""


@record
class Side:
    """What is compared of a policy."""

    name: str
    params: tuple[Param, ...]
    properties: tuple[Property, ...]
    costs: tuple[CallbackBound, ...]

    @classmethod
    def of(cls, result: CompileResult) -> Side:
        """Of an accepted compile."""
        assert result.check.proven is not None and result.report is not None
        said, policy, report = head(result.check.source.text), result.check.proven.policy, result.report
        return cls(
            policy.name,
            tuple(param(each, said) for each in policy.params),
            tuple(
                Property(each.law, each.title, each.level, each.detail, each.assumptions) for each in report.verdicts
            ),
            tuple(
                CallbackBound(name, str(cost.instructions), str(cost.calls))
                for name, cost in report.costs.items()
            ),
        )

    @classmethod
    def stored(cls, entry: Entry) -> Side:
        """Of the library, without a compile; stale costs are left out."""
        known = entry.costs is not None and not entry.costs.stale
        return cls(entry.name, entry.params, entry.properties, entry.costs.callbacks if entry.costs and known else ())


def compare(one: Side, other: Side) -> dict[str, tuple[Row, ...]]:
    """Tables: `properties` (levels), `params` (type, range and default), `costs` (instructions and kernel calls)."""
    return {
        "properties": _rows(_levels(one.properties), _levels(other.properties)),
        "params": _rows(_params(one.params), _params(other.params)),
        "costs": _rows(_costs(one.costs), _costs(other.costs)),
    }


def to_json(one: Side, other: Side) -> dict[str, Any]:
    """Plain values: for each table a list of what, one, other, differs."""
    names = ("what", "one", "other", "differs")
    tables = {
        table: [dict(zip(names, row, strict=True)) for row in rows] for table, rows in compare(one, other).items()
    }
    return {"one": one.name, "other": other.name, **tables}


def _levels(properties: Iterable[Property]) -> dict[str, str]:
    return {f"{each.law}. {each.title}": each.level.value for each in properties}


def _params(params: Iterable[Param]) -> dict[str, str]:
    return {
        each.name: f"{'live ' if each.live else ''}{each.type} = {each.default} in {each.low}..{each.high}"
        for each in params
    }


def _costs(costs: Iterable[CallbackBound]) -> dict[str, str]:
    return {each.callback: f"{each.instructions}; calls {each.kernel_calls}" for each in costs}


def _rows(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[Row, ...]:
    """In the order of the first, then what only the second has."""
    found = ((what, one.get(what), other.get(what)) for what in dict.fromkeys((*one, *other)))
    return tuple((what, left, right, left != right) for what, left, right in found)
