"""Distributions, figures and comparisons, without a machine."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedc.verifier.measure import Measured, MeasureError, Measurement, Options, Subject
from schedc.verifier.measure import report as reported
from schedc.verifier.measure import show as shown
from schedc.verifier.measure.compare import FEWEST, compare, coverage, interval
from schedc.verifier.measure.figures import Figure, figures, jain, refusals
from schedc.verifier.measure.histogram import BUCKETS, Histogram, bucket_of, highest_in
from schedc.verifier.measure.measure import Callback, Costs, Failed, failure
from schedc.verifier.measure.page import html
from schedc.verifier.measure.result import GroupRun, Run, run_of
from schedc.verifier.measure.workload import Draw, Group, Workload
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.result import Exit, ObjectResult, WorkloadResult

WORKLOAD = Workload(
    "small",
    "",
    (
        Group("web", "requests", 2, service=Draw("constant", 1000)),
        Group("hogs", "busy", 1),
        Group("light", "busy", 1, nice=19),
        Group("short", "jobs", 3, service=Draw("constant", 1000)),
    ),
)


def histogram(values: list[int]) -> Histogram:
    counts: dict[int, int] = {}
    for value in values:
        counts[bucket_of(value)] = counts.get(bucket_of(value), 0) + 1
    return Histogram(len(values), sum(values), max(values, default=0), tuple(sorted(counts.items())))


def group(name: str, cpu: tuple[int, ...], done: int = 0, values: tuple[int, ...] = (), finished: int = 0) -> GroupRun:
    nothing = Histogram()
    return GroupRun(name, done, done, 0, 0, finished, cpu, 0, 1, 2, 3, histogram(list(values)), nothing, nothing)


def run(seed: int = 1, wait: int = 1000) -> Run:
    web = group("web", (0, 10, 10), 200, tuple(wait + index for index in range(200)))
    hogs, light = group("hogs", (1024_000,)), group("light", (15_000,))
    return Run(seed, 2_000_000_000, 500, (web, hogs, light, group("short", (0, 0, 0), 3, finished=7_000_000)))


@given(st.integers(0, 2**64 - 1))
def test_a_bucket_is_narrow_and_has_its_values(value: int) -> None:
    bucket = bucket_of(value)
    assert 0 <= bucket < BUCKETS
    highest = highest_in(bucket)
    assert value <= highest <= value + value / 128
    assert bucket_of(highest) == bucket and bucket_of(highest + 1) == bucket + 1


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=300), st.sampled_from([0.1, 50.0, 90.0, 99.0, 99.9, 100.0]))
def test_a_percentile_is_at_most_a_bucket_too_large(values: list[int], percent: float) -> None:
    rank = max(1, -(-len(values) * round(percent * 1000) // 100_000))
    exact = sorted(values)[rank - 1]
    assert exact <= histogram(values).percentile(percent) <= exact + exact / 128


def test_an_interval_is_as_sure_as_it_says() -> None:
    # Of 1024 ways in which ten values can lie, 11 leave at most one of them on one side of the median.
    assert coverage(10) == pytest.approx(1 - 2 * 11 / 1024)
    assert interval([float(value) for value in (5, 1, 9, 3, 7, 2, 8, 4, 10, 6)]) == interval(list(map(float, range(1, 11))))
    found = interval(list(map(float, range(1, 11))))
    assert (found.median, found.low, found.high) == (5.5, 2.0, 9.0)
    assert coverage(FEWEST) >= 0.95 and coverage(FEWEST - 1) == 0
    assert interval([1.0] * (FEWEST - 1)).low is None


def test_seeds_are_compared_in_pairs() -> None:
    """The seeds differ by more than the schedulers do; pair by pair the second one is always 5 more."""
    base = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 800.0]
    found = compare(base, [value + 5 for value in base])
    assert (found.difference.median, found.difference.low, found.difference.high) == (5, 5, 5)
    assert found.word == "more"
    assert compare(base, base[::-1]).word == "same"
    assert compare(base[:3], base[:3]).word == "unknown"
    assert compare([0.0] * 8, base).ratio is None


def test_figures_of_one_cpu() -> None:
    found = {figure.label: value for figure, value in figures(run(), WORKLOAD, 1).items()}
    assert found["web wakeup p50"] == pytest.approx(1099, rel=1 / 128)
    assert "web wakeup p99.9" not in found  # 200 samples
    assert found["web throughput"] == 100
    assert found["short makespan"] == 7_000_000
    assert found["hogs share of the CPU time"] == pytest.approx(98.55, abs=0.01)
    assert found["fairness of busy tasks"] == 1  # in proportion to the weights, 1024 to 15
    assert found["switches"] == 250


def test_what_several_cpus_cannot_say_is_refused() -> None:
    one, two = (
        {figure.name for figure in figures(run(), WORKLOAD, cpus)} for cpus in (1, 2)
    )
    assert one - two == {"throughput", "makespan"} and two - one == {"migrations"}
    assert refusals(WORKLOAD, 1) == ()
    assert [each.figure for each in refusals(WORKLOAD, 2)] == ["throughput", "balance between CPUs", "makespan"]
    assert all("turns" in each.reason and "simulator" in each.instead for each in refusals(WORKLOAD, 2))


def test_jains_index() -> None:
    assert jain([3.0, 3.0, 3.0]) == 1
    assert jain([1.0, 0.0, 0.0, 0.0]) == 0.25
    assert jain([0.0, 0.0]) == 1


def line() -> dict[str, object]:
    woken = {"sum_ns": 11, "max_ns": 6, "buckets": [5, 1, 6, 1]}
    first: dict[str, object] = {"name": "web", "begun": 2, "done": 2, "cpu_ns": [1, 2, 3], "woken": woken}
    others: list[dict[str, object]] = [{"name": name, "cpu_ns": [1]} for name in ("hogs", "light", "short")]
    return {"window_ns": 10, "switches": 3, "groups": [first, *others]}


def test_a_line_of_the_guest() -> None:
    found = run_of(line(), WORKLOAD, 4)
    assert (found.seed, found.window, found.groups[0].cpu_total) == (4, 10, 6)
    assert found.groups[0].woken == Histogram(2, 11, 6, ((5, 1), (6, 1)))


@pytest.mark.parametrize(
    "change",
    [
        {"groups": []},
        {"groups": 7},
        {"window_ns": -1},
        {"window_ns": "x"},
        {"switches": 1 << 64},
        {"switches": True},
        {"woken": {"buckets": [6, 1, 5, 1]}},
        {"woken": {"buckets": [BUCKETS, 1]}},
        {"woken": {"buckets": [5]}},
        {"woken": [1]},
        {"woken": {"open": 2, "buckets": [5, 1]}},
        {"failed": "x"},
        {"cpu_ns": ["1"]},
        {"cpu_ns": 3},
        {"name": "other"},
    ],
)
def test_a_line_that_is_none_is_refused(change: dict[str, object]) -> None:
    wrong = line()
    if set(change) <= set(wrong):
        wrong |= change
    else:
        groups = wrong["groups"]
        assert isinstance(groups, list)
        groups[0].update(change)
    with pytest.raises(MeasureError):
        run_of(wrong, WORKLOAD, 1)


GOOD = ObjectResult("seed 1", "7.3", True, attached=True, alive=True, workloads=(WorkloadResult("load", 1, 1, True),))


@pytest.mark.parametrize(
    ("result", "what"),
    [
        (GOOD, None),
        (replace(GOOD, alive=False, exit=Exit(1026, 0, "runnable task stall", "x[1]")), "stall"),
        (replace(GOOD, alive=False, klog=('sched_ext: BPF scheduler "x" disabled (runnable task stall)',)), "stall"),
        (replace(GOOD, alive=False, exit=Exit(1024, 0, "runtime error", "y")), "ended"),
        (replace(GOOD, alive=False), "ended"),
        (replace(GOOD, problems=("timeout: no end",)), "hang"),
        (replace(GOOD, accepted=False), "hang"),
    ],
)
def test_a_scheduler_that_was_not_there_to_the_end(result: ObjectResult, what: str | None) -> None:
    found = failure(result, 1)
    assert (found.what if found else None) == what


def measurement(cpus: int = 1, seeds: int = 8, failed: tuple[Failed, ...] = ()) -> Measurement:
    waits = [1000 * seed for seed in range(1, seeds + 1)]
    base = tuple(run(seed, wait) for seed, wait in enumerate(waits, 1))
    mine = tuple(run(seed, 2 * wait) for seed, wait in enumerate(waits, 1))
    costs = Costs((Callback("enqueue", 10, 4000), Callback("dispatch", 5, 6000)), 20)
    measured = (
        Measured(Subject.default(), base, (), None),
        Measured(Subject.object("mine", b"object", {"slice": 3}), mine, failed, costs),
    )
    options = Options("7.3", cpus, seeds)
    return Measurement(WORKLOAD, options, "7.3.4", "#1", "QEMU 7", "ab" * 32, Machine(icount_shift=1), measured)


def test_the_report_says_which_is_better() -> None:
    told = reported.to_json(measurement())
    assert told["ok"] and json.loads(json.dumps(told)) == told
    p50 = next(each for each in told["comparisons"] if each["name"] == "wakeup p50")
    assert (p50["group"], p50["against"], p50["word"], p50["pairs"]) == ("web", "default", "more", 8)
    assert 1.8 < p50["ratio"]["low"] <= p50["ratio"]["high"] < 2
    assert told["schedulers"][1]["callbacks"]["per_switch_ns"] == 500
    assert told["schedulers"][1]["set"] == {"slice": "3"}
    text = "\n".join(shown.text(measurement()))
    row = next(each for each in text.splitlines() if each.startswith("web wakeup p50"))
    assert row.endswith("] -")
    assert any(row.split() == ["enqueue", "400", "(10)"] for row in text.splitlines())


def test_the_report_says_what_failed() -> None:
    stall = Failed(9, "stall", "runnable task stall: x failed to run")
    text = list(shown.text(measurement(failed=(stall,))))
    assert "NOT OK: mine, seed 9: stall: runnable task stall: x failed to run" in text
    assert reported.to_json(measurement(failed=(stall,)))["ok"] is False


def test_the_report_of_several_cpus_says_where_the_rest_is() -> None:
    text = "\n".join(shown.text(measurement(cpus=2)))
    assert "not given: throughput: 2 CPUs take turns" in text
    assert "throughput" not in text.split("not given")[0]
    assert reported.to_json(measurement(cpus=2))["refused"][0]["figure"] == "throughput"


def test_what_has_not_ended_is_said() -> None:
    """It is in the distribution as far as it went, and how many there are stands in the text and in the JSON."""
    whole = measurement()
    mine = whole.measured[1]
    web, *others = mine.runs[0].groups
    late = replace(web, request=Histogram(1, 900, 900, ((bucket_of(900), 1),), open=1))
    runs = (replace(mine.runs[0], groups=(late, *others)), *mine.runs[1:])
    told = replace(whole, measured=(whole.measured[0], replace(mine, runs=runs)))
    said = "mine: not ended when the window closed, counted as far as they went: web request 1"
    assert [line for line in shown.text(told) if "not ended" in line] == [said]
    group = reported.to_json(told)["schedulers"][1]["runs"][0]["groups"][0]
    assert group["seen"]["request"]["open"] == 1 and said in html(told)
    assert not any("not ended" in line for line in shown.text(whole))


@pytest.mark.parametrize(
    ("ended", "fault"),
    [
        ({"failed": 0, "said": "x"}, ""),
        ({"failed": 1, "status": 2, "said": "make: ***\n\x1b[2JError 1"}, "`web` ended with status 2: make: ***; [2JError 1"),
        ({"failed": 2, "signal": 9, "said": 7}, "`web` was killed by signal 9"),
    ],
)
def test_a_program_that_failed_is_told(ended: dict[str, object], fault: str) -> None:
    wrong = line()
    groups = wrong["groups"]
    assert isinstance(groups, list)
    groups[0].update(ended)
    assert run_of(wrong, WORKLOAD, 1).groups[0].fault == fault


def test_an_index_is_a_plain_figure() -> None:
    assert shown.amount(Figure("", "fairness", "index"), 0.98765) == "0.988"
    assert shown.amount(Figure("", "wait", "ns"), 1_234_567) == "1.23 ms"
