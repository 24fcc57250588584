"""Interpreter against compiled C: `python -m schedc.verifier.interpret --count 10000 --seed 1 [policy.sched ...]`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from schedc.verifier.interpret.campaign import Outcome, compare_seeds, compare_text
from schedc.verifier.trouble import Trouble

REPORT_EVERY = 10


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    start = time.monotonic()
    totals: Counter[str] = Counter()
    try:
        for outcome in _outcomes(options):
            _count(totals, outcome, Path(options.save))
            if totals["policies"] % REPORT_EVERY == 0:
                _report(totals, start)
    except (Trouble, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        _report(totals, start)
        print(f"interrupted; go on with:  {_rest(options, totals['policies'] - len(options.policies))}", flush=True)
        return 130
    _report(totals, start)
    return 1 if totals["disagree"] or totals["faults"] else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m schedc.verifier.interpret", description=__doc__)
    parser.add_argument("policies", nargs="*", help="policies that are compared beside the drawn ones")
    parser.add_argument("--count", type=int, default=100, help="how many policies are drawn")
    parser.add_argument("--seed", type=int, default=1, help="the first one's; the others follow it")
    parser.add_argument("--traces", type=int, default=2, help="stories for each policy")
    parser.add_argument("--workers", type=int, default=2, help="policies side by side")
    parser.add_argument("--save", default="disagreements", help="folder for policies that show a disagreement")
    return parser


def _rest(options: argparse.Namespace, done: int) -> str:
    return f"--seed {options.seed + done} --count {options.count - done}"


def _outcomes(options: argparse.Namespace) -> Iterator[Outcome]:
    for path in options.policies:
        text = Path(path).read_text(encoding="utf-8")
        yield compare_text(path, text, options.seed, options.traces)
    if options.count:
        yield from compare_seeds(range(options.seed, options.seed + options.count), options.traces, options.workers)


def _count(totals: Counter[str], outcome: Outcome, folder: Path) -> None:
    totals["policies"] += 1
    totals["traces"] += outcome.traces
    totals["callbacks"] += outcome.callbacks
    totals["decisions"] += outcome.decisions
    said = str(outcome.disagreement) if outcome.disagreement is not None else outcome.fault
    if not said:
        return
    totals["disagree" if outcome.disagreement is not None else "faults"] += 1
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{Path(outcome.name).stem}.sched"
    comment = "".join(f"# {line}\n" for line in said.splitlines())
    path.write_text(f"{outcome.text}\n{comment}", encoding="utf-8")
    print(f"{path}: {said.splitlines()[-1]}", flush=True)


def _report(totals: Counter[str], start: float) -> None:
    """Both kinds of failure are said even where there are none."""
    words = ", ".join(f"{totals[what]} {what}" for what in ("policies", "traces", "callbacks", "decisions"))
    failures = f"{totals['disagree']} disagree, {totals['faults']} faults"
    print(f"{time.monotonic() - start:7.0f} s  {words}; {failures}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
