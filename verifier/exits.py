"""What the kernel calls the ends of a scheduler (scx_exit_reason() of kernel/sched/ext.c), by SCX_EXIT_*."""

from __future__ import annotations

STALL = 1026
_REASONS = {
    64: "unregistered from user space",
    65: "unregistered from BPF",
    66: "unregistered from the main kernel",
    67: "disabled by sysrq-S",
    1024: "runtime error",
    1025: "scx_bpf_error",
    STALL: "runnable task stall",
}


def exit_reason(kind: int) -> str:
    """`kind`: scx_exit_info.kind, 0 for a scheduler that has not ended."""
    return _REASONS.get(kind, f"exit kind {kind}") if kind else "not ended"
