"""What a policy's object may contain: the trust boundary, as data.

Read in the kernel's sources (the BTF_KFUNCS sets of kernel/sched/ext.c and ext_idle.c) and in what
changed from 6.12 to 7.3: where kernels differ, the narrowest holds, since one object is for all of them.
`scx_bpf_select_cpu_dfl`, for one, may be called from enqueue only from 6.16 on, so it may not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .btf_ext import CoreKind
from .helpers import HELPERS
from .maps import MapType

TIMER = "timer"
WATCH = "watch"

SLEEPABLE = frozenset(
    (
        "init_task",
        "cgroup_init",
        "cgroup_exit",
        "cgroup_prep_move",
        "cpu_online",
        "cpu_offline",
        "init",
        "exit",
    )
)
# Called with the task's run queue locked, with the task as argument.
_TASK = frozenset(
    (
        "select_cpu",
        "enqueue",
        "dequeue",
        "dispatch",
        "tick",
        "runnable",
        "running",
        "stopping",
        "quiescent",
        "yield",
        "core_sched_before",
        "set_weight",
        "set_cpumask",
        "exit_task",
        "enable",
        "disable",
    )
)
_REST = frozenset(
    (
        "update_idle",
        "cpu_acquire",
        "cpu_release",
        "dump",
        "dump_cpu",
        "dump_task",
        "cgroup_move",
        "cgroup_cancel_move",
        "cgroup_set_weight",
        "cgroup_set_bandwidth",
        "cgroup_set_idle",
    )
)
CALLBACKS = SLEEPABLE | _TASK | _REST
FIELDS = frozenset(("flags", "name", "timeout_ms", "dispatch_max_batch", "exit_dump_len", "hotplug_seq"))
REQUIRED = ("select_cpu", "enqueue", "dispatch", "cpu_online", "cpu_offline")
"""Without them the kernel uses defaults of its own, or any hotplug ends the scheduler."""
MAX_TIMEOUT_MS = 30_000

_POLICY = CALLBACKS | {TIMER}
_EVERYWHERE = _POLICY | {WATCH}
_INSERT = frozenset(("select_cpu", "enqueue", "dispatch"))
_DISPATCH = frozenset(("dispatch",))
_MOVE = frozenset(("dispatch", "cpu_online", "cpu_offline", TIMER))
_MAKE = frozenset(("init", "cgroup_init"))


def _all(where: frozenset[str], *names: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(names, where)


def _scx(where: frozenset[str], *names: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys((f"scx_bpf_{name}" for name in names), where)


def _cpumask(where: frozenset[str], *names: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys((f"bpf_cpumask_{name}" for name in names), where)


KFUNCS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **_scx(_MAKE, "create_dsq"),
        **_scx(frozenset(("select_cpu",)), "select_cpu_dfl"),
        **_scx(frozenset(("select_cpu", "enqueue")), "select_cpu_and"),
        **_all(frozenset(("select_cpu", "enqueue")), "__scx_bpf_select_cpu_and"),
        **_scx(_INSERT, "dsq_insert", "dsq_insert___v2", "dsq_insert_vtime", "dispatch", "dispatch_vtime"),
        **_all(_INSERT, "__scx_bpf_dsq_insert_vtime"),
        **_scx(_DISPATCH, "dsq_move_to_local", "dsq_move_to_local___v2", "consume"),
        **_scx(_DISPATCH, "dispatch_nr_slots"),
        **_scx(_MOVE, "dsq_move", "dsq_move_vtime", "dsq_move_set_slice", "dsq_move_set_vtime"),
        **_scx(_MOVE, "dispatch_from_dsq", "dispatch_vtime_from_dsq"),
        **_scx(_MOVE, "dispatch_from_dsq_set_slice", "dispatch_from_dsq_set_vtime"),
        **_scx(frozenset(("cpu_release",)), "reenqueue_local"),
        **_scx(_POLICY, "reenqueue_local___v2", "dsq_reenq"),
        **_scx(_POLICY, "pick_idle_cpu", "pick_any_cpu", "pick_idle_cpu_node", "pick_any_cpu_node"),
        **_scx(_POLICY, "test_and_clear_cpu_idle", "kick_cpu", "cpuperf_set"),
        **_scx(_POLICY, "task_set_slice", "task_set_dsq_vtime", "error_bstr", "exit_bstr"),
        **_scx(_POLICY, "get_online_cpumask", "get_possible_cpumask", "put_cpumask", "dsq_peek"),
        **_scx(_POLICY, "get_idle_cpumask", "get_idle_smtmask", "put_idle_cpumask"),
        **_scx(_POLICY, "get_idle_cpumask_node", "get_idle_smtmask_node", "cpu_node", "cpu_curr"),
        **_scx(_TASK, "task_cgroup"),
        **_scx(_EVERYWHERE, "dsq_nr_queued", "task_cpu", "task_running", "now", "nr_cpu_ids", "nr_node_ids"),
        **_scx(_EVERYWHERE, "cpuperf_cap", "cpuperf_cur"),
        **_all(_EVERYWHERE, "bpf_iter_num_new", "bpf_iter_num_next", "bpf_iter_num_destroy"),
        **_all(_POLICY, "bpf_iter_scx_dsq_new", "bpf_iter_scx_dsq_next", "bpf_iter_scx_dsq_destroy"),
        **_all(_EVERYWHERE, "bpf_rcu_read_lock", "bpf_rcu_read_unlock"),
        **_all(_POLICY, "bpf_task_acquire", "bpf_task_release", "bpf_cgroup_release"),
        **_cpumask(_EVERYWHERE, "test_cpu", "first", "first_and", "first_zero", "weight", "empty", "full"),
        **_cpumask(_EVERYWHERE, "equal", "intersects", "subset", "any_distribute", "any_and_distribute"),
        **_cpumask(_POLICY, "create", "acquire", "release", "set_cpu", "clear_cpu", "test_and_set_cpu"),
        **_cpumask(_POLICY, "test_and_clear_cpu", "setall", "clear", "and", "or", "xor", "copy", "populate"),
    }
)
"""Kernel function -> the callbacks that may call it."""

KERNEL_VARIABLES = frozenset(("cpuhp_state",))
"""Variables of the kernel that a program may read; the kernel's verifier lets none be written."""

