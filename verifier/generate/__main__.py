"""The long run: `python -m schedc.verifier.generate --count 1000 --kernels 6.18,7.3 --seed 1`."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from schedc.verifier.generate.campaign import Drawn, Rejected, compile_seeds, compile_text, verify
from schedc.verifier.generate.shrink import Fails, shrink


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    kernels = [name for name in options.kernels.split(",") if name]
    folder = Path(options.save)
    totals: Counter[str] = Counter()
    start = time.monotonic()
    last = options.seed + options.count
    for first in range(options.seed, last, options.batch):
        seeds = range(first, min(first + options.batch, last))
        batch = list(compile_seeds(seeds, options.workers))
        for drawn in batch:
            totals["drawn"] += 1
            totals["too costly" if drawn.costly else "refused" if drawn.object is None else "compiled"] += 1
            if drawn.object is None and not drawn.costly:
                fails = _compiles_alike(drawn) if options.shrink else None
                _save(folder, drawn, "compiler", drawn.fault, fails)
        for kernel in kernels:
            for rejected in _verified(batch, kernel, totals):
                fails = _rejects(kernel) if options.shrink else None
                _save(folder, rejected.drawn, kernel, rejected.why, fails)
        counts = ", ".join(f"{count} {what}" for what, count in totals.items())
        print(f"{time.monotonic() - start:7.0f} s  {counts}", flush=True)
    failed = totals["refused"] + sum(totals[f"rejected by {kernel}"] for kernel in kernels)
    return 1 if failed else 0


def _options() -> argparse.ArgumentParser:
    command = "python -m schedc.verifier.generate"
    parser = argparse.ArgumentParser(prog=command, description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="how many policies")
    parser.add_argument("--kernels", default="6.18,7.3", help="series of kernels; empty: the compiler only")
    parser.add_argument("--seed", type=int, default=1, help="the first policy's; the others follow it")
    parser.add_argument("--batch", type=int, default=50, help="policies in one boot")
    parser.add_argument("--workers", type=int, default=2, help="compilers side by side")
    parser.add_argument("--save", default="failing-policies", help="folder for policies that fail")
    parser.add_argument("--no-shrink", dest="shrink", action="store_false", help="save them as drawn")
    return parser


def _verified(batch: list[Drawn], kernel: str, totals: Counter[str]) -> list[Rejected]:
    rejected = verify(batch, kernel)
    tried = sum(drawn.object is not None for drawn in batch)
    totals[f"taken by {kernel}"] += tried - len(rejected)
    totals[f"rejected by {kernel}"] += len(rejected)
    return rejected


def _save(folder: Path, drawn: Drawn, where: str, why: str, fails: Fails | None) -> None:
    """The policy, with what was said of it as a comment behind it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = shrink(drawn.text, fails) if fails is not None and drawn.text else drawn.text
    said = "".join(f"# {line}\n" for line in why.splitlines())
    path = folder / f"{drawn.name}-{where}.sched"
    path.write_text(f"{text}\n{said}", encoding="utf-8")
    print(f"{path}: {why.splitlines()[-1] if why else ''}", flush=True)


def _compiles_alike(drawn: Drawn) -> Fails:
    """Texts that the compiler refuses with the same code."""
    code = drawn.fault.split(":")[0]

    def fails(texts: Sequence[str]) -> list[bool]:
        return [compile_text("candidate", text).fault.split(":")[0] == code for text in texts]

    return fails


def _rejects(kernel: str) -> Fails:
    """Texts that are compiled, and rejected by the kernel."""

    def fails(texts: Sequence[str]) -> list[bool]:
        batch = [compile_text(str(place), text) for place, text in enumerate(texts)]
        rejected = {each.drawn.name for each in verify(batch, kernel)}
        return [drawn.name in rejected for drawn in batch]

    return fails


if __name__ == "__main__":
    raise SystemExit(main())
