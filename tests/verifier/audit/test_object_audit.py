"""Objects that do what no policy may: from C that says so, and by changing bytes of a sound one."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedc.verifier.audit.cost import object_cost
from schedc.verifier.audit.elf import ObjectError, parse_elf
from schedc.verifier.audit.findings import Finding
from schedc.verifier.audit.object import Object
from schedc.verifier.audit.object_audit import audit_object
from schedc.verifier.audit.poly import Poly

Build = Callable[[str], bytes]
STOPPING = "clock = bpf_ktime_get_ns();"


def findings(data: bytes) -> list[Finding]:
    return audit_object(Object.parse(data), sched_file="policy.sched")


def rules(data: bytes) -> set[str]:
    return {finding.rule for finding in findings(data)}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (STOPPING, "clock = scx_bpf_pick_idle_cpu(0, 0); scx_bpf_dsq_move_to_local(1);", "kfunc"),
        (STOPPING, "scx_bpf_create_dsq(1, -1);", "kfunc"),
        (STOPPING, "scx_bpf_dsq_insert(ARG(struct task_struct *, 0), 1, 1, 0);", "kfunc"),
        (STOPPING, "bool idle; scx_bpf_select_cpu_dfl(ARG(struct task_struct *, 0), 0, 0, &idle);", "kfunc"),
        (STOPPING, "bpf_probe_write_user((void *)ctx[0], ctx, 8);", "helper"),
        (STOPPING, "ARG(struct task_struct *, 0)->flags = 1;", "kernel-store"),
        (STOPPING, "for (u32 i = 0; i < ctx[0]; i++) clock += bpf_ktime_get_ns();", "unbounded-loop"),
        (STOPPING, "while (1) clock += bpf_ktime_get_ns();", "unbounded-loop"),
        (STOPPING, 'asm volatile("r0 = 0; goto -1");', "unbounded-loop"),
        (STOPPING, "((void (*)(void))ctx[0])();", "instruction"),
        ("#line 80", "void evil(void) __ksym __weak;\n#line 80", ""),
        (STOPPING, "extern void evil(void) __ksym __weak; evil();", "kfunc"),
        (STOPPING, "extern u64 scx_bpf_now(void) __ksym; clock = scx_bpf_now();", ""),
        (STOPPING, "extern u64 evil __ksym __weak; clock = (u64)&evil;", "kfunc"),
        (
            STOPPING,
            "extern u64 scx_bpf_nr_cpu_ids(void) __ksym; clock = scx_bpf_nr_cpu_ids();",
            "strong-extern",
        ),
        ('SEC("license") = "GPL"', 'SEC("license") = "MIT"', "license"),
        ('SEC("license")', 'SEC("licence")', "license"),
        ("struct_ops/stopping", "kprobe/do_exit", "section"),
        ("struct_ops/stopping", "struct_ops.s/stopping", "program"),
        (".stopping = (void *)policy_stopping,", "", "program"),
        (".cpu_online = (void *)policy_cpu_online,", "", "ops"),
        (".timeout_ms = 5000", ".timeout_ms = 50000", "ops"),
        ('.name = "policy"', '.name = "a policy"', "ops"),
        ("__uint(type, 6);", "__uint(type, 27);", "map"),
        ("__uint(type, 6);", "__uint(type, 6); __uint(pinning, 1);", "map"),
        ("__uint(type, 6);", "__uint(type, 6); __uint(map_flags, 1 << 13);", "map"),
        ("u64 stolen;", 'SEC(".data.x") u64 other = 1; u64 stolen;', "section"),
        ("u64 stolen;", "u64 stolen; void *self = &stolen;", "relocation"),
        (STOPPING, "clock = __builtin_preserve_field_info(((struct task_struct *)0)->pid, 0);", ""),
        (STOPPING, "clock = __builtin_preserve_type_info(*(struct task_struct *)0, 1);", ""),
        (STOPPING, "clock = __builtin_btf_type_id(*(struct task_struct *)0, 0);", "core"),
    ],
)
def test_tampered_c(build: Build, policy_c: str, old: str, new: str, rule: str) -> None:
    assert old in policy_c
    found = rules(build(policy_c.replace(old, new)))
    assert rule in found if rule else not found


def test_a_finding_names_program_and_line(one_build: Build, policy_c: str) -> None:
    (finding,) = findings(one_build(policy_c.replace(STOPPING, "scx_bpf_dsq_move_to_local(1);")))
    assert (finding.program, finding.sched_line) == ("policy_stopping", 82)
    assert "stopping may not" in finding.message and finding.where.startswith("policy_stopping+")


def test_recursion(build: Build, policy_c: str) -> None:
    recursive = policy_c.replace(
        "return scx_bpf_dsq_move_to_local(id);",
        "if (scx_bpf_dsq_nr_queued(id + 1) > 3) return try_pull(id + 1) + stolen;"
        " return scx_bpf_dsq_move_to_local(id);",
    )
    assert "recursion" in rules(build(recursive))


def test_watch_programs_only_watch(build: Build, policy_c: str) -> None:
    watch = '\nSEC("tp_btf/sched_switch") int watch(u64 *ctx) { %s return 0; }\n'
    assert rules(build(policy_c + watch % "stolen += scx_bpf_now();")) == set()
    found = findings(build(policy_c + watch % "scx_bpf_kick_cpu(1, 0);"))
    assert [finding.rule for finding in found] == ["kfunc"]
    assert "only watches" in found[0].message


TIMER = """
struct ticking { struct bpf_timer timer; };
struct { __uint(type, 2); __uint(max_entries, 1); __type(key, u32);
  __type(value, struct ticking); } timers SEC(".maps");
