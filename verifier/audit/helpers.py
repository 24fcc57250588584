"""The kernel's BPF helpers that a policy may call, by number (numbers are the kernel's ABI)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

HELPERS: Mapping[int, str] = MappingProxyType(
    {
        1: "bpf_map_lookup_elem",
        2: "bpf_map_update_elem",
        3: "bpf_map_delete_elem",
        5: "bpf_ktime_get_ns",
        7: "bpf_get_prandom_u32",
        8: "bpf_get_smp_processor_id",
        113: "bpf_probe_read_kernel",
        115: "bpf_probe_read_kernel_str",
        153: "bpf_per_cpu_ptr",
        154: "bpf_this_cpu_ptr",
        156: "bpf_task_storage_get",
        157: "bpf_task_storage_delete",
        158: "bpf_get_current_task_btf",
        169: "bpf_timer_init",
        170: "bpf_timer_set_callback",
        171: "bpf_timer_start",
        172: "bpf_timer_cancel",
        181: "bpf_loop",
        194: "bpf_kptr_xchg",
        195: "bpf_map_lookup_percpu_elem",
        210: "bpf_cgrp_storage_get",
        211: "bpf_cgrp_storage_delete",
    }
)

TIMER_SET_CALLBACK = 170
LOOP = 181

# Named only so that a report can say what it found.
REFUSED: Mapping[int, str] = MappingProxyType(
    {
        4: "bpf_probe_read",
        6: "bpf_trace_printk",
        12: "bpf_tail_call",
        36: "bpf_probe_write_user",
        58: "bpf_override_return",
        109: "bpf_send_signal",
        112: "bpf_probe_read_user",
        114: "bpf_probe_read_user_str",
        117: "bpf_send_signal_thread",
        130: "bpf_ringbuf_output",
        164: "bpf_for_each_map_elem",
        166: "bpf_sys_bpf",
        167: "bpf_btf_find_by_name_kind",
        168: "bpf_sys_close",
        177: "bpf_trace_vprintk",
        191: "bpf_copy_from_user_task",
        209: "bpf_user_ringbuf_drain",
    }
)


def helper_name(number: int) -> str:
    return HELPERS.get(number) or REFUSED.get(number) or f"helper {number}"
