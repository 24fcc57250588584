"""A policy for a goal, for programs: what `schedc generate` does, with a typed result."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from schedc.model.budget import Ledger, Limits
from schedc.model.config import Config, Model, load
from schedc.model.gates import DEFAULT, chosen
from schedc.model.generate import Generator, Result, Say, Task
from schedc.model.secrets import known
from schedc.model.talk import Provider, clean
from schedc.model.transcript import Transcript


def _quiet(text: str) -> None:
    """No progress is asked for."""


def generate(
    goal: str, *, gates: Sequence[str] = DEFAULT, model: str | Model = "", provider: Provider | None = None,
    workload: str = "", start: str = "", kernels: Sequence[str] = (), limits: Limits | None = None,
    config: Path | None = None, output: Path | None = None, say: Say = _quiet,
) -> Result:  # fmt: skip
    """Ask a model for a policy until `gates` take it, within the limits.

    model: a configured name, or one of your own; none: the configured default. provider: who answers instead of the
    service that the model names. workload, start: texts for the prompt. kernels: series for the gate `kernel`.
    limits: none are the configured ones. output: a folder that is empty or not there.
    `Trouble` where it cannot begin; what ends it later is `why` in the result.
    """
    configured = load(config)
    chosen_model = model if isinstance(model, Model) else configured.model(model or configured.default)
    options = {"kernel": {"kernels": list(kernels)}} if kernels else {}
    task = Task(clean(goal), chosen(gates), clean(workload), clean(start), options, chosen_model.max_output)
    bounds = limits or usual_limits(configured, chosen_model)
    return run(task, chosen_model, bounds, output or new_folder(), say, provider)


def run(
    task: Task, model: Model, limits: Limits, folder: Path, say: Say = _quiet, provider: Provider | None = None
) -> Result:
    """One run of the loop, with everything kept in `folder`."""
    answers = provider or provider_of(model)
    ledger = Ledger(limits, model.price)
    transcript = Transcript(folder, known(model))
    try:
        return Generator(task, answers, ledger, transcript, say).run()
    finally:
        transcript.close()


def provider_of(model: Model) -> Provider:
    """As it is configured."""
    if model.provider == "command":
        from schedc.model.providers.command import Command

        return Command(model.command)
    from schedc.model.providers.messages import Messages

    return Messages(model)


def usual_limits(config: Config, model: Model) -> Limits:
    """The configured ones; money is limited only where it can be counted."""
    return config.limits if model.price is not None else replace(config.limits, money=None)


def new_folder() -> Path:
    """Named by the time, in the current one."""
    return Path(time.strftime("generated-%Y%m%d-%H%M%S"))
