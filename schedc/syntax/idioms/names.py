"""Words: other case, other spelling, two joined to one, and words of the language used as names."""

from __future__ import annotations

from schedc.diagnostics.s0_habits import habit
from schedc.syntax.grammar import keywords, words
from schedc.syntax.idioms.fault import Fault, Repair

EVENTS = frozenset(
    [
        "select_cpu",
        "enqueue",
        "dequeue",
        "dispatch",
        "runnable",
        "running",
        "stopping",
        "quiescent",
        "enable",
        "disable",
        "tick",
        "init",
        "exit",
        "yield",
        "cpu_online",
        "cpu_offline",
        "init_task",
        "exit_task",
        "set_weight",
        "set_cpumask",
        "update_idle",
        "cpu_acquire",
        "cpu_release",
        "cgroup_init",
        "cgroup_exit",
        "cgroup_move",
        "cgroup_set_weight",
    ]
)

# What a word of the language may be replaced by where it was meant as a name.
_BETTER = {
    "when": "due", "at": "place", "from": "source", "to": "target", "of": "owner", "on": "where_on",
    "by": "factor",
    "in": "inside", "for": "slice", "per": "each", "least": "lowest", "most": "highest", "near": "close",
    "where": "place", "within": "deadline", "while": "during", "over": "span", "queue": "waiting",
    "counter": "tally", "layer": "level", "policy": "plan", "keep": "kept", "global": "shared",
    "average": "mean",
    "samples": "window", "none": "nothing", "whole": "full", "nearest": "closest", "live": "alive",
}  # fmt: skip
_OTHER_WORDS = {
    "function": ("fn", "FN"), "func": ("fn", "FN"), "def": ("fn", "FN"), "fun": ("fn", "FN"),
    "proc": ("fn", "FN"),
    "fnc": ("fn", "FN"), "sub": ("fn", "FN"),
    "parameter": ("param", "PARAM"), "constant": ("const", "CONST"), "timer": ("every", "EVERY"),
    "handler": ("on", "ON"), "event": ("on", "ON"), "callback": ("on", "ON"),
    "nil": ("none", "NONE"), "null": ("none", "NONE"), "nullptr": ("none", "NONE"), "None": ("none", "NONE"),
    "yes": ("true", "TRUE"), "no": ("false", "FALSE"), "foreach": ("for", "FOR"),
    "version": ("language", "LANGUAGE"),
    "closest": ("nearest", "NEAREST"), "minimal": ("least", "LEAST"), "maximal": ("most", "MOST"),
    "unless": ("if", "IF"),
}  # fmt: skip


def other_word(fault: Fault) -> Repair | None:
    """`def`, `NULL`, `ON`: another word, or the right one in another case."""
    if fault.kind() != "NAME":
        return None
    written = str(fault.token())
    if fault.kind(-1) == "DOT":
        return None
    instead, kind = _OTHER_WORDS.get(written) or _OTHER_WORDS.get(written.lower()) or ("", "")
    if kind in ("FN", "ON") and str(fault.token(1)) in EVENTS:
        instead, kind = "on", "ON"
    if not kind and written.lower() in keywords() and written.lower() != written:
        return _other_case(fault, written.lower())
    if not kind or not fault.fits([fault.make(kind, instead)]):
        return None
    report = habit(
        "word", fault.span(), (fault.replace(instead),), written != "unless", written=written, instead=instead
    )
    return fault.instead(report, [fault.make(kind, instead)])


def _other_case(fault: Fault, instead: str) -> Repair | None:
    token = fault.make(keywords()[instead], instead)
    if not fault.fits([token]):
        return None
    report = habit(
        "case", fault.span(), (fault.replace(instead),), written=str(fault.token()), instead=instead
    )
    return fault.instead(report, [token])


def joined(fault: Fault) -> Repair | None:
    """`onenqueue`, `on_enqueue`, `selectcpu`."""
    written = str(fault.token())
    if fault.kind() != "NAME" or "ON" not in fault.accepted:
        return None
    event = written.removeprefix("on").removeprefix("_")
    if written.startswith("on") and event in EVENTS:
        tokens = [fault.make("ON", "on"), fault.make("NAME", event)]
        report = habit(
            "joined", fault.span(), (fault.replace(f"on {event}"),), written=written, instead=f"on {event}"
        )
        return fault.instead(report, tokens)
    return None


def event_alone(fault: Fault) -> Repair | None:
    """`enqueue(task) {` without `on`: the name fits as the start of a state block, so `(` is the fault."""
    if fault.kind() != "LPAR" or fault.kind(-1) != "NAME" or not fault.starts_line(-1):
        return None
    written = str(fault.token(-1))
    event = written.removeprefix("on").removeprefix("_") if written not in EVENTS else written
    if event not in EVENTS or fault.opened("LBRACE"):
        return None
    tokens = [fault.make("ON", "on", -1), fault.make("NAME", event, -1)]
    if written != event:
        report = habit("joined", fault.span(-1), (fault.replace(f"on {event}", -1),),
                       written=written, instead=f"on {event}")  # fmt: skip
    else:
        report = habit("event", fault.span(-1), (fault.before("on ", -1),), written=written)
    return fault.instead(report, tokens, -1, 0)


