"""Many drawn policies through the compiler, and its objects through the verifiers of real kernels."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from schedc import api
from schedc.diagnostics import Severity
from schedc.verifier.generate.choices import seeded
from schedc.verifier.generate.policy import draw_policy
from schedc.verifier.vm.run import load_only

# Refused for what it would cost at most on a large machine: the one fault a well-typed policy may have.
TOO_COSTLY = "S403"


@dataclass(frozen=True)
class Drawn:
    """A policy and what became of it: an object, or a fault. `costly`: over the budget of a callback."""

    name: str
    text: str
    object: bytes | None
    fault: str = ""
    costly: bool = False


@dataclass(frozen=True)
class Rejected:
    """What a kernel said to a policy that was compiled."""

    drawn: Drawn
    kernel: str
    why: str


def compile_text(name: str, text: str) -> Drawn:
    """Compiles a policy; an exception of the compiler is a fault as well."""
    try:
        result = api.compile(text)
    except Exception:
        return Drawn(name, text, None, traceback.format_exc(limit=-2))
    errors = [each for each in result.diagnostics if each.severity is Severity.ERROR]
    lines = [f"{each.code}: {each.title}" for each in errors]
    costly = bool(errors) and all(each.code == TOO_COSTLY for each in errors)
    return Drawn(name, text, result.object, "\n".join(lines), costly)


def compile_seed(seed: int) -> Drawn:
    try:
        text = draw_policy(seeded(seed))
    except Exception:
        return Drawn(str(seed), "", None, traceback.format_exc(limit=-2))
    return compile_text(str(seed), text)


def compile_seeds(seeds: Iterable[int], workers: int = 2) -> Iterator[Drawn]:
    """One after the other, in the order of the seeds."""
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(compile_seed, seeds)


def verify(batch: list[Drawn], kernel: str) -> list[Rejected]:
    """One boot of a kernel for all objects of a batch."""
    objects = {each.name: each.object for each in batch if each.object is not None}
    if not objects:
        return []
    results = {result.name: result for result in load_only(objects, kernel).objects}
    rejected = []
    for drawn in batch:
        result = results.get(drawn.name)
        if result is not None and not result.accepted:
            rejected.append(Rejected(drawn, kernel, result.headline()))
    return rejected
