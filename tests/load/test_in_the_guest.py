"""`schedc load` as a guest runs it that has schedc itself: what it refuses, shows, and gives back."""

from __future__ import annotations

import json
import marshal
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import schedc
from schedc.build.lines import with_directives
from schedc.lower.folder import INCLUDE
from schedc.syntax import grammar, tables
from schedc.toolchain import find_clang
from schedc.verifier.certificate import Certificate, Options, SigningKey, read_signing_key
from schedc.verifier.vm import boot, images, machine, owned
from schedc.verifier.vm.machine import Machine
from tests.load import image

pytestmark = pytest.mark.vm
KERNEL = "7.3"
DRIVER = Path(__file__).parent / "inside.py"
DIAL = """language 1
policy dial "Counts tasks where the dial points."

param slice: duration = 5ms in 1ms..20ms
live param dial: count = 0 in 0..1

layer late when task.cgroup in "/late/*"
layer rest otherwise

queue ready: fifo

counter low    "enqueued while the dial was 0"
counter high   "enqueued while the dial was 1"
counter inside "enqueued from a group that came after the policy"

promise max_wait 20s while runnable <= 20 per cpu

on enqueue(task) {
    if dial == 0 { low += 1 } else { high += 1 }
    if task.layer == late { inside += 1 }
    insert task into ready for slice
    kick idle_cpu(task)
}

on dispatch(cpu, prev) { pull ready }
"""
EAGER = """language 1
policy eager "Promises what nobody can keep."

queue ready: fifo

promise work_conserving within 1us

on enqueue(task) {
    insert task into ready for 5ms
    kick idle_cpu(task)
}

on dispatch(cpu, prev) { pull ready }
"""
STUCK = EAGER.replace("policy eager", "policy stuck").replace("promise work_conserving within 1us\n", "")
REFUSED = ("without_certificate", "for_another_kernel", "by_another_key", "another_object", "no_root", "quotas")
RUN = ("whole", "as_json", "interrupted", "watcher_killed", "loader_killed", "promises", "stall")
Told = dict[str, Any]


def stuck_object() -> bytes:
    """The policy's program without what it does in dispatch, and with a watchdog that does not wait long."""
    made = schedc.compile(STUCK, "stuck.sched").c_source
    assert made is not None
    head, rest = made.split("void policy_dispatch(u64 *ctx)\n{", 1)
    body, tail = rest.split("\n}\n", 1)
    assert "ready" in body
    text = f"{head}void policy_dispatch(u64 *ctx)\n{{\n}}\n{tail}".replace(".timeout_ms = 30000", ".timeout_ms = 2000")
    name = "stuck.bpf.c"
    files = {name: with_directives(text, name, "stuck.sched"), "stuck.sched": STUCK}
    output = find_clang().compile_bpf(files, name, include_dirs=(INCLUDE,))
    assert output.object, output.diagnostics
    return output.object


def about(certificate: Certificate, text: str, data: bytes) -> Certificate:
    """The same claims about another policy: the loader knows a policy by its hashes."""
    source, made = text.encode(), {"sha256": sha256(data).hexdigest(), "bytes": len(data)}
    changed = {"source": {"sha256": sha256(source).hexdigest(), "bytes": len(source)}, "object": made}
    return replace(certificate, statement={**certificate.statement, **changed})


def elsewhere(certificate: Certificate) -> Certificate:
    """For a kernel of the same name with other types."""
    statement = json.loads(json.dumps(certificate.statement))
    for figures in statement["gates"][-1]["figures"]["kernels"].values():
        figures["btf_sha256"] = "0" * 64
    return replace(certificate, statement=statement)