def word_behind(fault: Fault) -> Repair | None:
    """`def f(...)`, `ON enqueue`, `functio f`: the word fits as a state block's name."""
    if fault.kind(-1) != "NAME" or not fault.starts_line(-1) or fault.opened("LBRACE"):
        return None
    written = str(fault.token(-1))
    instead = (_OTHER_WORDS.get(written) or _OTHER_WORDS.get(written.lower()) or ("",))[0]
    if instead == "fn" and str(fault.token()) in EVENTS:
        instead = "on"
    name, safe = "word", True
    if not instead and written.lower() in keywords():
        name, instead = "case", written.lower()
    if not instead:
        name, instead, safe = "typo", _alike(written, ITEM_WORDS), False
    if instead not in ITEM_WORDS:
        return None
    report = habit(
        name, fault.span(-1), (fault.replace(instead, -1),), safe, written=written, instead=instead
    )
    return fault.instead(report, [fault.make(keywords()[instead], instead, -1)], -1, 0)


ITEM_WORDS = ("param", "const", "layer", "queue", "counter", "global", "promise", "fn", "on", "every", "live")


def _alike(written: str, among: tuple[str, ...] | list[str]) -> str:
    """The word that was most likely meant; '' where none is near."""
    if len(written) < 3:
        return ""
    swapped = [word for word in among if sorted(word) == sorted(written.lower())]
    if swapped:
        return swapped[0]
    from difflib import get_close_matches

    return next(iter(get_close_matches(written.lower(), among, 1, 0.75)), "")


def typo(fault: Fault) -> Repair | None:
    """`inot`, `agin`: near to a word that would fit."""
    written = str(fault.token())
    if fault.kind() != "NAME" or "NAME" in fault.accepted:
        return None
    fitting = [text for kind, text in words().items() if text.isalpha() and kind in fault.accepted]
    instead = _alike(written, fitting)
    if not instead:
        return None
    report = habit("typo", fault.span(), (fault.replace(instead),), False, written=written, instead=instead)
    return fault.instead(report, [fault.make(keywords()[instead], instead)])


def behind_typo(fault: Fault) -> Repair | None:
    """`inset task into ..`: the word fits as a name, what follows is the fault."""
    written = str(fault.token(-1))
    if fault.kind(-1) != "NAME" or not fault.starts_line(-1) or not fault.opened("LBRACE"):
        return None
    if fault.kind() not in ("NAME", "LBRACE"):
        return None
    instead = _alike(
        written, ["insert", "kick", "pull", "keep", "return", "match", "repeat", "let", "var", "break"]
    )
    if not instead or instead == written:
        return None
    case = written.lower() == instead
    report = habit("case" if case else "typo", fault.span(-1), (fault.replace(instead, -1),), case,
                   written=written, instead=instead)  # fmt: skip
    return fault.instead(report, [fault.make(keywords()[instead], instead, -1)], -1, 0)


def reserved(fault: Fault) -> Repair | None:
    """`let when = ..`, `param within: ..`, `task.from`."""
    written = str(fault.token())
    if not written.isalpha() or fault.kind() not in words() or _begins_declaration(fault) or not _names_here(fault):
        return None
    instead = _BETTER.get(written, f"{written}_")
    report = habit(
        "reserved", fault.span(), (fault.replace(instead),), False, written=written, instead=instead
    )
    return fault.instead(report, [fault.make("NAME", written)])


def layer_of(fault: Fault) -> Repair | None:
    """`layer(task)`."""
    if not fault.kinds(0, "LAYER", "LPAR") or "NAME" not in fault.accepted:
        return None
    close = fault.closing(1)
    if close is None or close == 2 or any(fault.kind(i) not in ("NAME", "DOT") for i in range(2, close)):
        return None
    instead = f"{fault.text(2, close - 1)}.layer"
    tokens = [*fault.copy(2, close), fault.make("DOT", "."), fault.make("LAYER", "layer")]
    report = habit("layer_of", fault.span(0, close), (fault.replace(instead, 0, close),), instead=instead)
    return fault.instead(report, tokens, 0, close + 1)


def _begins_declaration(fault: Fault) -> bool:
    """`param` at the margin, behind a declaration that lacks its end."""
    written = str(fault.token())
    outside = written in ITEM_WORDS and not fault.opened("LBRACE")
    return outside and fault.starts_line() and fault.indent() == 0 and fault.kind(1) in ("NAME", "PARAM", "NUMBER")


def _names_here(fault: Fault) -> bool:
    """A name, and nothing else, would fit: or what follows reads as if the word were one."""
    if "NAME" in fault.accepted and any(
        token.type == "NAME" and str(token) == str(fault.token()) for token in fault.tokens[: fault.at]
    ):
        return True  # it was already used as one
    if fault.accepted <= {"NAME", "LAYER"} and "NAME" in fault.accepted:
        return True
    if fault.kind(-1) in ("LPAR", "COMMA") and fault.inside("FN", "ON") and "NAME" in fault.accepted:
        return True
    if fault.kinds(1, "LPAR") and "NAME" in fault.accepted and fault.span().end == fault.span(1).start:
        return fault.kind() in ("WITHIN", "BY", "WHEN", "TO", "LEAST", "MOST", "NEAR", "OVER", "AGING")
    goes_on = ("EQUAL", "CHANGE", "DOT", "PLUS", "MINUS", "STAR", "SLASH", "COMPARE", "AT_MOST", "FOR",
        "COLON",
               "RPAR", "RSQB", "COMMA", "LBRACE")  # fmt: skip
    return (
        "NAME" in fault.accepted and fault.kind(1) in goes_on and fault.kind() not in ("IF", "MATCH", "ELSE")
    )
