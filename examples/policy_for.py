"""A policy for a goal, with what it is worth on a workload.

python examples/policy_for.py "short requests first" examples/workloads/latency.toml [a command that is a model]
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import schedc
from schedc.library import policy_text
from schedc.model.config import Model
from schedc.verifier.measure.show import text


def main(goal: str, workload: str, command: str = "") -> int:
    model: str | Model = Model(command, "command", command=tuple(shlex.split(command))) if command else ""
    made = schedc.generate(goal, model=model, workload=Path(workload).read_text(encoding="utf-8"), say=print)
    print(made.summary)
    if made.policy is None or made.certificate is None:
        print(made.why)
        return 1
    print(f"certificate: {made.certificate['id']}")
    texts = {"fair": policy_text("fair"), "generated": made.policy}
    result = schedc.simulate(texts, Path(workload), seeds=2)
    print("\n".join(text(result)))
    return 0 if result.ok else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
