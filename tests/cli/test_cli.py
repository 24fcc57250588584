from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import schedc
from schedc.cli import frontend
from schedc.cli.main import COMMANDS, main
from schedc.diagnostics import Diagnostics
from schedc.diagnostics.render_json import schema
from schedc.source import Source
from schedc.syntax.parser import parse

GOOD = """\
language 1
policy rr "One queue."

param slice: duration = 5ms in 1ms..20ms
queue ready: fifo

on enqueue(task) {
    insert task into ready for slice
}

on dispatch(cpu, prev) {
    pull ready or keep prev for slice
}
"""
BAD = GOOD.replace("pull ready or", "pull ready else")
ROOT = Path(next(iter(schedc.__path__))).parent


@pytest.fixture(autouse=True)
def only_syntax(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """These tests are about the command line: the parser alone says what is wrong."""

    def check(source: Source) -> list[object]:
        diagnostics = Diagnostics()
        parse(source, diagnostics)
        return list(diagnostics)

    monkeypatch.setattr(frontend, "check", check)
    monkeypatch.chdir(tmp_path)


def policy(text: str, name: str = "p.sched") -> str:
    Path(name).write_text(text)
    return name


def stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", policy(GOOD)]) == 0
    assert capsys.readouterr().out == "p.sched: accepted\n"
    assert main(["check", policy(BAD)]) == 1
    out = capsys.readouterr().out
    assert "error[S022]: queues are tried in order with `or`\n --> p.sched:12:16\n" in out
    assert out.endswith("p.sched: refused (1 error)\n")
    assert main(["check", "absent.sched"]) == 2
    assert capsys.readouterr().err == "schedc: absent.sched: no such file or directory\n"
    assert main(["check", "."]) == 2
    assert main(["check"]) == 2
    assert main(["chek"]) == 2
    assert "perhaps `check`" in capsys.readouterr().err
    assert main([]) == 2
    assert main(["--help"]) == 0
    assert main(["check", "--help"]) == 0
    assert main(["--version"]) == 0


def test_half_an_option_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "vm", "--kernel", "/nowhere"]) == 2
    assert "unrecognized arguments: --kernel" in capsys.readouterr().err


def test_several_files_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = policy(GOOD, "good.sched"), policy(BAD, "bad.sched")
    assert main(["check", "--format", "json", good, bad]) == 1
    reports = json.loads(capsys.readouterr().out)
    assert [(r["name"], r["accepted"]) for r in reports] == [("good.sched", True), ("bad.sched", False)]
    for report in reports:
        jsonschema.validate(report, schema())
    (fix,) = reports[1]["diagnostics"][0]["fixes"]
    assert fix["applicability"] == "safe" and fix["edits"][0]["insert"] == "or"


def test_fix_writes_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    name = policy(BAD.replace("language 1\n", "").replace("fifo", "fifo;"))
    Path(name).chmod(0o640)
    assert main(["check", "--fix", name]) == 0
    assert Path(name).read_text() == GOOD
    assert Path(name).stat().st_mode & 0o777 == 0o640
    assert main(["check", "--fix", name]) == 0
    assert [p.name for p in Path(".").iterdir()] == [name]


def test_fix_of_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stdin(monkeypatch, BAD.encode())
    assert main(["check", "--fix", "-"]) == 0
    captured = capsys.readouterr()
    assert captured.out == GOOD
    assert captured.err == "<stdin>: accepted\n"


def test_bytes_that_are_no_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stdin(monkeypatch, b"language 1\n\xff")
    assert main(["check", "-"]) == 1
    assert "error[S007]" in capsys.readouterr().out
    Path("big.sched").write_bytes(b"#" * 3_000_000)
    assert main(["check", "big.sched"]) == 1
    assert "error[S002]" in capsys.readouterr().out


def test_a_crlf_file_keeps_its_line_ends() -> None:
    Path("p.sched").write_bytes(BAD.replace("\n", "\r\n").encode())
    assert main(["check", "--fix", "p.sched"]) == 0
    assert Path("p.sched").read_bytes() == GOOD.replace("\n", "\r\n").encode()


