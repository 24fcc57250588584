"""Settings, expectations and their diagnostics, without a machine."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from schedc import api
from schedc.verifier.kernel import Options, Outcome, Subject, Verdict, params, show
from schedc.verifier.kernel.diagnose import diagnose
from schedc.verifier.kernel.expectations import What, broken
from schedc.verifier.kernel.subject import with_parents
from schedc.verifier.vm.job import Mix
from schedc.verifier.vm.result import Exit, Failure, Kind, ObjectResult, Run, RunTime, WorkloadResult

POLICY = """\
language 1
policy tiers "Groups first."

param slice: duration = 5ms in 1ms..20ms
live param share: ratio = 50% in 10%..90%
param deep: bool = true

layer web when task.cgroup in "/web.slice/*"
layer rest otherwise
queue ready: fifo per layer
counter moved "tasks that were moved"

on enqueue(task) {
    moved += 1
    insert task into ready[task.layer] for slice
}

on dispatch(cpu, prev) {
    pull ready[web] or ready[rest] aging 200ms
}
"""
KERNEL = "6.18.15+deb13-cloud-amd64"
GOOD = ObjectResult(
    "tiers",
    KERNEL,
    accepted=True,
    verified_insns=400,
    attached=True,
    alive=True,
    exit=Exit(64, 0, "unregistered from user space", ""),
    counters={"moved": (1, 2, 0, 4)},
    workloads=(WorkloadResult("mix", 3, 3, True, kinds=(Kind("busy", 3, 9, 0, 0.5, 1.0),), offline_cpu=3),),
)


@pytest.fixture(scope="module")
def subject() -> Subject:
    result = api.compile(POLICY, "tiers.sched")
    assert result.accepted, [diagnostic.title for diagnostic in result.diagnostics]
    return Subject.of(result, {"slice": "3ms", "share": "25%", "deep": "false", "another": "1"})


def outcome(subject: Subject, result: ObjectResult) -> Outcome:
    found = broken(result)
    verdict = Verdict(subject, result, found, diagnose(subject.policy, result, found))
    return Outcome((Run(KERNEL, "", "", (result,), 1, 1.0),), (verdict,), Options(), 1.0)


def lines(subject: Subject, result: ObjectResult) -> list[tuple[str, int]]:
    """The diagnostics of a result: code and line."""
    found = diagnose(subject.policy, result, broken(result))
    return [(each.code, subject.source.line_column(each.primary.span.start)[0]) for each in found]


def test_a_job_has_all_that_the_loader_is_told(subject: Subject) -> None:
    job = subject.job(Mix(seconds=3))
    assert job.settings == {"param_slice": 3_000_000, "live_share": 1 << 18, "param_deep": 0}
    assert job.cgroups == ((0, "/web.slice/*"),)
    assert (job.stride, dict(job.counters)) == (8, {"moved": 0})
    assert [work.cgroup for work in job.workloads if isinstance(work, Mix)] == ["", "/web.slice/x"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("slice=3", "a duration is written like 5ms"),
        ("slice=3msec", "perhaps 3ms"),
        ("slice=30ms", "not in 1ms..20ms"),
        ("slice=-3ms", "not in 1ms..20ms"),
        ("share=2", "not in 10%..90%"),
        ("share=5ms", "a ratio is written like 50%"),
        ("deep=1", "true or false"),
        ("slice", "not of the form"),
    ],
)
def test_a_value_that_a_param_cannot_have(subject: Subject, word: str, said: str) -> None:
    with pytest.raises(params.BadSetting, match=said):
        params.settings(subject.report.params, params.split([word]))


def test_parents_come_before_children() -> None:
    assert with_parents(["/a/b/c", "/a/d"]) == ("/a", "/a/b", "/a/b/c", "/a/d")


def test_a_good_run_breaks_nothing(subject: Subject) -> None:
    assert broken(GOOD) == ()
    good = outcome(subject, GOOD)
    assert good.ok
    told = "\n".join(show.text(good))
    assert f"tiers.sched on {KERNEL}: ok" in told and "moved 7" in told and "all ok" in told
    assert json.loads(json.dumps(show.to_json(good)))["policies"][0]["kernels"][0]["counters"] == {"moved": 7}


@pytest.mark.parametrize(
    ("result", "code", "line", "what"),
    [
        (
            replace(GOOD, exit=Exit(1024, 0, "runtime error", "ops.enqueue() did that")),
            "S801",
            13,
            What.ERROR,
        ),
        (replace(GOOD, exit=Exit(1026, 0, "stall", "x[1] failed to run")), "S802", 18, What.STALL),
        (replace(GOOD, exit=None), "S801", 2, What.ERROR),
        (replace(GOOD, alive=False), "S801", 2, What.ERROR),
        (replace(GOOD, events={"SCX_EV_DISPATCH_LOCAL_DSQ_OFFLINE": 2}), "S803", 13, What.EVENT),
        (replace(GOOD, problems=("timeout: no end",)), "S804", 2, What.END),
        (replace(GOOD, klog=("BUG: unable to handle",)), "S805", 2, What.WARNING),
    ],
)
def test_what_goes_wrong_at_run_time(subject: Subject, result: ObjectResult, code: str, line: int, what: What) -> None:
    assert [each.what for each in broken(result)] == [what]
    assert lines(subject, result) == [(code, line)]
    assert not outcome(subject, result).ok


def test_several_kernels_are_told_in_a_table(subject: Subject) -> None:
    older, newer = replace(GOOD, kernel="6.16.1"), replace(GOOD, kernel="7.3.4", problems=("timeout: no end",))
    outcomes = [outcome(subject, each) for each in (older, newer)]
    runs = tuple(Run(each.kernel, "", "", (each,), 1, 1.0) for each in (older, newer))
    both = replace(outcomes[0], runs=runs, verdicts=outcomes[0].verdicts + outcomes[1].verdicts)
    assert [line.split() for line in list(show.text(both))[-4:-2]] == [["6.16.1", "7.3.4"], ["tiers.sched", "ok", "S804"]]


STALLED = replace(GOOD, alive=False, exit=Exit(1026, 0, "runnable task stall", "a b[7] failed to run for 5.2s"))
ENDED = replace(GOOD, alive=False, exit=Exit(1024, 0, "runtime error", "already direct-dispatched"))


def written(state: str, queue: str) -> tuple[str, ...]:
    """The kernel's dump of three tasks, the second of which stalled."""
    return (
        "  R c[70] -9000ms",
        "      scx_state/flags=3/0x1 dsq_flags=0x0 ops_state/qseq=2/1",
        "      sticky/holding_cpu=-1/-1 dsq_id=(n/a)",
        "  R a b[7] *root -5200ms",
        f"      scx_state/flags=3/0x1 dsq_flags=0x0 ops_state/qseq={state}/283",
        f"      sticky/holding_cpu=-1/-1 dsq_id={queue}",
        "      dsq_vtime=0 slice=0 weight=1",
        "  R d[8] -1ms",
        "      sticky/holding_cpu=-1/-1 dsq_id=0x1",
    )


