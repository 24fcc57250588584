"""The loop: ask, find the policy, put it through the gates, tell what they found, until all pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedc.model import answer as answers
from schedc.model import prompts
from schedc.model.budget import Ledger, OverBudget
from schedc.model.calls import Caller
from schedc.model.gates import Outcome, apart, asked
from schedc.model.talk import Answer, Prompt, Provider, Stop, Turn
from schedc.model.transcript import Transcript
from schedc.verifier.trouble import Trouble

Say = Callable[[str], None]
CERTIFICATE = "policy.certificate.json"


@dataclass(frozen=True)
class Task:
    """What is wanted, and what it has to pass. `options` are the gates', by gate."""

    goal: str
    gates: tuple[str, ...]
    workload: str = ""
    start: str = ""
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    max_output: int = 16_000

    def prompt(self) -> Prompt:
        """The first call's."""
        return Prompt(prompts.system(), (Turn("user", prompts.goal(self.goal, self.workload, self.start)),))


@dataclass(frozen=True)
class Result:
    """`policy` is accepted by all gates, or None; `why`: what ended the loop without one.

    `outcomes` are the gates' on the last policy; `spent` is in tokens, US dollars and seconds, `summary` the same as a
    line; `certificate` as docs/certificates.md has it, None where no object was looked at.
    """

    policy: str | None
    why: str
    outcomes: tuple[Outcome, ...]
    spent: dict[str, object]
    summary: str
    folder: Path

    @property
    def certificate(self) -> Mapping[str, Any] | None:
        return certificate_of(self.outcomes) if self.policy is not None else None


class Generator:
    """One run of the loop. What it says is for people; what it keeps is in the transcript."""

    def __init__(self, task: Task, provider: Provider, ledger: Ledger, transcript: Transcript, say: Say) -> None:
        self._task, self._ledger, self._transcript = task, ledger, transcript
        self._say: Say = lambda text: say(transcript.clean(text))
        self._caller = Caller(provider, ledger, transcript, self._say)
        self._model = provider.model
        self._outcomes: tuple[Outcome, ...] = ()

    def run(self) -> Result:
        """Every attempt is kept, also when it is interrupted (`KeyboardInterrupt` goes on to the caller)."""
        prompt = self._task.prompt()
        self._transcript.event(
            "begin", model=self._model, gates=self._task.gates, system=prompt.system, message=prompt.turns[0].text
        )
        try:
            policy, why = self._attempts(prompt), ""
        except Trouble as trouble:
            policy, why = None, str(trouble)
        except BaseException:
            self._end(None, "interrupted")
            self._say(f"interrupted; every attempt is in {self._transcript.folder} ({self._ledger.text()})")
            raise
        return self._end(policy, why)

    def _attempts(self, prompt: Prompt) -> str:
        """The first policy that passes. Ends by a limit, or by what nobody can mend."""
        while True:
            number = self._ledger.begin_attempt()
            self._say(f"attempt {number}: asking {self._model}")
            answer = self._caller.ask(prompt, self._task.max_output)
            self._transcript.file(f"attempt-{number}.answer.md", answer.text)
            self._transcript.event(
                "answer", attempt=number, stop=answer.stop.value, text=answer.text, thinking=answer.thinking
            )
            if answer.stop is Stop.DECLINED:
                raise Trouble("the model declined to answer" + (f": {answer.detail}" if answer.detail else ""))
            policy, told = self._judge(number, answer)
            if policy is not None:
                return policy
            self._transcript.event("told", attempt=number, text=told)
            turns = (Turn("assistant", answer.text.strip() or "(no words)"), Turn("user", told))
            prompt = Prompt(prompt.system, (*prompt.turns, *turns))

    def _judge(self, number: int, answer: Answer) -> tuple[str | None, str]:
        """The policy if it passes everything, else what to tell the model."""
        found = answers.find(answer.text)
        if isinstance(found, answers.Missing):
            self._say(f"attempt {number}: no policy in the answer")
            cut = answer.stop is Stop.CUT
            return None, prompts.cut_off(answer.usage.output) if cut else found.told
        self._transcript.file(f"attempt-{number}.sched", found.policy)
        self._outcomes = ()
        for gate in self._task.gates:
            outcome = self._gate(number, gate, found.policy)
            if not outcome.passed:
                return None, prompts.refused(gate, outcome.told, found.note)
        return found.policy, ""

    def _gate(self, number: int, gate: str, policy: str) -> Outcome:
        left = self._ledger.seconds_left
        if left <= 0:
            raise OverBudget(f"the time of {self._ledger.limits.seconds:g} s is over", "allow more with --seconds")
        options = asked(gate, self._task.gates, self._task.options)
        outcome = apart.run(gate, policy, options, lambda text: None, left)
        self._outcomes = (*self._outcomes, outcome)
        verdict = "passed" if outcome.passed else "not passed"
        self._say(f"attempt {number}: {gate}: {verdict} ({outcome.summary})")
        self._transcript.event(
            "gate", attempt=number, gate=gate, passed=outcome.passed, summary=outcome.summary, told=outcome.told
        )
        return outcome

    def _end(self, policy: str | None, why: str) -> Result:
        spent = self._ledger.to_json()
        if policy is not None:
            self._transcript.file("policy.sched", policy)
        why, folder = self._transcript.clean(why), self._transcript.folder
        result = Result(policy, why, self._outcomes, spent, self._ledger.text(), folder)
        if result.certificate is not None:
            self._transcript.file(CERTIFICATE, certificate_text(result.certificate))
        self._transcript.file("report.json", to_json(result, self._task, self._model))
        self._transcript.event("end", accepted=policy is not None, why=why, spent=spent)
        return result


def to_json(result: Result, task: Task, model: str) -> str:
    """The report: what was wanted, what came of it, what each gate said of the last policy, what it took."""
    return json.dumps(
        {
            "schema": 1,
            "goal": task.goal,
            "model": model,
            "accepted": result.policy is not None,
            "why": result.why,
            "certificate": result.certificate["id"] if result.certificate is not None else None,
            "gates": [each.to_json() for each in result.outcomes],
            "spent": result.spent,
        },
        indent=2,
    )


def certificate_of(outcomes: Sequence[Outcome]) -> Mapping[str, Any] | None:
    """What the gate of that name made."""
    return next((each.report for each in outcomes if each.gate == "certify" and each.passed), None)


def certificate_text(certificate: Mapping[str, Any]) -> str:
    """As `schedc certify` writes it."""
    return json.dumps(certificate, indent=2, ensure_ascii=False) + "\n"
