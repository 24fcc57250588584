"""Which kernels `schedc verify` is asked for: one, some by name, all of the matrix, or its bounded form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import schedc
from schedc.cli.main import main
from schedc.verifier.kernel import Options, Outcome, Subject
from schedc.verifier.vm.images import SERIES

FIFO = str(Path(next(iter(schedc.__path__))).parent / "stdlib_policies/fifo.sched")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []

    def boots_nothing(subjects: Sequence[Subject], options: Options, progress: object) -> Outcome:
        found.append(options.kernels)
        return Outcome((), (), options, 0.0)

    monkeypatch.setattr("schedc.verifier.kernel.verify", boots_nothing)
    return found


@pytest.mark.parametrize(
    ("words", "kernels"),
    [
        ([], ("6.18",)),
        (["--matrix"], SERIES),
        (["--matrix", "--bounded"], ("6.16", "6.18", "7.3")),
        (["--kernel", "7.0", "--kernel", "7.2"], ("7.0", "7.2")),
    ],
)
def test_kernels(words: list[str], kernels: tuple[str, ...], asked: list[tuple[str, ...]]) -> None:
    main(["verify", FIFO, *words])
    assert asked == [kernels]


def test_bounded_alone_is_no_matrix(asked: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", FIFO, "--bounded"]) == 2
    assert "--bounded is a part of --matrix" in capsys.readouterr().err and not asked
