"""KVM is used where a guest was seen to run on it; the answer is kept for what it depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedc.verifier.vm import images, kvm, machine
from schedc.verifier.vm.machine import Machine
from tests.verifier.vm.machines import ANSWERS, HANGS, Host, gone

# What QEMU ends with when the tiny program has written its word; with a kernel, it answers.
WORKS = f'case "$*" in *isa-debug-exit*) exit 43 ;; esac\n{ANSWERS}'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host with a device that may be opened."""
    machine.qemu_version.cache_clear()
    host = Host(tmp_path)
    for name in ("PATH", "SCHEDC_CACHE"):
        monkeypatch.setenv(name, host.environment()[name])
    monkeypatch.setattr("tempfile.tempdir", str(host.tmp))
    monkeypatch.setattr(kvm, "DEVICE", tmp_path / "thing.o")
    return host


def test_where_guests_run_kvm_is_used(here: Host) -> None:
    here.qemu(WORKS)
    assert kvm.answer().works and "6.18.1" in kvm.answer().why
    assert kvm.best(Machine()).kvm
    assert kvm.best(Machine(icount_shift=1)) == Machine(icount_shift=1)
    assert len(here.guests()) == 2, "asked once: the tiny program, and a kernel"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (HANGS, "a guest of a few instructions hung"),
        ("echo assertion failed >&2; exit 134", "QEMU ended at once: assertion failed"),
        ("exit 0", "QEMU ended at once: 0"),
        (WORKS.replace(ANSWERS, HANGS), "hung at its boot"),
        (WORKS.replace(ANSWERS, "echo no memory >&2; exit 1"), "did not boot: QEMU ended: no memory"),
    ],
)
def test_where_they_do_not_it_is_not(
    here: Host, monkeypatch: pytest.MonkeyPatch, body: str, why: str
) -> None:
    here.qemu(body)
    if "hung" in why:  # only what is to hang is given little time
        monkeypatch.setattr(kvm, "TINY_SECONDS" if body == HANGS else "KERNEL_SECONDS", 0.3)
    answer = kvm.answer()
    assert not answer.works and why in answer.why
    assert kvm.best(Machine()) == Machine()
    tried = here.guests()
    assert kvm.answer() == answer and here.guests() == tried
    assert all(map(gone, tried)) and here.leftovers() == []


def test_another_qemu_or_cpu_is_asked_again(here: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    here.qemu("exit 1")
    assert not kvm.answer().works
    here.qemu(WORKS, version="QEMU 2")
    machine.qemu_version.cache_clear()  # another QEMU comes between two runs of schedc, not within one
    assert kvm.answer().works
    monkeypatch.setattr(kvm, "_cpu", lambda: "another")
    here.qemu("exit 1", version="QEMU 2")
    assert not kvm.answer().works


def test_a_first_kernel_in_the_cache_is_a_reason_to_ask_again(here: Host) -> None:
    kernel = images.cached(here.cache / "vm")[0]
    note = kernel.directory / "kernel.json"
    text = note.read_text()
    note.unlink()
    here.qemu(WORKS.replace(ANSWERS, "exit 1"))
    assert kvm.answer().works
    note.write_text(text)
    assert not kvm.answer().works


def test_what_is_kept_and_broken_is_asked_again(here: Host) -> None:
    here.qemu("exit 1")
    kvm.answer()
    for kept in (here.cache / "vm" / "kvm").iterdir():
        kept.write_text("{")
    assert not kvm.answer().works
    assert len(here.guests()) == 2


def test_setup_asks_again(here: Host) -> None:
    here.qemu("exit 1")
    assert not kvm.answer().works
    here.qemu(WORKS)
    assert not kvm.answer().works
    assert kvm.answer(again=True).works and kvm.answer().works


def test_no_device(here: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    here.qemu(WORKS)
    monkeypatch.setattr(kvm, "DEVICE", here.folder / "absent")
    assert kvm.answer() == kvm.Answer(False, f"{kvm.DEVICE} is not there")
    assert here.guests() == []
