"""Mutations of state, of indices, and of what is to be done when CPUs come and go."""

from __future__ import annotations

from schedc.verifier.mutate.losing import ALL
from schedc.verifier.mutate.mutation import mutation

PLACES = "desk central"
SLOTS = "fair desk priority central"

MUTATIONS = (
    mutation("no-task-state", "a new task gets no state", "desk priority", (r"BPF_LOCAL_STORAGE_GET_F_CREATE", "0")),
    mutation(
        "state-not-tested",
        "absent state is written to",
        "desk priority",
        (r"(policy_enqueue\(u64 \*ctx\)[\s\S]*?struct task_state \*ts = )task_state\(p\);", r"\1NULL;"),
    ),
    mutation(
        "one-slot", "all CPUs share the state of one", SLOTS, (r"cpu_slots\[masked\(cpu, MAX_CPUS\)\]", "cpu_slots[0]")
    ),
    mutation(
        "slot-out-of-range",
        "a CPU's state lies behind the array",
        SLOTS,
        (r"cpu_slots\[masked\(cpu, MAX_CPUS\)\]", "cpu_slots[(u32)cpu + MAX_CPUS]"),
    ),
    mutation(
        "counter-out-of-range",
        "a counter's column lies behind the row",
        "desk priority central",
        (r"\]\[counter\] \+= amount", "][counter + 8] += amount"),
    ),
    mutation(
        "clock-out-of-range",
        "a queue's clock lies behind the array",
        "desk",
        (r"vtime_clocks\[queue & \(512 - 1\)\]", "vtime_clocks[queue + 512]"),
    ),
    mutation("no-cpu-offline", "cpu_offline is not registered", ALL, (r"\t\.cpu_offline = [^\n]*\n", "")),
    mutation("no-cpu-online", "cpu_online is not registered", ALL, (r"\t\.cpu_online = [^\n]*\n", "")),
    mutation(
        "not-evacuated",
        "what waits for a CPU that goes away stays in its queue",
        ALL,
        (r"\tevacuate\(cpu\);\n", "\tif (cpu < 0)\n\t\tevacuate(cpu);\n"),
    ),
    mutation(
        "others-evacuated",
        "what waits for other CPUs is sent to the one that goes away",
        ALL,
        (r"task_cpu\(p\) == cpu\)", "task_cpu(p) != cpu)"),
    ),
    mutation(
        "evacuated-to-the-first",
        "what waits for a CPU that goes away is sent to CPU 0",
        ALL,
        (r"DSQ_LOCAL\);(?=\n\t*\})", "DSQ_LOCAL_ON | 0);"),
    ),
    mutation(
        "offline-not-noted",
        "it is not noted that a CPU is off",
        PLACES,
        (r"\tset_offline\(cpu, true\);\n\tevac", "\tevac"),
    ),
    mutation(
        "online-not-noted",
        "it is not noted that a CPU is back",
        PLACES,
        (r"\tset_offline\(cpu, false\);\n", "\t(void)cpu;\n"),
    ),
    mutation(
        "orphans-left",
        "queues whose CPUs are off are not looked into",
        PLACES,
        (r"\t\tserve_orphans\(\);\n", "\t\tif (cpu < 0)\n\t\t\tserve_orphans();\n"),
    ),
    mutation(
        "loop-too-short",
        "loops end one too early",
        "desk priority central",
        (r"bpf_iter_num_new\(&it__, \(start\), \(end\)\)", "bpf_iter_num_new(&it__, (start), (end) - 1)"),
        place="loops.h",
    ),
    mutation(
        "loop-too-long",
        "loops end one too late",
        "desk priority central",
        (r"bpf_iter_num_new\(&it__, \(start\), \(end\)\)", "bpf_iter_num_new(&it__, (start), (end) + 1)"),
        place="loops.h",
        equivalent={"priority": "it loops over its queues only: one more is made, and stays empty"},
    ),
    mutation(
        "loop-from-one",
        "loops begin one too late",
        "desk priority central",
        (r"bpf_iter_num_new\(&it__, \(start\), \(end\)\)", "bpf_iter_num_new(&it__, (start) + 1, (end))"),
        place="loops.h",
    ),
)
