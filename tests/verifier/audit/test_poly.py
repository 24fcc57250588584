"""Polynomials in topology symbols."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schedc.verifier.audit.poly import Poly

CPUS, LLCS = Poly.symbol("cpus"), Poly.symbol("llcs")
SIZES = {"cpus": 7, "llcs": 3}

_polys = st.lists(
    st.tuples(st.sampled_from([(), ("cpus",), ("llcs",), ("cpus", "llcs")]), st.integers(-9, 9)), max_size=4
).map(lambda terms: sum((_term(names, factor) for names, factor in terms), Poly.constant(0)))


def _term(names: tuple[str, ...], factor: int) -> Poly:
    product = Poly.constant(factor)
    for name in names:
        product *= Poly.symbol(name)
    return product


def test_text() -> None:
    assert str(Poly.constant(412) + 38 * LLCS + 12 * CPUS) == "412 + 12·cpus + 38·llcs"
    assert str(CPUS * CPUS + LLCS * -1) == "-llcs + cpus·cpus"
    assert str(Poly.constant(0)) == "0"
    assert str(Poly.constant(-1) + CPUS) == "-1 + cpus"


@given(_polys, _polys)
def test_arithmetic_agrees_with_numbers(a: Poly, b: Poly) -> None:
    assert (a + b).evaluate(SIZES) == a.evaluate(SIZES) + b.evaluate(SIZES)
    assert (a * b).evaluate(SIZES) == a.evaluate(SIZES) * b.evaluate(SIZES)
    assert a + b == b + a and a * b == b * a


@given(_polys, _polys)
def test_covers_is_sound(a: Poly, b: Poly) -> None:
    if a.covers(b):
        assert a.evaluate(SIZES) >= b.evaluate(SIZES)
