"""`schedc generate`: a policy for a goal, written by a model and mended until the gates take it."""

from __future__ import annotations

import json
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schedc.cli.main import Refused, complain

if TYPE_CHECKING:
    import argparse

    from schedc.model.budget import Limits
    from schedc.model.config import Config, Model
    from schedc.model.generate import Result, Task

_MAX_TEXT = 200_000
_MAX_SECONDS = 1_000_000


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("goal", nargs="?", metavar="GOAL", help="what the policy is for, in words")
    parser.add_argument("--workload", metavar="FILE", help="what the workload looks like, as text or JSON")
    parser.add_argument("--from", dest="start", metavar="POLICY", help="a .sched file to start from")
    parser.add_argument("--gates", metavar="LIST", help="such as check,simulate,fuzz,kernel; default: all but kernel")
    parser.add_argument("--kernel", action="append", metavar="SERIES", help="for the kernel gate; default 6.18")
    parser.add_argument("--model", metavar="NAME", help="who writes; the default is in the configuration")
    parser.add_argument("--base-url", metavar="URL", help="another service that speaks the Messages API")
    parser.add_argument("--command", metavar="COMMAND", help="a program that reads the prompt and writes the answer")
    parser.add_argument("--attempts", type=int, metavar="N", help="answers of the model, at most")
    parser.add_argument("--seconds", type=float, metavar="N", help="time for all of it, at most")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="tokens read and written, at most")
    parser.add_argument("--max-money", metavar="DOLLARS", help="US dollars, at most; needs the model's prices")
    parser.add_argument("--config", metavar="FILE", help="models, prices and limits; docs/models.md has its form")
    parser.add_argument("-o", "--output", metavar="DIR", help="where everything goes; default ./generated-TIME")
    parser.add_argument("--print-prompt", action="store_true", help="print what a model would be asked, and ask none")
    parser.add_argument("--from-answer", metavar="FILE", help="take the answer from a file, or - for standard input")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for people or for programs")


def run(options: argparse.Namespace) -> int:
    from schedc.verifier.trouble import Trouble

    try:
        return _run(options)
    except Trouble as trouble:
        raise Refused(str(trouble)) from None


def _run(options: argparse.Namespace) -> int:
    if options.from_answer is not None:
        return _from_answer(options)
    if not options.goal or not options.goal.strip():
        raise Refused("generate: a goal is missing, such as \"keep ssh responsive while the build runs\"")
    if options.print_prompt:
        print(_task(options).prompt().text(), end="")
        return 0
    return _ask(options)


def _ask(options: argparse.Namespace) -> int:
    from schedc.model.config import load
    from schedc.model.run import new_folder
    from schedc.model.run import run as generated

    config = load(Path(options.config) if options.config else None)
    model = _model(options, config)
    limits = _limits(options, config, model)
    folder = Path(options.output) if options.output else new_folder()
    result = generated(_task(options, model.max_output), model, limits, folder, _say(options))
    _show(result, options)
    return 0 if result.policy is not None else 1


def _show(result: Result, options: argparse.Namespace) -> None:
    from schedc.model.generate import CERTIFICATE

    if options.format == "json":
        print((result.folder / "report.json").read_text(encoding="utf-8"))
        return
    for each in result.outcomes:
        print(f"{each.gate:<9} {'passed' if each.passed else 'NOT PASSED'}  {_plain(each.summary)}")
    if result.policy is not None:
        print(f"accepted: {result.folder / 'policy.sched'}")
        if result.certificate is not None:
            print(f"certificate: {result.folder / CERTIFICATE}")
    else:
        print(f"no policy: {_plain(result.why)}\nevery attempt is in {result.folder}")
    print(f"spent: {result.summary}")


