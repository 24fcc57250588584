"""What a campaign found so far, one outcome a line, so that another goes on where it was interrupted."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from schedc.verifier.mutate.mutation import Texts
from schedc.verifier.mutate.outcome import Outcome
from schedc.verifier.trouble import Trouble


@dataclass(frozen=True)
class Record:
    """Outcomes by the text of the mutant. Only what was caught is kept: a gate that was mended may catch the rest.

    `path` None keeps nothing. `Trouble` where the file is not a record.
    """

    path: Path | None = None
    found: dict[str, Outcome] = field(default_factory=dict)

    @classmethod
    def at(cls, path: Path | None) -> Record:
        lines = path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []
        try:
            rows = [json.loads(line) for line in lines]
            return cls(path, {row.pop("mutant"): Outcome(**row) for row in rows})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Trouble(f"{path} is no record of a campaign: {error}", "name another file") from error

    def known(self, texts: Texts) -> Outcome | None:
        """What caught a mutant of this text, if anything did."""
        return self.found.get(_digest(texts))

    def add(self, texts: Texts, outcome: Outcome) -> None:
        """Workers may add side by side: a line is one write at the end of the file."""
        if self.path is None or not outcome.by:
            return
        line = json.dumps({"mutant": _digest(texts), **asdict(outcome)})
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _digest(texts: Texts) -> str:
    return sha256(texts.alone().encode()).hexdigest()
