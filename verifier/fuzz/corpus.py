"""The stories that were found before, one folder for each policy: they are run first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from schedc.verifier.fuzz.story import Story, read
from schedc.verifier.vm import cache


class Corpus:
    """`folder` holds a folder for each policy by its name."""

    def __init__(self, folder: Path, policy: str) -> None:
        self.folder = folder / policy

    def stories(self) -> Iterator[tuple[Path, Story]]:
        """By name, so that every run has the same order. `FuzzError` where a file is no story."""
        for path in sorted(self.folder.glob("*.json")):
            yield path, read(path)

    def keep(self, story: Story) -> Path:
        """Written whole or not at all; the same story is kept once."""
        path = self.folder / story.file_name()
        cache.write_atomically(path, story.text().encode())
        return path
