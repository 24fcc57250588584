"""`schedc new`: a policy to begin with, from the library."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.check.symbols import MAX_NAME, RESERVED
from schedc.cli import files
from schedc.cli.main import Refused
from schedc.library import policies, title
from schedc.syntax.grammar import keywords

if TYPE_CHECKING:
    import argparse

_HEADER = re.compile(r"^policy\s+\w+", re.MULTILINE)
_DEFAULT = "fair"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="writes NAME.sched here")
    parser.add_argument(
        "--from", dest="start", default=_DEFAULT, metavar="POLICY", help=f"of the library ({_DEFAULT})"
    )
    parser.add_argument("--list", action="store_true", help="the policies of the library")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")


def run(options: argparse.Namespace) -> int:
    library = policies()
    if options.list:
        for stem, path in library.items():
            print(f"{stem:<14} {title(path.read_text(encoding='utf-8'))}")
        return 0
    if options.name is None:
        raise Refused("new: a name is missing")
    if options.start not in library:
        raise Refused(f"the library has no policy `{options.start}`; `schedc new --list` lists them")
    path, name = _target(options.name)
    if path.exists() and not options.force:
        raise Refused(f"{path} is there already; --force replaces it")
    text = library[options.start].read_text(encoding="utf-8")
    files.write(path, _HEADER.sub(f"policy {name}", text, count=1).encode())
    print(f"{path}: begun from {options.start}; next: schedc check {path}")
    return 0


def _target(name: str) -> tuple[Path, str]:
    """The file, and the policy's name in it."""
    path = Path(name) if name.endswith(".sched") else Path(f"{name}.sched")
    policy = re.sub(r"\W", "_", path.stem, flags=re.ASCII)
    if not re.fullmatch(r"[A-Za-z_]\w*", policy, flags=re.ASCII):
        policy = f"policy_{policy}"
    if policy in keywords() or policy in RESERVED:
        policy = f"{policy}_policy"
    return path, policy[:MAX_NAME]
