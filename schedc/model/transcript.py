"""Everything that was asked, answered and found, written while it happens: an interruption loses nothing."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from schedc.verifier.trouble import Trouble

_LOG = "transcript.jsonl"
# Shorter values are words that text holds anyway.
_LEAST_SECRET = 8
_HIDDEN = "[key]"


class Transcript:
    """A folder: `transcript.jsonl` with an event a line, and a file for each answer and each policy.

    What is in `secrets` is in none of them, whoever wrote it there.
    """

    def __init__(self, folder: Path, secrets: Iterable[str] = ()) -> None:
        self.folder = folder
        self._secrets = tuple(each for each in secrets if len(each) >= _LEAST_SECRET)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise Trouble("there is something in it already", "name another folder with --output", str(folder))
            self._log = open(folder / _LOG, "w", encoding="utf-8")  # noqa: SIM115 (open as long as the run is)
        except OSError as error:
            raise Trouble((error.strerror or str(error)).lower(), place=str(folder)) from None

    def event(self, kind: str, **values: Any) -> None:
        """One line, on the disk before anything else happens."""
        line = json.dumps({"at": _now(), "event": kind, **values}, default=str)
        self._log.write(self.clean(line) + "\n")
        self._log.flush()
        os.fsync(self._log.fileno())

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(self.clean(text), encoding="utf-8", errors="backslashreplace")
        return path

    def clean(self, text: str) -> str:
        """Without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text

    def close(self) -> None:
        self._log.close()


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
