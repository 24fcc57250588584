"""The same policy gives the same C and the same object, wherever and by whichever process it is compiled."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import schedc
from schedc.verifier.generate import draw_policy, seeded

POLICIES = Path(__file__).parents[3] / "stdlib_policies"
PROGRAM = """
import hashlib, sys
from schedc import api
for path in sys.argv[1:]:
    result = api.compile(open(path, encoding="utf-8").read())
    assert result.object is not None, [d.title for d in result.diagnostics]
    print(hashlib.sha256(result.c_source.encode()).hexdigest(), hashlib.sha256(result.object).hexdigest())
"""


def compiled(paths: list[Path], hash_seed: int, folder: Path) -> str:
    """What another process, elsewhere, makes of the policies."""
    temporary = folder / "temp files"
    temporary.mkdir(parents=True)
    package = Path(schedc.__file__).parents[1]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONPATH": str(package),
        "TMPDIR": str(temporary),
    }
    command = [sys.executable, "-c", PROGRAM, *map(str, paths)]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Policies of the library, and some drawn ones."""
    folder = tmp_path_factory.mktemp("drawn")
    drawn = []
    for seed in (202, 219, 225):
        drawn.append(folder / f"{seed}.sched")
        drawn[-1].write_text(draw_policy(seeded(seed)), encoding="utf-8")
    return [POLICIES / "fair.sched", POLICIES / "desk.sched", *drawn]


def test_processes_agree(paths: list[Path], tmp_path: Path) -> None:
    first = compiled(paths, 1, tmp_path / "one")
    assert first == compiled(paths, 4242, tmp_path / "another place")
    assert len(set(first.split())) == 2 * len(paths)


def test_what_is_drawn_does_not_depend_on_the_process(tmp_path: Path) -> None:
    program = (
        "import hashlib; from schedc.verifier.generate import draw_policy, seeded;"
        "print(hashlib.sha256(draw_policy(seeded(5)).encode()).hexdigest())"
    )
    package = str(Path(schedc.__file__).parents[1])
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": package}
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.stdout.strip() == hashlib.sha256(draw_policy(seeded(5)).encode()).hexdigest()