# A timer's callback may do what the callback that armed it may, so it is armed where that is fixed.
_HELPER_LIMITS = {
    169: frozenset(("init",)),
    170: frozenset(("init",)),
    171: frozenset(("init", TIMER)),
    172: frozenset(("init", "exit", TIMER)),
    194: _POLICY,
}
HELPER_PLACES: Mapping[int, frozenset[str]] = MappingProxyType(
    {number: _HELPER_LIMITS.get(number, _EVERYWHERE) for number in HELPERS}
)

MAP_TYPES = frozenset(MapType)
# NO_PREALLOC, RDONLY_PROG, WRONLY_PROG's opposite number is not used, MMAPABLE.
MAP_FLAGS = 1 | 1 << 7 | 1 << 10

LICENSES = frozenset((b"GPL\0",))
WATCH_SECTIONS = frozenset(("tp_btf/sched_switch", "tp_btf/sched_wakeup", "tp_btf/sched_wakeup_new"))
STRUCT_OPS = "struct_ops/"
STRUCT_OPS_SLEEPABLE = "struct_ops.s/"
DATA_SECTIONS = frozenset(("license", ".maps", ".struct_ops.link", ".rodata", ".data", ".bss"))
TABLE_SECTIONS = frozenset((".strtab", ".shstrtab", ".symtab", ".llvm_addrsig", ".BTF", ".BTF.ext"))
# Constants that clang lays aside; named by size, so a string's section is not among them.
CONSTANT_SECTIONS = frozenset((".rodata.cst4", ".rodata.cst8", ".rodata.cst16", ".rodata.cst32"))

CORE_KINDS = frozenset(CoreKind) - {CoreKind.TYPE_ID_LOCAL, CoreKind.TYPE_ID_TARGET}
WRITABLE_FIELDS = frozenset(
    ("task_struct.scx.slice", "task_struct.scx.dsq_vtime", "task_struct.scx.disallow")
)
"""The only fields of kernel objects that sched_ext lets a program store to."""
