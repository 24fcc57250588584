"""What people and models write by habit from other languages, and what they meant.

`mend_text` handles characters that begin no token, `repair` tokens that do not fit where they stand. Each
gives a report, and where it is clear what was meant also what to read instead, so that the rest is read too.
Loaded at the first fault: a policy without one does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable

from schedc.syntax.idioms import (
    blocks,
    declarations,
    general,
    names,
    operators,
    scheduling,
    statements,
    walks,
)
from schedc.syntax.idioms.characters import Mended, mend_text
from schedc.syntax.idioms.fault import Fault, Repair

__all__ = ["Fault", "Mended", "Repair", "mend_text", "repair"]

# The first that recognises the fault says what it is: from the special to the general.
_RECOGNISERS: tuple[Callable[[Fault], Repair | None], ...] = (
    names.other_word,
    declarations.version,
    declarations.policy_line,
    declarations.description,
    names.event_alone,
    declarations.absent,
    general.surplus,
    names.word_behind,
    names.joined,
    declarations.live_order,
    declarations.promise_for,
    declarations.timer,
    declarations.queue_parts,
    declarations.formals,
    statements.untyped,
    statements.let_mut,
    statements.some,
    statements.top_let,
    statements.top_assignment,
    statements.const_inside,
    statements.typed_name,
    operators.increment,
    operators.member,
    operators.shift,
    operators.power,
    operators.cast,
    operators.comparison,
    operators.assigned_in_condition,
    operators.assign_operator,
    operators.ternary,
    operators.python_choice,
    operators.tests_in_words,
    walks.aggregate,
    operators.word_of,
    operators.percent,
    operators.named_argument,
    operators.chained,
    declarations.ranges,
    declarations.signs,
    walks.over_tasks,
    walks.search,
    walks.values_in_braces,
    walks.insert_preempting,
    walks.ordered,
    scheduling.insert_into,
    scheduling.insert_call,
    scheduling.insert_slice,
    scheduling.kick,
    scheduling.pull_words,
    scheduling.verbs,
    scheduling.tried_in_order,
    scheduling.absent,
    blocks.else_if,
    blocks.then,
    blocks.while_loop,
    blocks.for_loop,
    blocks.for_parts,
    statements.switch,
    statements.match_arm,
    blocks.separators,
    blocks.body_brace,
    blocks.extra_brace,
    statements.after_return,
    statements.returned,
    blocks.colon_block,
    blocks.condition_behind,
    blocks.braces,
    names.layer_of,
    names.reserved,
    names.typo,
    names.behind_typo,
    general.missing_sign,
)


def repair(fault: Fault) -> Repair | None:
    """What the token that does not fit was meant to be."""
    for recognise in _RECOGNISERS:
        if (found := recognise(fault)) is not None:
            return found
    return None
