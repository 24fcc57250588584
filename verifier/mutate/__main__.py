"""Mutation testing: `python -m schedc.verifier.mutate`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from schedc.verifier.mutate import page
from schedc.verifier.mutate.campaign import SECONDS, Unsound, run
from schedc.verifier.mutate.catalogue import MUTATIONS
from schedc.verifier.mutate.mutation import Mutation, Unfit
from schedc.verifier.mutate.outcome import Outcome
from schedc.verifier.mutate.record import Record
from schedc.verifier.mutate.subjects import PROMISES, subject
from schedc.verifier.trouble import Trouble

# Of what is caught, how much there must be.
_LEAST = 0.95


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if enough mutants are caught, 1 if not, 2 where the run itself means nothing."""
    options = _options().parse_args(arguments)
    try:
        chosen = _chosen(options.only)
        outcomes = _all(options, chosen)
    except (Unfit, Unsound, LookupError, Trouble) as error:
        print(f"mutate: {error}", file=sys.stderr)
        return 2
    if options.json:
        Path(options.json).write_text(json.dumps([asdict(each) for each in outcomes], indent=1) + "\n")
    if options.write:
        where = Path(options.write)
        where.write_text(page.written(where.read_text(encoding="utf-8"), outcomes), encoding="utf-8")
    left = page.missed(outcomes)
    for each in left:
        print(f"not caught: {each.mutation} of {each.policy}, {each.stories} stories")
    caught = sum(bool(each.by) for each in outcomes)
    longest = max((each.seconds for each in outcomes if each.by), default=0.0)
    print(f"{caught} of {caught + len(left)} mutants are caught, each in {longest:.1f} s or less")
    return 0 if caught >= _LEAST * (caught + len(left)) else 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m schedc.verifier.mutate", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this mutation; may be repeated")
    parser.add_argument("--policy", action="append", choices=tuple(PROMISES), help="of this policy; may be repeated")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of processor time for one mutant; default 10")
    parser.add_argument("--workers", type=int, default=2, help="policies side by side")
    parser.add_argument("--write", metavar="PAGE", help="put the tables into this page, such as docs/mutation.md")
    parser.add_argument("--record", metavar="FILE", help="keep there what was caught, and try only the others again")
    parser.add_argument("--json", metavar="FILE", help="the outcomes for programs")
    return parser


def _chosen(names: Sequence[str]) -> tuple[Mutation, ...]:
    known = {each.name: each for each in MUTATIONS}
    for name in names:
        if name not in known:
            raise LookupError(f"no mutation is called {name}; there are: {', '.join(known)}")
    return tuple(known[name] for name in names) or MUTATIONS


def _all(options: argparse.Namespace, mutations: tuple[Mutation, ...]) -> list[Outcome]:
    """In the order of the catalogue, whichever is ready first."""
    policies = [name for name in PROMISES if not options.policy or name in options.policy]
    with ProcessPoolExecutor(options.workers) as pool:
        done = [pool.submit(_policy, name, mutations, options) for name in policies]
        found = [each for future in done for each in future.result()]
    order = {each.name: at for at, each in enumerate(MUTATIONS)}
    return sorted(found, key=lambda each: order[each.mutation])


def _policy(name: str, mutations: tuple[Mutation, ...], options: argparse.Namespace) -> list[Outcome]:
    found = []
    record = Record.at(Path(options.record) if options.record else None)
    for each in run(subject(name), mutations, options.seconds, record):
        found.append(each)
        by = f"{each.by}, {each.story or 'before it ran'}" if each.by else "nothing"
        print(f"{each.policy:9}{each.mutation:32}{by}  {each.seconds:.1f} s", flush=True)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
