"""Costs of programs written by hand, whose answers are known, and of compiled ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from schedc.record import changed
from schedc.verifier.audit.btf_ext import LineInfo
from schedc.verifier.audit.cost import CallbackCost, CostError, object_cost
from schedc.verifier.audit.elf import R_BPF_64_32, ObjectError, Relocation
from schedc.verifier.audit.insn import Insn
from schedc.verifier.audit.object import Function, Object
from schedc.verifier.audit.poly import Poly

Build = Callable[[str], bytes]
LLCS, CPUS = Poly.symbol("llcs"), Poly.symbol("cpus")

NOP = Insn(0xB7, 3, 0, 0, 0)  # r3 = 0
EXIT = Insn(0x95, 0, 0, 0, 0)
NEXT, QUEUED = "bpf_iter_num_next", "scx_bpf_dsq_nr_queued"


def jump(off: int) -> Insn:
    return Insn(0x05, 0, 0, off, 0)


def if_zero(off: int, register: int = 0) -> Insn:
    return Insn(0x15, register, 0, off, 0)


def helper(number: int) -> Insn:
    return Insn(0x85, 0, 0, 0, number)


@pytest.fixture(scope="session")
def base(one_build: Build, policy_c: str) -> Object:
    return Object.parse(one_build(policy_c))


def program(base: Object, code: list[Insn | str], lines: Mapping[int, int] | None = None) -> Object:
    """An object whose only program is `code`; a string is a call of that kernel function."""
    index = next(iter(base.code))
    symbols = {extern.kernel_name: extern.symbol for extern in base.externs}
    relocations = {
        slot: Relocation(8 * slot, R_BPF_64_32, symbols[item])
        for slot, item in enumerate(code)
        if isinstance(item, str)
    }
    insns = tuple(Insn(0x85, 0, 1, 0, -1) if isinstance(item, str) else item for item in code)
    function = Function("f", "struct_ops/f", index, 0, len(insns), True)
    records = tuple(
        LineInfo("struct_ops/f", slot, "p.sched", line, 1) for slot, line in (lines or {}).items()
    )
    return changed(
        base,
        code={index: insns},
        functions=(function,),
        starts={(index, 0): function},
        relocations={index: relocations},
        lines={"struct_ops/f": records},
        ops=(),
    )


def cost(obj: Object, bounds: Mapping[int, Poly] | None = None) -> CallbackCost:
    return object_cost(obj, bounds or {}, "p.sched")["f"]


def test_a_straight_line(base: Object) -> None:
    found = cost(program(base, [NOP, helper(5), QUEUED, helper(5), EXIT]))
    assert (str(found.instructions), str(found.calls)) == ("5", "3")
    assert {name: str(times) for name, times in found.by_name.items()} == {
        "bpf_ktime_get_ns": "2",
        "scx_bpf_dsq_nr_queued": "1",
    }


def test_the_dearer_branch(base: Object) -> None:
    # One side has more instructions, the other more calls: each figure is its own maximum.
    code: list[Insn | str] = [if_zero(3, 3), NOP, NOP, jump(2), helper(5), NOP, EXIT]
    found = cost(program(base, code))
    assert (str(found.instructions), str(found.calls)) == ("5", "1")


def test_a_wide_load_is_one_instruction(base: Object) -> None:
    code: list[Insn | str] = [Insn(0x18, 1, 0, 0, 7), Insn(0, 0, 0, 0, 0), EXIT]
    assert str(cost(program(base, code)).instructions) == "2"


def test_a_loop(base: Object) -> None:
    # n rounds of call, test, nop, jump; then once call, test; exit.
    code: list[Insn | str] = [NEXT, if_zero(2), NOP, jump(-4), EXIT]
    found = cost(program(base, code, {0: 3}), {3: LLCS})
    assert str(found.instructions) == "3 + 4·llcs"
    assert str(found.calls) == "1 + llcs"


def test_leaving_early_takes_the_place_of_a_round(base: Object) -> None:
    # The way out from within is longer than the usual one, but it comes instead of the round's rest.
    code: list[Insn | str] = [NEXT, if_zero(2), if_zero(1, 3), jump(-4), EXIT]
    assert str(cost(program(base, code, {0: 3}), {3: LLCS}).instructions) == "3 + 4·llcs"


def test_nested_loops_multiply(base: Object) -> None:
    code: list[Insn | str] = [
        NEXT,
        if_zero(5),
        NEXT,
        if_zero(2),
        helper(5),
        jump(-4),
        jump(-7),
        EXIT,
    ]
    found = cost(program(base, code, {0: 3, 2: 4, 6: 3}), {3: LLCS, 4: CPUS})
    # A round outside: call, test, the inner loop (4·cpus + 2), jump.
    assert str(found.instructions) == "3 + 5·llcs + 4·cpus·llcs"
    assert str(found.by_name["bpf_ktime_get_ns"]) == "cpus·llcs"


def test_incomparable_branches_are_compared_at_the_reference(base: Object) -> None:
    loop: list[Insn | str] = [NEXT, if_zero(1), jump(-3)]
    code = [if_zero(4, 3), *loop, jump(3), *loop, EXIT]
    found = cost(program(base, code, {1: 3, 5: 4}), {3: LLCS * 20, 4: CPUS})
    # 64 caches times 20 outweigh 512 CPUs.
    assert str(found.calls) == "1 + 20·llcs"


def test_a_loop_without_iterator_has_no_bound(base: Object) -> None:
    with pytest.raises(CostError, match="nothing ends") as caught:
        cost(program(base, [NOP, if_zero(1, 3), jump(-3), EXIT], {0: 9}), {9: LLCS})
    assert caught.value.sched_line == 9


@pytest.mark.parametrize(
    "code",
    [
        [NEXT, NOP, jump(-3), EXIT],  # the answer is not looked at
        [NEXT, Insn(0xB7, 0, 0, 0, 1), if_zero(1), jump(-4), EXIT],  # it is overwritten
        [NEXT, if_zero(1, 3), jump(-3), EXIT],  # another register is tested
        [if_zero(3, 3), NEXT, if_zero(2), jump(-4), jump(-5), EXIT],  # a way round avoids it
        [NEXT, Insn(0x55, 0, 0, 1, 0), jump(-3), EXIT],  # zero goes on
        [NEXT, Insn(0x16, 0, 0, 1, 0), jump(-3), EXIT],  # only half of the pointer
    ],
)
def test_an_iterator_that_does_not_end_the_loop(base: Object, code: list[Insn | str]) -> None:
    with pytest.raises(CostError, match="nothing ends"):
        cost(program(base, code, {0: 3}), {3: LLCS})


def test_may_goto_ends_a_loop(base: Object) -> None:
    code: list[Insn | str] = [Insn(0xE5, 0, 0, 2, 0), NOP, jump(-3), EXIT]
    assert str(cost(program(base, code, {0: 3}), {3: LLCS}).instructions) == "2 + 3·llcs"


SET, ADD, LEAVE = Insn(0xB7, 6, 0, 0, 4), Insn(0x07, 6, 0, 0, -1), if_zero(1, 6)
ROUND = [QUEUED, ADD, LEAVE, jump(-4)]


@pytest.mark.parametrize(
    ("code", "instructions"),
    [
        ([SET, *ROUND, EXIT], 1 + 3 * 4 + 3 + 1),
        ([SET, QUEUED, ADD, Insn(0x55, 6, 0, -3, 0), EXIT], 1 + 4 * 3 + 1),
        ([SET, QUEUED, LEAVE._replace(off=2), ADD, jump(-4), EXIT], 1 + 4 * 4 + 2 + 1),
        ([Insn(0xB4, 6, 0, 0, 0), QUEUED, Insn(0x04, 6, 0, 0, 3), Insn(0xA6, 6, 0, -3, 7), EXIT], 1 + 3 * 3 + 1),
        # Two ways in with the same start, and a test of the sign.
        ([if_zero(2, 3), SET, jump(1), SET, QUEUED, ADD, Insn(0x75, 6, 0, -3, 0), EXIT], 3 + 5 * 3 + 1),
    ],
)
def test_a_counter_ends_a_loop(base: Object, code: list[Insn | str], instructions: int) -> None:
    assert cost(program(base, code)).instructions == Poly.constant(instructions)


@pytest.mark.parametrize(
    "code",
    [
        [*ROUND, EXIT],  # it starts as anything
        [SET, if_zero(1, 3), Insn(0xB7, 6, 0, 0, 9), *ROUND, EXIT],  # as one or another
        [SET._replace(imm=66), *ROUND, EXIT],  # too many rounds
        [SET, QUEUED, ADD._replace(imm=-3), LEAVE, jump(-4), EXIT],  # it passes by the bound
        [SET, ADD, *ROUND, EXIT],  # it is no constant before
        [SET, QUEUED, ADD, ADD, LEAVE, jump(-5), EXIT],  # changed in two places
        [SET, QUEUED, if_zero(1), ADD, LEAVE, jump(-5), EXIT],  # a way round does not count
        [SET, QUEUED, Insn(0x0F, 6, 3, 0, 0), LEAVE, jump(-4), EXIT],  # by who knows what
        [SET, QUEUED, ADD, Insn(0x1D, 6, 3, 1, 0), jump(-4), EXIT],  # to who knows what
        [SET._replace(dst=0), QUEUED, ADD._replace(dst=0), LEAVE._replace(dst=0), jump(-4), EXIT],  # calls change it
        [SET, NEXT, if_zero(2), ADD, jump(-4), LEAVE, jump(-6), EXIT],  # any number of times in a round
    ],
)
def test_a_counter_that_does_not_end_the_loop(base: Object, code: list[Insn | str]) -> None:
    with pytest.raises(CostError, match="nothing ends"):
        cost(program(base, code, {0: 3, 1: 3, 2: 3}), {3: LLCS})


def test_a_loop_needs_a_stated_bound(base: Object) -> None:
    code: list[Insn | str] = [NEXT, if_zero(2), NOP, jump(-4), EXIT]
    with pytest.raises(CostError, match="without a stated bound"):
        cost(program(base, code, {0: 3}), {4: LLCS})


def test_an_irreducible_graph_is_refused(base: Object) -> None:
    code: list[Insn | str] = [if_zero(1, 3), NOP, NOP, if_zero(-3, 4), EXIT]
    with pytest.raises(CostError, match="middle of a loop"):
        cost(program(base, [if_zero(2, 3), NOP, NOP, NOP, if_zero(-3, 4), jump(-5), EXIT]))
    assert str(cost(program(base, [*code[:3], EXIT])).instructions) == "4"


def test_a_jump_into_a_wide_load_is_refused(base: Object) -> None:
    code: list[Insn | str] = [jump(1), Insn(0x18, 1, 0, 0, 7), Insn(0, 0, 0, 0, 0), EXIT]
    with pytest.raises(ObjectError, match="within an instruction"):
        cost(program(base, code))


def test_nested_loops_of_inline_functions_keep_their_lines(build: Build, policy_c: str) -> None:
    nested = policy_c.replace(
        "if (try_pull(100 + i)) {",
        "u32 j;\n#line 75\n\t\tfor_next(j, 0, 4) try_pull(j);\n#line 71\n\t\tif (try_pull(100 + i)) {",
    ).replace("for_range(i, 0, nr_llcs)", "for_next(i, 0, nr_llcs)")
    costs = object_cost(Object.parse(build(nested)), {70: LLCS, 75: CPUS}, "policy.sched")
    found = costs["dispatch"].by_name["bpf_iter_num_next"]
    # A loop that clang turned around, so that it asks at its end, is counted with one round more.
    exact = 1 + LLCS * 2 + CPUS * LLCS
    assert found.covers(exact) and (exact + LLCS + 1).covers(found)


def test_bpf_loop_multiplies_its_callback(build: Build, policy_c: str) -> None:
    helper = "static int again(u32 i, void *data) { scx_bpf_kick_cpu(i, 0); return 0; }\n"
    text = policy_c.replace("#line 80", helper + "#line 80").replace(
        "clock = bpf_ktime_get_ns();", "bpf_loop(8, again, 0, 0);"
    )
    costs = object_cost(Object.parse(build(text)), {70: LLCS, 82: CPUS}, "policy.sched")
    assert str(costs["stopping"].calls) == "1 + cpus"
    assert str(costs["stopping"].by_name["scx_bpf_kick_cpu"]) == "cpus"


def test_of_compiled_code(build: Build, policy_c: str) -> None:
    costs = object_cost(Object.parse(build(policy_c)), {70: LLCS}, "policy.sched")
    dispatch = costs["dispatch"]
    assert str(dispatch.by_name["scx_bpf_dsq_move_to_local"]) == "1 + llcs"
    assert str(dispatch.by_name["bpf_iter_num_next"]) == "1 + llcs"
    assert str(costs["select_cpu"].calls) == "1"
    assert 30 <= dispatch.instructions.evaluate({"llcs": 0}) <= 80
