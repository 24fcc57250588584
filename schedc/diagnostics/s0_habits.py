"""S0: what people and models write by habit from other languages, and what to write here.

One line of the table a habit: code, headline, label, what to write, why. `{}` fields are the words of the place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from schedc.diagnostics.model import Applicability, Diagnostic, Edit, Fix, Label
from schedc.source import Span


class Habit(NamedTuple):
    code: str
    title: str
    label: str
    fix: str
    why: str = ""


_BOUND = "a loop without a bound could keep a CPU in the kernel for ever"
_PATHS = "what a `return` leaves behind never runs, so that a task could be forgotten there"

HABITS = {
    # operators
    "and": Habit("S011", "`and` is written as a word", "`{written}` is no operator here", "write `and`"),
    "or": Habit("S011", "`or` is written as a word", "`{written}` is no operator here", "write `or`"),
    "not": Habit("S011", "`not` is written as a word", "`{written}` is no operator here", "write `not`"),
    "bits": Habit(
        "S011",
        "there are no operations on bits",
        "`{written}` is no operator here",
        "keep each flag in a `bool` of its own",
    ),
    "address": Habit(
        "S011", "there are no pointers", "`{written}` takes an address elsewhere", "write the name alone"
    ),
    "member": Habit("S011", "a field is reached with `.`", "`{written}` is no operator here", "write `.`"),
    "increment": Habit("S011", "`{written}` is no operator", "changes a value by one", "write `{instead}`"),
    "assign_op": Habit(
        "S011",
        "there is no `{written}`; only `+=`, `-=` and `*=`",
        "not an assignment here",
        "write `{instead}`",
    ),
    "equal": Habit("S011", "`=` assigns; a comparison is `==`", "compared here", "write `==`"),
    "compare": Habit("S011", "`{written}` is no comparison", "compared here", "write `{instead}`"),
    "ternary": Habit(
        "S011",
        "a choice between values is `if c {{ a }} else {{ b }}`",
        "`{written}` is no operator here",
        "write `{instead}`",
    ),
    "not_in": Habit(
        "S011", "`not in` is written with `not` in front", "not in two words here", "write `not x in y`"
    ),
    "is_empty": Habit(
        "S011",
        "whether a queue is empty is asked with `empty(...)`",
        "`is` is no operator",
        "write `{instead}`",
    ),
    "is": Habit("S011", "`is` is no operator", "compared here", "write `{instead}`"),
    "of": Habit(
        "S011", "`{written} of` is written as a call", "not a form of the language", "write `{instead}`"
    ),
    "modulo": Habit(
        "S011",
        "`{written}` reads as a number in percent",
        "no operator is left between the two",
        "for the remainder, write spaces around `%`",
    ),
    "division": Habit(
        "S011", "`//` is no operator", "between two values", "write `/`, which truncates, or `#` for a comment"
    ),
    "power": Habit("S011", "there is no operator for powers", "`**` is no operator here", "write the product out"),
    "cast": Habit(
        "S011", "nothing is converted from one type to another", "`{written}` is a cast elsewhere", "leave it out"
    ),
    "chained": Habit(
        "S011", "comparisons are not chained", "a second comparison of the same value", "write `{instead}`"
    ),
    "named": Habit(
        "S011", "`{written}` is followed by its value at once", "no sign belongs here", "write `{instead}`"
    ),
    # comments
    "comment": Habit("S012", "a comment begins with `#`", "`{written}` is a comment elsewhere", "write `#`"),
    # words of other languages
    "word": Habit(
        "S013", "`{written}` is not a word of the language", "the word is `{instead}`", "write `{instead}`"
    ),
    "dropped": Habit("S013", "`{written}` is not a word of the language", "not needed", "leave it out"),
    "declared": Habit(
        "S013",
        "a value is named with `let`, a changing one with `var`",
        "declared as elsewhere",
        "write `{instead}`",
    ),
    "let_type": Habit(
        "S013", "`let` takes no type: its value has one", "a type after `let`", "write `{instead}`"
    ),
    "var_type": Habit("S013", "a `var` states its type", "the type is missing", "write `{instead}`"),
    "top_let": Habit(
        "S013",
        "outside of handlers a value is a `const`, a `param` or a `global`",
        "`{written}` stands inside a handler or a `fn`",
        "write `{instead}`",
    ),
    "switch": Habit(
        "S013",
        "there is no `{written}`; a choice by layer or number is a `match`",
        "not a word here",
        "write `match x {{ a => {{ ... }} otherwise => {{ ... }} }}`",
    ),
    "arm": Habit(
        "S013",
        "an arm of a `match` is `pattern => ...`",
        "`{written}` does not belong here",
        "write `{instead}`",
    ),
    "arm_value": Habit(
        "S013",
        "`{written}` is no case of a `match`, which is a layer, a number or a const",
        "not one of these",
        "write `if ... == {written} {{ ... }} else {{ ... }}`",
    ),
    "some": Habit("S013", "`if let` names the value itself", "no `Some` stands here", "write `{instead}`"),
    "handler_type": Habit(
        "S013", "the names of a handler have no types", "the event gives the type", "write the name alone"
    ),
    "handler_result": Habit("S013", "a handler states no result", "the event gives the type", "leave it out"),
    "fn_type": Habit("S013", "the type stands behind the name", "a type in front", "write `{instead}`"),
    "fn_result": Habit(
        "S013", "the result of a `fn` stands behind `->`", "`{written}` is not used for it", "write `->`"
    ),
    # loops
    "while": Habit(
        "S014",
        "there are no `while` loops",
        "nothing bounds it",
        "write `repeat 8 {{ if not (...) {{ break }} ... }}`, with the most turns that are needed",
        _BOUND,
    ),
    "for_c": Habit(
        "S014", "a counted loop is a `repeat`", "a loop of another language", "write `{instead}`", _BOUND
    ),
    "for_range": Habit(
        "S014",
        "a counted loop is a `repeat`",
        "`for` goes through cpus, cores, llcs, nodes or layers",
        "write `{instead}`",
        _BOUND,
    ),
    "for_what": Habit(
        "S014", "`for` goes through `{instead}`", "`{written}` is one of them", "write `{instead}`"
    ),
    "for_over": Habit(
        "S014",
        "`for` goes through cpus, cores, llcs, nodes or layers",
        "`{written}` is none of them",
        "go through one of these, with `of`, `nearest` or `where`",
        _BOUND,
    ),
    "for_tasks": Habit(
        "S014",
        "tasks that wait cannot be gone through",
        "`{written}` holds tasks",
        "let the order of the queue choose; what is needed of all tasks is added up as they come and go",
        _BOUND,
    ),
    "for_counted": Habit(
        "S014",
        "`for` does not count",
        "`for` goes through cpus, cores, llcs, nodes or layers",
        "levels with a number are layers, `for each in layers`; the same again and again is a `repeat`",
        _BOUND,
    ),
    # braces
    "brace_missing": Habit("S015", "this block is not closed", "opened here", "write the missing `}}`"),
    "brace_extra": Habit("S015", "this `}}` closes nothing", "no block is open here", "remove it"),
    "body_brace": Habit("S015", "a policy has no braces around it", "not needed", "remove them"),
    "braces": Habit("S015", "a block is written in braces", "no `{{` before this", "put `{{ }}` around it"),
    "condition_behind": Habit(
        "S015", "a condition stands before what depends on it", "behind a statement", "write `{instead}`"
    ),
    "colon": Habit("S015", "a block is written in braces", "`:` begins no block", "write `{{` and `}}`"),
    "elif": Habit(
        "S015", "a further condition is `else if`", "not a word of the language", "write `else if`"
    ),
    "semicolon": Habit("S015", "a statement ends once", "a second `;`", "remove it"),
    "separator": Habit("S015", "no `,` stands here", "not needed", "remove it"),
    # return
    "after_return": Habit(
        "S016",
        "nothing after `return` runs",
        "this is never reached",
        "remove it, or put it before the `return`",
        _PATHS,
    ),
    "after_break": Habit(
        "S016",
        "nothing after `{written}` runs",
        "this is never reached",
        "remove it, or put it before the `{written}`",
    ),
    "returned": Habit(
        "S016",
        "a value is given back with `return`",
        "a value alone is no statement",
        "write `return` before it",
    ),
    # names
    "reserved": Habit(
        "S017",
        "`{written}` is a word of the language and cannot be a name",
        "used as a name",
        "choose another name, such as `{instead}`",
    ),
    "case": Habit("S018", "words are written small", "`{written}`", "write `{instead}`"),
    "layer_of": Habit(
        "S013", "a task's layer is its field `layer`", "no function of that name", "write `{instead}`"
    ),
    "joined": Habit("S018", "`{written}` is two words", "a space is missing", "write `{instead}`"),
    "typo": Habit(
        "S018", "`{written}` is not a word of the language", "not known here", "perhaps `{instead}`"
    ),
    "event": Habit("S018", "a handler begins with `on`", "`{written}` is an event", "write `on {written}`"),
    "hyphen": Habit("S018", "a name has no `-`", "not part of a name", "write `{instead}`"),
    "space": Habit(
        "S004", "the unit follows the digits at once", "a space is between them", "write `{instead}`"
    ),
    # insert
    "into": Habit(
        "S020", "a task is inserted `into` a queue", "`{written}` is not used for it", "write `into`"
    ),
    "insert_slice": Habit(
        "S020",
        "an insert says for how long the task may run",
        "`for` and the slice are missing",
        "write `for {instead}`",
        "the slice is what the task may use before another one has its turn",
    ),
    "insert_for": Habit(
        "S020", "the slice of an insert stands behind `for`", "`{written}` is not used for it", "write `for`"
    ),
    "insert_order": Habit(
        "S020",
        "the parts of an insert are in the order `into`, `at`, `for`",
        "out of order",
        "write `{instead}`",
    ),
    "insert_call": Habit(
        "S020", "an insert is a statement, not a call", "written as a call", "write `{instead}`"
    ),
    "insert_verb": Habit(
        "S020",
        "a task is put into a queue with `insert`",
        "`{written}` is not a word here",
        "write `{instead}`",
    ),
    "insert_preempt": Habit(
        "S020",
        "an insert preempts nobody",
        "`{written}` is no part of it",
        "insert the task, then preempt a CPU:  kick cpu preempt",
    ),
    # kick
    "preempt": Habit(
        "S021",
        "a CPU is preempted with `kick cpu preempt`",
        "`preempt` stands at the end",
        "write `{instead}`",
    ),
    "kick_mode": Habit(
        "S021", "a kick is plain or `preempt`", "`{written}` is not a kind of kick", "leave it out"
    ),
    "kick_preempt": Habit("S021", "`preempt` follows the CPU at once", "not needed", "write `preempt` alone"),
    "wake": Habit("S021", "a CPU is woken with `kick`", "`{written}` is not a word here", "write `kick`"),
    # pull
    "pull_or": Habit(
        "S022", "queues are tried in order with `or`", "`{written}` does not join them", "write `or`"
    ),
    "pick_or": Habit(
        "S022", "picks are tried in order with `or`", "`{written}` does not join them", "write `or`"
    ),
    "pull_from": Habit("S022", "the queue follows `pull` at once", "not needed", "leave it out"),
    "pull_verb": Habit(
        "S022", "a task is taken from a queue with `pull`", "`{written}` is not a word here", "write `pull`"
    ),
    "keep_slice": Habit(
        "S022",
        "`keep` says for how long the task goes on",
        "`for` and the slice are missing",
        "write `for {instead}`",
    ),
    "keep_what": Habit(
        "S022", "`keep` names the task that ran", "`prev` is missing", "write `keep prev for slice`"
    ),
    # declarations
    "typed": Habit("S023", "a {what} states its type", "the type is missing", "write `{instead}`"),
    "colon_for": Habit(
        "S023", "`:` stands between a name and its type", "`{written}` is not used for it", "write `:`"
    ),
    "range": Habit("S023", "a range is written `in low..high`", "not a range", "write `{instead}`"),
    "window": Habit("S023", "a queue's window is written `from low to high`", "not a window", "write `to`"),
    "per": Habit(
        "S023", "each index of a queue has its own `per`", "`{written}` does not join them", "write `per`"
    ),
    "per_number": Habit(
        "S023",
        "a queue's index is an entity, not a number",
        "numbers",
        "declare layers, and write `per layer`",
        "an index that is an entity cannot be out of range",
    ),
    "queue_index": Habit(
        "S023", "a queue per entity is declared with `per`", "an index in brackets", "write `{instead}`"
    ),
    "layer_when": Habit(
        "S023", "a layer has a condition behind `when`", "`{written}` is not used for it", "write `when`"
    ),
    "layer_rest": Habit(
        "S023",
        "the last layer takes the rest with `otherwise`",
        "`{written}` is not used for it",
        "write `otherwise`",
    ),
    "described": Habit(
        "S023", "a {what} says in a text what it is", "the text is missing", "write `{instead}`"
    ),
    "no_sign": Habit("S023", "`{written}` does not belong here", "not needed", "leave it out"),
    "promise_layer": Habit(
        "S023",
        "a promise is for a layer",
        "not the name of a layer",
        "declare a layer with this condition, and name it here",
    ),
    "param_word": Habit(
        "S023", "`live` and `param` stand in this order", "out of order", "write `live param`"
    ),
    "handler_args": Habit(
        "S023",
        "a handler names what the event gives, in parentheses",
        "the names are missing",
        "write `{instead}`",
    ),
    "timer": Habit(
        "S023", "work at intervals is written `every 10ms {{ ... }}`", "not an event", "write `{instead}`"
    ),
    # what the language does not have
    "absent": Habit("S024", "version 1 has no `{written}`", "not part of the language", "{instead}"),
}


def habit(name: str, span: Span, edits: Iterable[Edit] = (), safe: bool = True, **words: str) -> Diagnostic:
    """The report of a habit at a place; `safe` says that the edits keep what was meant beyond doubt."""
    code, title, label, fix, why = HABITS[name]
    edits = tuple(edits)
    level = Applicability.SAFE if safe else Applicability.UNSAFE
    return Diagnostic(
        code,
        title.format(**words),
        Label(span, label.format(**words)),
        why=why,
        fixes=(Fix(fix.format(**words), edits, level if edits else Applicability.DISPLAY),),
    )
