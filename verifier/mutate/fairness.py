"""Mutations of slices and of virtual time: who gets how much."""

from __future__ import annotations

from schedc.verifier.mutate.mutation import mutation
from schedc.verifier.mutate.queues import VTIME

SLICED = "fair fifo desk priority"
KEEPING = "fair desk priority"
_SLICE = r"(?<!u64 )\bparam_slice\b"
_CHARGE = r"\* 100 / kernel_field\(p->scx\.weight\)"

MUTATIONS = (
    mutation("infinite-slice", "a slice without an end", SLICED, (_SLICE, "SLICE_INFINITE")),
    mutation("slice-times-1000", "a slice in another unit, too long", SLICED, (_SLICE, "(param_slice * 1000)")),
    mutation(
        "slice-by-1000",
        "a slice in another unit, too short",
        SLICED,
        (_SLICE, "(param_slice / 1000)"),
        equivalent=dict.fromkeys(("desk", "fair"), "3 ms as well as 3 us end at the first tick, which is after 4 ms"),
    ),
    mutation(
        "no-clamp",
        "a task's place is not held to the queue's window",
        VTIME,
        (
            r"s64 ahead = \(s64\)\(vtime - clock\);",
            r"s64 ahead = (s64)(vtime - clock);\n\n\tif (ahead < low || ahead > high)\n\t\treturn vtime;",
        ),
        place="arithmetic.h",
    ),
    mutation(
        "no-clamp-below",
        "a sleeper keeps all its credit",
        VTIME,
        (r"ahead = low;", "return vtime;"),
        place="arithmetic.h",
    ),
    mutation(
        "no-clamp-above",
        "a task keeps all its debt",
        VTIME,
        (r"ahead = high;", "return vtime;"),
        place="arithmetic.h",
    ),
    mutation(
        "window-turned",
        "the window's ends are exchanged",
        "fair",
        (r"-\(\(s64\)\(param_lag\)\), \(s64\)\(param_lead\)", "(s64)(param_lag), -((s64)(param_lead))"),
    ),
    mutation(
        "unsigned-vtime",
        "virtual times are compared as unsigned numbers",
        VTIME,
        (r"return \(s64\)\(a - b\) < 0;", "return a < b;"),
        place="arithmetic.h",
    ),
    mutation(
        "vtime-inverted",
        "the later virtual time is taken for the earlier",
        VTIME,
        (r"return \(s64\)\(a - b\) < 0;", "return (s64)(a - b) > 0;"),
        place="arithmetic.h",
    ),
    mutation(
        "clock-stands",
        "the queue's clock never moves",
        VTIME,
        (r"WRITE_ONCE\((vtime_clock|\*clock), [^;]*;", "(void)0;"),
    ),
    mutation(
        "no-charge",
        "what a task ran is not charged",
        VTIME,
        (r"\(v_ran \* 100 / kernel_field\(p->scx\.weight\)\)", "(v_ran & 0)"),
    ),
    mutation("charge-without-weight", "what a task ran is charged whatever its weight", VTIME, (_CHARGE, "* 1")),
    mutation(
        "charge-by-weight",
        "a heavy task is charged more, a light one less",
        VTIME,
        (_CHARGE, "* kernel_field(p->scx.weight) / 100"),
    ),
    mutation(
        "charge-divides-by-zero",
        "the divisor may be zero",
        VTIME,
        (_CHARGE, "* 100 / (kernel_field(p->scx.weight) - 100)"),
    ),
    mutation(
        "start-not-noted",
        "what a task had run when it began is not noted",
        VTIME,
        (r"slot->ran_from = p->se\.sum_exec_runtime;", "(void)p;"),
    ),
    mutation(
        "no-place-for-the-new",
        "a new task's virtual time is not set to the clock",
        "fair",
        (r"(policy_enable\(u64 \*ctx\)[\s\S]*?\n\n\t)set_dsq_vtime\(p, READ_ONCE\(vtime_clock\)\);", r"\1(void)p;"),
    ),
    mutation("no-running", "running is not registered", VTIME, (r"\t\.running = [^\n]*\n", "")),
    mutation("no-stopping", "stopping is not registered", VTIME, (r"\t\.stopping = [^\n]*\n", "")),
    mutation(
        "keep-always",
        "the previous task is always next",
        "fair",
        (r"is_next = !vtime_before\(first, own_vtime\);", "is_next = true;"),
    ),
    mutation(
        "keep-never",
        "the previous task never goes on",
        KEEPING,
        (r"goes_on = can_go_on\(prev\)", "goes_on = prev && 0"),
    ),
    mutation(
        "keep-the-wrong-one",
        "the previous task goes on if somebody else is next",
        "fair",
        (r"is_next = !vtime_before", "is_next = vtime_before"),
    ),
    mutation(
        "keep-without-a-slice",
        "the previous task goes on without a slice",
        KEEPING,
        (r"\tset_slice\(p, slice\);\n", ""),
    ),
    mutation(
        "keep-charges-twice",
        "what a kept task ran is charged again when it stops",
        "fair",
        (r"(\tset_dsq_vtime\(p, vtime\);\n)\taccount_running\(slot, p\);\n", r"\1"),
    ),
    mutation(
        "keep-charges-nothing",
        "what a kept task ran is never charged",
        "desk",
        (r"\taccount_stopping\(slot, p, ts\);\n(\tvtime = ts->vtime;)", r"\1"),
    ),
    mutation(
        "keep-who-sleeps",
        "a task that went to sleep goes on",
        KEEPING,
        (r"return prev && \(prev->scx\.flags & [^;]*;", "return prev;"),
        place="compat.h",
    ),
    mutation(
        "nobody-first",
        "an ordered queue has no first task",
        VTIME,
        (r"found = true;", "found = false;"),
        place="compat.h",
    ),
    mutation(
        "home-not-noted", "it is forgotten which queue a task was in", "desk", (r"ts->home = queue \+ 1;", "(void)ts;")
    ),
    mutation(
        "not-rebased",
        "a task that changes queues keeps the other queue's virtual time",
        "desk",
        (r"return vtime \+ \(READ_ONCE[^;]*;", "return vtime;"),
    ),
    mutation(
        "no-boost",
        "what a layer is put before the others is left out",
        "desk",
        (r" - v_credit\)", " - (v_credit & 0))"),
    ),
    mutation(
        "average-stands",
        "a task's average is never moved",
        "desk",
        (r"ts->s_burst = toward\(ts->s_burst, v_ran, 8\);", "(void)ts;"),
    ),
)
