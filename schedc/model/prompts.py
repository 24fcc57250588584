"""What a model is told: the card and the rules of answering, the goal, and what came of its last answer."""

from __future__ import annotations

from schedc.card import card
from schedc.model import material

_RULES = """# Your task

You write one scheduling policy in the language above, for the goal that follows. Think as long as you need, in words.
Then write the policy, whole, in exactly one block that begins with ```sched and ends with ```; write nothing after it.
Programs check the policy, and only what they find counts. If something is wrong you get all of their findings and write
the whole policy again. Keep it as small as the goal allows; state with `promise` only what it keeps.

{rule}
"""


def system() -> str:
    """The same for every goal, so that it can be cached."""
    return f"{card()}\n{_RULES.format(rule=material.RULE)}"


def goal(words: str, workload: str = "", start: str = "") -> str:
    """The first message."""
    parts = [f"The goal: {words.strip()}"]
    if workload:
        parts.append(f"What the workload looks like:\n{material.quoted('workload profile', workload)}")
    if start:
        parts.append(f"Start from this policy, and change what the goal needs:\n{material.quoted('policy', start)}")
    return "\n\n".join(parts)


def refused(gate: str, told: str, note: str = "") -> str:
    """A gate's findings, with what to do about them."""
    head = f"{note}\n\n" if note else ""
    findings = material.quoted(f"findings of {gate}", told)
    return (
        f"{head}The gate `{gate}` does not pass this policy. All that it found:\n{findings}"
        "\n\nSay in a few words what was wrong, then write the whole policy again, in one ```sched block."
    )


def cut_off(tokens: int) -> str:
    return (
        f"Your answer was cut off after {tokens} tokens, before the policy was whole. Think in fewer words, then write "
        "the policy in one ```sched block."
    )
