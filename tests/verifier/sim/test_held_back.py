"""A `due` queue holds its tasks back until their time, though CPUs are idle, and not for longer."""

from __future__ import annotations

from schedc import api
from schedc.verifier.sim import Phase, Program, Scenario, Task, machine, simulate
from schedc.verifier.sim.scenario import MS, SECOND

LATER = """language 1
policy later "Who wakes waits for 5 ms."
queue late: due from 0ms to 20ms
queue ready: fifo
on enqueue(task) {
    if task.woken { insert task into late at now + 5ms for 5ms } else { insert task into ready for 5ms }
    kick idle_cpu(task)
}
on dispatch(cpu, prev) { pull late or ready aging 10ms or keep prev for 5ms }
every 1ms { for cpu in cpus where cpu.idle { kick cpu } }
"""


def test_who_wakes_waits_for_its_time_and_no_longer() -> None:
    program = Program.of(api.compile(LATER))
    body = (Phase("run", MS), Phase("sleep", 3 * MS))
    trace = simulate(program, Scenario(machine(2), (Task(body),) * 2, end=SECOND), trace=True).trace
    woken: dict[int, int] = {}
    waits = []
    for line in trace:
        if line.what == "insert" and line.b:
            woken[line.pid] = line.time
        elif line.what == "run" and line.pid in woken:
            waits.append(line.time - woken.pop(line.pid))
    assert len(waits) > 100
    assert min(waits) >= 5 * MS
    assert max(waits) <= 6 * MS + MS // 10
