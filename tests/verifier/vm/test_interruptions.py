"""Runs that are cut short leave no guest, no broken file and no directory, and the next run works."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import schedc
from schedc.verifier.vm import boot, cache, images, kernel_image, owned, processes
from schedc.verifier.vm import run as runs
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.job import Job, ObjectJob
from schedc.verifier.vm.machine import Machine
from tests.verifier.vm.machines import ANSWERS, HANGS, ONE_OBJECT, Host, gone, until

ROOT = Path(next(iter(schedc.__path__))).parent
POLICY, WORKLOAD = str(ROOT / "stdlib_policies/fifo.sched"), str(ROOT / "examples/workloads/latency.toml")
COMMANDS = (
    ("schedc.cli", "verify", POLICY, "--kernel", "6.18"),
    ("schedc.cli", "verify", POLICY, "--kernel", "6.18", "--cold"),
    ("schedc.cli", "measure", POLICY, "--kernel", "6.18", "--workload", WORKLOAD),
)
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """Its QEMU hangs."""
    host = Host(tmp_path)
    host.qemu(HANGS)
    return host


@pytest.fixture
def here(host: Host, monkeypatch: pytest.MonkeyPatch) -> Host:
    """This process runs on that host."""
    for name in ("PATH", "SCHEDC_CACHE"):
        monkeypatch.setenv(name, host.environment()[name])
    monkeypatch.setattr("tempfile.tempdir", str(host.tmp))
    return host


def interrupted(host: Host, number: signal.Signals, words: tuple[str, ...] = ONE_OBJECT) -> int:
    """A run that gets the signal once its guest is there; its exit code."""
    before = len(host.guests())
    process = host.start(words=words)
    assert until(lambda: len(host.guests()) > before), "no guest was started"
    process.send_signal(number)
    process.communicate()
    assert until(lambda: all(map(gone, host.guests()))), "a guest is left"
    return process.returncode


@pytest.mark.parametrize("number", ENDINGS)
def test_no_signal_leaves_anything(host: Host, number: signal.Signals) -> None:
    code = interrupted(host, number)
    if number == signal.SIGKILL:
        assert host.leftovers(), "nobody could have cleaned up"
    else:
        assert code == 128 + number
        assert host.leftovers() == []
    host.qemu(ANSWERS)
    again = host.start()
    out, _ = again.communicate()
    assert again.returncode == 0, out
    assert host.leftovers() == []


@pytest.mark.parametrize("words", COMMANDS)
def test_no_command_leaves_anything(host: Host, words: tuple[str, ...]) -> None:
    assert interrupted(host, signal.SIGKILL, words) == -signal.SIGKILL
    assert interrupted(host, signal.SIGINT, words) == 128 + signal.SIGINT
    assert host.leftovers() == [], "also of the run before, which could not clean up"


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_says_that_memory_is_out(host: Host, words: tuple[str, ...]) -> None:
    host.qemu("kill -9 $$")
    process = host.start(words=words)
    out, _ = process.communicate()
    assert process.returncode == 2, out
    assert "memory" in out and "Traceback" not in out
    assert host.leftovers() == [] and all(map(gone, host.guests()))


def test_what_a_guest_started_ends_with_it(host: Host) -> None:
    host.qemu(f"sleep 1000 & echo $! >> {host.pids}; wait")
    process = host.start()
    assert until(lambda: len(host.guests()) == 2)
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert until(lambda: all(map(gone, host.guests())))


def test_a_running_owner_keeps_its_directory(here: Host) -> None:
    with owned.directory() as first:
        with owned.directory():
            assert first.is_dir()
        owned.sweep(first.parent, "*")
        assert first.is_dir()
    assert not first.exists()


@pytest.fixture
def stalled_writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of writing `kept`."""
    text = (
        "import sys, time, pathlib; from schedc.verifier.vm import owned\n"
        "with owned.part(pathlib.Path(sys.argv[1])) as part:\n"
        "    part.write_bytes(b'half'); print('ready', flush=True); time.sleep(1000)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", text, str(tmp_path / "kept")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.communicate()


def test_a_killed_writer_leaves_the_old_file_and_is_swept(
    tmp_path: Path, stalled_writer: subprocess.Popen[str]
) -> None:
    kept = tmp_path / "kept"
    cache.write_atomically(kept, b"old")
    assert len(list(tmp_path.iterdir())) == 2, "the part of a living writer stays"
    stalled_writer.kill()
    stalled_writer.wait()
    assert kept.read_bytes() == b"old"
    cache.write_atomically(kept, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert kept.read_bytes() == b"new"


@pytest.fixture
def small_files() -> Iterator[None]:
    """The kernel lets this process write no more than 4 KiB to a file, as a full disk would."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, old[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, old)


@pytest.mark.usefixtures("small_files")
def test_a_write_without_room_leaves_the_old_file(tmp_path: Path) -> None:
    cache.write_atomically(tmp_path / "kept", b"old")
    with pytest.raises(VmError, match="cannot be written") as raised:
        cache.write_atomically(tmp_path / "kept", bytes(1_000_000))
    assert "SCHEDC_CACHE" in raised.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept").read_bytes() == b"old"


def test_a_run_without_room_says_so(host: Host) -> None:
    process = host.start(prefix=("/bin/sh", "-c", 'ulimit -f 8; exec "$@"', "sh"))
    out, _ = process.communicate()
    assert process.returncode == 2
    assert "cannot be written" in out and "TMPDIR" in out and "Traceback" not in out
    assert host.leftovers() == [] and host.guests() == []


def test_lines_lost_to_a_full_disk_are_no_hang(here: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    here.qemu("exit 0")
    monkeypatch.setattr(boot, "ROOM_LEFT", 1 << 62)
    with pytest.raises(VmError, match=r"disk of .* is full"):
        runs.run(Job((ObjectJob("thing", b""),), "6.18"))
    assert len(here.guests()) == 1, "a second try would meet the same disk"


def test_a_guest_that_never_answers_is_ended_and_tried_once_more(
    here: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boot, "BOOT_PATIENCE", 0.3)
    said: list[str] = []
    with pytest.raises(VmError, match="did not come up, 2 times"):
        runs.run(Job((ObjectJob("thing", b"", timeout=1),), "6.18"), progress=said.append)
    assert said == ["the guest did not come up; once more"]
    assert len(here.guests()) == 2 and all(map(gone, here.guests()))
    assert here.leftovers() == []


def test_a_guest_that_hangs_at_an_object_is_reported(here: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins the object, and its last lines never come."""
    monkeypatch.setattr(boot, "BOOT_PATIENCE", 0.3)
    here.qemu(ANSWERS.replace('{"t": "done", "name": "thing", "ended": true}\n{"t": "bye"}\n', "") + HANGS)
    result = runs.run(Job((ObjectJob("thing", b"", timeout=1),), "6.18")).objects[0]
    assert result.tries == 2 and not result.ok
    assert "the guest went silent, 2 times" in result.problems[0]
    assert len(here.guests()) == 2 and all(map(gone, here.guests()))


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("schedc: no result port", "CONFIG_VIRTIO_CONSOLE"),
        ("Kernel panic - VFS: Unable to mount root fs on", "CONFIG_BLK_DEV_INITRD"),
    ],
)
def test_a_kernel_without_what_the_guest_needs(here: Host, says: str, told: str) -> None:
    here.qemu(
        'for word; do case "$word" in file,id=console,path=*) console=${word#*path=} ;; esac; done\n'
        f'printf "\\033[2J{says}\\n" > "$console"'
    )
    with pytest.raises(VmError) as raised:
        runs.run(Job((ObjectJob("thing", b""),), "6.18"))
    assert told in raised.value.hint
    assert len(here.guests()) == 1


