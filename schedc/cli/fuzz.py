"""`schedc fuzz`: stories for a policy until one breaks a property."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.cli import files, frontend, show
from schedc.cli.main import INTERRUPTED, Refused

if TYPE_CHECKING:
    import argparse

    from schedc.verifier.fuzz import Budget, Outcome, Subject

_STORIES = Path(".schedc") / "stories"
_BUDGET = re.compile(r"(\d{1,9})(s|m|h)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("policy", metavar="POLICY", help="a .sched file, or - for standard input")
    parser.add_argument(
        "--budget", default="60s", metavar="N", help="how many stories, or how long: 10000, 60s, 5m; default 60s"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="other stories for another number; default 0")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a param that every story has, such as slice=3ms; the others are drawn from their ranges",
    )
    parser.add_argument(
        "--corpus",
        metavar="DIR",
        help="where stories are kept, a folder for each policy; default .schedc/stories beside the policy",
    )
    parser.add_argument(
        "--asan", action="store_true", help="find accesses beyond objects; takes a clang that links AddressSanitizer"
    )
    parser.add_argument("--clang", metavar="PATH", help="the clang to use instead of the one that is found")
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    from schedc.verifier.fuzz import Corpus, fuzz
    from schedc.verifier.fuzz import show as shown
    from schedc.verifier.trouble import Trouble

    budget = _budget(options.budget)
    subject = compiled(options.policy, options.set, options)
    if subject is None:
        return 1
    if options.asan:
        subject = subject.memory_checked()
    corpus = Corpus(folder(options), subject.name)
    progress = _Progress() if options.format == "text" and sys.stderr.isatty() else None
    try:
        outcome = fuzz(subject, budget, start=options.seed, corpus=corpus, progress=progress)
    except Trouble as error:
        raise Refused(str(error)) from None
    finally:
        if progress is not None:
            progress.end()
    if options.format == "json":
        print(json.dumps(shown.outcome_json(outcome), indent=2))
    else:
        print(shown.text(outcome))
    if outcome.failure is not None:
        return 1
    return INTERRUPTED if outcome.interrupted else 0


def _budget(text: str) -> Budget:
    from schedc.verifier.fuzz import Budget

    found = _BUDGET.fullmatch(text)
    if found is None or not int(found[1]):
        raise Refused(f"--budget {text}: a number of stories such as 10000, or a time such as 60s or 5m")
    number = int(found[1])
    return Budget(seconds=number * _SECONDS[found[2]]) if found[2] else Budget(stories=number)


def folder(options: argparse.Namespace) -> Path:
    if options.corpus:
        return Path(options.corpus)
    beside = Path() if options.policy == files.STANDARD_INPUT else Path(options.policy).parent
    return beside / _STORIES


def compiled(name: str, wanted: list[str], options: argparse.Namespace) -> Subject | None:
    """The policy as it is simulated; None (reported) if it is refused."""
    from schedc.verifier.fuzz import Subject
    from schedc.verifier.kernel import params

    result = frontend.compiled(name, options)
    if result is None:
        return None
    if result.diagnostics and options.format == "text":
        show.reports([(result.check.source, list(result.diagnostics))], options, sys.stderr)
    try:
        settings = params.split(wanted)
        subject = Subject.of(result, settings)
    except params.BadSetting as error:
        raise Refused(str(error)) from None
    unknown = set(settings) - {param.name for param in subject.report.params}
    if unknown:
        raise Refused(f"{subject.name} has no param `{min(unknown)}`")
    return subject


class _Progress:
    """One line that is written over, a few times a second."""

    _EVERY = 0.2

    def __init__(self) -> None:
        self.shown = 0.0

    def __call__(self, outcome: Outcome, theme: str) -> None:
        if time.monotonic() - self.shown < self._EVERY and theme != "shrinking":
            return
        self.shown = time.monotonic()
        gone, ways = outcome.coverage.ways()
        line = f"{outcome.stories} stories, {outcome.seconds:.0f} s, {gone} of {ways} ways: {theme}"
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
