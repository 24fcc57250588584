"""The shape of a machine as people write it: `16`, or `sockets=2,cores=4,threads=2,nodes=2`."""

from __future__ import annotations

from dataclasses import replace

from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.machine import Machine

WORDS = ("sockets", "caches", "cores", "threads", "nodes")
EXAMPLE = "sockets=2,cores=4,threads=2,nodes=2"


def machine(cpus: int | None, topology: str | None) -> Machine:
    """A machine of that many CPUs, that topology, or the first `cpus` CPUs of it; `VmError` if there is none.

    Words that a topology leaves out are 1. Without one an even number of CPUs is spread over two caches.
    """
    if cpus is not None and cpus < 1:
        raise VmError(f"a machine of {cpus} CPUs cannot be emulated", "use 1 or more")
    if topology is None:
        made = Machine() if cpus is None else _plain(cpus)
    else:
        made = _shaped(dict.fromkeys(WORDS, 1) | _read(topology))
        made = replace(made, present=cpus) if cpus is not None and cpus != made.places else made
    made.check()
    return made


def _plain(cpus: int) -> Machine:
    caches = 2 if cpus >= 4 and cpus % 2 == 0 else 1
    return Machine(sockets=caches, cores=cpus // caches)


def _shaped(shape: dict[str, int]) -> Machine:
    return Machine(
        sockets=shape["sockets"],
        caches=shape["caches"],
        cores=shape["cores"],
        threads=shape["threads"],
        nodes=shape["nodes"],
    )


def _read(topology: str) -> dict[str, int]:
    shape: dict[str, int] = {}
    for part in topology.split(","):
        word, equals, number = (text.strip() for text in part.partition("="))
        if word not in WORDS or not equals:
            raise VmError(
                f"`{part.strip()}` is not part of a topology; there are {', '.join(WORDS)}",
                f"write it like {EXAMPLE}",
            )
        if word in shape:
            raise VmError(f"`{word}` is in the topology twice", "leave one out")
        if not (number.isascii() and number.isdigit() and 0 < int(number[:9]) <= 255):
            raise VmError(f"{word}={number}: not a number from 1 to 255", f"write it like {EXAMPLE}")
        shape[word] = int(number)
    return shape

