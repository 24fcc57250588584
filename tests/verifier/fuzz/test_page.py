"""The pages have what there is."""

from __future__ import annotations

import re
from pathlib import Path

from schedc.verifier.fuzz import contract
from schedc.verifier.fuzz.catalogue import CATALOGUE
from schedc.verifier.sim import properties

DOCS = Path(__file__).parents[3] / "docs"


def test_every_property_has_a_section_and_a_place_in_the_catalogue() -> None:
    sections = re.findall(r"^## (\w+)$", (DOCS / "properties.md").read_text(), re.MULTILINE)
    judged = [
        name for module in (properties, contract)
        for name in re.findall(r'Broken\(\s*"(\w+)"', Path(module.__file__).read_text())
    ]  # fmt: skip
    assert sections == list(CATALOGUE)
    assert set(judged) == set(CATALOGUE)