def _plain(text: str) -> str:
    """What a model or a service wrote cannot act on the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else f"<U+{ord(c):04X}>" for c in text)


def _say(options: argparse.Namespace) -> Any:
    return lambda text: print(f"schedc generate: {_plain(text)}", file=sys.stderr, flush=True)


def _from_answer(options: argparse.Namespace) -> int:
    """For who pastes into a chat: what is printed goes back to the model as it is; a policy that passes, to a file."""
    from schedc.model import answer as answers
    from schedc.model import prompts
    from schedc.model.gates import apart, asked
    from schedc.model.generate import CERTIFICATE, certificate_of, certificate_text

    found = answers.find(_read(options.from_answer))
    if isinstance(found, answers.Missing):
        return _back(options, found.told, "no policy")
    gates, outcomes = _gates(options), []
    for gate in gates:
        wanted = asked(gate, gates, _gate_options(options))
        outcome = apart.run(gate, found.policy, wanted, _say(options), float("inf"))
        if not outcome.passed:
            return _back(options, prompts.refused(gate, outcome.told, found.note), gate)
        outcomes.append(outcome)
    if options.output:
        target = Path(options.output)
        target.mkdir(parents=True, exist_ok=True)
        (target / "policy.sched").write_text(found.policy, encoding="utf-8")
        if (made := certificate_of(outcomes)) is not None:
            (target / CERTIFICATE).write_text(certificate_text(made), encoding="utf-8")
    if options.format == "json":
        print(json.dumps({"accepted": True, "gates": list(gates), "policy": found.policy}))
    else:
        complain(f"accepted by {', '.join(gates)}")
        print(found.policy, end="")
    return 0


def _back(options: argparse.Namespace, told: str, stopped_at: str) -> int:
    if options.format == "json":
        print(json.dumps({"accepted": False, "stopped_at": stopped_at, "told": told}))
    else:
        print(_plain(told))
    return 1


# ---- what the options ask for


def _task(options: argparse.Namespace, max_output: int = 0) -> Task:
    from schedc.model.generate import Task
    from schedc.model.talk import clean

    return Task(
        clean(options.goal),
        _gates(options),
        _read(options.workload) if options.workload else "",
        _read(options.start) if options.start else "",
        _gate_options(options),
        max_output,
    )


def _gates(options: argparse.Namespace) -> tuple[str, ...]:
    from schedc.model.gates import DEFAULT, chosen

    return chosen(options.gates.replace(" ", "").split(",") if options.gates else DEFAULT)


def _gate_options(options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    return {"kernel": {"kernels": options.kernel}} if options.kernel else {}


def _model(options: argparse.Namespace, config: Config) -> Model:
    import shlex
    from dataclasses import replace

    from schedc.model.config import Model

    if options.command is not None:
        try:
            words = tuple(shlex.split(options.command))
        except ValueError as error:
            raise Refused(f"--command: {error}") from None
        if not words:
            raise Refused("--command: no program is named")
        return Model(words[0], "command", command=words)
    model = config.model(options.model or config.default)
    return replace(model, base_url=options.base_url) if options.base_url else model


def _limits(options: argparse.Namespace, config: Config, model: Model) -> Limits:
    """The configured ones, but for those that are given. Money is limited by default only where it can be counted."""
    from schedc.model.budget import Limits
    from schedc.model.run import usual_limits

    ours = usual_limits(config, model)
    money = _money(options.max_money) if options.max_money is not None else ours.money
    limits = Limits(
        ours.attempts if options.attempts is None else options.attempts,
        ours.seconds if options.seconds is None else options.seconds,
        ours.tokens if options.max_tokens is None else options.max_tokens,
        money,
    )
    if limits.attempts < 1 or (limits.tokens is not None and limits.tokens < 1):
        raise Refused("limits are more than nothing: --attempts and --max-tokens")
    if not 0 < limits.seconds <= _MAX_SECONDS:
        raise Refused(f"--seconds: a time of up to {_MAX_SECONDS} s is needed")
    return limits


def _money(text: str) -> Decimal:
    try:
        money = Decimal(text)
    except InvalidOperation:
        money = Decimal(-1)
    if not money.is_finite() or money <= 0:
        raise Refused(f"--max-money: {text} is no amount of dollars, such as 0.50")
    return money


def _read(name: str) -> str:
    """A text of bounded size; `OSError` is told by the command."""
    from schedc.model.talk import clean

    if name == "-":
        text = sys.stdin.read(_MAX_TEXT + 1) if sys.stdin is not None else ""
    else:
        with open(name, encoding="utf-8", errors="replace") as file:
            text = file.read(_MAX_TEXT + 1)
    if len(text) > _MAX_TEXT:
        raise Refused(f"{name}: more than {_MAX_TEXT} characters")
    return clean(text)
