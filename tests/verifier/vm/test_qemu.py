"""QEMU is installed where it is missing, also on a machine that has no package lists yet."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from schedc.verifier.vm import machine
from schedc.verifier.vm.errors import VmError

APT = """#!/bin/sh
case "$1" in
update) {update} ;;
install) [ -e lists ] || {{ echo "E: Unable to locate package" >&2; exit 100; }}
         printf '#!/bin/sh\\n' > bin/qemu-system-x86_64; chmod +x bin/qemu-system-x86_64 ;;
esac
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without QEMU, whose apt-get knows packages only after an update."""
    (tmp_path / "bin").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine.shutil, "which", lambda name: _which(tmp_path / "bin", name))
    return tmp_path / "bin" / "apt-get"


def _which(folder: Path, name: str) -> str | None:
    return str(folder / name) if (folder / name).is_file() else None


def write(apt: Path, update: str) -> None:
    apt.write_text(APT.format(update=update))
    apt.chmod(0o755)


def test_lists_are_fetched_where_there_are_none(apt: Path) -> None:
    write(apt, update=": > lists")
    assert machine.qemu() == str(apt.parent / "qemu-system-x86_64")


def test_the_reason_is_told_where_that_does_not_help(apt: Path) -> None:
    write(apt, update="exit 100")
    with pytest.raises(VmError, match="Unable to locate package"):
        machine.qemu()


def test_others_are_told_what_to_run(apt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(apt, update=":")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(VmError, match="sudo apt-get install") as raised:
        machine.qemu()
    assert "not on this machine" in raised.value.message
