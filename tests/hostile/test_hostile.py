"""What a policy says stays where it belongs: no text, name or number of it changes the C anywhere else."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedc import api
from schedc.build.compile import lower_to_c
from schedc.build.lines import with_directives
from schedc.diagnostics import Severity
from schedc.lower.render import harmless as harmless_in_c
from schedc.verifier.audit.elf import parse_elf

CORPUS = sorted(Path(__file__).parent.glob("*.sched"))
# What cannot be seen is refused before anything is made of it.
HIDDEN = [path for path in CORPUS if path.stem in ("control_and_bidi", "line_breaks", "carriage_return")]
SEEN = [path for path in CORPUS if path not in HIDDEN]
# Line information quotes the policy, and nothing else of an object may.
QUOTING = (".BTF", ".BTF.ext", ".rel.BTF", ".rel.BTF.ext", ".strtab", ".symtab")
NAMES = (
    *("int", "return", "asm", "typeof", "volatile", "struct", "static", "main", "inline", "true_", "_Bool"),
    *("task_struct", "scx_bpf_kick_cpu", "insert", "pull", "kick", "p", "ts", "it__", "vtime_clock", "NULL"),
    *("policy", "plan", "loop", "caller", "self", "a", "node", "statements", "U64_MAX", "READ_ONCE", "SEC"),
    *("exit_kind", "init", "cpu_slots", "defined", "__LINE__", "__attribute__", "at_now", "_", "__"),
    "x" * 40,
)
NAMED = """language 1
policy NAME_policy "plain"
param NAME_param: duration = 5ms in 1ms..20ms
live param NAME_live: duration = 5ms in 1ms..20ms
queue NAME_queue: fifo
task { NAME_field: count }
global NAME_global: count
counter NAME_counter "plain"
fn NAME_function(NAME_formal: count) -> count { return NAME_formal + 1 }
on enqueue(NAME_task) {
    let NAME_local = NAME_function(NAME_task.NAME_field)
    NAME_task.NAME_field = NAME_local
    NAME_global += NAME_local
    NAME_counter += 1
    insert NAME_task into NAME_queue for min(NAME_param, NAME_live)
}
on dispatch(cpu, prev) { pull NAME_queue }
"""
PARTS = re.findall(r"NAME_([a-z]+)", NAMED)


def c_of(text: str) -> str:
    result = api.check(text)
    assert result.proven is not None, [f"{d.code}: {d.title}" for d in result.diagnostics]
    return lower_to_c(result.proven)


def bare(c_text: str) -> str:
    """C without its comments, as a compiler sees it: each is a blank."""
    return re.sub(r"/\*.*?\*/", " ", c_text, flags=re.DOTALL)


def harmless(text: str) -> str:
    """The same policy with plain comments and texts; what patterns say is theirs to say."""
    lines = []
    for line in text.split("\n"):
        code = re.match(r'(?:[^"#]|"[^"]*")*', line)
        kept = code[0] if code else ""
        lines.append(re.sub(r'((?:policy|counter) \w+) "[^"]*"', r'\1 "plain"', kept))
    return "\n".join(lines)


@lru_cache
def contents(text: str) -> dict[str, bytes]:
    """The sections of the object by name, but for those that quote lines."""
    result = api.compile(text)
    errors = [f"{d.code}: {d.title}" for d in result.diagnostics if d.severity is Severity.ERROR]
    assert result.object is not None, errors
    return {s.name: bytes(s.data) for s in parse_elf(result.object).sections if s.name not in QUOTING}


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("path", SEEN, ids=lambda path: path.stem)
def test_hostile_texts_change_comments_only(path: Path) -> None:
    text = read(path)
    assert bare(c_of(text)) == bare(c_of(harmless(text)))


@pytest.mark.parametrize("path", SEEN, ids=lambda path: path.stem)
def test_hostile_texts_change_no_byte_of_the_program(path: Path) -> None:
    text = read(path)
    assert contents(text) == contents(harmless(text))


@pytest.mark.parametrize("path", SEEN, ids=lambda path: path.stem)
def test_hostile_texts_forge_no_line(path: Path) -> None:
    assert directives(read(path)) == directives(harmless(read(path)))


@pytest.mark.parametrize("path", HIDDEN, ids=lambda path: path.stem)
def test_what_cannot_be_seen_is_refused(path: Path) -> None:
    assert codes(read(path)) == {"S007"}


def codes(text: str) -> set[str]:
    return {each.code for each in api.check(text).diagnostics if each.severity is Severity.ERROR}


def directives(text: str) -> list[str]:
    """The directives of the C, where each line of it says it comes from."""
    marked = with_directives(c_of(text), "policy.bpf.c", "policy.sched")
    return [line for line in marked.split("\n") if line.lstrip().startswith("#line")]


anything = st.text(st.characters(exclude_characters='"\\\n', exclude_categories=("Cs",)), max_size=60)
comments = st.text(st.characters(exclude_characters="\n", exclude_categories=("Cs",)), max_size=60)
pieces = st.lists(
    st.sampled_from(["*/", "/*", "/* 9: x */", "é", "日本", "#line 3", "{{", "%}", "??/", "?", "*", "/", " "])
)
settled = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def policy(title: str, counter: str, comment: str) -> str:
    return (
        f'language 1\npolicy fuzzed "{title}" # {comment}\n'
        f'counter seen "{counter}"\nqueue ready: fifo # {comment}\n'
        f"on enqueue(task) {{ # {comment}\n    insert task into ready for 5ms # {comment}\n"
        "    seen += 1\n}\n"
        "on dispatch(cpu, prev) { pull ready }\n"
    )


@given(anything | pieces.map("".join), anything | pieces.map("".join), comments | pieces.map("".join))
@settled
def test_no_text_reaches_the_program(title: str, counter: str, comment: str) -> None:
    hostile, plain = policy(title, counter, comment), policy("plain", "plain", "plain")
    if codes(hostile) == {"S007"}:
        return
    assert bare(c_of(hostile)) == bare(c_of(plain))
    assert directives(hostile) == directives(plain)


@given(anything | pieces.map("".join))
@settled
def test_any_text_is_harmless_in_a_comment(text: str) -> None:
    """Also what the reader of policies would have refused."""
    quoted = harmless_in_c(text)
    assert not re.search(r"\*/|/\*|\?\?|[^ -~]|\\\\", quoted)
    assert len(f"/* {quoted} */".splitlines()) == 1


@pytest.mark.parametrize("part", PARTS[:: len(PARTS) // 8])
@pytest.mark.parametrize("name", NAMES)
def test_names_mean_themselves_only(name: str, part: str) -> None:
    """A name of C, of the kernel or of the templates gives the C of a plain one, under its own name."""
    plain = NAMED.replace("NAME_", "plain_")
    hostile = plain.replace(f"plain_{part}", name)
    result = api.check(hostile)
    if result.proven is None:  # a name of the language itself
        assert all(each.code.startswith(("S0", "S1")) for each in result.diagnostics), result.diagnostics
        return
    renamed = re.sub(rf"((?:\b|_))plain_{part}\b", rf"\g<1>{name}", bare(c_of(plain)))
    assert bare(c_of(hostile)) == renamed


def test_names_of_all_kinds_compile() -> None:
    """All names are the same keyword of C, as far as the language allows it."""
    for name in ("int", "task_struct", "READ_ONCE", "__LINE__"):
        text = NAMED.replace("NAME_", f"{name}_")
        assert contents(text.replace(f"{name}_param", name).replace(f"{name}_field", name))


@pytest.mark.parametrize("number", ["18446744073709551615", "0", "5ms", "1_000", "100%", "1.5"])
def test_numbers_reach_c_as_numbers(number: str) -> None:
    text = policy("plain", "plain", "plain").replace("seen += 1", f"let x = {number}")
    for line in bare(c_of(text)).split("\n"):
        if "v_x" in line:
            assert re.fullmatch(r"\s*u64 v_x = [0-9]+ULL;", line)
