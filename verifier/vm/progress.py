"""How far a download is: a line that is written over on a terminal, one now and then elsewhere."""

from __future__ import annotations

import re
import sys
import time

from schedc.verifier.vm.cache import say

PAUSE = 10.0  # seconds between two lines in a log
_STATUS = re.compile(r"(?:dlstatus|pmstatus):[^:]*:([\d.]+):")


class Progress:
    """Follows apt's status lines for one download."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.on_terminal = sys.stderr.isatty()
        self.last = time.monotonic()

    def line(self, text: str) -> None:
        """One line of apt's; those that are no status say nothing here."""
        found = _STATUS.match(text)
        if found:
            self._tell(f"{self.what}: {float(found[1]):.0f} %")

    def _tell(self, text: str) -> None:
        if self.on_terminal:
            print(f"\r\x1b[Kschedc: {text}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self.last >= PAUSE:
            self.last = time.monotonic()
            say(text)

    def end(self) -> None:
        """Leaves the line to what comes next."""
        if self.on_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
