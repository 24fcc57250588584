"""The page of the simulator names what there is."""

from __future__ import annotations

import re
from pathlib import Path

from schedc.verifier.sim import properties

PAGE = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text()
TESTS = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"\b(test_\w+)`", PAGE))
    assert named
    assert [name for name in sorted(named) if f"def {name}(" not in TESTS] == []


def test_every_property_is_on_the_page() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert set(re.findall(r'Broken\(\s*"(\w+)"', Path(properties.__file__).read_text())) == set(listed)
