"""Why a mutant is not caught, by mutation and policy."""

from __future__ import annotations

REASONS = {
    ("no-place-for-the-new", "fair"): "the window holds a new task to within `lag` of the clock in any case: what it "
    "gets too much or too little is 20 ms once, and no property counts that",
}
