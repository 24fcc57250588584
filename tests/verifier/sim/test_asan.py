"""AddressSanitizer in the simulated program: where a clang links it, what UBSan cannot see is found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hand import by_hand

from schedc.verifier.sim import Phase, Scenario, SimError, Task, asan, machine, simulate
from schedc.verifier.sim.program import Around
from schedc.verifier.sim.scenario import MS

BEYOND = replace(
    by_hand(enqueue="u64 *at = box; at += READ_ONCE(steps); WRITE_ONCE(*at, 1); insert(p, READY, 5000000, flags);"),
    around=Around(before="unsigned long long steps = 4, box[4];\n"),
)
STORY = Scenario(machine(1), (Task((Phase("run", MS), Phase("sleep", MS)), "a"),), end=20 * MS)


@pytest.mark.skipif(asan.found() is None, reason="no clang here links AddressSanitizer")
def test_a_store_beyond_an_object_is_a_trap_in_its_callback() -> None:
    trap = simulate(replace(BEYOND, memory_checked=True), STORY).trap
    assert trap is not None
    assert (trap.callback, trap.pid) == ("enqueue", 100)
    well = replace(by_hand(enqueue="insert(p, READY, 5000000, flags);"), memory_checked=True)
    assert simulate(well, STORY).trap is None


def test_where_nothing_links_it_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asan, "system_clangs", lambda: ("/bin/false",))
    asan.found.cache_clear()
    try:
        with pytest.raises(SimError, match="no clang of this system links AddressSanitizer"):
            simulate(replace(BEYOND, memory_checked=True), STORY)
    finally:
        asan.found.cache_clear()
