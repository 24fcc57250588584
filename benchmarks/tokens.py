"""How many tokens a policy takes beside the C scheduler of the kernel with the same idea: BPF program and loader.

    pip install 'schedc[benchmarks]'
    python -m benchmarks.tokens

The C is fetched from the kernel's source package and not kept in the repository; of it only the two files of each
scheduler are counted, no shared header; first without comments on both sides, then as they stand. Exit code 1 where
fewer than five policies take at most an eighth as they stand, or the card more than its limit.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import kernel_source
from schedc.card import card
from schedc.library import policy_text
from schedc.verifier.vm import cache
from schedc.verifier.vm.errors import VmError

VOCABULARY = "o200k_base"
MOST_OF_CARD = 3_500
LEAST_RATIO, LEAST_POLICIES = 8.0, 5
PAIRS = {
    "fair": "scx_simple", "mlfq": "scx_qmap", "quota": "scx_qmap", "central": "scx_central", "flatcg": "scx_flatcg",
    "pair": "scx_pair", "single": "scx_cpu0", "rotation": "scx_userland",
}  # fmt: skip
_C = re.compile(r'("(?:\\.|[^"\\\n])*")|/\*.*?\*/|//[^\n]*', re.DOTALL)
_SCHED = re.compile(r'("[^"\n]*")|#[^\n]*')


def bare(text: str, comments: re.Pattern[str]) -> str:
    """Without comments, and the blanks and lines that they leave behind."""
    kept = (line.rstrip() for line in comments.sub(lambda match: match[1] or "", text).splitlines())
    return "".join(f"{line}\n" for line in kept if line)


def original(folder: Path, name: str) -> str:
    """The BPF program and its loader."""
    return "".join((folder / f"{name}{ending}").read_text(encoding="utf-8") for ending in (".bpf.c", ".c"))


def rows(folder: Path, count: Callable[[str], int]) -> list[tuple[str, str, int, int, int, int]]:
    """Policy, scheduler, and the tokens of both: without comments, then with them."""
    found = []
    for ours, theirs in PAIRS.items():
        page, program = policy_text(ours), original(folder, theirs)
        plain = count(bare(page, _SCHED)), count(bare(program, _C))
        found.append((ours, theirs, *plain, count(page), count(program)))
    return found


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kernel", default="7.3", metavar="SERIES")
    options = parser.parse_args(arguments)
    try:
        from bpe_openai import get_encoding

        folder = kernel_source.source(cache.root(), options.kernel) / "tools/sched_ext"
    except (ImportError, VmError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    encoding = get_encoding(VOCABULARY)

    def count(text: str) -> int:
        return len(encoding.encode(text))

    found, of_card = rows(folder, count), count(card())
    print(f"tokens of {VOCABULARY}, without comments (with them)")
    for ours, theirs, page, program, whole_page, whole_program in found:
        whole = f"({whole_page:>5} / {whole_program:>5} = 1/{whole_program / whole_page:4.1f})"
        print(f"{ours:<8} {theirs:<12} {page:>5} / {program:>5} = 1/{program / page:4.1f}  {whole}")
    print(f"card     {of_card}, at most {MOST_OF_CARD}")
    small = sum(program >= LEAST_RATIO * page for *_, page, program in found)
    print(f"{small} take at most 1/{LEAST_RATIO:g} as they stand, at least {LEAST_POLICIES} have to")
    return 0 if small >= LEAST_POLICIES and of_card <= MOST_OF_CARD else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
