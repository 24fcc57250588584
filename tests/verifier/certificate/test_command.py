"""`schedc certify`: exit codes, what is written, and what is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schedc.cli.main import main

FIFO = """language 1
policy small "First in, first out."
param slice: duration = 5ms in 1ms..20ms
queue ready: fifo
on enqueue(task) { insert task into ready for slice }
on dispatch(cpu, prev) { pull ready }
"""


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCHEDC_SIGNING_KEY", raising=False)
    path = tmp_path / "small.sched"
    path.write_text(FIFO)
    return path


def test_what_it_writes_it_takes_back(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certify", str(policy), "--gates", "simulate", "--stories", "3", "--set", "slice=2ms"]) == 0
    assert "tested(3)" in capsys.readouterr().out
    made = policy.with_name("small.certificate.json")
    assert json.loads(made.read_text())["statement"]["settings"] == {"slice": "2ms"}
    assert main(["certify", "--verify", str(made), str(policy)]) == 0
    assert "not signed" in capsys.readouterr().out
    policy.write_text(FIFO.replace("5ms in", "6ms in"))
    assert main(["certify", "--verify", str(made), str(policy)]) == 1
    assert "it is about another source" in capsys.readouterr().err
    made.write_text(made.read_text().replace("2ms", "3ms"))
    assert main(["certify", "--verify", str(made)]) == 2
    assert "the certificate's id is not that of what it states" in capsys.readouterr().err


def test_a_policy_that_is_refused_gets_none(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(FIFO.replace("insert task into ready for slice", ""))
    assert main(["certify", str(policy), "--gates", "check"]) == 1
    said = capsys.readouterr()
    assert "S301" in said.out
    assert "not certified, by the gate `check`" in said.err
    assert not policy.with_name("small.certificate.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "which policy?"),
        (["small.sched", "--gates", "luck"], "there is no gate `luck`"),
        (["small.sched", "--set", "lag=3ms"], "the policy has no param `lag`; there are: slice"),
        (["small.sched", "--set", "slice=9s"], "not in 1ms..20ms"),
        (["small.sched", "--stories", "0"], "--stories is 1 to 1000000"),
        (["small.sched", "--sign", "absent.pem"], "the key cannot be read"),
        (["--verify", "absent.json"], "absent.json: no such file"),
        (["--verify", "small.sched"], "the certificate is no JSON"),
    ],
)
def test_wrong_use(policy: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert main(["certify", *words]) == 2
    assert said in capsys.readouterr().err


def test_several_give_a_table_and_what_is_there_is_not_made_again(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = policy.with_name("lost.sched")
    lost.write_text(FIFO.replace("pull ready", "").replace("policy small", "policy lost"))
    words = ["certify", str(policy), str(lost), "--gates", "simulate", "--stories", "3"]
    assert main(words) == 1
    said = capsys.readouterr().out
    assert "lost.sched   not certified, by check" in said
    assert said.endswith("1 of 2 certified\n")
    made = policy.with_name("small.certificate.json")
    first = made.stat().st_mtime_ns
    assert main([*words, "--missing"]) == 1
    assert made.stat().st_mtime_ns == first
    assert main([*words[:-1], "4", "--missing"]) == 1
    assert made.stat().st_mtime_ns > first
    assert json.loads(made.read_text())["statement"]["gates"][2]["figures"]["stories"] >= 4


def test_several_need_a_folder(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certify", str(policy), str(policy), "-o", "one.json"]) == 2
    assert "for several policies it is a folder that is there" in capsys.readouterr().err
