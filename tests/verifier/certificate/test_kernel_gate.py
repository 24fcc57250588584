"""The kernel's gate: what a real kernel said, and which kernel that was."""

from __future__ import annotations

import hashlib

import pytest

import schedc
from schedc.verifier.certificate import Options
from schedc.verifier.vm.run import kernel_btf

FIFO = """language 1
policy small "First in, first out."
queue ready: fifo
on enqueue(task) { insert task into ready for 5ms }
on dispatch(cpu, prev) { pull ready }
"""


@pytest.mark.vm
def test_a_kernel_is_known_by_its_type_information() -> None:
    made = schedc.certify(FIFO, options=Options(gates=("kernel",), kernels=("6.18",), seconds=3)).certificate
    assert made is not None
    kernel = made.gates[-1]
    assert [claim.shown for claim in kernel.claims] == ["tested(1)", "assumed"]
    ((release, figures),) = kernel.figures["kernels"].items()
    assert release.startswith("6.18")
    assert figures["btf_sha256"] == hashlib.sha256(kernel_btf(release)).hexdigest()
    assert figures["verifier_instructions"] > 0
    assert figures["exit_kind"] == 64
