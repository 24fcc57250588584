"""`schedc exhaust`: all orders of events on small machines, to a depth."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from schedc.cli import show
from schedc.cli.main import Refused

if TYPE_CHECKING:
    import argparse

    from schedc.verifier.exhaust import Outcome


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("policy", metavar="POLICY", help="a .sched file, or - for standard input")
    parser.add_argument("--cpus", type=int, default=3, metavar="N", help="machines of up to so many CPUs; default 3")
    parser.add_argument("--tasks", type=int, default=4, metavar="N", help="up to so many tasks; default 4")
    parser.add_argument(
        "--depth", type=int, metavar="N", help="so many steps, if there is room; default: as far as the states last"
    )
    parser.add_argument(
        "--states", type=int, metavar="N", help="of each scene at most; default 20000, or 4000000 with --depth"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="another value of a param, such as slice=3ms"
    )
    parser.add_argument(
        "--corpus", metavar="DIR", help="where a story is kept, a folder for each policy; default as for schedc fuzz"
    )
    parser.add_argument("--clang", metavar="PATH", help="the clang to use instead of the one that is found")
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    from schedc.cli.fuzz import compiled, folder
    from schedc.verifier.exhaust import Bound, exhaust
    from schedc.verifier.exhaust import show as shown
    from schedc.verifier.exhaust.explore import MOST_STATES
    from schedc.verifier.fuzz import Corpus
    from schedc.verifier.trouble import Trouble

    states = options.states or (Bound().states if options.depth is None else MOST_STATES)
    subject = compiled(options.policy, options.set, options)
    if subject is None:
        return 1
    corpus = Corpus(folder(options), subject.name)
    progress = _said if options.format == "text" and sys.stderr.isatty() else None
    try:
        bound = Bound(options.cpus, options.tasks, options.depth, states)
        outcome = exhaust(subject, bound, corpus=corpus, progress=progress)
    except Trouble as error:
        raise Refused(str(error)) from None
    print(json.dumps(shown.outcome_json(outcome), indent=2) if options.format == "json" else shown.text(outcome))
    return 0 if outcome.failure is None else 1


def _said(outcome: Outcome) -> None:
    """One line that is written over, and gone at the end of each scene."""
    print(f"\r\033[K{len(outcome.explored)} scenes, {outcome.states} states\r", end="", file=sys.stderr, flush=True)
