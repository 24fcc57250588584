"""What people look for that version 1 does not have, and what to write instead: names of fields, events, types,
functions and values."""

from __future__ import annotations

_GROUPS = "a group's fields have their first value where they are declared:  cgroup { used: duration }"
_INSERT = "write `insert task into queue for slice`"
_PULL = "write `pull queue`"
_PRINT = "nothing is printed; what happens is counted:  counter seen \"how often\", then `seen += 1`"
_SET_UP = "state has its first value where it is declared, and what takes longer is done by a timer:  every 100ms { }"

FIELDS = {
    ("task", "waited"): "no task tells how long it has waited; serve a queue after a time with `aging`",
    ("task", "cpus"): "which CPUs a task may run on is asked with a pick:  any_cpu(task, where ...)",
    ("task", "sleeps"): "in `on quiescent` a task sleeps, or leaves for another policy",
    ("task", "wakeup_rate"): "keep it:  task { wakeups: average of rate over 8 samples }",
    ("task", "kernel"): "kernel threads are told by `task.kthread`",
    ("task", "restricted"): "a task that may run on one CPU only is told by `task.pinned`",
    ("task", "waker"): "who woke a task is not known",
    ("task", "pid"): "a task has no number; what is kept for it is a field of it",
    ("task", "exec_runtime"): "`on stopping(task, ran)` gives what the task ran; add it up in a field",
    ("task", "slice"): "the slice is given where a task is inserted:  for slice",
    ("task", "priority"): "the priority of a task is its `nice` or its `weight`",
    ("cpu", "util"): "how busy a CPU is can be kept:  cpu { ran: duration }, added to in `on stopping`",
    ("cpu", "perf"): "the speed of a CPU cannot be set",
    ("cpu", "capacity"): "the capacity of a CPU is not known",
    ("cpu", "siblings"): "go through the CPUs of its core:  for other in cpus of cpu.core",
    ("cpu", "current"): "keep what is needed of the running task in a field of its CPU, in `on running`",
    ("cpu", "id"): "a CPU has no number",
    ("core", "cpus"): "go through them:  for cpu in cpus of core",
    ("core", "idle"): "ask for an idle core with  idle_cpu(task, whole core)",
}
EVENTS = {
    "init": _SET_UP,
    "exit": "nothing is left to do when a policy ends: the kernel's default takes over",
    "init_task": "a task's fields have their first value where they are declared, and `on enable` sees new tasks",
    "exit_task": "a task's fields go with it",
    "disable": "a task's fields go with it",
    "dequeue": "a task that leaves its queue without running is seen in `on quiescent`",
    "yield": "a task that yields is seen in `on stopping`, then in `on enqueue`",
    "set_weight": "`task.weight` is read anew at each event",
    "set_cpumask": "picks ask anew at each event which CPUs the task may run on",
    "update_idle": "whether a CPU is idle is asked with `cpu.idle` and claimed with `idle_cpu(task)`",
    "cpu_acquire": "what waits on a CPU that a higher class took is put into a queue again by itself",
    "cpu_release": "what waits on a CPU that a higher class took is put into a queue again by itself",
    "cgroup_init": _GROUPS,
    "cgroup_exit": _GROUPS,
    "cgroup_move": "a task that changes its group has another `task.cgroup`, and is put into its layer anew",
    "cgroup_set_weight": "the weight of a group is `cgroup.weight`, read anew at each event",
}
TYPES = {
    "int": "a number without a unit is a `count`",
    "u64": "a number is a `count`, a `duration`, a `time`, a `vtime`, a `rate`, a `ratio` or a `weight`",
    "u32": "a number without a unit is a `count`",
    "string": "text is only compared with patterns",
    "float": "a number with a fraction is a `ratio`",
    "percent": "a share is a `ratio`, such as `80%`",
}
VALUES = {
    "size": "how many tasks wait is `length(queue)`; other things are counted in a `global`",
    "ceil": "divisions truncate; add the divisor less one before",
    "floor": "divisions truncate",
    "abs": "write `max(a, b) - min(a, b)`",
    "never": "keep a `bool` beside the time that says whether it counts",
    "unlimited": "a slice without an end is `infinite`",
    "claim_idle": "ask for one:  idle_cpu(task, near cpu, where ...)",
    "busy_cpu": "ask for one:  any_cpu(task, where not cpu.idle, ...)",
    "preempt_cpu": "write `kick cpu preempt`",
    "share": "shares come of weights:  ran scaled by task.weight",
    "this_cpu": "the CPU is `task.cpu`, or the first name of `on dispatch`",
    "sqrt": "there is `log2`, and products",
    "len": "how many tasks wait is `length(queue)`",
    "scx_bpf_kick_cpu": "write `kick cpu`",
    "scx_bpf_dsq_insert": _INSERT,
    "scx_bpf_dsq_insert_vtime": f"{_INSERT}, with `at task.vtime` for an ordered queue",
    "scx_bpf_dispatch": _INSERT,
    "scx_bpf_dispatch_vtime": f"{_INSERT}, with `at task.vtime` for an ordered queue",
    "scx_bpf_dsq_move_to_local": _PULL,
    "scx_bpf_consume": _PULL,
    "scx_bpf_dsq_nr_queued": "how many tasks wait is `length(queue)`",
    "scx_bpf_create_dsq": "a queue is declared:  queue ready: fifo",
    "scx_bpf_select_cpu_dfl": "ask for one:  idle_cpu(task, near prev)",
    "scx_bpf_pick_idle_cpu": "ask for one:  idle_cpu(task)",
    "scx_bpf_now": "the time is `now`",
    "bpf_ktime_get_ns": "the time is `now`",
    "bpf_get_prandom_u32": "write `random(n)`",
    "rand": "write `random(n)`",
    "bpf_printk": _PRINT,
    "printf": _PRINT,
    "print": _PRINT,
}
METHODS = {
    "unwrap": "what may be none is taken apart:  if let x = ... { }",
    "expect": "what may be none is taken apart:  if let x = ... { }",
    "unwrap_or": "say what to use instead:  ... or other",
    "push": _INSERT,
    "push_back": _INSERT,
    "enqueue": _INSERT,
    "insert": _INSERT,
    "pop": _PULL,
    "pop_front": _PULL,
    "dequeue": _PULL,
    "len": "how many tasks wait is `length(queue)`",
    "length": "how many tasks wait is `length(queue)`",
    "size": "how many tasks wait is `length(queue)`",
    "is_empty": "whether a task waits is `empty(queue)`",
    "empty": "whether a task waits is `empty(queue)`",
}


def field(owner: str, name: str) -> str:
    """What to do without this field; '' if there is nothing to say."""
    return FIELDS.get((owner, name), "")
