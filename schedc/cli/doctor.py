"""`schedc doctor`: what of the needed tools is here, and what that allows."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from schedc.cli import show

if TYPE_CHECKING:
    import argparse


class Finding(NamedTuple):
    """`needed_for` says what does not work without it."""

    what: str
    found: bool
    text: str
    needed_for: str


def configure(parser: argparse.ArgumentParser) -> None:
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    findings = [check() for check in CHECKS]
    if options.format == "json":
        import json

        print(json.dumps([finding._asdict() for finding in findings], indent=2))
    else:
        sys.stdout.writelines(_lines(findings, show.colored(options.color, sys.stdout)))
    return int(any(not finding.found and finding.needed_for == "compile" for finding in findings))


def _lines(findings: list[Finding], color: bool) -> Iterator[str]:
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        mark = "ok" if finding.found else "--"
        if color:
            mark = f"\x1b[{32 if finding.found else 33}m{mark}\x1b[0m"
        without = "" if finding.found else f" (needed for: {finding.needed_for})"
        yield f"{mark}  {finding.what:<{width}}  {finding.text}{without}\n"


def _python() -> Finding:
    return Finding("python", sys.version_info >= (3, 11), platform.python_version(), "compile")


def _clang() -> Finding:
    from schedc.toolchain import NoClang, find_clang

    try:
        found = find_clang()
    except NoClang as error:
        return Finding("clang", False, str(error).split("\n", 1)[0], "compile")
    return Finding("clang", True, found.name, "compile")


def _module(name: str, module: str, needed_for: str) -> Callable[[], Finding]:
    def check() -> Finding:
        there = find_spec(module) is not None
        text = _installed(name) if there else f"not installed; pip install {name}"
        return Finding(name, there, text, needed_for)

    return check


def _installed(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "here"


def _kernel() -> Finding:
    state = Path("/sys/kernel/sched_ext/state")
    release = platform.release()
    if platform.system() != "Linux" or not state.parent.is_dir():
        return Finding(
            "sched_ext", False, f"this kernel ({release}) does not have it", "loading on this machine"
        )
    try:
        text = state.read_text().strip()
    except OSError as error:
        text = f"state unknown: {error.strerror}"
    return Finding("sched_ext", True, f"kernel {release}, {text}", "loading on this machine")


def _btf() -> Finding:
    there = Path("/sys/kernel/btf/vmlinux").is_file()
    return Finding("kernel types", there, "BTF is there" if there else "no BTF", "loading on this machine")


def _qemu() -> Finding:
    path = shutil.which(f"qemu-system-{platform.machine()}")
    return Finding("qemu", path is not None, path or "not installed; `schedc setup vm` fetches it", "verify")


def _kvm() -> Finding:
    """Tried by running a guest: the device alone says little."""
    try:
        from schedc.verifier.vm import kvm

        answer = kvm.answer()
    except Exception as error:  # whatever is wrong there is a finding, not a fault of this command
        return Finding("kvm", False, f"cannot be tried: {error}", "a fast VM")
    text = f"works: {answer.why}" if answer.works else f"not used, the VM is emulated: {answer.why}"
    return Finding("kvm", answer.works, text, "a fast VM")


def _vm_kernels() -> Finding:
    try:
        from schedc.verifier.vm import images

        kernels = images.cached()
        fit = [kernel.release for kernel in kernels if not kernel.problem]
        unfit = [f"{kernel.release}: nothing loads on it, {kernel.problem}" for kernel in kernels if kernel.problem]
    except Exception as error:  # as above
        return Finding("VM kernels", False, f"cannot be listed: {error}", "verify")
    text = ", ".join(fit) or "none that is fit; `schedc setup vm` fetches them"
    return Finding("VM kernels", bool(fit), "; ".join([text, *unfit]), "verify")


CHECKS: tuple[Callable[[], Finding], ...] = (
    _python,
    _clang,
    _module("libclang", "clang.cindex", "the audit of the generated C"),
    _module("ziglang", "ziglang", "compiling where no clang is installed"),
    _kernel,
    _btf,
    _qemu,
    _kvm,
    _vm_kernels,
)
