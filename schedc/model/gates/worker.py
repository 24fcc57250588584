"""One gate over one policy as a process: JSON in, JSON out, progress on standard error."""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stdout
from typing import Any

from schedc.model.gates.registry import runner
from schedc.verifier.trouble import Trouble


def main() -> int:
    asked = json.load(sys.stdin)
    with redirect_stdout(sys.stderr):
        answer = _answer(asked["gate"], asked["text"], asked["options"])
    json.dump(answer, sys.stdout)
    sys.stdout.flush()
    return 0


def _answer(gate: str, text: str, options: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"outcome": runner(gate)(text, options, _say).to_json()}
    except Trouble as trouble:
        return {"trouble": [trouble.message, trouble.hint, trouble.place]}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    # With libclang in it, a process takes long to take itself apart.
    code = main()
    sys.stderr.flush()
    os._exit(code)
