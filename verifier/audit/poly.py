"""Polynomials in the sizes of a machine: `412 + 38·llcs + 12·cpus`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from schedc.record import record

# A symbol's power is written by repeating it: cpus·cpus. The empty monomial is the constant.
Monomial = tuple[str, ...]

REFERENCE: Mapping[str, int] = MappingProxyType(
    {"cpus": 512, "cores": 256, "llcs": 64, "nodes": 8, "layers": 16, "tasks": 65536, "cgroups": 4096}
)
"""The large machine at which costs that no one order ranks are compared."""


@record
class Poly:
    """Terms in canonical order, none of them zero; coefficients are integers, usually not negative."""

    terms: tuple[tuple[Monomial, int], ...] = ()

    @staticmethod
    def constant(value: int) -> Poly:
        return Poly((((), value),)) if value else ZERO

    @staticmethod
    def symbol(name: str) -> Poly:
        return Poly((((name,), 1),))

    @staticmethod
    def of(value: Poly | int) -> Poly:
        return value if isinstance(value, Poly) else Poly.constant(value)

    def __add__(self, other: Poly | int) -> Poly:
        # Most sums have a zero in them: blocks that call nothing.
        if other == 0 or (isinstance(other, Poly) and not other.terms):
            return self
        if not self.terms:
            return Poly.of(other)
        return _canonical((*self.terms, *Poly.of(other).terms))

    def __radd__(self, other: int) -> Poly:
        return self + other

    def __mul__(self, other: Poly | int) -> Poly:
        right = Poly.of(other).terms
        return _canonical(tuple((tuple(sorted(a + b)), m * n) for a, m in self.terms for b, n in right))

    def __rmul__(self, other: int) -> Poly:
        return self * other

    def evaluate(self, sizes: Mapping[str, int] = REFERENCE) -> int:
        """The value on a machine; KeyError names a symbol that `sizes` lacks."""
        total = 0
        for names, factor in self.terms:
            for name in names:
                factor *= sizes[name]
            total += factor
        return total

    @property
    def symbols(self) -> frozenset[str]:
        return frozenset(name for names, _ in self.terms for name in names)

    def covers(self, other: Poly) -> bool:
        """Whether it is at least `other` on every machine, as far as the coefficients show."""
        mine = dict(self.terms)
        return all(mine.get(names, 0) >= factor for names, factor in other.terms) and all(
            factor >= 0 for factor in mine.values()
        )

    def __str__(self) -> str:
        if not self.terms:
            return "0"
        text = ""
        for names, factor in self.terms:
            word = "·".join((str(abs(factor)), *names)) if abs(factor) != 1 or not names else "·".join(names)
            sign = " - " if factor < 0 else " + "
            text += f"{sign}{word}" if text else f"{'-' if factor < 0 else ''}{word}"
        return text


ZERO = Poly()


def _canonical(terms: tuple[tuple[Monomial, int], ...]) -> Poly:
    total: dict[Monomial, int] = {}
    for names, factor in terms:
        total[names] = total.get(names, 0) + factor
    return Poly(tuple((n, f) for n, f in sorted(total.items(), key=lambda t: (len(t[0]), t[0])) if f))