def new_key(path: Path) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path.touch(mode=0o600)
    path.write_bytes(private.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    public = private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    path.with_suffix(".pub.pem").write_bytes(public)
    return read_signing_key(path)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Policies, objects, certificates and a public key, by their names. One policy goes through the kernel's gate."""
    folder = tmp_path_factory.mktemp("keys")
    key, other = new_key(folder / "key.pem"), new_key(folder / "other.pem")
    options = Options(gates=("kernel",), kernels=(KERNEL,), seconds=3)
    certificate = schedc.certify(DIAL, "dial.sched", options).certificate
    dial, eager = schedc.compile(DIAL, "dial.sched").object, schedc.compile(EAGER, "eager.sched").object
    assert certificate and dial and eager
    stuck = stuck_object()
    signed = {
        "dial": key.sign(certificate), "eager": key.sign(about(certificate, EAGER, eager)),
        "stuck": key.sign(about(certificate, STUCK, stuck)), "elsewhere": key.sign(elsewhere(certificate)),
        "forged": other.sign(certificate),
    }  # fmt: skip
    found = {f"{name}.certificate.json": json.dumps(each.to_json()).encode() for name, each in signed.items()}
    for name, text, data in (("dial", DIAL, dial), ("eager", EAGER, eager), ("stuck", STUCK, stuck)):
        found |= {f"{name}.sched": text.encode(), f"{name}.bpf.o": data}
    return found | {"key.pub.pem": (folder / "key.pub.pem").read_bytes()}


def ran(files: dict[str, bytes], scenarios: tuple[str, ...], kernel: str = KERNEL) -> dict[str, Told]:
    """What the guest told of each scenario."""
    given = files | {"scenarios.json": json.dumps(scenarios).encode()}
    given["tables"] = marshal.dumps(tables.freeze(grammar.load_tables()))
    shape = Machine(sockets=1, cores=2, memory_mb=1024)
    with owned.directory() as directory:
        initrd = directory / "initrd"
        initrd.write_bytes(image.archive(DRIVER, {f"/policies/{name}": data for name, data in given.items()}))
        vmlinuz = images.kernel(kernel).vmlinuz
        command = machine.command(machine.qemu(), shape, vmlinuz, initrd, directory)
        outcome = boot.follow(command, directory, boot.BOOT_PATIENCE, lambda line: None)
    told = {line["t"]: line for line in outcome.lines}
    assert set(scenarios) < set(told), outcome.console
    assert not [each for each in told.values() if "fault" in each], told
    return told


@pytest.fixture(scope="module")
def told(files: dict[str, bytes]) -> dict[str, Told]:
    return ran(files, (*REFUSED, *RUN))


def test_what_is_not_certified_is_not_loaded(told: dict[str, Told]) -> None:
    wanted = {
        "without_certificate": "there is no certificate none.json", "for_another_kernel": "it is not for this kernel (7.3",
        "by_another_key": "it is signed by", "another_object": "it is about another object",
    }  # fmt: skip
    for name, why in wanted.items():
        assert told[name]["code"] == 1 and why in told[name]["err"] and not told[name]["out"], told[name]
        assert "help: run schedc certify dial.sched --kernel /boot/vmlinuz-7.3" in told[name]["err"]


def test_only_root_loads(told: dict[str, Told]) -> None:
    assert told["no_root"]["code"] == 2 and "takes root" in told["no_root"]["err"]


def test_where_quotas_are_in_use_nothing_is_loaded(told: dict[str, Told]) -> None:
    assert told["quotas"]["code"] == 1
    assert "/limited: cpu.max 50000 100000" in told["quotas"]["err"]


def test_a_policy_runs_until_it_is_asked_to_end_and_tells_what_it_counts(told: dict[str, Told]) -> None:
    whole = told["whole"]
    assert whole["code"] == 0, whole
    begin, *_ = whole["out"].splitlines()
    assert begin.startswith("dial: attached")
    assert "asked to; the kernel's default runs" in whole["out"]
    assert "exit      unregistered from user space (64)" in whole["out"]
    assert "dial.sched:16: promise max_wait 20s while runnable <= 20 per cpu: broken 0 times" in whole["out"]
    assert whole["after"] == "disabled" and not whole["left"]


def test_what_sched_ext_drops_is_said_first(told: dict[str, Told]) -> None:
    assert "dial does not read the weights of control groups:\n  /heavy: cpu.weight 300" in told["whole"]["err"]
    assert "only assumed to be passed: simulate, exhaust" in told["whole"]["err"]


def test_a_live_param_changes_a_policy_that_runs(told: dict[str, Told]) -> None:
    whole = told["whole"]
    assert whole["live"]["code"] == 0, whole["live"]
    assert "high +" not in whole["before"]
    assert "high +" in whole["out"].split("dial is 1")[1]


def test_what_cannot_be_set_is_said_to_who_asks(told: dict[str, Told]) -> None:
    whole = told["whole"]
    assert whole["too_much"]["code"] == 1 and "dial=7: not in 0..1" in whole["too_much"]["err"]
    assert whole["fixed"]["code"] == 1 and "slice is fixed when the policy is loaded" in whole["fixed"]["err"]
    assert whole["unknown"]["code"] == 1 and "there is no param `volume`" in whole["unknown"]["err"]
    assert whole["by_nobody"]["code"] == 2
    assert len(whole["hostile"]) == 7 and all('"wrong": "not understood' in answer for answer in whole["hostile"])


def test_groups_that_come_later_are_matched(told: dict[str, Told]) -> None:
    whole = told["whole"]
    assert "inside +" in whole["out"] and "inside +" not in whole["before"]


def test_there_is_room_for_one(told: dict[str, Told]) -> None:
    second = told["whole"]["second"]
    assert second["code"] == 2 and "by the scheduler `schedc_dial`" in second["err"]


def test_programs_get_a_line_of_json_for_each_thing_until_the_time_is_over(told: dict[str, Told]) -> None:
    lines = [json.loads(line) for line in told["as_json"]["out"].splitlines()]
    assert [line["t"] for line in lines] == ["attached", "status", "status", "ended"]
    assert lines[-1]["ok"] and lines[-1]["why"] == "time" and lines[-1]["exit"]["kind"] == 64
    assert lines[-1]["counters"]["low"] > 0 and lines[-1]["promises"][0]["seen"] > 0


def test_ctrl_c_takes_it_off(told: dict[str, Told]) -> None:
    assert told["interrupted"]["code"] == 0
    assert "asked to; the kernel's default runs\n  exit      unregistered from user space (64)" in told["interrupted"]["out"]


def test_the_default_is_back_when_either_process_is_killed(told: dict[str, Told]) -> None:
    assert told["watcher_killed"]["code"] == -9 and told["watcher_killed"]["after"] == "disabled"
    assert told["loader_killed"]["code"] == 1 and told["loader_killed"]["after"] == "disabled"
    assert "the loader died; the kernel's default runs" in told["loader_killed"]["out"]


def test_promises_broken_at_a_rate_end_a_policy(told: dict[str, Told]) -> None:
    assert told["promises"]["code"] == 1
    why = "its promises were broken too often: eager.sched:6: promise work_conserving within 1us"
    assert why in told["promises"]["out"] and "unregistered from user space (64)" in told["promises"]["out"]


def test_a_stall_is_shown_at_its_line(told: dict[str, Told]) -> None:
    assert told["stall"]["code"] == 1
    assert "the kernel ended it" in told["stall"]["out"] and "runnable task stall (1026)" in told["stall"]["out"]
    assert "error[S802]" in told["stall"]["err"] and "--> stuck.sched:" in told["stall"]["err"]


@pytest.mark.slow
def test_a_watcher_that_stands_still_is_not_waited_for(files: dict[str, bytes]) -> None:
    stopped = ran(files, ("watcher_stopped",))["watcher_stopped"]
    assert 5 < stopped["off"] < 20 and stopped["code"] == 1