static int on_timer(void *map, u32 *key, struct ticking *t) { BODY return 0; }
"""
ARM = (
    "u32 key = 0; struct ticking *t = bpf_map_lookup_elem(&timers, &key);"
    " if (t) bpf_timer_set_callback(&t->timer, on_timer);"
)
CREATE = "return scx_bpf_create_dsq(7, -1);"


@pytest.mark.parametrize(
    ("body", "armed_in", "rule"),
    [
        ("bpf_timer_start(&t->timer, 1, 0); scx_bpf_kick_cpu(0, 0);", CREATE, None),
        ("scx_bpf_dsq_move_to_local(7);", CREATE, "kfunc"),
        ("stolen += 1;", STOPPING, "helper"),
    ],
)
def test_timers(build: Build, policy_c: str, body: str, armed_in: str, rule: str | None) -> None:
    text = policy_c.replace("u64 stolen;", "u64 stolen;" + TIMER.replace("BODY", body))
    found = rules(build(text.replace(armed_in, f"{ARM} {armed_in}")))
    assert found == ({rule} if rule else set())


def test_a_callback_of_bpf_loop_may_what_its_caller_may(build: Build, policy_c: str) -> None:
    helper = "static int again(u32 i, void *data) { return scx_bpf_dsq_move_to_local(i); }\n"
    text = policy_c.replace("#line 20", helper + "#line 20")
    pull = "return scx_bpf_dsq_move_to_local(id);"
    assert rules(build(text.replace(pull, f"bpf_loop(4, again, 0, 0); {pull}"))) == set()
    assert rules(build(text.replace(STOPPING, "bpf_loop(4, again, 0, 0);"))) == {"kfunc"}


# ---- bytes ----


def section_at(data: bytes, name: str) -> int:
    section = parse_elf(data).section(name)
    assert section is not None
    return section.offset


def rename(data: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new) and old in data
    return data.replace(old, new)


def insn_with(data: bytes, section: str, opcode: int) -> int:
    start = section_at(data, section)
    return next(at for at in range(start, len(data), 8) if data[at] == opcode)


def patch(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


@pytest.fixture
def sound(one_build: Build, policy_c: str) -> bytes:
    return one_build(policy_c)


def test_a_renamed_kernel_function(sound: bytes) -> None:
    assert "kfunc" in rules(rename(sound, b"scx_bpf_dsq_nr_queued\0", b"scx_bpf_dsq_nr_queuee\0"))


def test_a_renamed_section(sound: bytes) -> None:
    assert "section" in rules(rename(sound, b"struct_ops/stopping\0", b"struct_ppp/stopping\0"))


def test_another_licence(sound: bytes) -> None:
    assert "license" in rules(patch(sound, section_at(sound, "license"), b"BSD"))


def test_another_helper(sound: bytes) -> None:
    at = insn_with(sound, "struct_ops/stopping", 0x85)
    for number in (6, 12, 36, 58, 999):
        assert "helper" in rules(patch(sound, at + 4, struct.pack("<i", number)))


def test_a_kernel_function_by_number(sound: bytes) -> None:
    at = insn_with(sound, "struct_ops/stopping", 0x85)
    assert "call" in rules(patch(sound, at + 1, b"\x20"))


@pytest.mark.parametrize("opcode", [0x00, 0x06, 0x8D, 0x81, 0xD7, 0x20, 0xFF])
def test_another_opcode(sound: bytes, opcode: int) -> None:
    at = insn_with(sound, "struct_ops/stopping", 0x7B)
    assert "instruction" in rules(patch(sound, at, bytes([opcode])))


def test_a_back_edge(sound: bytes) -> None:
    at = insn_with(sound, "struct_ops/stopping", 0x7B)
    assert "unbounded-loop" in rules(patch(sound, at, struct.pack("<BBhi", 0x15, 0, -4, 0)))


def test_a_jump_out_of_the_function(sound: bytes) -> None:
    at = insn_with(sound, "struct_ops/stopping", 0x7B)
    assert "control-flow" in rules(patch(sound, at, struct.pack("<BBhi", 0x05, 0, 100, 0)))


def test_code_after_which_nothing_comes(sound: bytes) -> None:
    at = insn_with(sound, "struct_ops/stopping", 0x95)
    assert "control-flow" in rules(patch(sound, at, struct.pack("<BBhi", 0xB7, 0, 0, 0)))


def test_a_map_by_number(sound: bytes) -> None:
    at = insn_with(sound, "struct_ops/dispatch", 0x18)
    assert "address" in rules(patch(sound, at + 1, bytes([sound[at + 1] | 0x10])))


def test_a_strong_extern(sound: bytes) -> None:
    elf = parse_elf(sound)
    table = next(section for section in elf.sections if section.name == ".symtab")
    symbol = next(symbol for symbol in elf.symbols if symbol.name == "scx_bpf_dsq_nr_queued")
    at = table.offset + 24 * symbol.number + 4
    assert "strong-extern" in rules(patch(sound, at, bytes([1 << 4 | symbol.type])))


def test_overlapping_sections_are_no_object(sound: bytes) -> None:
    elf = parse_elf(sound)
    table = int.from_bytes(sound[40:48], "little")
    license_, text = elf.section("license"), elf.section("struct_ops/stopping")
    assert license_ is not None and text is not None
    at = table + 64 * license_.number + 24
    with pytest.raises(ObjectError, match="overlap"):
        findings(patch(sound, at, struct.pack("<Q", text.offset)))


_EDITS = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=4)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=_EDITS, cut=st.one_of(st.none(), st.integers(0, 1 << 20)))
def test_damage_is_reported_and_never_raises(
    sound: bytes, edits: list[tuple[int, int]], cut: int | None
) -> None:
    damaged = bytearray(sound)
    for at, value in edits:
        damaged[at % len(damaged)] = value
    if cut is not None:
        del damaged[cut % len(damaged) :]
    try:
        obj = Object.parse(bytes(damaged))
        audit_object(obj, sched_file="policy.sched")
        obj.map_memory()
        object_cost(obj, {70: Poly.symbol("llcs")}, "policy.sched")
    except ObjectError as error:
        assert str(error)
