"""`schedc`: finds the subcommand and runs it. Exit codes: 0 accepted, 1 refused, 2 misuse or unreadable."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, NamedTuple, NoReturn, Protocol, TextIO

if TYPE_CHECKING:
    import argparse

USAGE = 2
INTERRUPTED = 130


class Command(Protocol):
    """What the module of a subcommand offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> int: ...


class Entry(NamedTuple):
    module: str
    help: str


COMMANDS = {
    "check": Entry("check", "say what is wrong with policies, and what to write"),
    "compile": Entry("compile", "turn a policy into a BPF object"),
    "fuzz": Entry("fuzz", "draw what could break a policy, until something does"),
    "exhaust": Entry("exhaust", "try all orders of events on small machines, to a depth"),
    "replay": Entry("replay", "show a story that broke a policy"),
    "verify": Entry("verify", "run policies on real kernels, in a virtual machine"),
    "certify": Entry("certify", "run a policy through all gates, and state what it passed"),
    "load": Entry("load", "run a certified policy on this machine, and watch it"),
    "measure": Entry("measure", "how well schedulers serve a workload, on real kernels"),
    "simulate": Entry("simulate", "how well policies serve a workload, on a simulated machine"),
    "generate": Entry("generate", "a policy for a goal, written by a model and mended until the gates take it"),
    "mcp": Entry("mcp", "serve all this to a language model's client, over standard input and output"),
    "fmt": Entry("fmt", "lay out policies in the one style"),
    "explain": Entry("explain", "the page of a diagnostic's code"),
    "card": Entry("card", "the language on a page, for a model's prompt"),
    "grammar": Entry("grammar", "the grammar, for parsers and constrained decoding"),
    "policies": Entry("policies", "what the library has, for which work, and how it does"),
    "diff": Entry("diff", "how two policies differ: properties, costs, and what tasks get"),
    "new": Entry("new", "begin a policy from one of the library"),
    "setup": Entry("setup", "fetch what the VM gate needs"),
    "doctor": Entry("doctor", "what of the needed tools is here"),
    "completion": Entry("completion", "a completion script for a shell"),
}


class Refused(Exception):
    """Wrong use, or a file that cannot be read or written: its text is for people."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; what is returned is the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(words)
        sys.stdout.flush()
        return code
    except Refused as error:
        complain(str(error))
        return USAGE
    except BrokenPipeError:
        # Nobody reads on; without this the interpreter would complain when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except OSError as error:  # files say themselves what is wrong with them
        complain(f"{error.filename or 'standard output'}: {reason(error)}")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED


def complain(text: str) -> None:
    print(f"schedc: {text}", file=sys.stderr)


def reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def program() -> NoReturn:
    """`main` as a process of its own, which ends without taking itself apart: with libclang in it, that takes
    longer than clang on a small policy."""
    _open_streams()
    code = main()
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def _open_streams() -> None:
    """What is written to a closed stream is lost, as the caller wished; a character that the terminal's encoding
    lacks is written as its code."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def _run(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(_help(), end="")
        return 0 if words else USAGE
    if words[0] in ("-V", "--version"):
        from schedc.version import version

        print(f"schedc {version()}")
        return 0
    entry = COMMANDS.get(words[0])
    if entry is None:
        raise Refused(f"there is no command `{words[0]}`{_perhaps(words[0])}; `schedc --help` lists them")
    import argparse

    command: Command = import_module(f"schedc.cli.{entry.module}")
    # What is no option is not taken for one that begins so, as `--kernel` for `--kernel-image` where only that is one.
    parser = argparse.ArgumentParser(f"schedc {words[0]}", description=f"{entry.help}.", allow_abbrev=False)
    command.configure(parser)
    try:
        options = parser.parse_args(words[1:])
    except SystemExit as stop:  # argparse has said why
        return stop.code if isinstance(stop.code, int) else USAGE
    return command.run(options)


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {entry.help}" for name, entry in COMMANDS.items()]
    return (
        "usage: schedc COMMAND ...\n\nCommands:\n"
        + "\n".join(lines)
        + "\n\n`schedc COMMAND --help` says more.\n"
    )


def _perhaps(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, 1)
    return f" (perhaps `{near[0]}`)" if near else ""
