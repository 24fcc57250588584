"""Kernels: what their BTF says, a user's own image, which build a series stands for, what setup tells."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedc.verifier.vm import btf, images, kernel_image, machine, setup
from schedc.verifier.vm.apt import Package
from schedc.verifier.vm.errors import VmError
from tests.verifier.vm.machines import ANSWERS, Host, boot_header


class Types:
    """BTF by hand; a type's number is its place, from 1 on."""

    def __init__(self) -> None:
        self.strings, self.types, self.count = b"\0", b"", 0

    def name(self, text: str) -> int:
        at = len(self.strings)
        self.strings += text.encode() + b"\0"
        return at

    def add(self, kind: int, name: str = "", target: int = 0, members: bytes = b"", each: int = 8) -> int:
        info = kind << 24 | len(members) // each
        self.types += struct.pack("<III", self.name(name) if name else 0, info, target) + members
        self.count += 1
        return self.count

    def function(self, name: str, *parameters: int) -> None:
        members = b"".join(struct.pack("<II", self.name("p"), number) for number in parameters)
        self.add(12, name, self.add(13, members=members))

    def data(self) -> bytes:
        sizes = (0, len(self.types), len(self.types), len(self.strings))
        return struct.pack("<HBBIIIII", 0xEB9F, 1, 0, 24, *sizes) + self.types + self.strings


def kernel_types(*with_aux: str, plain: str = "scx_bpf_kick_cpu") -> bytes:
    """One function without and some with the argument that the verifier supplies."""
    types = Types()
    number = types.add(8, "u32", 0)
    aux = types.add(2, target=types.add(10, target=types.add(4, "bpf_prog_aux")))
    types.function(plain, number)
    for name in with_aux:
        types.function(name, number, aux)
    return types.data()


def test_malformed_functions_are_found() -> None:
    assert btf.problem(kernel_types("scx_bpf_kick_cpu_impl", "bpf_other")) == ""
    wrong = btf.problem(kernel_types("scx_bpf_dsq_insert", "scx_bpf_kick_cid"))
    assert "scx_bpf_dsq_insert() and 1 more" in wrong


@given(st.binary(max_size=200), st.integers(0, 400))
def test_no_bytes_break_the_reader(data: bytes, at: int) -> None:
    whole = kernel_types("scx_bpf_dsq_insert")
    assert btf.problem(data)
    assert btf.problem(whole[:at]) or at >= len(whole)
    btf.problem(whole[:at] + data + whole[at + len(data) :])


def test_a_users_kernel_is_known_by_its_header() -> None:
    assert kernel_image.release(bytes(boot_header(b"6.19.0-rc3+x")), "mine") == "6.19.0-rc3+x"


def _without(at: int) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        data[at] = 0

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_without(0x1FE), "no bzImage"),
        (_without(0x202), "no bzImage"),
        (_without(0x211), "no 64-bit"),
        (_without(0x236), "no 64-bit"),
        (_without(0x3200), "does not say its release"),
        (lambda data: data.__delitem__(slice(0x4000, None)), "no bzImage"),
        (lambda data: data.__setitem__(slice(0, 4), b"\x7fELF"), "ELF"),
    ],
)
def test_what_is_no_kernel_is_refused(
    tmp_path: Path, change: Callable[[bytearray], None], told: str
) -> None:
    data = boot_header()
    change(data)
    (tmp_path / "image").write_bytes(data)
    with pytest.raises(VmError, match=told) as raised:
        images.kernel(str(tmp_path / "image"), tmp_path)
    assert "bzImage" in raised.value.hint
    assert not (tmp_path / "own").exists()


def test_a_users_kernel_is_kept_as_it_was(tmp_path: Path) -> None:
    image = tmp_path / "image"
    image.write_bytes(boot_header())
    first = images.kernel(str(image), tmp_path)
    image.write_bytes(boot_header() + b"rebuilt")
    second = images.kernel(str(image), tmp_path)
    assert first.release == second.release == "6.18.1-test"
    assert first.vmlinuz.read_bytes() == boot_header()
    assert second.vmlinuz.read_bytes().endswith(b"rebuilt")
    assert images.cached(tmp_path) == []


class Archive:
    """An archive that has some builds of 6.18."""

    def __init__(self, *releases: str) -> None:
        self.releases = releases

    def use(self, suites: tuple[str, ...]) -> None:
        pass

    def names(self, prefix: str) -> list[str]:
        names = [f"linux-image-{release}-cloud-amd64" for release in self.releases]
        return [name for name in names if name.startswith(prefix)]

    def versions(self, name: str) -> list[Package]:
        return [Package(name, "1", "sid")]


def test_a_series_is_its_newest_build_that_is_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDC_DEBIAN_MIRROR", "https://mirror.example")
    apt: images.PrivateApt = Archive("6.18.9", "6.18.12", "6.19.3")  # type: ignore[assignment]
    assert images._find(apt, "6.18", set()).name == "linux-image-6.18.12-cloud-amd64"
    unfit = {"6.18.12-cloud-amd64"}
    assert images._find(apt, "6.18", unfit).name == "linux-image-6.18.9-cloud-amd64"
    with pytest.raises(VmError, match=r"https://mirror.example has no kernel 6.17; .* 6.18, 6.19") as raised:
        images._find(apt, "6.17", set())
    assert "SCHEDC_DEBIAN_MIRROR" in raised.value.hint and "--kernel-image" in raised.value.hint


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """This process runs on a host of its own, without KVM."""
    host = Host(tmp_path)
    host.qemu(ANSWERS)
    for name in ("PATH", "SCHEDC_CACHE"):
        monkeypatch.setenv(name, host.environment()[name])
    monkeypatch.setattr("tempfile.tempdir", str(host.tmp))
    monkeypatch.setattr("schedc.verifier.vm.kvm.DEVICE", tmp_path / "no-kvm")
    return host


def test_setup_tells_of_each_kernel(here: Host, capsys: pytest.CaptureFixture[str]) -> None:
    home = here.cache / "vm"
    kernel = images.cached(home)[0]
    kernel.btf.write_bytes(kernel_types("scx_bpf_dsq_insert"))
    own = here.folder / "mine"
    own.write_bytes(boot_header(b"6.19.7"))
    place = kernel_image.place(home, "6.19.7", own.read_bytes())
    place.mkdir(parents=True)
    (place / "vmlinux.btf").write_bytes(kernel_types())
    assert setup.main(["6.18.1", str(here.folder / "absent")], [str(own)]) == 1
    out, err = capsys.readouterr()
    rows = out.splitlines()
    assert rows[0].startswith("6.18.1-cloud-amd64") and "NOTHING LOADS ON IT: its BTF gives scx_bpf_dsq" in rows[0]
    assert "not ready" in rows[1] and "cannot be read" in err
    assert rows[2].startswith("6.19.7") and "your own" in rows[2] and "NOTHING" not in rows[2]
    assert rows[3].startswith(f"cache: {home}, ") and "kernels" in rows[3]
    assert images.cached(home)[0].problem


def test_setup_without_rights_says_what_to_run(
    here: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine, "find", lambda: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert setup.main(["6.18"]) == 1
    assert "sudo apt-get install -y --no-install-recommends qemu-system-x86" in capsys.readouterr().err


def test_a_series_is_not_a_cached_build_on_which_nothing_loads(here: Host) -> None:
    home = here.cache / "vm"
    kernel = images.cached(home)[0]
    assert images._in_cache(home, "6.18") == kernel
    kernel.note_problem("no")
    assert images._in_cache(home, "6.18") is None
    assert images._in_cache(home, "6.18.1") == kernel
