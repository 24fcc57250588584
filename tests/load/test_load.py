"""What `schedc load` decides without a kernel."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schedc
from schedc import api
from schedc.cli.main import main
from schedc.load import certified, control, dropped, rate
from schedc.load.errors import LoadError, NotAllowed
from schedc.load.host import Kernel
from schedc.load.subject import Subject
from schedc.source import Source
from schedc.verifier.certificate import Options
from schedc.verifier.kernel.params import BadSetting

POLICY = """language 1
policy dial "Counts."

param slice: duration = 5ms in 1ms..20ms
live param dial: count = 0 in 0..1

layer build when task.cgroup in "/build.slice/*"
layer rest otherwise

queue ready: fifo

counter low "enqueued"

promise max_wait 20s while runnable <= 20 per cpu

on enqueue(task) {
    low += dial
    insert task into ready for slice
    kick idle_cpu(task)
}

on dispatch(cpu, prev) { pull ready }
"""


def subject(wanted: Mapping[str, str], text: str = POLICY) -> Subject:
    checked = api.check(text, "dial.sched")
    assert checked.proven is not None, checked.diagnostics
    return Subject.of(checked.proven, b"object", wanted)


def test_a_certificate_without_the_kernels_gate_is_for_no_kernel() -> None:
    made = schedc.certify(POLICY, "dial.sched", Options(gates=())).certificate
    assert made is not None
    here, source = Kernel("7.9.1", "0" * 64), Source("dial.sched", POLICY)
    with pytest.raises(NotAllowed, match="it was tried on: none") as caught:
        certified.check_source(made, source, here, None)
    assert caught.value.hint == "run schedc certify dial.sched --kernel /boot/vmlinuz-7.9.1"
    with pytest.raises(NotAllowed, match="another text, of the policy `dial`"):
        certified.check_source(made, Source("dial.sched", POLICY + "\n"), here, None)
    with pytest.raises(NotAllowed, match="another object"):
        certified.check_object(made, source, b"object", here)
    assert certified.not_run(made) == ("simulate", "exhaust", "kernel")


def test_figures_that_somebody_made_up_are_no_kernel() -> None:
    made = schedc.certify(POLICY, "dial.sched", Options(gates=())).certificate
    assert made is not None
    for figures in ({"kernels": ["x"]}, {"kernels": {"7.9": 3}}, {"kernels": {"7.9": {"btf_sha256": 1}}}, {}):
        statement = json.loads(json.dumps(made.statement))
        statement["gates"][-1] |= {"ran": True, "figures": figures}
        forged = type(made)(statement, made.made_at)
        with pytest.raises(NotAllowed, match="not for this kernel"):
            certified.check_source(forged, Source("dial.sched", POLICY), Kernel("7.9", "1"), None)


def test_the_source_says_what_the_loader_is_told() -> None:
    job = subject({"slice": "2ms", "dial": "1"}).job()
    assert job.settings == {"param_slice": 2_000_000, "live_dial": 1}
    assert (job.counters, job.stride, job.cgroups) == ({"low": 0}, 8, ((0, "/build.slice/*"),))
    assert job.watch and "promise_broken" in job.readings


def test_only_live_params_are_set_while_it_runs() -> None:
    running = subject({})
    assert running.live({"dial": "1"}) == {"live_dial": 1}
    for wanted, why in (({"slice": "2ms"}, "not a `live param`"), ({"dial": "2"}, "not in"), ({"loud": "1"}, "no param")):
        with pytest.raises(BadSetting, match=why):
            running.live(wanted)


def test_weights_are_kept_by_who_reads_them() -> None:
    assert not subject({}).uses_cgroup_weights
    flattened = (Path(next(iter(schedc.__path__))) / "stdlib_policies/flatcg.sched").read_text(encoding="utf-8")
    assert subject({}, flattened).uses_cgroup_weights


def test_groups_of_both_versions_are_searched(tmp_path: Path) -> None:
    new, old = tmp_path / "new place", tmp_path / "old"
    for path, content in (
        (new / "a/cpu.max", "max 100000"), (new / "a/b/cpu.max", "5000 100000"), (new / "a/cpu.weight", "100"),
        (new / "c/cpu.weight", "50"), (new / "c/cpu.idle", "1"), (old / "d/cpu.cfs_quota_us", "-1"),
        (old / "e/cpu.cfs_quota_us", "20000"), (old / "e/cpu.shares", "512"),
    ):  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + "\n")
    mounts = tmp_path / "mounts"
    place = str(new).replace(" ", "\\040")
    mounts.write_text(f"none {place} cgroup2 rw 0 0\nnone {old} cgroup rw,cpu,cpuacct 0 0\nnone /x cgroup rw,pids 0 0\n")
    found = dropped.find(mounts)
    assert found.quotas == ("/a/b: cpu.max 5000 100000", "/e: cpu.cfs_quota_us 20000")
    assert set(found.weights) == {"/c: cpu.weight 50", "/c: cpu.idle 1", "/e: cpu.shares 512"}
    assert dropped.some(tuple(f"line {number}" for number in range(7))).endswith("  line 4\n  and 2 more")


@settings(max_examples=100)
@given(st.floats(0.5, 100), st.lists(st.integers(0, 2000), min_size=2, max_size=40))
def test_it_takes_a_rate_to_lose_a_policy(at_most: float, steps: list[int]) -> None:
    judge, total, seen = rate.Judge(at_most), 0, []
    for now, step in enumerate(steps):
        total += step
        seen.append(total)
        before = seen[max(0, len(seen) - 1 - int(rate.WINDOW))]
        assert (judge.too_often(float(now), (0, total)) == 1) == (total - before > max(1.0, at_most * rate.WINDOW))


@pytest.mark.parametrize("text", ["10", "ten/s", "-1/s", "1/m", "1e9/s", "nan/s"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(LoadError, match="no rate"):
        rate.parse(text)


def test_who_comes_while_others_are_in_line_waits(tmp_path: Path) -> None:
    place, asked = tmp_path / "schedc" / "load", []

    def serve(server: socket.socket) -> None:
        while not asked:
            control.answer(server, lambda wanted: asked.append(dict(wanted)) or "")

    with control.listening(place) as server, contextlib.ExitStack() as line:
        for _ in range(5):
            client = line.enter_context(socket.socket(socket.AF_UNIX))
            client.connect(str(place))
            client.shutdown(socket.SHUT_WR)
        late = threading.Timer(0.2, serve, (server,))
        late.daemon = True
        late.start()
        control.change({"a": "1"}, place)
    assert asked == [{"a": "1"}]


def test_the_socket_outlives_clients_that_say_nothing_sensible(tmp_path: Path) -> None:
    place, asked = tmp_path / "schedc" / "load", []
    messages = [b"", b"\n", b"[" * 3000 + b"\n", b'{"set": {"a": 1}}\n', b"\xff\n", b"x" * 100_000]

    def serve(server: socket.socket) -> None:
        for _ in range(len(messages) + 2):
            control.answer(server, lambda wanted: asked.append(dict(wanted)) or ("no" if "b" in wanted else ""))

    with control.listening(place) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        for message in messages:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(place))
                client.sendall(message)
                client.shutdown(socket.SHUT_WR)
        control.change({"a": "1"}, place)
        with pytest.raises(NotAllowed, match="no"):
            control.change({"b": "2"}, place)
        thread.join()
        assert place.stat().st_mode & 0o777 == 0o600
    assert asked == [{"a": "1"}, {"b": "2"}] and not place.exists()
    with pytest.raises(LoadError, match="no policy can be reached"):
        control.change({"a": "1"}, place)


def test_words_that_make_no_sense(capsys: pytest.CaptureFixture[str]) -> None:
    for words, why in (
        (["load"], "which policy?"), (["load", "x.sched", "--for", "soon"], "no time"),
        (["load", "x.sched", "--broken-at-most", "often"], "no rate"), (["load", "--set", "x"], "NAME=VALUE"),
    ):  # fmt: skip
        assert main(words) == 2
        assert why in capsys.readouterr().err
