"""How does each policy of the library do beside the kernel's default scheduler?

In the deterministic lab, on one CPU: what the tasks of the standard workloads get, and the time in callbacks for each
switch. And from the compiled object: what each callback costs at worst. Everything goes to the file that `schedc
policies` reads, a policy and a workload at a time; what is there already for the policy's present text is left out.

    python -m benchmarks.library                    # all
    python -m benchmarks.library fair desk --seeds 10
    python -m benchmarks.library --workloads        # only the costs
    python -m benchmarks.library --table            # of what is stored: who is the best for what
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from schedc import api
from schedc.catalog import policies as catalog
from schedc.catalog.ranking import Standing, rankings
from schedc.library import figures_file, policies, policy_text
from schedc.verifier.measure import MeasureError, Measurement, Options, Subject, measure, read
from schedc.verifier.measure.figures import Figure
from schedc.verifier.measure.report import to_json
from schedc.verifier.measure.show import amount
from schedc.verifier.vm import cache
from schedc.verifier.vm.errors import VmError

ROOT = Path(__file__).resolve().parent.parent
# Who wakes up beside who computes; load that comes by itself; the cost of wakeups and switches; shares by weight.
WORKLOADS = ("latency", "server", "messages", "shares")
SCHEMA = 1
# A workload's single largest value says little.
LEFT_OUT = " max"
# Of those that are better and those that are worse.
SHOWN = 4


class Store:
    """The file; each change is written at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data: dict[str, Any] = {"schema": SCHEMA, "policies": {}}
        if path.exists():
            self.data = json.loads(path.read_text(encoding="utf-8"))

    def of(self, name: str) -> dict[str, Any]:
        """What there is for a policy."""
        found: dict[str, Any] = self.data["policies"].setdefault(name, {"costs": None, "measured": {}})
        return found

    def write(self) -> None:
        """With the policies and workloads in order, whatever was measured first."""
        ordered = dict(sorted(self.data["policies"].items()))
        for each in ordered.values():
            each["measured"] = dict(sorted(each["measured"].items()))
        self.data["policies"] = ordered
        scratch = self.path.with_suffix(".part")
        scratch.write_text(json.dumps(self.data, indent=1) + "\n", encoding="utf-8")
        os.replace(scratch, self.path)


class Lab:
    """One setting of the lab. The default scheduler is measured once for a workload: it gives the same each time."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.defaults: dict[str, Measurement] = {}

    def beside_default(self, subject: Subject, workload: str) -> dict[str, Any]:
        """The report that `command` gives."""
        path = ROOT / location(workload)
        wanted = read(path.read_bytes(), path.name)
        if workload not in self.defaults:
            self.defaults[workload] = measure(wanted, [Subject.default()], self.options, cache.say)
        mine = measure(wanted, [subject], self.options, cache.say)
        return to_json(replace(mine, measured=(*self.defaults[workload].measured, *mine.measured)))

    def command(self, name: str, workload: str) -> str:
        """What makes the same figures."""
        options = self.options
        return (
            f"schedc measure stdlib_policies/{name}.sched --workload {location(workload)} "
            f"--kernel {options.kernel} --cpus {options.cpus} --seeds {options.seeds}"
        )


def location(workload: str) -> str:
    return f"examples/workloads/{workload}.toml"


def costs(result: api.CompileResult, name: str, source: str) -> dict[str, Any]:
    """Of an accepted compile."""
    assert result.report is not None
    report = result.report.to_json()
    return {
        "command": f"schedc compile stdlib_policies/{name}.sched",
        "source_sha256": source,
        "clang": report["clang"],
        "callbacks": [
            {"callback": callback, "instructions": cost["instructions"], "kernel_calls": cost["kernel_calls"]}
            for callback, cost in report["callbacks"].items()
        ],
    }


def measured(report: dict[str, Any], command: str, source: str) -> dict[str, Any]:
    """What is stored of the lab's report on the default and a policy. Times in ns."""
    scheduler, provenance = report["schedulers"][1], report["provenance"]
    calls = scheduler["callbacks"]
    return {
        "command": command,
        "source_sha256": source,
        "about": report["workload"]["about"],
        "workload_sha256": report["workload"]["sha256"],
        "time": report["source"],
        "kernel": provenance["kernel"],
        "qemu": provenance["qemu"],
        "seeds": report["seeds"],
        "confidence": report["confidence"]["reached"],
        "failed": [f"seed {each['seed']}: {each['what']}: {each['text']}" for each in scheduler["failed"]],
        "per_switch_ns": calls["per_switch_ns"] if calls else None,
        "callbacks": list(_calls(calls)) if calls else [],
        "figures": list(_figures(report)),
    }