def test_colors(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    name = policy(BAD)
    main(["check", name])
    assert "\x1b" not in capsys.readouterr().out
    main(["check", "--color", "always", name])
    assert "\x1b[1;31m" in capsys.readouterr().out


def test_fmt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    name = policy(GOOD.replace("    insert", "  insert"))
    assert main(["fmt", "--check", name]) == 1
    assert capsys.readouterr().out == "p.sched: would change\n"
    assert main(["fmt", "--diff", name]) == 1
    assert "\n-  insert task into ready for slice\n+    insert task" in capsys.readouterr().out
    assert main(["fmt", name]) == 0
    assert Path(name).read_text() == GOOD
    assert main(["fmt", "--check", name]) == 0
    assert main(["fmt", "--diff", name]) == 0
    stdin(monkeypatch, GOOD.replace("    insert", "  insert").encode())
    capsys.readouterr()
    assert main(["fmt", "-"]) == 0
    assert capsys.readouterr().out == GOOD
    assert main(["fmt", policy(BAD)]) == 1
    assert Path(name).read_text() == BAD


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "s022"]) == 0
    assert capsys.readouterr().out.startswith("S022: the form of a pull\n")
    assert main(["explain"]) == 0
    assert "S022  the form of a pull\n" in capsys.readouterr().out
    assert main(["explain", "S999"]) == 2


def test_new(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "fair.sched").write_text(GOOD)
    monkeypatch.setattr("schedc.library._FOLDER", library)
    assert main(["new", "my-desk"]) == 0
    assert Path("my-desk.sched").read_text() == GOOD.replace("policy rr", "policy my_desk")
    assert main(["new", "my-desk"]) == 2
    assert main(["new", "my-desk", "--force"]) == 0
    assert main(["new", "x", "--from", "nothing"]) == 2
    assert main(["new", "absent/x"]) == 2
    assert main(["new"]) == 2
    capsys.readouterr()
    assert main(["new", "--list"]) == 0
    assert capsys.readouterr().out == "fair           One queue.\n"


def compiled(monkeypatch: pytest.MonkeyPatch, accepted: bool = True) -> None:
    def compile_policy(source: Source, clang: str | None, c_only: bool) -> frontend.Compiled:
        made = b"\x7fELF" if accepted and not c_only else None
        return frontend.Compiled(accepted, (), made, "int x;\n" if accepted else None, {"name": source.name})

    monkeypatch.setattr(frontend, "compile_policy", compile_policy)


def test_compile_writes_three_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    compiled(monkeypatch)
    assert main(["compile", policy(GOOD)]) == 0
    assert Path("p.bpf.o").read_bytes() == b"\x7fELF"
    assert Path("p.bpf.c").read_text() == "int x;\n"
    assert json.loads(Path("p.report.json").read_text()) == {"name": "p.sched"}
    assert capsys.readouterr().out == "p.sched: accepted\n  p.bpf.o\n  p.bpf.c\n  p.report.json\n"


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        (["-o", "out"], {"out/p.bpf.o", "out/p.bpf.c", "out/p.report.json"}),
        (["-o", "q.o"], {"q.o", "q.bpf.c", "q.report.json"}),
        (["-o", "q.bpf.o"], {"q.bpf.o", "q.bpf.c", "q.report.json"}),
        (["--emit", "c", "-o", "q.c"], {"q.c"}),
        (["--emit", "c", "--emit", "report"], {"p.bpf.c", "p.report.json"}),
    ],
)
def test_where_compile_writes(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], written: set[str]
) -> None:
    compiled(monkeypatch)
    Path("out").mkdir()
    assert main(["compile", policy(GOOD), *arguments]) == 0
    files = {str(p) for p in Path(".").rglob("*") if p.is_file()}
    assert files - {"p.sched"} == written


def test_what_is_refused_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled(monkeypatch, accepted=False)
    assert main(["compile", policy(GOOD)]) == 1
    assert main(["compile", "absent.sched"]) == 2
    assert {p.name for p in Path(".").iterdir()} == {"p.sched"}


def test_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--format", "json"]) in (0, 1)
    findings = json.loads(capsys.readouterr().out)
    assert {"python", "clang", "qemu", "sched_ext"} <= {finding["what"] for finding in findings}
    assert main(["doctor"]) in (0, 1)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_all_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in COMMANDS)
    assert "fix" in script


def process(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "schedc.cli", *arguments]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )  # type: ignore[call-overload]


def test_the_completion_of_bash_is_bash() -> None:
    script, _ = process("completion", "bash").communicate()
    assert subprocess.run(["bash", "-n"], input=script, check=False).returncode == 0


def test_a_reader_that_goes_away_is_no_fault() -> None:
    running = process("explain")
    assert running.stdout is not None and running.stderr is not None
    running.stdout.close()
    assert running.stderr.read() == b""
    assert running.wait() in (0, 141)


