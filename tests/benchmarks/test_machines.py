"""Scenes grow with the machine, and their rows are compared with the first policy."""

from __future__ import annotations

import pytest

from benchmarks.machines import FOLDER, SCENES, Scene, grown, rows
from schedc.verifier.measure import Workload, read


def workload(name: str) -> Workload:
    path = FOLDER / f"{name}.toml"
    return read(path.read_bytes(), path.name)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)
def test_there_are_as_many_tasks_for_each_cpu(scene: Scene) -> None:
    usual = workload(scene.workload)
    assert [group.count for group in grown(usual, 64).groups] == [4 * group.count for group in usual.groups]
    assert grown(usual, 16) == usual


def test_who_packs_uses_fewer_cpus() -> None:
    scene = next(each for each in SCENES if each.title == "Packing")
    contenders = [entry.contender() for entry in scene.entries]
    told = [row.split(" | ") for row in rows(scene, contenders, (1, 2, 4), 1)]
    assert [cells[1] for cells in told] == ["fair", "power", "nest"]
    spread, packed, nested = (float(cells[2].partition(",")[0]) for cells in told)
    assert packed < nested < spread
