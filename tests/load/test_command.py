"""`schedc load` up to where a kernel would take over, on a machine that only seems to have one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import schedc
from schedc.cli.main import main
from schedc.load import dropped, host, program, watch
from schedc.load.dropped import Dropped
from schedc.load.events import Ended, Promise, Status, Why
from schedc.load.host import Kernel
from schedc.load.subject import Subject
from schedc.verifier.certificate import Certificate, Options
from schedc.verifier.vm.result import Exit, ObjectResult

HERE = Kernel("7.9.1", "a" * 64)
POLICY = """language 1
policy small "First in, first out."
param slice: duration = 5ms in 1ms..20ms
queue ready: fifo
promise max_wait 20s
on enqueue(task) { insert task into ready for slice kick idle_cpu(task) }
on dispatch(cpu, prev) { pull ready }
"""


def tried_here(certificate: Certificate) -> Certificate:
    """As if the kernel's gate had run on this kernel."""
    statement = json.loads(json.dumps(certificate.statement))
    statement["gates"][-1] |= {"ran": True, "figures": {"kernels": {"7.9.1": {"btf_sha256": HERE.btf_sha256}}}}
    return replace(certificate, statement=statement)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "small.sched"
    path.write_text(POLICY)
    made = schedc.certify(POLICY, "small.sched", Options(gates=())).certificate
    assert made is not None
    (tmp_path / "small.certificate.json").write_text(json.dumps(tried_here(made).to_json()))
    return path


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Subject, float, float | None]]:
    """What would have been loaded; it ends when its time is over."""
    found: list[tuple[Subject, float, float | None]] = []

    def run(command: object, subject: Subject, kernel: str, at_most: float, seconds: float | None, tell: object) -> Ended:
        found.append((subject, at_most, seconds))
        promise = Promise(5, "promise max_wait 20s", subject.policy.promises[0].span, 7, 0, 1_234_567)
        last = Status(2.0, {}, {"SCX_EV_BYPASS_DURATION": 4_321_000}, (promise,))
        exit_record = Exit(64, 0, "unregistered from user space", "")
        return Ended(Why.TIME, last, ObjectResult("small", kernel, True, attached=True, alive=True, exit=exit_record))

    monkeypatch.setattr(host, "kernel", lambda: HERE)
    monkeypatch.setattr(host, "check_free", lambda: None)
    monkeypatch.setattr(dropped, "find", lambda: Dropped((), ("/a: cpu.weight 50",)))
    monkeypatch.setattr(program, "command", lambda: ["loader"])
    monkeypatch.setattr(watch, "run", run)
    return found


Loaded = list[tuple[Subject, float, float | None]]


def test_what_is_compiled_here_is_what_was_certified(
    policy: Path, loaded: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", str(policy), "--for", "2s", "--set", "slice=2ms"]) == 0
    ((subject, at_most, seconds),) = loaded
    assert subject.object == schedc.compile(POLICY, "small.sched").object
    assert (dict(subject.settings), at_most, seconds) == ({"param_slice": 2_000_000}, 10.0, 2.0)
    told = capsys.readouterr()
    assert "/a: cpu.weight 50" in told.err and "assumed to be passed: simulate, exhaust" in told.err
    assert "BYPASS_DURATION 4300us" in told.out and "longest 1200us" in told.out


def test_another_text_and_another_object_are_not_loaded(
    policy: Path, loaded: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    policy.write_text(POLICY.replace("5ms", "6ms"))
    assert main(["load", str(policy)]) == 1
    assert "it is about another text" in capsys.readouterr().err
    policy.write_text(POLICY)
    certificate = policy.with_name("small.certificate.json")
    statement = json.loads(certificate.read_text())["statement"]
    statement["object"]["sha256"] = "b" * 64
    certificate.write_text(json.dumps(Certificate(statement, "2026-01-01T00:00:00Z").to_json()))
    assert main(["load", str(policy)]) == 1
    assert "it is about another object" in capsys.readouterr().err
    assert not loaded


def test_an_object_is_taken_only_on_the_word_of_a_key(
    policy: Path, loaded: Loaded, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schedc.cli.load._TRUSTED", policy.with_name("no.pem"))
    assert main(["load", str(policy), "--object", str(policy)]) == 2
    assert "--object takes a key" in capsys.readouterr().err and not loaded


def test_quotas_come_before_all_else(
    policy: Path, loaded: Loaded, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropped, "find", lambda: Dropped(("/b: cpu.max 1000 100000",), ()))
    assert main(["load", str(policy)]) == 1
    assert "/b: cpu.max 1000 100000" in capsys.readouterr().err and not loaded
