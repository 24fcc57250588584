"""A small scheduler in C, compiled by each clang that is there, and ways to damage it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

from schedc.toolchain import Clang, NoClang, find_clang

SAMPLE = Path(__file__).parent / "sample"
WHEEL = next((p for f in sys.path if (p := Path(f, "ziglang", "zig")).exists()), None)

Build = Callable[[str], bytes]


@lru_cache
def _clang(name: str) -> Clang | None:
    try:
        return find_clang(str(WHEEL) if name == "wheel" else None) if name != "wheel" or WHEEL else None
    except NoClang:
        return None


@lru_cache
def _compile(name: str, text: str) -> bytes:
    clang = _clang(name)
    if clang is None:
        pytest.skip(f"no clang from the {name}")
    files = {"policy.c": text, "policy.sched": "".join(f"line {n}\n" for n in range(1, 121))}
    output = clang.compile_bpf(files, "policy.c", include_dirs=[str(SAMPLE)])
    assert output.object is not None, output.diagnostics
    return output.object


@pytest.fixture(params=["system", "wheel"])
def build(request: pytest.FixtureRequest) -> Build:
    """Compile C to an object, once for each clang."""
    name: str = request.param
    return lambda text: _compile(name, text)


@pytest.fixture(scope="session")
def one_build() -> Build:
    """Compile with whatever clang is there, for tests that damage the result."""
    name = "system" if _clang("system") else "wheel"
    return lambda text: _compile(name, text)


@pytest.fixture(scope="session")
def policy_c() -> str:
    return (SAMPLE / "policy.c").read_text()


@pytest.fixture(scope="session")
def include_dir() -> str:
    return str(SAMPLE)
