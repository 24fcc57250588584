"""What a comparison with the kernel's C schedulers says of the runs that it is given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import kernel_schedulers, peers, peers_report, peers_summary
from benchmarks.seeds import Seeds
from schedc import api
from schedc.verifier.kernel import params
from schedc.verifier.measure import MeasureError, Options, Subject
from schedc.verifier.measure.figures import Figure
from schedc.verifier.measure.measure import Callback, Costs

P50 = Figure("web", "request p50", "ns", "less")
P99 = Figure("web", "request p99", "ns", "less")
SHARE = Figure("web", "share of the CPU time", "%")


def seeds(name: str, enqueue: int, p50: float, count: int = 10) -> Seeds:
    """Ten enqueues and five switches a seed; the last seed has no p99."""
    calls = (Callback("enqueue", 10, 10 * enqueue), Callback("init", 1, 1_000_000), Callback("tick", 0, 0))
    served = [{P50: p50 + seed, P99: 9.0, SHARE: 50.0} for seed in range(count)]
    del served[-1][P99]
    return Seeds(Subject.object(name, b""), "k", "q", (Costs(calls, 5),) * count, tuple(served))


def compared(mine: Seeds, base: Seeds) -> dict[str, Any]:
    return peers_report.plain(Options(seeds=len(base.costs)), [base, mine])


def test_what_comes_once_is_no_part_of_a_decision() -> None:
    mine = seeds("mine", 100, 50.0)
    assert mine.per_decision() == [200.0] * 10
    assert mine.means() == {"enqueue": 100.0} and mine.calls() == {"enqueue": 2.0}


def test_figures_that_a_seed_lacks_are_left_out() -> None:
    found = compared(seeds("mine", 100, 50.0), seeds("base", 100, 50.0))
    assert [each["name"] for each in found["figures"]] == ["request p50", "share of the CPU time"]


@pytest.mark.parametrize(("p50", "mark"), [(40.0, " +"), (50.0, ""), (60.0, " -")])
def test_better_and_worse_are_marked_and_a_share_is_neither(p50: float, mark: str) -> None:
    lines = list(peers_report.lines(compared(seeds("mine", 150, p50), seeds("base", 100, 50.0))))
    (row,) = [line for line in lines if "request p50" in line]
    assert row.endswith(f"]{mark} |")
    assert any("| mine | 300 | 1.50 [1.50 1.50] | 300 (1.50) |" in line for line in lines)
    (share,) = [line for line in lines if "share" in line]
    assert share.endswith("| 1.00 [1.00 1.00] |")


def test_few_seeds_give_no_interval() -> None:
    lines = list(peers_report.lines(compared(seeds("mine", 150, 50.0, 2), seeds("base", 100, 50.0, 2))))
    assert any("| mine | 300 | 1.50 | 300 (1.50) |" in line for line in lines)


def test_a_scheduler_that_only_dispatches_has_no_ratio_without_it() -> None:
    bare = seeds("base", 100, 50.0)
    calls = Costs((Callback("dispatch", 10, 1000),), 5)
    lines = list(peers_report.lines(compared(seeds("mine", 150, 50.0), replace(bare, costs=(calls,) * 10))))
    assert any("| mine | 300 | 1.50 [1.50 1.50] | 300 |" in line for line in lines)


def test_the_summary_has_a_row_and_a_column_for_each_pair() -> None:
    """Also where not all pairs have a figure."""
    whole, part = (compared(seeds(name, 150, 40.0), seeds("base", 100, 50.0)) for name in ("one", "two"))
    part["figures"] = part["figures"][1:]
    lines = list(peers_summary.lines([whole, part]))
    assert "| `one` and `base` | 1 | 200 | 300 | 1.50 [1.50 1.50] | 300 (1.50) |" in lines
    assert "| 1 CPU | `one` / `base` | `two` / `base` |" in lines
    (row,) = [line for line in lines if "request p50" in line]
    assert row.endswith("] + | - |")


@pytest.mark.parametrize("ours", [each for _, group in peers.PEERS for each in group], ids=lambda each: each.path.stem)
def test_counterparts_have_the_slice_of_the_c_schedulers(ours: peers.Ours) -> None:
    """Or the longest that they may have."""
    result = api.compile(ours.path.read_text(encoding="utf-8"), ours.path.name)
    assert result.report is not None
    (name,) = params.split(ours.params)
    (param,) = [each for each in result.report.params if each.name == name]
    expected = min(kernel_schedulers.SLICE_NS, param.range.high)
    assert ours.subject().job.settings[f"param_{name}"] == expected


def test_an_object_that_was_built_elsewhere_has_its_variables_and_the_policy_its_params(tmp_path: Path) -> None:
    path = tmp_path / "scx_some.bpf.o"
    peer, (ours,) = peers.built_elsewhere(path, ["smt_enabled=0"], "flash", ["slice=700us"])
    assert (peer.name, peer.built, peer.settings_for(1)) == ("scx_some", path, {"smt_enabled": 0})
    assert ours.subject().job.settings["param_slice"] == 700_000


@pytest.mark.parametrize(("name", "value"), [("none", "1"), ("slice", "1"), ("slice", "1h")])
def test_a_param_that_a_counterpart_cannot_have_is_said(name: str, value: str) -> None:
    with pytest.raises((MeasureError, params.BadSetting), match=name):
        peers.Ours(peers.LIBRARY / "flash.sched", (f"{name}={value}",)).subject()


@pytest.mark.parametrize(
    "words", [["--beside", "none"], ["--beside", "fair", "--set", "x"], ["--beside", "fair", "--set", "x=y"], []]
)
def test_what_is_wrong_with_such_an_object_is_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert peers.main(["--object", "some.o", *words]) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_simple_vtime_pays_for_nothing_that_scx_simple_does_not_do() -> None:
    path = peers.HERE / "policies/simple_vtime.sched"
    source = api.compile(path.read_text(encoding="utf-8"), path.name).c_source
    assert source is not None
    assert not [word for word in ("slot->ran_from", "keep_running(", "kick(") if word in source]
