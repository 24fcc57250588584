"""Kinds of values in places where they do not belong: refused with a code, never with a crash."""

from __future__ import annotations

import itertools

import pytest

from schedc.api import check
from schedc.diagnostics import Severity

HEAD = """language 1
policy example "What a test is about."
param slice: duration = 5ms in 1ms..20ms
param share: weight = 5 in 0..100
layer a when task.nice < 0
layer b otherwise
queue ready: fifo
queue fair: vtime from -20ms to 500ms
queue given: fifo per cpu
task { burst: duration  home: cpu?  kind: layer?  wakes: average of duration over 8 samples  each: count per layer }
counter hits "hits"
global total: count
fn half(x: duration) -> duration { return x / 2 }
"""
TAIL = """
on dispatch(cpu, prev) { %s pull fair or ready aging 5ms or given[cpu] aging 5ms }
on enqueue(task) {
    %s
    if task.pinned { insert task into ready for slice } else { insert task into fair at task.vtime for slice }
}
"""


def policy(statement: str, dispatch: str = "") -> str:
    extra = "if task.nice > 5 { insert task into given[task.cpu] for slice return } "
    return HEAD + TAIL % (dispatch, extra + statement)


def errors(text: str) -> set[str]:
    return {each.code for each in check(text).diagnostics if each.severity is Severity.ERROR}


def test_the_policy_itself_is_accepted() -> None:
    assert errors(policy("")) == set()


