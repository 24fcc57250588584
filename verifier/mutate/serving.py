"""Mutations of which queue is served when: aging, layers, other caches, timers."""

from __future__ import annotations

from schedc.verifier.mutate.mutation import mutation

LAYERS = "desk priority"

MUTATIONS = (
    mutation(
        "aging-never", "no queue is served by its age", LAYERS, (r"if \(turn == (\d) && ", r"if (turn == \1 + 8 && ")
    ),
    mutation(
        "aging-not-of-the-last", "the last queue is not served by its age", LAYERS, (r"turn == 2 &&", "turn == 3 &&")
    ),
    mutation(
        "turns-stand",
        "the turn of aged queues never comes",
        LAYERS,
        (r"\*next = turn < 2 \? turn \+ 1 : 0;", "*next = 0;"),
    ),
    mutation(
        "aging-at-once", "aged queues are served at each turn", LAYERS, (r">= (param_patience\w*)\)", r">= (\1 & 1))")
    ),
    mutation(
        "age-not-noted",
        "when a queue was tried is not noted",
        LAYERS,
        (r"slot->tried\[\d\] = at_now;", "(void)at_now;"),
    ),
    mutation(
        "age-of-another",
        "the last queue's age is that of the one before it",
        LAYERS,
        (r"slot->tried\[1\]", "slot->tried[0]"),
    ),
    mutation(
        "first-not-served",
        "the first layer's queue is not pulled from",
        LAYERS,
        (r"pull\((QUEUE_\w+ \+ \(?)LAYER_(?:high|input)", r"pull(\1LAYER_normal"),
    ),
    mutation(
        "last-not-served",
        "the last layer's queue is not pulled from",
        LAYERS,
        (r"pull\((QUEUE_\w+ \+ \(?)LAYER_(?:low|batch)", r"pull(\1LAYER_normal"),
    ),
    mutation("layers-inverted", "a layer's condition is turned round", LAYERS, (r"> 150ULL|< 0LL", "== 100ULL")),
    mutation(
        "layer-decided-once",
        "a task's layer is not decided anew when its weight changes",
        LAYERS,
        (r"\t\.set_weight = [^\n]*\n", ""),
        (r"LAYER_INTERVAL 1000000000ULL", "LAYER_INTERVAL (1ULL << 62)"),
    ),
    mutation(
        "group-decided-once",
        "a task's layer is not decided anew when its group changes",
        "desk",
        (r"\t\.cgroup_move = [^\n]*\n", ""),
        (r"LAYER_INTERVAL 1000000000ULL", "LAYER_INTERVAL (1ULL << 62)"),
    ),
    mutation(
        "layer-not-decided-at-enable",
        "a new task keeps the layer that it had before it had a weight",
        LAYERS,
        (r"(ts->home = 0;\n)\tdecide_layer\(p, ts\);\n", r"\1"),
        equivalent=dict.fromkeys(LAYERS.split(), "the kernel calls set_weight behind enable, which decides it"),
    ),
    mutation(
        "layer-time-not-noted",
        "it is forgotten when a layer was decided",
        LAYERS,
        (r"\tts->layer_at = now\(\);\n", ""),
        equivalent=dict.fromkeys(LAYERS.split(), "the layer is decided at each enqueue: slower, and the same layer"),
    ),
    mutation(
        "nothing-from-other-caches",
        "a CPU with nothing to do takes nothing from other caches",
        "desk",
        (r"if \((pull_\d+_\d+)\(v_llc\)\)", r"if (at_v_llc < 0 && \1(v_llc))"),
    ),
    mutation(
        "own-cache-again",
        "a CPU with nothing to do looks into its own cache's queues again",
        "desk",
        (r"v_llc = llc_near\(near_v_llc, at_v_llc\);", "v_llc = near_v_llc;"),
    ),
    mutation(
        "not-all-layers-of-others",
        "a layer is left out when taking from other caches",
        "desk",
        (r"(pull_\d+_\d+\(s32 v_llc\)[\s\S]*?)NR_LAYERS\)", r"\1NR_LAYERS - 1)"),
    ),
    mutation(
        "timer-once",
        "the timer is not started again",
        "central",
        (r"\tbpf_timer_start\(timer, (\d+ULL), 0\);\n\treturn 0;", r"\treturn 0;"),
    ),
    mutation(
        "timer-never",
        "the timer is not started",
        "central",
        (r"\t\terror = bpf_timer_start\(timer, \d+ULL, 0\);\n", ""),
    ),
    mutation(
        "timer-does-not-preempt",
        "the timer ends no infinite slice",
        "central",
        (
            r"(on_timer_0\(void\)[\s\S]*?-1\), )KICK_PREEMPT([\s\S]*?-1\), )KICK_PREEMPT",
            r"\g<1>0\g<2>0",
        ),
    ),
    mutation(
        "asks-not-noted",
        "it is not noted that a CPU has nothing to run",
        "central",
        (r"->s_asks = true;", "->s_asks = false;"),
    ),
    mutation(
        "asks-for-ever",
        "a CPU that got a task still counts as without one",
        "central",
        (r"->s_asks = false;", "->s_asks = true;"),
        (r"WRITE_ONCE\(cpu_state\(v_other\)->s_asks, false\)", "(void)0"),
    ),
    mutation(
        "since-not-noted", "when a CPU's task began is not noted", "central", (r"->s_since = at_now;", "->s_since = 0;")
    ),
    mutation(
        "no-quantum",
        "a task is taken off as soon as another waits",
        "central",
        (r">= param_quantum", ">= (param_quantum & 1)"),
    ),
    mutation(
        "boss-serves-itself-never",
        "the boss pulls nothing for itself",
        "central",
        (r"\t(pull_\d+_\d+)\(cpu, at_now\);\n", r"\tif (cpu < 0)\n\t\t\t\1(cpu, at_now);\n"),
    ),
)
