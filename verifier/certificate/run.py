"""All gates in order of their cost, up to the first that is not passed, and the certificate of those that are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schedc import api
from schedc.diagnostics import Diagnostic
from schedc.source import Source
from schedc.verifier.certificate import gates
from schedc.verifier.certificate.canonical import digest
from schedc.verifier.certificate.gates import Options, Progress, Refusal
from schedc.verifier.certificate.keys import SigningKey
from schedc.verifier.certificate.model import SCHEMA, Certificate, GateRecord
from schedc.version import version

GATES = tuple(gates.TABLE)


@dataclass(frozen=True)
class CertifyResult:
    """`passed` are the gates up to the first `refusal`; there is a certificate exactly where there is no refusal."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    passed: tuple[GateRecord, ...]
    refusal: Refusal | None
    certificate: Certificate | None

    @property
    def accepted(self) -> bool:
        return self.certificate is not None


def _quiet(text: str) -> None:
    """No progress is asked for."""


def certify(
    text: str, name: str = "policy.sched", options: Options | None = None, *, key: SigningKey | None = None,
    progress: Progress = _quiet,
) -> CertifyResult:  # fmt: skip
    """Run the gates that `options` name on a policy's text, and state what they found; signed with `key`.

    `BadSetting` for a value that a param cannot have; `Trouble` where a gate could not be run at all, which says
    nothing about the policy.
    """
    options = options or Options()
    if not set(options.gates) <= set(GATES):
        raise ValueError(f"the gates are {', '.join(GATES)}, not {', '.join(options.gates)}")
    compiled = api.compile(text, name, clang=options.clang)
    gates.unknown_settings(compiled, options.wanted)
    passed: list[GateRecord] = []
    for gate, run in gates.TABLE.items():
        if gate not in (*gates.ALWAYS, *options.gates):
            passed.append(gates.skipped(gate))
            continue
        progress(f"{gate} ...")
        found = run(compiled, options, progress)
        if isinstance(found, Refusal):
            return CertifyResult(
                compiled.check.source, (*compiled.diagnostics, *found.diagnostics), tuple(passed), found, None
            )
        passed.append(found)
    made = Certificate(_statement(compiled, passed, options), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    return CertifyResult(
        compiled.check.source, compiled.diagnostics, tuple(passed), None, made if key is None else key.sign(made)
    )


def _statement(compiled: api.CompileResult, passed: list[GateRecord], options: Options) -> dict[str, Any]:
    """What is certified: nothing in it says when, or how fast this machine is."""
    if compiled.built is None:
        raise ValueError("only what was compiled can be certified")
    built, source = compiled.built, compiled.check.source.text.encode()
    described = built.report.to_json()
    return {
        "schema": SCHEMA,
        "policy": {"name": described["policy"], "title": described["title"]},
        "source": {"sha256": digest(source), "bytes": len(source)},
        "object": {"sha256": digest(built.object), "bytes": len(built.object)},
        "compiler": {"schedc": version(), "clang": described["clang"]},
        "params": [
            {name: param[name] for name in ("name", "type", "live", "low", "high", "default")}
            for param in described["params"]
        ],
        "settings": dict(options.wanted),
        "gates": [record.to_json() for record in passed],
    }
