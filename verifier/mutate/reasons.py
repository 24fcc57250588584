"""Why a mutant is not caught, by mutation and policy."""

from __future__ import annotations

_WHO_IS_FIRST = (
    "it changes who comes first within the queue's window, by some ms of virtual time, and no property counts that"
)

REASONS = {
    ("no-boost", "desk"): _WHO_IS_FIRST,
    ("average-stands", "desk"): _WHO_IS_FIRST,
    ("not-rebased", "desk"): "the other queue's window holds the task to within 20 ms before its clock and 500 ms "
    "behind it, and no property counts who comes first within it",
    ("no-place-for-the-new", "fair"): "the window holds a new task to within `lag` of the clock in any case: what it "
    "gets too much or too little is 20 ms once, and no property counts that",
}