def _calls(calls: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in calls["callbacks"]:
        if each["count"]:
            each_switch = round(each["count"] / calls["switches"], 4) if calls["switches"] else None
            yield {"callback": each["callback"], "mean_ns": each["mean_ns"], "per_switch": each_switch}


def _figures(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in report["comparisons"]:
        if not each["name"].endswith(LEFT_OUT):
            kept = {key: each[key] for key in ("group", "name", "unit", "better")}
            yield {
                **kept, "default": each["against_median"], "median": each["median"], "ratio": each["ratio"],
                "word": each["word"],
            }  # fmt: skip


def bring_up(store: Store, lab: Lab, name: str, workloads: Sequence[str], again: bool) -> None:
    """All that is missing for one policy, or made from another text of it."""
    text = policy_text(name)
    source = hashlib.sha256(text.encode()).hexdigest()
    stored = store.of(name)
    result = api.compile(text, f"{name}.sched")
    if not result.accepted:
        raise MeasureError(f"{name} is not accepted", f"see `schedc check stdlib_policies/{name}.sched`")
    stored["costs"] = costs(result, name, source)
    store.write()
    for workload in workloads:
        command = lab.command(name, workload)
        found = stored["measured"].get(workload)
        if again or found is None or (found["source_sha256"], found["command"]) != (source, command):
            report = lab.beside_default(Subject.policy(result), workload)
            stored["measured"][workload] = measured(report, command, source)
            store.write()
            print(f"{name}, {workload}: stored", flush=True)


def table() -> Iterator[str]:
    """Markdown, of the stored figures: a row for each figure of a workload, with the ratios to the default."""
    yield "| | default | better | the best | worse | the worst |"
    yield "|---|---|---|---|---|---|"
    for each in rankings(catalog()):
        figure = Figure(each.group, each.figure, each.unit, each.direction)
        cells = [f"{each.workload}: {figure.label}", amount(figure, each.default)]
        for standings in (each.better, each.worse):
            cells += [str(len(standings)), ", ".join(map(_standing, standings[:SHOWN])) or "-"]
        yield f"| {' | '.join(cells)} |"


def _standing(each: Standing) -> str:
    return f"{each.policy} {each.ratio.median:.3g}"


def main(arguments: Sequence[str]) -> int:
    """0 when all could be measured; what a policy did not come through is stored with the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("policies", nargs="*", metavar="POLICY", help="of the library; default: all")
    parser.add_argument("--workloads", nargs="*", default=WORKLOADS, metavar="NAME", help="of examples/workloads")
    parser.add_argument("--kernel", default="7.3", metavar="SERIES")
    parser.add_argument("--seeds", type=int, default=6, metavar="N", help="6 are the fewest that give intervals")
    parser.add_argument("--again", action="store_true", help="measure also what is there")
    parser.add_argument("--table", action="store_true", help="only print a table of what is stored")
    parser.add_argument("--file", type=Path, default=figures_file(), metavar="FILE")
    options = parser.parse_args(arguments)
    if options.table:
        print("\n".join(table()))
        return 0
    unknown = set(options.policies) - set(policies())
    if unknown:
        parser.error(f"the library has no {', '.join(sorted(unknown))}")
    lab = Lab(Options(options.kernel, 1, options.seeds, at_once=1))
    try:
        store = Store(options.file)
        for name in options.policies or policies():
            bring_up(store, lab, name, options.workloads, options.again)
    except (VmError, MeasureError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
