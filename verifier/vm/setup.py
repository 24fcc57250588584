"""`schedc setup vm`: what the VM gate needs, fetched and tried once, so that it works offline later."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence

from schedc.verifier.vm import cache, guest_build, images, machine
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.run import kernel_btf


def setup(kernels: Sequence[str] = images.DEFAULT_KERNELS) -> list[images.Kernel]:
    """QEMU, the guest and the kernels; each kernel is booted once, which also brings its BTF."""
    path = machine.qemu()
    cache.say(f"{machine.qemu_version(path)} at {path}")
    initrd = guest_build.initramfs()
    cache.say(f"guest: {cache.size_text(initrd.stat().st_size)}")
    ready = []
    for wanted in kernels:
        kernel = images.kernel(wanted)
        digest = hashlib.sha256(kernel_btf(wanted)).hexdigest()
        note = "; nothing loads on it, its BTF is malformed" if kernel.malformed_btf else ""
        cache.say(f"kernel {kernel.release} boots; BTF sha256 {digest[:16]}{note}")
        ready.append(kernel)
    return ready


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line's hook; the exit code is the result."""
    parser = argparse.ArgumentParser(prog="schedc setup vm", description="Fetch what the VM gate needs.")
    parser.add_argument(
        "kernels",
        nargs="*",
        default=list(images.DEFAULT_KERNELS),
        help=f"series ({', '.join(images.SERIES)}) or releases; default: {' '.join(images.DEFAULT_KERNELS)}",
    )
    try:
        ready = setup(parser.parse_args(arguments).kernels)
    except VmError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; what was fetched is kept, run the command again to go on", file=sys.stderr)
        return 130
    for kernel in ready:
        print(f"{kernel.release}  {kernel.package} {kernel.version} ({kernel.suite})")
    return 0
