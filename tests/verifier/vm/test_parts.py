"""What needs no boot: sources, archives, job text, logs, retries."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedc.verifier.vm import boot, collect, cpio, images, machine, mirror, verifier_log
from schedc.verifier.vm import run as runs
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.job import Job, Mix, ObjectJob, Shares, archive, text
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.result import Run

DEB822 = """\
Types: deb
URIs: https://vendor.example/debian
Suites: bookworm
Components: stable

Types: deb-src
URIs: https://sources.example/debian
Suites: bookworm
Components: main

# a comment
Types: deb
URIs: https://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main contrib
"""
ONE_LINE = """\
# deb https://old.example/debian trixie main
deb [signed-by=/a/key.gpg] https://tools.example/apt tools-bookworm main
deb [arch=amd64] https://security.example/debian trixie-security main
deb [arch=amd64] https://mirror.example/debian trixie main non-free # end
"""


@pytest.mark.parametrize(("name", "content"), [("debian.sources", DEB822), ("debian.list", ONE_LINE)])
def test_the_mirror_is_the_systems_own(
    tmp_path: Path, name: str, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(mirror.OVERRIDE, raising=False)
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / name).write_text(content)
    assert mirror.debian_mirror(tmp_path) == "https://mirror.example/debian"


def test_no_mirror_says_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(mirror.OVERRIDE, raising=False)
    with pytest.raises(VmError, match=mirror.OVERRIDE):
        mirror.debian_mirror(tmp_path)
    monkeypatch.setenv(mirror.OVERRIDE, "https://chosen.example/debian")
    assert mirror.debian_mirror(tmp_path) == "https://chosen.example/debian"


def test_archives_can_stand_one_after_the_other() -> None:
    for size in range(5):
        assert len(cpio.archive([cpio.file("a" * (size + 1), b"x" * size)])) % 4 == 0


def test_a_series_does_not_stand_for_builds_known_to_be_malformed() -> None:
    assert images._fits("linux-binary-7.2.13+deb14-cloud-amd64", "7.2")
    assert not images._fits("linux-binary-7.2.12+deb13-cloud-amd64", "7.2")
    assert images._fits("linux-binary-7.2.12+deb13-cloud-amd64", "7.2.12+deb13")
    assert not images._fits("linux-image-6.18.15+deb13-cloud-amd64", "6.1")
    assert not images._fits("linux-image-6.18.15+deb13-amd64", "6.18")


def test_job_text() -> None:
    item = ObjectJob(
        "one",
        b"",
        settings={"slice_ns": 5, "lag": -1},
        cgroups=((2, "/a b/*"),),
        stride=4,
        counters={"stolen": 3},
        workloads=(Mix(tasks=9, offline=-1), Mix(away=2, realtime=0), Shares((0, None))),
        timeline=True,
    )
    lines = text(Job((item,), cgroups=("/x",))).splitlines()
    assert lines[0] == "mkcgroup /x"
    assert lines[1] == "object /job/0.o one"
    assert {
        "set slice_ns 5",
        "set lag -1",
        "cgroup 2 /a b/*",
        "stride 4",
        "counter 3 stolen",
        "attach",
        "timeline",
        "workload mix tasks=300 seconds=6 seed=0 away=2 realtime=0",
    } <= set(lines)
    assert "workload mix tasks=9 seconds=6 seed=0 offline=-1" in lines
    assert "workload shares nice=0,idle cpu=0 seconds=5" in lines


@pytest.mark.parametrize("name", ["", "two\nlines", "x\nattach"])
def test_a_name_cannot_become_an_instruction(name: str) -> None:
    with pytest.raises(VmError):
        archive(Job((ObjectJob(name, b""),)))


def test_machines_that_cannot_be() -> None:
    for impossible in (Machine(sockets=0), Machine(sockets=3, nodes=2), Machine(kvm=True, icount_shift=1)):
        with pytest.raises(VmError):
            impossible.check()


def test_the_guest_has_no_background_work_of_its_own() -> None:
    command = machine.command("qemu", Machine(), Path("vmlinuz"), Path("initrd"), Path("job"))
    assert "cryptomgr.notests" in command[command.index("-append") + 1].split()


def test_no_two_boots_of_a_job_are_alike() -> None:
    """With counted instructions they would otherwise fail alike."""
    files = (Path("vmlinuz"), Path("initrd"), Path("job"))
    assert machine.command("qemu", Machine(), *files) != machine.command("qemu", Machine(boot=1), *files)


def test_the_verifiers_last_word() -> None:
    said = (
        "libbpf: prog 'fair_enqueue': BPF program load failed: Invalid argument\n"
        "libbpf: prog 'fair_enqueue': -- BEGIN PROG LOAD LOG --\n"
        "; first @ fair.c:1\n0: (b7) r1 = 0\n; counters[i]++; @ fair.sched:12\n1: (0f) r2 += r1\n"
        "R2 unbounded memory access\nprocessed 2 insns (limit 1000000) x\n-- END PROG LOAD LOG --\n"
    )
    failure = verifier_log.failure("load", 22, "why", said)
    assert (failure.program, failure.message) == ("fair_enqueue", "R2 unbounded memory access")
    assert (failure.source, failure.file, failure.line) == ("counters[i]++;", "fair.sched", 12)


def test_the_reason_stands_before_the_states_that_show_it() -> None:
    said = (
        "libbpf: prog 'policy_dispatch': -- BEGIN PROG LOAD LOG --\n2: (79) r1 = *(u64 *)(r10 -8)\n"
        "infinite loop detected at insn 3\ncur state: R1=1 R10=fp0 fp-8=1\nold state: R1=P1 R10=fp0 fp-8=1\n"
        "processed 10 insns (limit 1000000) x\n-- END PROG LOAD LOG --\n"
    )
    assert verifier_log.failure("load", 22, "why", said).message == "infinite loop detected at insn 3"


def test_each_object_has_its_part_of_the_blob() -> None:
    groups: list[list[boot.Line]] = [
        [{"t": "object"}, {"t": "timeline", "bytes": 5}],
        [{"t": "object"}],
        [{"t": "object"}, {"t": "timeline", "bytes": 3}],
    ]
    assert collect.timelines(groups, b"firstend") == ["first", "", "end"]


def test_without_a_log_libbpfs_first_sentence_counts() -> None:
    failure = verifier_log.failure(
        "load", 3, "why", "libbpf: extern 'x': not found\nlibbpf: failed to load\n"
    )
    assert failure.message == "extern 'x': not found"


def _boot(names: list[str], hangs: bool) -> boot.Boot:
    lines: list[boot.Line] = [{"t": "boot", "version": "v", "sched_ext": True}]
    for name in names:
        lines += [{"t": "object", "name": name}, {"t": "load", "programs": []}]
        lines += [{"t": "done", "name": name, "ended": True}]
    if hangs:
        return boot.Boot(lines[:-1], console="stuck", silent=True)
    return boot.Boot([*lines, {"t": "bye"}])


def _run_with(
    boots: list[boot.Boot], names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    kernel = images.Kernel("6.18.1", "p", "1", "s", tmp_path)
    monkeypatch.setattr(images, "kernel", lambda wanted, home=None: kernel)
    monkeypatch.setattr(boot, "boot", lambda *args, **keywords: boots.pop(0))
    monkeypatch.setattr(machine, "qemu", lambda: "qemu")
    monkeypatch.setattr(machine, "qemu_version", lambda path: "QEMU")
    return runs.run(Job(tuple(ObjectJob(name, b"") for name in names)))


def test_a_hang_is_tried_once_more_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boots = [_boot(["a", "b"], hangs=True), _boot(["b", "c"], hangs=False)]
    result = _run_with(boots, ["a", "b", "c"], tmp_path, monkeypatch)
    assert [(item.name, item.tries, item.ok) for item in result.objects] == [
        ("a", 1, True),
        ("b", 2, True),
        ("c", 1, True),
    ]


def test_a_hang_that_stays_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    boots = [_boot(["a"], hangs=True), _boot(["a"], hangs=True), _boot(["b"], hangs=False)]
    result = _run_with(boots, ["a", "b"], tmp_path, monkeypatch)
    assert not result.objects[0].ok and "went silent, 2 times" in result.objects[0].problems[0]
    assert result.objects[1].ok


def test_a_guest_that_does_not_come_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VmError, match="kernel panic"):
        _run_with(
            [boot.Boot(console="kernel panic"), boot.Boot(console="kernel panic")],
            ["a"],
            tmp_path,
            monkeypatch,
        )


def test_an_object_that_asks_for_the_kernels_configuration_has_a_way_out() -> None:
    said = "libbpf: failed to open system Kconfig\nlibbpf: failed to load object 'x'\n"
    message = verifier_log.failure("load", 2, "why", said).message
    assert "__kconfig" in message and "const volatile" in message and "--set" in message
