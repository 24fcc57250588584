"""The C that puts the recorder around a policy: every callback is entered and left through it."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from schedc.verifier.interpret.record.memory_map import CLOCK, MemoryMap, Row, TaskRow
from schedc.verifier.sim.build import SANITIZE
from schedc.verifier.sim.program import Around

# Compiled once, run a few times: what the optimiser would gain is less than what it takes.
FLAGS = ("-std=gnu11", "-O0", "-g0", "-Iinclude", "-w", *SANITIZE)
_OP = re.compile(r"^\t\.(\w+) = \(void \*\)policy_\w+,$", re.MULTILINE)
_TIMER = re.compile(r"^static int (run_timer_(\d+))\(", re.MULTILINE)
_RESULTS = frozenset({"select_cpu", "init_task", "init", "cgroup_init"})
_GROUP = "((struct cgroup *)ctx[0])->kn->id"


_BEFORE = """#include "recorder.h"
/* Where the clocks of queues begin, for the policy itself always at zero. */
volatile u64 clock_begins;
#define policy_ops generated_ops
{timers}#define bpf_timer_set_callback(timer, callback) bpf_timer_set_callback(timer, recorded_##callback)
"""


def around(c_source: str, memory: MemoryMap) -> Around:
    """What goes around a policy's C so that a run of it is recorded."""
    timers = _TIMER.findall(c_source)
    before = _BEFORE.format(
        timers="".join(f"static int recorded_{name}(void *, u32 *, struct bpf_timer *);\n" for name, _ in timers)
    )
    behind = [
        "#undef policy_ops\n", "struct sched_ext_ops policy_ops;\n",
        *(_timer(name, index) for name, index in timers),
        *(_callback(name, _clocks(memory.rows) if name == "init" else "") for name in _ops(c_source)),
        _constructor(_ops(c_source)),
        _places(memory.rows), _task_places(memory.task_rows),
    ]  # fmt: skip
    return Around(before, "".join(behind), _recorder(), FLAGS)


@cache
def _recorder() -> dict[str, bytes]:
    here = resources.files("schedc.verifier.interpret.record")
    return {name: (here / name).read_bytes() for name in ("recorder.h", "recorder.c")}


def _ops(c_source: str) -> list[str]:
    return [name for name in _OP.findall(c_source) if name != "exit"]


def _clocks(rows: tuple[Row, ...]) -> str:
    return "".join(
        f"	for (u32 at = 0; at < {row.count}; at++)\n		({row.base})[at] = clock_begins;\n"
        for row in rows
        if row.place == CLOCK
    )


def _callback(name: str, behind: str) -> str:
    """What the callback is told: its task (`dispatch` has it second), and its other numbers."""
    given = {
        "dispatch": '(struct task_struct *)ctx[1], ctx[0], 0', "init": "NULL, 0, 0", "cpu_online": "NULL, ctx[0], 0",
        "cpu_offline": "NULL, ctx[0], 0", "select_cpu": "(struct task_struct *)ctx[0], ctx[1], ctx[2]",
        "cgroup_init": f"NULL, {_GROUP}, ((struct scx_cgroup_init_args *)ctx[1])->weight",
        "cgroup_exit": f"NULL, {_GROUP}, 0", "cgroup_set_weight": f"NULL, {_GROUP}, (u32)ctx[1]",
        "enqueue": "(struct task_struct *)ctx[0], ctx[1], 0", "runnable": "(struct task_struct *)ctx[0], ctx[1], 0",
    }.get(name, "(struct task_struct *)ctx[0], 0, 0")  # fmt: skip
    begin = f'	record_begin("{name}", {given});\n'
    if name in _RESULTS:
        return (
            f"static s32 recorded_{name}(u64 *ctx)\n{{\n	s32 result;\n\n{begin}"
            f"	result = policy_{name}(ctx);\n{behind}	record_end(result);\n	return result;\n}}\n"
        )
    return f"static void recorded_{name}(u64 *ctx)\n{{\n{begin}	policy_{name}(ctx);\n	record_end(0);\n}}\n"


def _timer(name: str, index: str) -> str:
    return (
        f"static int recorded_{name}(void *map, u32 *key, struct bpf_timer *timer)\n{{\n"
        f'	record_begin("timer", NULL, {index}, 0);\n	{name}(map, key, timer);\n	record_end(0);\n	return 0;\n}}\n'
    )


def _constructor(ops: list[str]) -> str:
    lines = "".join(f"	policy_ops.{name} = (void *)recorded_{name};\n" for name in ops)
    return (
        "static void recorded_exit(u64 *ctx)\n{\n	record_flush();\n	policy_exit(ctx);\n}\n"
        f"__attribute__((constructor)) static void record_all(void)\n{{\n	policy_ops = generated_ops;\n{lines}"
        "	policy_ops.exit = (void *)recorded_exit;\n}\n"
    )


def _places(rows: tuple[Row, ...]) -> str:
    text = "".join(
        f"	{{ (void *){row.base}, {row.size}, {row.stride}, {row.count}, {int(row.input)} }},\n" for row in rows
    )
    return (
        f"const struct recorded_place recorded_places[] = {{\n{text}	{{ NULL }},\n}};\n"
        f"const u32 nr_recorded_places = {len(rows)};\n"
    )


def _task_places(rows: tuple[TaskRow, ...]) -> str:
    text = "".join(
        f"	{{ __builtin_offsetof({row.structure}, {row.member}), {row.size}, "
        f"{int(row.structure == 'struct task_struct')} }},\n"
        for row in rows
    )
    kept = any(row.structure == "struct task_state" for row in rows)
    state = "bpf_task_storage_get(&task_states, p, NULL, 0)" if kept else "NULL"
    return (
        f"const struct recorded_task_place recorded_task_places[] = {{\n{text}	{{ 0 }},\n}};\n"
        f"const u32 nr_recorded_task_places = {len(rows)};\n"
        f"const void *recorded_task_state(struct task_struct *p)\n{{\n	return {state};\n}}\n"
    )
