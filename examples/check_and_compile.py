"""Checks a policy, says what is wrong with it, applies nothing; compiles the one that is right.

python examples/check_and_compile.py
"""

from __future__ import annotations

from pathlib import Path

import schedc
from schedc.diagnostics.render_text import render

HERE = Path(__file__).parent


def main() -> int:
    text = (HERE / "first.sched").read_text(encoding="utf-8")

    # Checking takes a text and gives data. Nothing is printed, nothing is kept.
    broken = text.replace("        insert task into rest for slice\n", "")
    result = schedc.check(broken, "broken.sched")
    print(f"without one insert: accepted={result.accepted}\n")
    print(render(result.source, result.diagnostics))

    # Compiling checks first. The object is what a loader takes; the C is for people.
    compiled = schedc.compile(text, "first.sched")
    if compiled.object is None or compiled.c_source is None or compiled.report is None:
        print(render(compiled.check.source, compiled.diagnostics))
        return 1
    print(f"with it: {len(compiled.object)} bytes of object, {compiled.c_source.count(chr(10))} lines of C")
    for verdict in compiled.report.verdicts:
        print(f"  law {verdict.law}: {verdict.title}: {verdict.level.value}")
    for name, cost in compiled.report.costs.items():
        print(f"  {name}: at most {cost.instructions} instructions, {cost.calls} kernel calls")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
