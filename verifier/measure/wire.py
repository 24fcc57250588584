"""A workload as the words that the guest's load generator reads (guest/load_spec.c)."""

from __future__ import annotations

from schedc.verifier.measure.workload import MS, SECOND, Draw, Group, Workload
from schedc.verifier.vm import programs
from schedc.verifier.vm.job import Load

# One round of the generator's busy loop.
_INSTRUCTIONS_A_ROUND = 2


def load(workload: Workload, seed: int) -> Load:
    """The job's workload for one seed."""
    head = f"seed={seed} ms={workload.time // MS} warm={workload.warmup // MS}"
    head += f" per={_INSTRUCTIONS_A_ROUND << workload.shift}"
    words = " | ".join([head, *map(_group, workload.groups)])
    return Load(words, seconds=-(-(workload.time + workload.warmup) // SECOND))


def _group(group: Group) -> str:
    words = [group.kind, f"name={group.name}", f"count={group.count}"]
    words += [f"messengers={group.messengers}"] if group.kind == "requests" else []
    draws = {"service": group.service, "think": group.think, "arrival": group.arrival}
    words += [f"{key}={_draw(value)}" for key, value in draws.items() if value is not None]
    numbers = {"period": group.period, "deadline": group.deadline, "nice": group.nice, "idle": int(group.idle)}
    words += [f"{key}={value}" for key, value in numbers.items() if value]
    texts = {"cpus": group.cpus, "cgroup": group.cgroup}
    if group.program:
        texts |= {"path": programs.path(group.program), "arguments": ";".join(group.arguments)}
    return " ".join([*words, *(f"{key}={value}" for key, value in texts.items() if value)])


def _draw(draw: Draw) -> str:
    return f"{draw.shape}:{draw.a}:{draw.b}:{draw.per_mille}"