VALUES = [
    "5", "-5", "5ms", "-5ms", "50%", "3hz", "true", "none", "now", "infinite", "boot_cpu", "slice", "share", "a", "total",
    "hits", "task", "ready", "half", "task.weight", "task.nice", "task.comm", "task.cgroup", "task.vtime", "task.cpu",
    "task.llc", "task.layer", "task.home", "task.kind", "task.wakes", "task.each", "task.each[a]", "task.woken",
    "idle_cpu(task)", "any_cpu(task)", "length(ready)", "clock(fair)", "local(task.cpu)", "nothing", "task.nothing",
    "if true { task } else { task }", "if true { 5ms } else { none }", "match task.layer { a => 1, b => none }",
    "this_cpu", "task.each[a][b]", "5ms / 0", "5ms scaled by 0", "5ms scaled by share", "pull ready", "none == none",
    "task == none",
]  # fmt: skip
PLACES = [
    "let x = {}", "var x: duration = {}", "var x: cpu? = {}", "task.burst = {}", "task.home = {}", "task.vtime += {}",
    "task.wakes.add({})", "total += {}", "total = max(total, {})", "hits += {}", "{} = 5ms", "kick {}",
    "if {} {{ hits += 1 }}", "if let x = {} {{ hits += 1 }}", "match {} {{ 1 => {{ }} otherwise => {{ }} }}",
    "for x in cpus of {} {{ }}", "for x in llcs nearest {} {{ }}", "for x in cpus except {} {{ }}",
    "for x in cpus where {} {{ }}", "repeat {} {{ }}", "let x = min({}, 5ms)", "let x = half({})", "let x = {} + 5ms",
    "let x = {} * 2", "let x = {} / task.weight", "let x = 5ms / {}", "let x = 5ms scaled by {}", "let x = -{}",
    "let x = {} == 5ms", "let x = {} in task.llc", "let x = task.cpu in {}", "let x = {} or task.cpu", "let x = not {}",
    "let x = idle_cpu({})", "let x = any_cpu(task, in {})", "let x = any_cpu(task, least {})", "let x = task.each[{}]",
    "let x = length({})", "let x = {}.llc", "return {}", "{}",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_every_value_in_every_place_is_reported_or_fine(place: str) -> None:
    for value in VALUES:
        text = policy(place.format(value))
        result = check(text)
        assert result.accepted or any(each.severity is Severity.ERROR for each in result.diagnostics), value


REFUSED = {
    "a counter is not read": ("let x = hits + 1", "S107"),
    "a task has one name": ("let x = task", "S202"),
    "a task is no value of an if": ("let x = if task.woken { task } else { task }", "S202"),
    "only places and layers may be none": ("let x = if task.woken { 5ms } else { none }", "S202"),
    "none is no condition": ("if none { hits += 1 }", "S202"),
    "one of a value per layer is meant": ("let x = task.each", "S506"),
    "and only once": ("let x = task.each[a][b]", "S202"),
    "a search has no task": ("let x = any_llc(task)", "S208"),
    "a search for one of nothing": ("let x = any_llc()", "S208"),
    "least and most at once": ("let x = any_cgroup(least cgroup.weight, most cgroup.weight)", "S208"),
    "what is found may be none": ("let x = any_cgroup(where cgroup.weight > 100).weight", "S205"),
    "a claim inside of a search": ("let x = any_llc(where idle_cpu(task, in llc) == none)", "S304"),
    "text is no value": ("let x = task.comm", "S220"),
    "a layer that may be none": ("let x = match task.kind { a => 1, b => 2 }", "S209"),
    "a divisor by scaling": ("let x = slice scaled by share", "S401"),
    "a slice of nothing": ("if task.woken { insert task into ready for task.burst return }", "S406"),
    "an unknown argument twice": ("let x = any_cpu(task, in task.llc, in task.node)", "S208"),
    "two arguments without a kind": ("let x = any_cpu(task, task)", "S208"),
    "least for an idle one": ("let x = idle_cpu(task, least cpu.idle)", "S208"),
}


@pytest.mark.parametrize(("statement", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(statement: str, code: str) -> None:
    assert code in errors(policy(statement))


DECLARATIONS = {
    "const per layer": ("const known: count per layer = 5", "S202"),
    "const outside its range": ("const known: count in 1..3 = 7", "S211"),
    "const of a task": ("const known: task = none", "S202"),
    "param with an average": ("param known: average of duration over 8 samples = 5ms in 1ms..9ms", "S202"),
    "bool with a range": ("param known: bool = true in false..true", "S202"),
    "param of a cpu": ("param known: cpu = boot_cpu", "S202"),
    "global of a task": ("global known: task", "S202"),
    "global average": ("global known: average of duration over 8 samples", "S202"),
    "a task that may be none": ("global known: task?", "S202"),
    "first value for each layer": ("cpu { known: count per layer = 5 }", "S202"),
    "average over nothing": ("cpu { known: average of duration over 0 samples }", "S213"),
    "function of a task": ("fn f(task) -> task { return task }", "S202"),
    "function of many": ("fn f(x: count per layer) -> count { return 1 }", "S202"),
    "function without a value": ("fn f(task) { }", "S215"),
    "function that may end without": ("fn f(task) -> count { if task.kthread { return 1 } }", "S215"),
    "a function from above": ("fn f() -> count { return g() }\nfn g() -> count { return 1 }", "S111"),
    "a move to a queue of no cpu": ("queue other: fifo per llc", ""),
    "timer too short": ("every 10us { hits += 1 }", "S213"),
    "window of one side": ("queue known: vtime from 5ms to 9ms", "S511"),
    "handler twice": ("on tick(task) { }\non tick(task) { }", "S102"),
    "too many names": ("on tick(task, cpu) { }", "S106"),
    "state twice": ("task { burst: count }", "S102"),
    "state that the kernel keeps": ("task { weight: count }", "S102"),
}


@pytest.mark.parametrize(("declaration", "code"), DECLARATIONS.values(), ids=DECLARATIONS)
def test_declarations(declaration: str, code: str) -> None:
    assert errors(policy("") + declaration) == ({code} if code else set())


@pytest.mark.parametrize("target", ["given", "ready", "given[cpu.llc]", "fair"])
def test_moves_lead_to_queues_per_cpu(target: str) -> None:
    assert errors(policy("", f"if pull ready into {target} {{ return }}"))


def test_arguments_are_moved_into_the_range_of_a_formal() -> None:
    declared = "fn f(x: count in 1..3) -> count { return 6 / x }\n"
    assert errors(policy("let x = f(0) let y = f(length(ready))").replace("fn half", declared + "fn half")) == set()


def test_a_fault_in_a_declaration_is_reported_once() -> None:
    assert errors("language 1\npolicy p \"\"\nparam slice: duration = 5ms\nqueue ready: fifo\n"
                  "on enqueue(task) { insert task into ready for slice }\n") == {"S212"}  # fmt: skip


@pytest.mark.parametrize("event", ["select_cpu(task, prev)", "running(task)", "stopping(task, ran)", "tick(task)",
                                   "cpu_online(cpu)", "quiescent(task)", "enable(task)"])  # fmt: skip
def test_effects_belong_to_their_events(event: str) -> None:
    end = "return prev" if event.startswith("select") else ""
    for effect in ("if pull ready { hits += 1 }", "if keep prev for slice { hits += 1 }"):
        assert "S512" in errors(policy("") + f"on {event} {{ {effect} {end} }}")


def test_deep_and_long_texts_end() -> None:
    for text in ("+".join(["1"] * 3000), "(" * 200 + "1" + ")" * 200, "not " * 300 + "true"):
        assert errors(policy(f"let x = {text}"))
    many = " ".join(f"if task.weight == {n} {{ hits += 1 }}" for n in itertools.islice(itertools.count(), 300))
    assert errors(policy(many)) == set()


@pytest.mark.parametrize(
    ("statement", "instead"),
    [
        ("let x = max(total, 1) / share.unwrap()", "if let x = ... { }"),
        ("if ready.is_empty() { total += 1 }", "empty(queue)"),
        ("ready.push(task)", "insert task into queue"),
        ("scx_bpf_kick_cpu(0, 0)", "kick cpu"),
        ("let x = bpf_ktime_get_ns()", "`now`"),
    ],
)
def test_a_call_of_another_world_is_told_what_takes_its_place(statement: str, instead: str) -> None:
    (found,) = [each for each in check(policy(statement)).diagnostics if each.code == "S101"]
    assert instead in found.fixes[0].text


@pytest.mark.parametrize(
    ("divisor", "instead", "applicability"),
    [("total", "max(total, 1)", "safe"), ("(total * 10%)", "max(total * 10%, 1)", "safe"), ("part", "max(part, 1%)", "unsafe")],
)
def test_a_divisor_is_kept_off_zero_without_changing_what_is_meant(
    divisor: str, instead: str, applicability: str
) -> None:
    """At least 100% would make every other share of a ratio the same."""
    text = policy(f"let x = 5ms / {divisor}").replace("queue ready", "param part: ratio = 5% in 0%..50%\nqueue ready", 1)
    (found,) = [each for each in check(text).diagnostics if each.code == "S401"]
    assert (found.fixes[0].edits[0].text, found.fixes[0].applicability.value) == (instead, applicability)


@pytest.mark.parametrize(
    ("condition", "fix"),
    [
        ("total", "compare it:  ... > 0"),
        ("task.burst", "compare it:  ... > 0ms"),
        ("task.cpu", "compare it with another cpu"),
        ("task.home", "write `if let x = ... { }`"),
    ],
)
def test_what_is_no_condition_is_told_how_to_become_one(condition: str, fix: str) -> None:
    (found,) = [each for each in check(policy(f"if {condition} {{ total += 1 }}")).diagnostics if each.code == "S217"]
    assert found.fixes[0].text == fix


def test_two_orders_of_a_pick_are_refused() -> None:
    assert errors(policy("if let c = any_cpu(task, least length(ready), most length(ready)) { kick c }")) == {"S208"}
    assert errors(policy("if let c = any_cpu(task, near task.cpu, most length(ready)) { kick c }")) == set()
