"""The arithmetic of generated programs, run by this machine: the right value for all operands, or the nearest one."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schedc.lower.folder import INCLUDE
from schedc.toolchain import find_clang

MOST = (1 << 64) - 1
MOST_SIGNED = (1 << 63) - 1
# What is called, by its name in the header, with the C types of its result and operands.
FUNCTIONS = {
    "mul_div": "uuuu", "mul_div_wide": "uuuu", "mul_div_signed": "isuu", "mul_div_wide_signed": "isuu",
    "toward_over": "uuuuu", "sat_add_signed": "iss", "sat_sub_signed": "iss", "sat_mul": "uuu",
    "into_span": "uuuss",
}  # fmt: skip
C_TYPES: dict[str, Any] = {"u": ctypes.c_uint64, "i": ctypes.c_int64, "s": ctypes.c_int64}

# Of all sizes alike, since what goes wrong does so near a power of two.
words = st.integers(0, 64).flatmap(lambda bits: st.integers(0, (1 << bits) - 1))
signed = st.tuples(words, st.booleans()).map(lambda it: min(it[0], MOST_SIGNED) * (-1 if it[1] else 1))
divisors = words.map(lambda word: max(word, 1))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    folder = tmp_path_factory.mktemp("arithmetic")
    text = '#include "schedc/arithmetic.h"\n'
    for name, types in FUNCTIONS.items():
        spelled = ["u64" if each == "u" else "s64" for each in types]
        operands = ", ".join(f"{each} x{place}" for place, each in enumerate(spelled[1:]))
        given_ = ", ".join(f"x{place}" for place in range(len(types) - 1))
        text += f"{spelled[0]} run_{name}({operands}) {{ return {name}({given_}); }}\n"
    Path(folder, "run.c").write_text(text)
    clang = find_clang()
    # The wheel's bare clang has no linker; the wheel's other driver has.
    tool = [*clang.command[:-1], "cc"] if clang.origin == "ziglang" else [*clang.command]
    command = [*tool, "-O2", "-w", "-shared", "-fPIC", "-nostdlib", "-I", INCLUDE]
    subprocess.run([*command, "-o", "run.so", "run.c"], cwd=folder, check=True, timeout=120)
    return ctypes.CDLL(str(folder / "run.so"))


def run(library: ctypes.CDLL, name: str, *operands: int) -> int:
    function = getattr(library, f"run_{name}")
    result, *types = (C_TYPES[each] for each in FUNCTIONS[name])
    function.restype, function.argtypes = result, types
    return int(function(*operands))


def near(value: int) -> int:
    """What a signed number saturates to."""
    return max(-MOST_SIGNED, min(value, MOST_SIGNED))


@given(words, words, divisors)
@example(1_024_000, 1 << 50, 1_024_000_000_000)  # a rate times a duration
@example(20_000_000, 1_024_000_000_000, 1_000_000_000)  # a count by a duration
@example(MOST, MOST, MOST)
@example(MOST, MOST - 1, MOST)
@example(1 << 63, (1 << 63) - 1, (1 << 63) + 1)
def test_a_product_of_any_size_is_divided(library: ctypes.CDLL, a: int, b: int, c: int) -> None:
    assert run(library, "mul_div_wide", a, b, c) == min(a * b // c, MOST)
    if b * c <= MOST:
        assert run(library, "mul_div", a, b, c) == min(a * b // c, MOST)


@given(signed, words, divisors)
def test_a_signed_product_is_divided(library: ctypes.CDLL, a: int, b: int, c: int) -> None:
    right = near(abs(a) * b // c * (-1 if a < 0 else 1))
    assert run(library, "mul_div_wide_signed", a, b, c) == right
    if b * c <= MOST:
        assert run(library, "mul_div_signed", a, b, c) == right


@given(words, words, words, divisors)
@example(0, 8_000_000_000, 8_000_000_000, 10_000_000_000)
def test_an_average_over_time_takes_its_part_of_the_way(
    library: ctypes.CDLL, average: int, sample: int, elapsed: int, over: int
) -> None:
    part = abs(sample - average) * min(elapsed, over) // over
    right = average + part if sample >= average else average - part
    assert run(library, "toward_over", average, sample, elapsed, over) == right


@given(signed, signed)
@example(0, -MOST_SIGNED)
def test_signed_numbers_saturate(library: ctypes.CDLL, a: int, b: int) -> None:
    assert run(library, "sat_add_signed", a, b) == near(a + b)
    assert run(library, "sat_sub_signed", a, b) == near(a - b)
    # Two virtual times may be further apart than any saturated number.
    furthest = -MOST_SIGNED - 1
    assert run(library, "sat_sub_signed", a, furthest) == near(a - furthest)
    assert run(library, "sat_sub_signed", furthest, b) == near(furthest - b)


@given(words, words)
def test_products_saturate(library: ctypes.CDLL, a: int, b: int) -> None:
    assert run(library, "sat_mul", a, b) == min(a * b, MOST)


@given(words, words, signed, signed)
@example(MOST, 1 << 40, 0, 1 << 30)  # a deadline that saturated is late, not early
@example(0, 1 << 40, -(1 << 41), 0)
def test_a_time_is_moved_into_its_window(library: ctypes.CDLL, at: int, clock: int, one: int, other: int) -> None:
    low, high = sorted((one, other))
    first, last = (max(0, min(clock + end, MOST)) for end in (low, high))
    assert run(library, "into_span", at, clock, low, high) == max(first, min(at, last))
