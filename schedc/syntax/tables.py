"""The tables of the lexer and the parser as plain data, made by lark from the grammar.

Only making them needs lark: what drives them (`automaton`) is small, and lark takes longer to load than a
policy takes to check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from lark import Lark
    from lark.grammar import Rule


class Reduction(NamedTuple):
    """One way to write a rule: how many `parts` it has, and what of them stays in the tree.

    `kept` is (place, whether it is a list whose parts take its place); None keeps all as they are.
    """

    origin: str
    parts: int
    name: str
    single: bool
    kept: tuple[tuple[int, bool], ...] | None


class Tables(NamedTuple):
    """`states`: for each state and symbol the state to go to, or `~n` for reduction number n.

    `patterns` are the lexer's, tried in order, with a group for each type; `reserved` gives the type of words
    that look like a token of another type. `words` is how a type is written, where there is one way.
    """

    states: dict[int, dict[str, int]]
    reductions: list[Reduction]
    start: int
    end: int
    patterns: list[str]
    ignored: frozenset[str]
    reserved: dict[str, dict[str, str]]
    words: dict[str, str]


def make(grammar: str) -> Tables:
    """The tables of a grammar in lark's notation."""
    from lark import Lark

    lark = Lark(
        grammar, parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False
    )
    return _tables(lark)


def freeze(tables: Tables) -> Any:
    """Plain values only: reading them back runs no code."""
    reductions = [tuple(reduction) for reduction in tables.reductions]
    return {**tables._asdict(), "reductions": reductions}


def thaw(plain: Any) -> Tables:
    """What `freeze` made; raises one exception or another for anything else."""
    reductions = [Reduction(*each) for each in plain["reductions"]]
    return Tables(**{**plain, "reductions": reductions})


def _tables(lark: Lark) -> Tables:
    from lark.parsers.lalr_analysis import Shift

    table: Any = lark.parser.parser._parse_table
    numbers: dict[Rule, int] = {}
    states: dict[int, dict[str, int]] = {}
    for state, actions in table.states.items():
        states[state] = {
            str(symbol): target if action is Shift else ~numbers.setdefault(target, len(numbers))
            for symbol, (action, target) in actions.items()
        }
    scanner, reserved = _lexer(lark)
    return Tables(
        states,
        [_reduction(rule) for rule in numbers],
        table.start_states["start"],
        table.end_states["start"],
        scanner,
        frozenset(map(str, lark.ignore_tokens)),
        reserved,
        {str(t.name): str(t.pattern.value) for t in lark.terminals if t.pattern.type == "str"},
    )


def _lexer(lark: Lark) -> tuple[list[str], dict[str, dict[str, str]]]:
    lexer: Any = lark.parser.lexer
    scanner = lexer.scanner
    reserved = {
        str(kind): {str(word.pattern.value): str(word.name) for word in reversed(callback.scanner.terminals)}
        for kind, callback in lexer.callback.items()
    }
    return [str(pattern.pattern) for pattern in scanner._mres], reserved


def _reduction(rule: Rule) -> Reduction:
    options = rule.options
    kept = tuple(
        (place, not symbol.is_term and symbol.name.startswith("_"))
        for place, symbol in enumerate(rule.expansion)
        if options.keep_all_tokens or not (symbol.is_term and symbol.filter_out)  # type: ignore[attr-defined]
    )
    plain = len(kept) == len(rule.expansion) and not any(inlined for _, inlined in kept)
    return Reduction(
        str(rule.origin.name),
        len(rule.expansion),
        str(rule.alias or rule.origin.name),
        bool(options.expand1 and not rule.alias),
        None if plain else kept,
    )
