"""`schedc completion`: a script for a shell, made from the commands' own options."""

from __future__ import annotations

import argparse
from importlib import import_module

from schedc.cli.main import COMMANDS, Command


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def run(options: argparse.Namespace) -> int:
    script = {"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell]
    print(script(), end="")
    return 0


def _options(command: str) -> list[str]:
    parser = argparse.ArgumentParser()
    module: Command = import_module(f"schedc.cli.{COMMANDS[command].module}")
    module.configure(parser)
    return sorted(o for action in parser._actions for o in action.option_strings if o.startswith("--"))


def _bash() -> str:
    cases = "\n".join(f'        {name}) words="{" ".join(_options(name))}" ;;' for name in COMMANDS)
    return f"""\
_schedc() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" words
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{" ".join(COMMANDS)}" -- "$current"))
        return
    fi
    case "${{COMP_WORDS[1]}}" in
{cases}
    esac
    case "$current" in
        -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
        *) COMPREPLY=($(compgen -f -X '!*.sched' -- "$current") $(compgen -d -- "$current")) ;;
    esac
}}
complete -o filenames -F _schedc schedc
"""


def _zsh() -> str:
    quoted = ((name, entry.help.replace("'", "'\\''")) for name, entry in COMMANDS.items())
    commands = "\n".join(f"        '{name}:{text}'" for name, text in quoted)
    cases = "\n".join(f"        {name}) options=({' '.join(_options(name))}) ;;" for name in COMMANDS)
    return f"""\
#compdef schedc
_schedc() {{
    local -a commands options
    commands=(
{commands}
    )
    if (( CURRENT == 2 )); then
        _describe command commands
        return
    fi
    case "$words[2]" in
{cases}
    esac
    _alternative "options:option:($options)" "files:policy:_files -g '*.sched'"
}}
compdef _schedc schedc
"""


def _fish() -> str:
    lines = []
    for name, entry in COMMANDS.items():
        text = entry.help.replace("'", "\\'")
        lines.append(f"complete -c schedc -n __fish_use_subcommand -f -a {name} -d '{text}'")
        for option in _options(name):
            lines.append(f"complete -c schedc -n '__fish_seen_subcommand_from {name}' -l {option[2:]}")
    return "\n".join(lines) + "\n"
