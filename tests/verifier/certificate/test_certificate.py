"""Certificates: what they state, that nobody can change them unnoticed, and what is said to one that is none."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

import schedc
from schedc import api
from schedc.verifier.certificate import (
    CertificateError,
    CertifyResult,
    Options,
    SigningKey,
    confirm,
    read,
    read_public_key,
    read_signing_key,
)  # fmt: skip
from schedc.verifier.certificate.canonical import canonical
from schedc.verifier.certificate.model import Certificate
from schedc.verifier.certificate.schema import schema

QUICK = Options(gates=("simulate",), stories=5)
FIFO = """language 1
policy small "First in, first out."
param slice: duration = 5ms in 1ms..20ms
queue ready: fifo
on enqueue(task) { insert task into ready for slice }
on dispatch(cpu, prev) { pull ready }
"""
# Accepted with a warning, and wrong: who comes first keeps the CPU for ever.
STARVES = FIFO.replace("for slice }", "for infinite }").replace("param slice: duration = 5ms in 1ms..20ms\n", "")


@cache
def certified() -> CertifyResult:
    return schedc.certify(FIFO, "small.sched", QUICK)


def certificate() -> Certificate:
    made = certified().certificate
    assert made is not None
    return made


def written(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.fixture(scope="module", autouse=True)
def made_once() -> None:
    """Before a test that draws: the gate draws too, and one within the other is refused."""
    certified()


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return new_key(tmp_path / "key.pem")


def new_key(path: Path) -> SigningKey:
    private = ed25519.Ed25519PrivateKey.generate()
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.with_suffix(".pub").write_bytes(public)
    return read_signing_key(path)


# ---- what it states


def test_it_states_each_gate_with_its_level() -> None:
    gates = {gate.gate: gate for gate in certificate().gates}
    assert list(gates)[:3] == ["check", "compile", "simulate"]
    assert "proved" in {claim.shown for claim in gates["check"].claims}
    assert {claim.shown for claim in gates["simulate"].claims} == {"tested(5)"}
    assert not gates["kernel"].ran
    assert {claim.level for claim in gates["kernel"].claims} == {"assumed"}


def test_the_same_run_has_the_same_id_whenever_it_is() -> None:
    again = schedc.certify(FIFO, "elsewhere.sched", QUICK).certificate
    assert again is not None
    assert again.id == certificate().id
    assert replace(again, made_at="2001-01-01T00:00:00Z").id == again.id


def test_another_setting_is_another_certificate() -> None:
    other = schedc.certify(FIFO, "small.sched", replace(QUICK, wanted={"slice": "1ms"})).certificate
    assert other is not None
    assert other.id != certificate().id


def test_the_first_gate_that_is_not_passed_is_the_last_that_is_run() -> None:
    result = schedc.certify(FIFO.replace("insert task", "# insert task"), "lost.sched", QUICK)
    assert result.certificate is None
    assert result.passed == ()
    assert result.refusal is not None
    assert result.refusal.gate == "check"
    assert result.diagnostics


def test_a_policy_that_the_simulator_breaks_gets_none() -> None:
    result = schedc.certify(STARVES, "starves.sched", replace(QUICK, stories=40))
    assert result.refusal is not None
    assert result.refusal.gate == "simulate"
    assert result.refusal.why.startswith("small breaks `no_abort`: runnable task stall")
    assert [gate.gate for gate in result.passed] == ["check", "compile"]


# ---- reading one that anybody may have written


def test_what_was_written_is_read() -> None:
    assert read(written(certificate().to_json())) == certificate()


def test_its_schema_is_one_that_others_understand() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(certificate().to_json(), schema())


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def act(whole: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for name in parents:
            whole = whole[int(name)] if isinstance(whole, list) else whole[name]
        whole[last] = value

    return act


HOSTILE = {
    "certificate.statement.gates[0].claims[0].level is none of": change("statement.gates.0.claims.0.level", "certain"),
    "certificate.statement.gates is not of the type array": change("statement.gates", {}),
    "certificate has `more`, which there is not": change("more", 1),
    "certificate.statement.source has `more`": change("statement.source.more", 1),
    "certificate.statement.object.bytes is not of the type integer": change("statement.object.bytes", True),
    "certificate.statement.object.bytes is no whole number": change("statement.object.bytes", 1.5),
    "certificate.statement.object.bytes is less than 0": change("statement.object.bytes", -1),
    "certificate.statement.policy.title is too long, or has": change("statement.policy.title", "\x1b[2J"),
    "certificate.statement.policy.name is too long, or has": change("statement.policy.name", "x" * 5000),
    "certificate.id is not of the form": change("id", "sha256:0"),
    "certificate.signature.key is not of the form": change(
        "signature", {"algorithm": "Ed25519", "key": "zz", "value": "00" * 64}
    ),
    "is nested too deeply": change("statement.gates.0.figures.deep", json.loads("[" * 20 + "]" * 20)),
    "is of version 2, and this schedc knows version 1": change("statement.schema", 2),
    "the certificate's id is not that of what it states": change("statement.policy.title", "Something else."),
}


@pytest.mark.parametrize("said", HOSTILE)
def test_what_is_wrong_is_named(said: str) -> None:
    value = copy.deepcopy(certificate().to_json())
    HOSTILE[said](value)
    with pytest.raises(CertificateError) as error:
        read(written(value))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b'{"id": 1, "id": 2}', "a name is there twice"),
        (b"9" * 5000, "is no JSON"),
        (b"[]", "is not of the type object"),
        (b"{}", "has no `id`"),
        (b" " * 2_000_000, "is larger than"),
        (b'{"statement": {"schema": NaN}}', "is no whole number"),
    ],
)
def test_what_is_no_certificate_is_told_so(data: bytes, said: str) -> None:
    with pytest.raises(CertificateError) as error:
        read(data)
    assert said in str(error.value)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of a value, by what it is in and its name or number there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield value, name
        yield from places(item)


@given(st.data(), st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just([]), st.just({})))
def test_no_part_of_it_can_be_changed_unnoticed(data: st.DataObject, value: Any) -> None:
    """Whatever is put wherever, it is the same, or refused with a clear error; the schema never refuses less."""
    whole = copy.deepcopy(certificate().to_json())
    every = [each for each in places(whole) if each[1] != "made_at"]
    parent, name = every[data.draw(st.integers(0, len(every) - 1))]
    parent[name] = value
    if canonical(whole) == canonical(certificate().to_json()):
        return
    with pytest.raises(CertificateError):
        read(written(whole))


# ---- whose it is, and of what


def test_a_signature_is_of_one_key_over_all_of_it(tmp_path: Path, key: SigningKey) -> None:
    signed = read(written(key.sign(certificate()).to_json()))
    public, other = read_public_key(tmp_path / "key.pub"), new_key(tmp_path / "other.pem").public
    assert confirm(signed, key=public).ok
    assert confirm(signed).signer == public.text
    assert "is signed by" in confirm(signed, key=other).wrong[0]
    assert "nobody has signed it" in confirm(certificate(), key=public).wrong
    assert not confirm(replace(signed, made_at="2001-01-01T00:00:00Z")).ok
    assert not confirm(replace(signed, statement={**signed.statement, "settings": {"slice": "1ms"}})).ok


def test_it_is_about_one_source_and_one_object() -> None:
    assert confirm(certificate(), api.compile(FIFO)).ok
    assert confirm(certificate()).signer == ""
    same_object = confirm(certificate(), api.compile(FIFO + "\n"))
    assert "it is about another source" in same_object.wrong[0]
    other = confirm(certificate(), api.compile(FIFO.replace("5ms in", "6ms in")))
    assert [each.split(":")[0] for each in other.wrong] == ["it is about another source", "it is about another object"]


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path, key: SigningKey) -> None:
    (tmp_path / "key.pem").chmod(0o640)
    with pytest.raises(CertificateError, match="others than its owner may read this key"):
        read_signing_key(tmp_path / "key.pem")


def test_what_is_no_key_is_told_so(tmp_path: Path, key: SigningKey) -> None:
    for content in (b"", b"\xff", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"):
        (tmp_path / "bad.pem").write_bytes(content)
        (tmp_path / "bad.pem").chmod(0o600)
        with pytest.raises(CertificateError, match="is not an unencrypted private key"):
            read_signing_key(tmp_path / "bad.pem")
    with pytest.raises(CertificateError, match="is not a public key"):
        read_public_key(tmp_path / "key.pem")
    with pytest.raises(CertificateError, match="cannot be read"):
        read_public_key(tmp_path / "absent.pem")
    assert "PrivateKey" not in repr(key)
