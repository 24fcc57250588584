"""Guests that are kept: many jobs from one boot, and what becomes of a snapshot that is broken or out of date."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import schedc
from schedc.verifier.vm import images, machine, warm
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.job import Job, ObjectJob, Switches
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.run import run

pytestmark = pytest.mark.vm
KERNEL = "7.3"
FIFO = Path(__file__).parents[3] / "stdlib_policies/fifo.sched"
SMALL = Machine(sockets=1, cores=1, memory_mb=384)
NOTHING = Job((), KERNEL, SMALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("warm")


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_a_verdict_from_a_kept_guest() -> None:
    data = schedc.compile(FIFO.read_text(encoding="utf-8"), "fifo.sched").object
    assert data is not None
    work = ObjectJob("fifo", data, workloads=(Switches(1000),))
    for _ in range(2):
        found = run(Job((work,), KERNEL, SMALL, warm=True))
        assert found.boots == 1 and found.objects[0].ok, found.objects[0].headline()
        assert found.objects[0].workloads[0].alive and found.objects[0].workloads[0].switches >= 1000


def test_a_guest_writes_into_a_copy(home: Path) -> None:
    kernel = images.kernel(KERNEL)
    folder = warm.snapshot(kernel, SMALL, home)
    before = digests(folder)
    assert warm.boot(NOTHING, kernel, home).complete
    assert warm.snapshot(kernel, SMALL, home) == folder and digests(folder) == before


def test_a_broken_snapshot_is_removed_and_another_one_taken(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = images.kernel(KERNEL)
    folder = warm.snapshot(kernel, SMALL, home)
    state = folder / "state"
    state.write_bytes(state.read_bytes()[:1000])
    with pytest.raises(VmError):
        warm.boot(NOTHING, kernel, home)
    assert not folder.exists()
    folder.mkdir()  # as if it were there, from another kernel's command line
    (folder.parent / ".part-of-a-killed-process").mkdir()
    monkeypatch.setattr(machine, "APPEND", machine.APPEND + " another")
    assert warm.boot(NOTHING, kernel, home).complete
    assert len(list(folder.parent.iterdir())) == 1 and not folder.exists()


def test_without_a_snapshot_the_job_gets_a_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise VmError("no room", "make some")

    monkeypatch.setattr(warm, "boot", broken)
    said: list[str] = []
    object_only = ObjectJob("nothing", b"not an object", attach=False)
    found = run(Job((object_only,), KERNEL, SMALL, warm=True), progress=said.append)
    assert found.boots == 1 and found.objects[0].failure is not None
    assert any("no room" in text for text in said)
