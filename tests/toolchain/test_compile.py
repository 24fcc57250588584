"""Compiling: the same bytes everywhere, messages at their lines, and nothing left behind."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path

import pytest

from schedc.toolchain import Clang, NoClang, Severity, StripError, find_clang, strip_debug
from schedc.verifier.audit.elf import parse_elf

WHEEL = next((p for f in sys.path if (p := Path(f, "ziglang", "zig")).exists()), None)
SOURCE = """#include "small.h"
char _license[] __attribute__((section("license"), used)) = "GPL";
extern word scx_bpf_now(void) __attribute__((section(".ksyms"), weak));
word last;
#line 7 "policy.sched"
__attribute__((section("struct_ops/tick"), used)) int tick(word *ctx)
{
\tlast = scx_bpf_now();
\treturn 0;
}
"""
FILES = {"policy.c": SOURCE, "policy.sched": "".join(f"line {n} of the policy\n" for n in range(1, 20))}


@pytest.fixture(params=["system", "wheel"])
def clang(request: pytest.FixtureRequest) -> Clang:
    if request.param == "wheel" and WHEEL is None:
        pytest.skip("no ziglang wheel")
    try:
        return find_clang(str(WHEEL) if request.param == "wheel" else None)
    except NoClang:
        pytest.skip("no clang")


@pytest.fixture
def headers(tmp_path: Path) -> Path:
    folder = tmp_path / "headers"
    folder.mkdir()
    (folder / "small.h").write_text(
        "typedef unsigned long long word;\nstatic inline word one(void) { return 1; }\n"
    )
    return folder


def build(clang: Clang, headers: Path, source: str = SOURCE) -> bytes:
    output = clang.compile_bpf({**FILES, "policy.c": source}, "policy.c", include_dirs=[str(headers)])
    assert output.object is not None, output.diagnostics
    return output.object


def test_the_same_bytes_from_anywhere(
    clang: Clang, headers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(clang, headers)
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    (elsewhere / "small.h").write_text((headers / "small.h").read_text())
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    monkeypatch.setenv("HOME", str(elsewhere))
    monkeypatch.setenv("CPATH", "/nonexistent")
    monkeypatch.setenv("CCC_OVERRIDE_OPTIONS", "+-DX")
    assert build(clang, elsewhere) == first
    assert str(tmp_path).encode() not in first and b"/tmp" not in first
    assert os.listdir(elsewhere) == ["small.h"]


def test_btf_holds_the_policys_lines_and_dwarf_is_gone(clang: Clang, headers: Path) -> None:
    data = build(clang, headers)
    names = {section.name for section in parse_elf(data).sections}
    assert {".BTF", ".BTF.ext", "struct_ops/tick", "license"} <= names
    assert not [name for name in names if "debug" in name]
    assert b"line 9 of the policy" in data


def test_errors_name_the_line_that_the_policy_has(clang: Clang, headers: Path) -> None:
    files = {**FILES, "policy.c": SOURCE.replace("scx_bpf_now();", "nothing;")}
    output = clang.compile_bpf(files, "policy.c", include_dirs=[str(headers)])
    assert output.object is None
    message = next(message for message in output.diagnostics if message.is_error)
    assert (message.file, message.line, message.severity) == ("policy.sched", 9, Severity.ERROR)
    assert "nothing" in message.message


def test_defines_and_the_command(clang: Clang) -> None:
    output = clang.compile_bpf({"a.c": "int x = X;"}, "a.c", defines={"X": "7"})
    assert output.object is not None and "-DX=7" in output.command


def test_system_headers_are_out_of_reach(clang: Clang) -> None:
    output = clang.compile_bpf({"a.c": "#include <stddef.h>\n"}, "a.c")
    assert output.object is None and "stddef.h" in output.diagnostics[0].message


def test_several_at_once(clang: Clang, headers: Path) -> None:
    first = build(clang, headers)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(build(clang, headers))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [first] * 4


def test_a_pending_one_can_be_dropped(clang: Clang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with clang.start_bpf():
        assert len(os.listdir(tmp_path)) == 1
    assert os.listdir(tmp_path) == []


def test_one_that_was_given_no_program_ends(clang: Clang) -> None:
    with clang.start_bpf() as pending:
        assert pending.result().object is not None  # of an empty program


@pytest.mark.parametrize("name", ["../a.c", "/a.c", "-a.c", "a//b.c", "a\".c", "a\nb.c", "out.o", "include.0/a.c", ""])
def test_names_that_leave_the_folder_are_refused(clang: Clang, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        clang.compile_bpf({name: ""}, name)


def _script(tmp_path: Path, text: str) -> Clang:
    path = tmp_path / "clang"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return Clang((str(path),), (19, 0, 0), "explicit")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("sleep 60", "not finished after 0.5 s"),
        ("while :; do echo noise; done", "more messages|not finished"),
        ("exit 3", "status 3"),
        ("kill -SEGV $$", "status -11"),
        ("exit 0", "no usable object"),
        ("echo junk > out.o", "not a"),
    ],
)
def test_a_clang_that_misbehaves(tmp_path: Path, script: str, says: str) -> None:
    output = _script(tmp_path, script).compile_bpf({"a.c": ""}, "a.c", timeout=0.5)
    assert output.object is None
    message = output.diagnostics[-1]
    assert message.is_error
    assert any(part in message.message for part in says.split("|")), message


def test_a_full_disk_is_no_fault_of_the_program(tmp_path: Path) -> None:
    full = _script(tmp_path, "echo 'clang: error in backend: IO failure: No space left on device' >&2; exit 1")
    with pytest.raises(OSError, match="No space left") as raised:
        full.compile_bpf({"a.c": "int a;"}, "a.c")
    assert raised.value.errno == errno.ENOSPC


def test_a_clang_that_is_gone() -> None:
    output = Clang(("/nonexistent/clang",), (19, 0, 0), "explicit").compile_bpf({"a.c": ""}, "a.c")
    assert output.object is None and "cannot run" in output.diagnostics[0].message


def test_strip_is_idempotent_and_refuses_what_is_no_object(clang: Clang, headers: Path) -> None:
    data = build(clang, headers)
    assert strip_debug(data) == data
    for broken in (b"", data[:100], b"\0" * 200):
        with pytest.raises(StripError):
            strip_debug(broken)
