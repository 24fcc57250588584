"""Generated C that says what it may not, and where that is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedc.verifier.audit.c_audit import audit_c
from schedc.verifier.audit.c_findings import CFinding

STOPPING = "clock = bpf_ktime_get_ns();"
GLOBAL = "u64 stolen;"


def audit(text: str, include_dir: str) -> list[CFinding]:
    return audit_c("policy.c", {"policy.c": text}, [include_dir])


def test_sound_c_has_no_findings(policy_c: str, include_dir: str) -> None:
    assert audit(policy_c, include_dir) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (STOPPING, '__asm__ volatile("exit");', "word"),
        (STOPPING, 'asm("exit");', "word"),
        (STOPPING, "memset(&clock, 0, 8);", "parse"),
        (STOPPING, "clock = ;", "parse"),
        (STOPPING, "again: clock++; goto again;", "construct"),
        (STOPPING, "while (1) clock++;", "loop"),
        (STOPPING, "do clock++; while (clock);", "loop"),
        (STOPPING, "for (int i = 0; i < 9; i++) clock++;", "loop"),
        (STOPPING, "for (;;) { u32 i; for_range(i, 0, 3) clock++; }", "loop"),
        (STOPPING, "*(u64 *)0xffff800000000000 = 1;", "cast"),
        (STOPPING, "clock = *(u64 *)clock;", "cast"),
        ("for_range(i, 0, nr_llcs)", "for_range(i, 0, *(u32 *)clock)", "cast"),
        (STOPPING, 'const char *x = "hi"; clock = x[0];', "string"),
        (STOPPING, "u64 (*f)(void) = 0; clock = f();", "function-pointer"),
        (STOPPING, "clock = (*(u64 (*)(void))bpf_ktime_get_ns)();", "call"),
        (STOPPING, "clock = (u64)&try_pull;", "function-pointer"),
        (STOPPING, "void *p = &&x; x: clock = (u64)p;", "construct"),
        (STOPPING, "__builtin_trap();", "builtin"),
        (STOPPING, "clock = (u64)__builtin_alloca(8);", "builtin"),
        (STOPPING, "void evil(void); evil();", "foreign"),
        (GLOBAL, "u64 stolen; void evil(void);", "foreign"),
        (GLOBAL, "extern u64 stolen;", "word"),
        (GLOBAL, "struct q { u64 (*f)(void); }; u64 stolen;", "function-pointer"),
        (GLOBAL, "#define X y\nu64 stolen;", "directive"),
        (GLOBAL, "#define X(a) 1\nu64 stolen;", "directive"),
        (GLOBAL, "#define for 1\nu64 stolen;", "directive"),
        (GLOBAL, "#define KERNEL 1\nu64 stolen;", "directive"),
        ('#include "sample.h"', '#define X 1\n#include "sample.h"', "include"),
        (GLOBAL, "#pragma clang optimize off\nu64 stolen;", "directive"),
        (GLOBAL, "%:define X 1\nu64 stolen;", "text"),
        (GLOBAL, "??=define X 1\nu64 stolen;", "text"),
        (GLOBAL, "// \\\n", "text"),
        (GLOBAL, "u64 stolen; // \u202e", "text"),
        (GLOBAL, '_Pragma("x") u64 stolen;', "word"),
        (GLOBAL, "__attribute__((constructor)) static void x(void) {} u64 stolen;", "attribute"),
        (GLOBAL, 'static __attribute__((section("kprobe/x"))) u64 y; u64 stolen;', "attribute"),
        (GLOBAL, ";u64 stolen;", "declaration"),
        ('#include "sample.h"', '#include "sample.h"\n#include "/etc/passwd"', "include"),
        ('#include "sample.h"', '#include "sample.h"\n#include "policy.c"', "include"),
        ('#include "sample.h"', '#include "sample.h"\n#include <linux/bpf.h>', "directive"),
        ("struct_ops/stopping", "kprobe/do_exit", "string"),
        ('"GPL"', '"MIT"', "string"),
        ('.name = "policy"', '.name = "p\\n"', "string"),
    ],
)
def test_tampered_c(policy_c: str, include_dir: str, old: str, new: str, rule: str) -> None:
    assert old in policy_c
    assert rule in {finding.rule for finding in audit(policy_c.replace(old, new, 1), include_dir)}


@pytest.mark.parametrize(
    "new",
    [
        "static __attribute__((aligned(8))) u64 y; u64 stolen;",
        "static __attribute__((noinline)) u64 f(void); static u64 f(void) { return 1; } u64 stolen;",
        "#define MAX_CPUS 512\n#define LONG 1000ULL\nu64 stolen;",
        "enum { A = 1, B }; typedef u64 word; u64 stolen;",
        "_Static_assert(sizeof(u64) == 8); u64 stolen;",
        '/* goto asm "x" # */ u64 stolen; // while (1)',
    ],
)
def test_harmless_c(policy_c: str, include_dir: str, new: str) -> None:
    assert audit(policy_c.replace(GLOBAL, new, 1), include_dir) == []


def test_labels_of_the_templates(policy_c: str, include_dir: str) -> None:
    text = policy_c.replace(STOPPING, "if (clock) goto done; clock++; done: clock--;")
    files = {"policy.c": text}
    assert audit_c("policy.c", files, [include_dir], labels=frozenset(("done",))) == []
    assert {finding.rule for finding in audit_c("policy.c", files, [include_dir])} == {"construct"}


def test_only_the_given_folders_are_searched(
    policy_c: str, include_dir: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sample.h").write_text("#error the wrong one")
    monkeypatch.chdir(tmp_path)
    assert audit(policy_c, include_dir) == []


def test_places_follow_line_directives(policy_c: str, include_dir: str) -> None:
    text = policy_c.replace(STOPPING, "while (1) clock++;")
    (finding,) = audit(text, include_dir)
    physical = text[: text.index("while (1)")].count("\n") + 1
    assert (finding.file, finding.line, finding.col, finding.physical_line) == (
        "policy.sched",
        82,
        2,
        physical,
    )
