"""What two kinds give under `+ - * / %`: the units of the language, as one table.

A pair that is not here is an error (S201); nothing is converted silently except duration to difference.
"""

from __future__ import annotations

from schedc.types.kinds import Kind

B, C, W, N, R, F, D, T, V, X = (
    Kind.BOOL, Kind.COUNT, Kind.WEIGHT, Kind.NICE, Kind.RATIO, Kind.RATE,
    Kind.DURATION, Kind.TIME, Kind.VTIME, Kind.DIFFERENCE,
)  # fmt: skip

RESULT: dict[tuple[str, Kind, Kind], Kind] = {
    ("+", C, C): C, ("+", W, W): W, ("+", R, R): R, ("+", F, F): F, ("+", D, D): D,
    ("+", T, D): T, ("+", D, T): T, ("+", V, D): V, ("+", D, V): V, ("+", V, X): V, ("+", X, V): V,
    ("+", X, X): X, ("+", X, D): X, ("+", D, X): X,
    ("-", C, C): C, ("-", W, W): W, ("-", R, R): R, ("-", F, F): F, ("-", D, D): D,
    ("-", T, T): D, ("-", T, D): T, ("-", V, V): X, ("-", V, D): V, ("-", V, X): V,
    ("-", X, X): X, ("-", X, D): X, ("-", D, X): X,
    ("*", C, C): C, ("*", C, W): W, ("*", W, C): W, ("*", R, R): R,
    ("*", C, R): C, ("*", R, C): C, ("*", W, R): W, ("*", R, W): W, ("*", F, R): F, ("*", R, F): F,
    ("*", F, C): F, ("*", C, F): F, ("*", F, D): C, ("*", D, F): C,
    ("*", D, C): D, ("*", C, D): D, ("*", D, W): D, ("*", W, D): D, ("*", D, R): D, ("*", R, D): D,
    ("*", X, C): X, ("*", C, X): X,
    ("/", C, C): C, ("/", C, R): C, ("/", C, D): F, ("/", C, W): C,
    ("/", W, W): R, ("/", W, C): W, ("/", R, R): R, ("/", R, C): R,
    ("/", F, C): F, ("/", F, F): R, ("/", D, D): C, ("/", D, C): D, ("/", D, W): D, ("/", D, R): D,
    ("/", X, C): X,
    ("%", C, C): C, ("%", D, D): D,
}  # fmt: skip

ORDERED = frozenset({C, W, N, R, F, D, T, V, X})


def comparable(left: Kind, right: Kind) -> bool:
    """True for kinds between which `<`, `<=`, `>` and `>=` have a meaning."""
    pair = {left, right}
    return left in ORDERED and (left is right or pair == {D, X})
