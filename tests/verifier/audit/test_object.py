"""What the reader sees in a sound object."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schedc.verifier.audit.elf import ObjectError
from schedc.verifier.audit.object import Object, kernel_name
from schedc.verifier.audit.object_audit import audit_object

Build = Callable[[str], bytes]


def test_a_sound_object_has_no_findings(build: Build, policy_c: str) -> None:
    assert audit_object(Object.parse(build(policy_c)), sched_file="policy.sched") == []


def test_programs_and_lines(build: Build, policy_c: str) -> None:
    obj = Object.parse(build(policy_c))
    sections = {program.name: program.section for program in obj.programs}
    assert sections["policy_enqueue"] == "struct_ops/enqueue"
    assert sections["policy_init"] == "struct_ops.s/init"
    assert "try_pull" not in sections
    dispatch = next(program for program in obj.programs if program.name == "policy_dispatch")
    lines = {obj.sched_line(dispatch, slot, "policy.sched") for slot in range(dispatch.start, dispatch.end)}
    assert {70, 72} <= lines and lines <= set(range(60, 80)) | {None}


def test_maps_and_memory(build: Build, policy_c: str) -> None:
    obj = Object.parse(build(policy_c))
    (found,) = obj.maps
    assert (found.name, found.type_name, found.key_size, found.value_size, found.max_entries) == (
        "cpu_states",
        "percpu_array",
        4,
        16,
        4,
    )
    assert found.value_type == "struct cpu_state"
    memory = obj.map_memory()
    assert memory["cpu_states"].evaluate({"cpus": 8}) == 8 * 64 + 32
    assert str(memory[".rodata"]) == "4096"


def test_variables_and_externs(build: Build, policy_c: str) -> None:
    obj = Object.parse(build(policy_c))
    places = {
        variable.name: (variable.section, variable.size, variable.type_name) for variable in obj.variables
    }
    assert places["slice"] == (".rodata", 8, "u64")
    assert places["stolen"] == (".bss", 8, "u64")
    names = {extern.name: (extern.kernel_name, extern.weak) for extern in obj.externs}
    assert names["scx_bpf_dsq_insert___v2___flavour"] == ("scx_bpf_dsq_insert___v2", True)


def test_ops_table(build: Build, policy_c: str) -> None:
    (table,) = Object.parse(build(policy_c)).ops
    assert table.callbacks["dispatch"] == "policy_dispatch"
    assert table.values["name"].rstrip(b"\0") == b"policy"
    assert int.from_bytes(table.values["timeout_ms"], "little") == 5000
    assert table.odd == ()


@pytest.mark.parametrize(
    ("name", "kernel"),
    [
        ("scx_bpf_now", "scx_bpf_now"),
        ("scx_bpf_dsq_insert___v2", "scx_bpf_dsq_insert"),
        ("scx_bpf_dsq_insert___v2___compat", "scx_bpf_dsq_insert___v2"),
        ("__scx_bpf_select_cpu_and", "__scx_bpf_select_cpu_and"),
        ("___x", "___x"),
    ],
)
def test_flavours_as_libbpf_cuts_them(name: str, kernel: str) -> None:
    assert kernel_name(name) == kernel


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"\0" * 4096, b"#!/bin/sh\n" * 100])
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(ObjectError):
        Object.parse(data)
