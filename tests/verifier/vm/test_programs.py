"""Programs of the distribution: what they need is found, and what is no program is refused."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedc.cli.main import main
from schedc.verifier.vm import guest_build, programs, setup
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.needed import needed


def program(libraries: list[str]) -> bytes:
    """An ELF file with nothing but a dynamic section at 0x1000 and its strings."""
    strings, offsets = b"\0", []
    for name in libraries:
        offsets.append(len(strings))
        strings += name.encode() + b"\0"
    entries = [(1, offset) for offset in offsets] + [(5, 0x1000)]
    dynamic = b"".join(struct.pack("<qQ", *entry) for entry in [*entries, (0, 0), (1, 0)])
    start = 64 + 2 * 56
    header = struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 3, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0
    )
    load = struct.pack("<IIQQQQQQ", 1, 4, start, 0x1000, 0, len(strings), len(strings), 8)
    place = struct.pack("<IIQQQQQQ", 2, 4, start + len(strings), 0, 0, len(dynamic), len(dynamic), 8)
    return header + load + place + strings + dynamic


WHOLE = program(["libm.so.6", "libc.so.6"])


def test_the_libraries_of_a_program() -> None:
    assert needed(WHOLE, "x") == ("libm.so.6", "libc.so.6")
    assert needed(program([]), "x") == ()


def test_the_libraries_of_this_python() -> None:
    assert "libc.so.6" in needed(Path(sys.executable).resolve().read_bytes(), "python")


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.booleans())
def test_a_broken_program_is_read_or_refused(place: int, value: int, cut: bool) -> None:
    broken = WHOLE[:place] if cut else WHOLE[:place] + bytes([value]) + WHOLE[place + 1 :]
    try:
        found = needed(broken, "broken")
    except VmError as error:
        assert "broken is no x86-64 program" in str(error)
    else:
        assert all(isinstance(name, str) for name in found)


def test_what_cannot_be_fetched_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def offline(home: Path, place: str, names: object) -> Path:
        raise VmError("apt-get failed", "is the network reachable?")

    monkeypatch.setattr(programs.packages, "unpacked", offline)
    with pytest.raises(VmError, match="hackbench is not in the cache and cannot be fetched") as error:
        programs.archive(["hackbench"], tmp_path)
    assert programs.COMMAND in error.value.hint


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Packages whose program needs one library of theirs, which needs one that the guest has."""
    root, libraries = tmp_path / "root", tmp_path / "sysroot" / guest_build.LIBDIR
    libraries.mkdir(parents=True)
    (libraries / guest_build.LOADER).write_bytes(b"loader")
    (root / "usr/bin").mkdir(parents=True)
    (root / guest_build.LIBDIR).mkdir(parents=True)
    (root / "usr/bin/hackbench").write_bytes(program(["libone.so.1", "libc.so.6"]))
    (root / guest_build.LIBDIR / "libone.so.1").write_bytes(program(["libz.so.1"]))
    monkeypatch.setattr(programs, "fetch", lambda name, home: root)
    monkeypatch.setattr(guest_build, "sysroot", lambda home: tmp_path / "sysroot")
    return root


def test_an_archive_has_the_program_and_its_libraries(unpacked: Path, tmp_path: Path) -> None:
    archive = programs.archive(["hackbench", "hackbench"], tmp_path)
    assert archive == programs.archive(["hackbench"], tmp_path)
    for name in ("usr", "usr/bin", "usr/bin/hackbench", *(f"{guest_build.LIBDIR}/{name}" for name in ("libone.so.1", guest_build.LOADER))):
        assert archive.count(name.encode() + b"\0") == 1
    assert b"libz.so.1\0" not in archive.replace(program(["libz.so.1"]), b"")
    assert programs.archive([], tmp_path) == b""


def test_a_library_that_no_package_has_is_named(unpacked: Path, tmp_path: Path) -> None:
    (unpacked / guest_build.LIBDIR / "libone.so.1").unlink()
    with pytest.raises(VmError, match=r"hackbench needs libone\.so\.1"):
        programs.archive(["hackbench"], tmp_path)


def test_setup_fetches_the_programs_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without kernels that are named, none is fetched and none is booted."""
    asked: list[list[str]] = []

    def packed(names: list[str]) -> bytes:
        asked.append(names)
        return bytes(200_000)

    monkeypatch.setenv("SCHEDC_CACHE", str(tmp_path))
    monkeypatch.setattr(programs, "archive", packed)
    monkeypatch.setattr(setup, "setup", lambda kernels: pytest.fail("kernels were fetched"))
    assert main(["setup", "vm", "--programs"]) == 0
    assert asked == [["hackbench"], ["make"], ["stress-ng"]]
    assert "program make: 0.2 MB in the guest" in capsys.readouterr().err