@pytest.mark.parametrize(
    ("state", "queue", "line", "label"),
    [
        ("0", "0x1", 10, "it waited in this queue"),
        ("0", "0x2", 18, "did not choose it in time"),  # a queue that the policy does not have
        ("0", "0x8000000000000002", 18, "did not choose it in time"),  # a CPU's own
        ("2", "(n/a)", 13, "put it nowhere"),
        ("0", "(n/a)", 18, "did not choose it in time"),
    ],
)
def test_a_stall_points_at_where_the_task_was(subject: Subject, state: str, queue: str, line: int, label: str) -> None:
    result = replace(STALLED, dump=written(state, queue))
    assert lines(subject, result) == [("S802", line)]
    assert broken(result)[0].queue == (int(queue, 16) if queue in ("0x1", "0x2") else None)
    assert diagnose(subject.policy, result, broken(result))[0].primary.text == label


def test_a_callback_that_takes_for_ever_is_named(subject: Subject) -> None:
    slow = RunTime("policy_enqueue", "enqueue", 50, 50 * 670_000_000)
    end = Exit(1026, 0, "runnable task stall", "watchdog failed to check in for 3.9s")
    result = replace(STALLED, exit=end, run_times=(slow, RunTime("policy_dispatch", "dispatch", 9, 9000)))
    assert lines(subject, result) == [("S802", 13)]
    assert broken(result)[0].detail.endswith("; enqueue takes 670 ms a call")


@pytest.mark.parametrize(
    ("frames", "line"),
    [
        (("scx_vexit+0x6d/0xa0", "scx_do_enqueue_task+0x108/0x7d0", "balance_one+0x1/0x2"), 13),
        (("bpf_prog_0123456789abcdef_policy_dispatch+0x3a/0x50", "do_enqueue_task+0x1/0x2"), 18),
        (("bpf__sched_ext_ops_dispatch+0x4b/0x98",), 18),
        (("scx_watchdog_workfn+0x16a/0x1f0",), 2),
        ((), 2),
    ],
)
def test_an_ejection_points_at_the_handler_of_the_backtrace(
    subject: Subject, frames: tuple[str, ...], line: int
) -> None:
    dump = ("kworker[1] triggered exit kind 1024:", "", "Backtrace:", *(f"  {each}" for each in frames), "")
    result = replace(ENDED, dump=(*dump, "    scx_do_enqueue_task+0x1/0x2"))
    assert lines(subject, result) == [("S801", line)]


def refused(failure: Failure, problem: str = "") -> ObjectResult:
    return ObjectResult("tiers", KERNEL, accepted=False, failure=failure, kernel_problem=problem)


def test_a_refusal_points_at_the_line_that_the_verifier_stood_at(subject: Subject) -> None:
    failure = Failure("load", 13, "", "policy_enqueue", "R1 unbounded", "count(x);", "tiers.sched", 14)
    assert lines(subject, refused(failure)) == [("S701", 14)]


def test_a_refusal_inside_a_helper_points_at_the_line_that_uses_it(subject: Subject) -> None:
    log = "; x = 1; @ tiers.sched:15\n5: (85) call\n; return y; @ compat.h:80\n"
    failure = Failure("load", 13, "", "policy_enqueue", "R1 unbounded", "return y;", "compat.h", 80, log)
    assert lines(subject, refused(failure)) == [("S701", 15)]
    assert lines(subject, refused(replace(failure, log=""))) == [("S701", 13)]


@pytest.mark.parametrize(
    ("failure", "problem", "code"),
    [
        (Failure("open", 22, "libbpf does not read it"), "", "S702"),
        (Failure("attach", 17, "not attached"), "", "S703"),
        (Failure("load", 22, "no"), "its BTF is wrong", "S704"),
    ],
)
def test_other_refusals(subject: Subject, failure: Failure, problem: str, code: str) -> None:
    assert [each[0] for each in lines(subject, refused(failure, problem))] == [code]