def test_a_kernel_without_sched_ext(here: Host) -> None:
    here.qemu(ANSWERS.replace("true}", "false}", 1))
    with pytest.raises(VmError, match="has no sched_ext"):
        runs.run(Job((ObjectJob("thing", b""),), "6.18"))


def test_what_a_guest_prints_does_not_steer_a_terminal(here: Host) -> None:
    here.qemu(
        'for word; do case "$word" in file,id=console,path=*) console=${word#*path=} ;; esac; done\n'
        'printf "\\033]0;x\\007dead\\n" > "$console"'
    )
    with pytest.raises(VmError, match="dead") as raised:
        runs.run(Job((ObjectJob("thing", b""),), "6.18"))
    assert "\x1b" not in str(raised.value) and "\x07" not in str(raised.value)


@pytest.mark.parametrize("line", ["null", "[]", '{"t": 1}', '"x"', "{", "\\377"])
def test_lines_that_are_none(here: Host, line: str) -> None:
    here.qemu(ANSWERS.replace('{"t": "object"', f'{line}\n{{"t": "object"'))
    assert runs.run(Job((ObjectJob("thing", b"", attach=False),), "6.18")).objects[0].accepted


def test_qemu_killed_for_memory_is_told(here: Host) -> None:
    here.qemu("kill -9 $$")
    with pytest.raises(VmError, match="SIGKILL") as raised:
        runs.run(Job((ObjectJob("thing", b""),), "6.18"))
    assert "memory" in raised.value.hint


@pytest.mark.vm
def test_no_memory_for_the_real_qemu(here: Host) -> None:
    here.real_qemu("ulimit -v 2000000")
    with pytest.raises(VmError, match="Cannot allocate memory") as raised:
        runs.run(Job((ObjectJob("thing", b""),), "6.18", Machine(memory_mb=4000)))
    assert "memory" in raised.value.hint
    assert here.leftovers() == [] and all(map(gone, here.guests()))


@pytest.mark.vm
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_signal_leaves_the_real_qemu(host: Host, number: signal.Signals) -> None:
    """A real kernel that waits for its root file system's disk for ever: the stand-in initramfs is empty."""
    release = "6.18.1-cloud-amd64"
    image = host.cache / "vm" / "kernels" / release / "vmlinuz"
    image.write_bytes(images.kernel("6.18").vmlinuz.read_bytes())
    assert kernel_image.read(image)[0].startswith("6.18.")
    host.real_qemu()
    interrupted(host, number)


def test_nothing_is_started_while_ending(here: Host) -> None:
    with pytest.raises(SystemExit), processes.supervised():
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            with pytest.raises(processes.Interrupted):
                processes.run(["true"])
    assert processes.run(["true"]).returncode == 0


def test_what_other_threads_wait_for_ends_too(tmp_path: Path) -> None:
    text = (
        "import sys; from concurrent.futures import ThreadPoolExecutor\n"
        "from schedc.verifier.vm import processes\n"
        "with processes.supervised(), ThreadPoolExecutor(1) as pool:\n"
        "    pool.submit(processes.run, ['/bin/sh', '-c', 'echo $$ > pid; exec sleep 1000']).result()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", text], cwd=tmp_path, stderr=subprocess.PIPE)
    pid = tmp_path / "pid"
    try:
        assert until(lambda: pid.is_file() and pid.read_text().endswith("\n"))
        process.terminate()
        assert until(lambda: process.poll() is not None), "it waits for the other thread"
        assert process.returncode == 128 + signal.SIGTERM and gone(int(pid.read_text()))
    finally:
        process.kill()
        process.communicate()
