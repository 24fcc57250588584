"""Workload files: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import schedc
from schedc.verifier.measure import MeasureError, read, wire
from schedc.verifier.measure.folder import MAX_BYTES, folder
from schedc.verifier.measure.measure import patience
from schedc.verifier.measure.workload import Draw

ROOT = Path(next(iter(schedc.__path__))).parent
EXAMPLES = sorted((ROOT / "examples/workloads").glob("*.toml"))
WHOLE = """\
schema = 1
about = "All that can be said."
time = "1.5s"
warmup = "100ms"
instruction = "4ns"

[[group]]
name = "web"
kind = "requests"
count = 6
messengers = 2
service = { bimodal = ["1ms", "20ms"], second = "1.5%" }
think = { uniform = ["1ms", "3ms"] }
cgroup = "/web.slice"

[[group]]
name = "frames"
kind = "periodic"
period = "16ms"
service = { exponential = "2ms" }
deadline = "10ms"
nice = -5
cpus = "0,2-3"

[[group]]
name = "hogs"
kind = "busy"
idle = true
"""


def test_every_key_arrives() -> None:
    workload = read(WHOLE.encode(), "examples/whole.toml")
    web, frames, hogs = workload.groups
    assert (workload.name, workload.time, workload.warmup, workload.shift) == ("whole", 1_500_000_000, 100_000_000, 2)
    assert (web.count, web.messengers, web.tasks, web.cgroup) == (6, 2, 8, "/web.slice")
    assert web.service == Draw("bimodal", 1_000_000, 20_000_000, 15)
    assert web.think == Draw("uniform", 1_000_000, 3_000_000)
    assert (frames.period, frames.deadline, frames.nice, frames.cpus) == (16_000_000, 10_000_000, -5, "0,2-3")
    assert hogs.idle and hogs.count == 1
    assert (workload.cgroups, workload.highest_cpu) == (("/web.slice",), 3)


def test_what_the_guest_is_told() -> None:
    told = wire.load(read(WHOLE.encode(), "whole.toml"), seed=7)
    assert told.seconds == 2
    assert told.words.split(" | ") == [
        "seed=7 ms=1500 warm=100 per=8",
        "requests name=web count=6 messengers=2 service=bimodal:1000000:20000000:15"
        " think=uniform:1000000:3000000:0 cgroup=/web.slice",
        "periodic name=frames count=1 service=exponential:2000000:0:0 period=16000000 deadline=10000000 nice=-5"
        " cpus=0,2-3",
        "busy name=hogs count=1 idle=1",
    ]


def test_the_hash_is_the_files() -> None:
    one, other = (read((WHOLE + more).encode(), "a.toml").sha256 for more in ("", "# a word\n"))
    assert len(one) == 64 and one != other


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("schema = 1", "schema = 2", 1, "`schema = 1` is missing"),
        ('warmup = "100ms"', 'warmup = "100"', 4, "a time is written like"),
        ('warmup = "100ms"', "warmup = 100", 4, "a time is written like"),
        ('warmup = "100ms"', 'warmup = "100msec"', 4, 'perhaps "100ms"'),
        ('warmup = "100ms"', 'warmup = "1us"', 4, "in whole ms"),
        ('instruction = "4ns"', 'instruction = "3ns"', 5, "not a power of two"),
        ('time = "1.5s"', 'time = "1h"', 3, "`time` is '1h'"),
        ("messengers = 2", "messenger = 2", 11, "group `web`: there is no key `messenger` here"),
        ("messengers = 2", "messengers = 7", 11, "more messengers than workers"),
        ("count = 6", "count = 0", 10, "a whole number from 1 to 2048"),
        ("count = 6", "count = true", 10, "a whole number from 1 to 2048"),
        ("count = 6", "count = 2047", 10, "tasks in all are more than 2048"),
        ('second = "1.5%"', 'second = "1.55%"', 12, "a multiple of 0.1%"),
        ('second = "1.5%"', "second = 5", 12, 'a part such as "5%"'),
        (', second = "1.5%"', "", 12, "{exponential ="),
        ('["1ms", "3ms"]', '["3ms", "1ms"]', 13, "the wrong way round"),
        ('think = { uniform = ["1ms", "3ms"] }', 'think = { normal = "1ms" }', 13, "{exponential ="),
        ('cgroup = "/web.slice"', 'cgroup = "/web slice"', 14, "a path such as /web"),
        ('cgroup = "/web.slice"', 'cgroup = "/../x"', 14, "a path such as /web"),
        ('instruction = "4ns"', 'weights = { "/web" = 0 }', 5, "`/web` has no weight from 1 to 10000"),
        ('instruction = "4ns"', "weights = 300", 5, "no table"),
        ('cgroup = "/web.slice"', 'arrival = "1ms"', 13, "both `think` and `arrival`"),
        ('name = "frames"', 'name = "web"', 17, "a group `web` is there already"),
        ('name = "frames"', 'name = "Frames 1"', 17, "a word such as web"),
        ('kind = "periodic"', 'kind = "often"', 18, "one of busy, sleepers"),
        ('period = "16ms"', "", 18, "`period` is missing"),
        ("nice = -5", "nice = 20", 22, "from -20 to 19"),
        ('cpus = "0,2-3"', 'cpus = "3-2"', 23, "CPUs go up"),
        ('cpus = "0,2-3"', 'cpus = "all"', 23, "a list such as 0-1,3"),
        ("idle = true", "idle = true\nnice = 3", 29, "no nice level"),
        ("idle = true", 'idle = "yes"', 28, "true or false"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, line: int, said: str) -> None:
    assert WHOLE.count(old) == 1
    with pytest.raises(MeasureError) as error:
        read(WHOLE.replace(old, new).encode(), "w.toml")
    assert said in str(error.value)
    assert str(error.value).startswith(f"w.toml:{line}: ")
    assert error.value.hint


@pytest.mark.parametrize("content", [b"schema = ", b"\xff\xfe", b"[" * 5000, b"", b"group = 3", b"[group]\nname = 1"])
def test_what_is_no_workload_at_all(content: bytes) -> None:
    with pytest.raises(MeasureError):
        read(content, "w.toml")


def test_jobs_begin_with_the_run() -> None:
    text = 'schema = 1\nwarmup = "1ms"\n[[group]]\nname = "j"\nkind = "jobs"\nservice = "1ms"\n'
    with pytest.raises(MeasureError, match=r"w.toml:2: `j` is of kind jobs"):
        read(text.encode(), "w.toml")


PROGRAM = """\
schema = 1

