"""Does `schedc measure` repeat? Three runs of one command line each, compared byte by byte.

On the newest kernel with one CPU, on it with a core of two threads, and on another kernel with one CPU:

    python -m benchmarks.repeat examples/workloads/latency.toml stdlib_policies/fair.sched --seeds 2
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Sequence

PLACES = (
    ("--kernel", "7.3"),
    ("--kernel", "7.3", "--topology", "cores=1,threads=2"),
    ("--kernel", "6.18"),
)


def report(words: Sequence[str]) -> bytes:
    """What one run of the command line prints; it ends this program where the run fails."""
    command = [sys.executable, "-m", "schedc.cli", "measure", *words, "--format", "json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"schedc measure {' '.join(words)}: exit code {done.returncode}")
    return done.stdout


def main(arguments: Sequence[str]) -> int:
    """0 when every place gave the same bytes each time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("workload", help="a file of examples/workloads")
    parser.add_argument("policies", nargs="*", help="beside the default scheduler")
    parser.add_argument("--seeds", type=int, default=2, metavar="N")
    parser.add_argument("--times", type=int, default=3, metavar="N")
    options = parser.parse_args(arguments)
    good = True
    for place in PLACES:
        words = ["--workload", options.workload, *options.policies, *place, "--seeds", str(options.seeds)]
        reports = [report(words) for _ in range(options.times)]
        same = len(set(reports)) == 1
        good = good and same
        digest = hashlib.sha256(reports[0]).hexdigest()[:16]
        said = f"{len(reports)} times the same {len(reports[0])} bytes, SHA-256 {digest}" if same else "NOT the same"
        print(f"{' '.join(place):<44} {said}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