def test_a_command_loads_only_what_it_needs() -> None:
    heavy = "import sys; from schedc.cli.main import main; main(['explain', 'S010']); "
    code = heavy + "print([m for m in ('lark', 'jinja2', 'clang', 'hypothesis') if m in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"


def test_a_policy_is_compiled_for_real(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["compile", policy(GOOD)])
    out = capsys.readouterr().out
    if "no clang" in out.lower():
        pytest.skip("no clang")
    assert code == 0, out
    assert Path("p.bpf.o").read_bytes()[:4] == b"\x7fELF"
    assert json.loads(Path("p.report.json").read_text())["policy"] == "rr"
    assert main(["compile", "p.sched", "--emit", "c", "-o", "only.c"]) == 0
    assert Path("only.c").read_text() == Path("p.bpf.c").read_text()


def test_one_file_that_cannot_be_read_does_not_hide_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = policy(GOOD, "good.sched"), policy(BAD, "bad.sched")
    assert main(["check", "--format", "json", "absent.sched", good, ".", bad]) == 2
    captured = capsys.readouterr()
    assert [report["name"] for report in json.loads(captured.out)] == [good, bad]
    assert captured.err == "schedc: absent.sched: no such file or directory\nschedc: .: is a directory\n"
    ugly = policy(GOOD.replace("    insert", "  insert"), "ugly.sched")
    assert main(["fmt", "absent.sched", ugly]) == 2
    assert Path(ugly).read_text() == GOOD


@pytest.mark.parametrize("command", ["check", "fmt"])
def test_standard_input_is_read_once(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin(monkeypatch, GOOD.encode())
    assert main([command, "-", "-"]) == 2
    assert "standard input can be read once" in capsys.readouterr().err


def test_compile_does_not_write_over_the_policy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    compiled(monkeypatch)
    Path("link").symlink_to(policy(GOOD))
    for output in ("p.sched", "./p.sched", "link"):
        assert main(["compile", "p.sched", "--emit", "c", "-o", output]) == 2
    assert "is the policy itself" in capsys.readouterr().err
    assert Path("p.sched").read_text() == GOOD


@pytest.mark.parametrize("name", ["queue", "now", "layer", "a" * 60, "1st", "ä"])
def test_a_new_policy_is_accepted_whatever_its_file_is_called(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["new", name]) == 0
    assert schedc.check(Path(f"{name}.sched").read_text()).accepted


def piped(*arguments: str, given: bytes = b"", redirect: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A whole process started by a shell that redirects its streams."""
    command = ["sh", "-c", f'exec "$@" {redirect}', "sh", sys.executable, "-m", "schedc.cli", *arguments]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, input=given, env=environ, capture_output=True, check=False)


UMLAUT = GOOD.replace('"One queue."', '"Eine Schlange für alle: 列"')


def test_a_terminal_without_the_characters_of_a_policy() -> None:
    name = policy(UMLAUT.replace("fifo", "fifo # ü").replace("for slice", "für slice"))
    result = piped("check", name, PYTHONIOENCODING="ascii")
    assert result.returncode == 1 and b"f\\xfcr" in result.stdout
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [("fmt", "-"), ("check", "--fix", "-")])
def test_a_policy_comes_out_in_utf_8(arguments: tuple[str, ...]) -> None:
    result = piped(*arguments, given=UMLAUT.encode(), PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stdout) == (0, UMLAUT.encode())


def test_a_name_that_is_no_text() -> None:
    name = os.fsdecode(b"\xff.sched")
    policy(GOOD.replace("    insert", "  insert"), name)
    result = piped("fmt", name, PYTHONIOENCODING="utf-8:strict")
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("arguments", "redirect", "code", "error"),
    [
        (("check", "-"), "<&-", 2, b"schedc: -: standard input is closed\n"),
        (("check", "p.sched"), ">&-", 0, b""),
        (("fmt", "-"), ">&-", 0, b""),
        (("check", "absent.sched"), "2>&-", 2, b""),
        (("check", "p.sched"), ">/dev/full", 2, b"schedc: standard output: no space left on device\n"),
        (("fmt", "-"), ">/dev/full", 2, b"schedc: standard output: no space left on device\n"),
    ],
)
def test_streams_that_are_closed_or_full(
    arguments: tuple[str, ...], redirect: str, code: int, error: bytes
) -> None:
    policy(GOOD)
    result = piped(*arguments, given=GOOD.encode(), redirect=redirect)
    assert (result.returncode, result.stderr) == (code, error)