[[group]]
name = "build"
kind = "program"
program = "make"
arguments = ["-j4", "CC=tcc"]
files = "project"
"""


def project(place: Path) -> Path:
    (place / "project").mkdir()
    (place / "project/Makefile").write_text("all:\n")
    (place / "project/main.c").write_text("int main(void) { return 0; }\n")
    return place / "project"


def test_a_program_and_what_it_finds(tmp_path: Path) -> None:
    project(tmp_path)
    workload = read(PROGRAM.encode(), str(tmp_path / "build.toml"))
    (group,) = workload.groups
    assert group.ends and (group.program, group.arguments) == ("make", ("-j4", "CC=tcc"))
    assert workload.programs == ("make",) and list(workload.files) == ["build/Makefile", "build/main.c"]
    told = wire.load(workload, seed=1).words.split(" | ")[1]
    assert told == "program name=build count=1 path=/usr/bin/make arguments=-j4;CC=tcc"


def test_the_hash_is_that_of_the_programs_files_too(tmp_path: Path) -> None:
    file = project(tmp_path) / "main.c"
    one = read(PROGRAM.encode(), str(tmp_path / "build.toml")).sha256
    file.write_text("int main(void) { return 1; }\n")
    assert read(PROGRAM.encode(), str(tmp_path / "build.toml")).sha256 != one


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('program = "make"', "", 5, "`program` is missing"),
        ('program = "make"', 'program = "/bin/sh"', 6, "one of hackbench, make, stress-ng"),
        ('"-j4"', '"-j4 x"', 7, "up to 24 words"),
        ('"-j4"', '"a;b"', 7, "up to 24 words"),
        ('"-j4"', "4", 7, "up to 24 words"),
        ('["-j4", "CC=tcc"]', '"-j4"', 7, "a list of up to 24 words"),
        ('"project"', '"../project"', 8, "a folder beside this file"),
        ('"project"', '"none"', 8, "No such file"),
        ('kind = "program"', 'kind = "busy"', 6, "there is no key `program` here"),
    ],
)
def test_what_is_wrong_with_a_program_is_said(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    project(tmp_path)
    with pytest.raises(MeasureError) as error:
        read(PROGRAM.replace(old, new).encode(), str(tmp_path / "w.toml"))
    assert said in str(error.value)
    assert str(error.value).startswith(f"{tmp_path}/w.toml:{line}: ")


def test_a_folder_has_plain_files_only(tmp_path: Path) -> None:
    place = project(tmp_path)
    (place / "passwords").symlink_to("/etc/passwd")
    with pytest.raises(ValueError, match="passwords in it is no plain file"):
        folder(place)
    (place / "passwords").unlink()
    (place / "large").write_bytes(bytes(MAX_BYTES))
    with pytest.raises(ValueError, match="a megabyte"):
        folder(place)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_workloads(path: Path) -> None:
    assert read(path.read_bytes(), str(path)).about


def test_the_slower_the_cpu_the_longer_a_policy_may_take_to_load() -> None:
    slow, usual = (ROOT / f"examples/workloads/{name}.toml" for name in ("shares", "latency"))
    assert patience(read(slow.read_bytes(), slow.name)) == 32 * 30 + 2 * 20
    assert patience(read(usual.read_bytes(), usual.name)) == 120 + 2 * 2
