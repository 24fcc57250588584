"""A story: what is simulated, with which params, and what is broken in it. Its file is JSON, named by its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedc.verifier.fuzz.errors import FuzzError
from schedc.verifier.fuzz.plain import from_plain, to_plain
from schedc.verifier.sim.check import check
from schedc.verifier.sim.errors import SimError
from schedc.verifier.sim.scenario import Scenario

VERSION = 1
_LARGEST = 4 << 20


@dataclass(frozen=True)
class Policy:
    """Which policy a story was found with: its name, and the hash of its text."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Story:
    """`params` are those that are not at their defaults, as the program holds them; `clock` is where the clocks of the
    policy's queues begin; `broken` is the property that does not hold, empty where all do."""

    scenario: Scenario
    params: Mapping[str, int] = field(default_factory=dict)
    clock: int = 0
    policy: Policy = Policy("", "")
    broken: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"schedc_story": VERSION, **to_plain(self)}

    def text(self) -> str:
        """The file: the same story is the same bytes."""
        return json.dumps(self.to_json(), indent=1) + "\n"

    def file_name(self) -> str:
        """By what happens in the story and what it breaks, whichever version of the policy it was found with."""
        told = {**self.to_json(), "policy": self.policy.name}
        digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        return f"{self.broken or 'story'}-{digest[:12]}.json"


def read(path: Path) -> Story:
    """`FuzzError` with the file and the place in it, where that is no story."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise FuzzError((error.strerror or str(error)).lower(), place=str(path)) from None
    if len(content) > _LARGEST:
        raise FuzzError("too large for a story", place=str(path))
    return parse(content, str(path))


def parse(content: bytes, name: str) -> Story:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FuzzError(f"no JSON: {error}", place=name) from None
    version = value.pop("schedc_story", None) if isinstance(value, dict) else None
    if type(version) is not int:
        raise FuzzError("no story: `schedc_story` has to say which version it is", place=name)
    if version != VERSION:
        raise FuzzError(f"a story of version {version}", f"this schedc reads version {VERSION}", name)
    story = from_plain(Story, value, name)
    try:
        check(story.scenario)
    except SimError as error:
        raise FuzzError(error.message, error.hint, name) from None
    if not 0 <= story.clock < 1 << 64:
        raise FuzzError("a clock is a number from 0 below 2^64", place=f"{name}.clock")
    return story
