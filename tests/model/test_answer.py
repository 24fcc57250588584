"""A policy is found however a model wraps it, and what is wrong is said to the model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages_service import GOOD, fenced

from schedc.model.answer import MAX_ANSWER, Found, Missing, find

OTHER = GOOD.replace("policy quick", "policy slow")


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        fenced(GOOD),
        f"~~~~\n{GOOD}~~~~\nThat is all.",
        f"   ```text\n{GOOD}   ```",
        fenced(GOOD).replace("\n", "\r\n"),
        f"Here it is:\n\n{GOOD}\nIt keeps one queue, and kicks. I hope that it helps.\n",
        f"First a thought:\n```\non enqueue(task) {{ kick boot_cpu }}\n```\nThe whole:\n{fenced(GOOD)}",
        f"```python\nprint('language')\n```\n{fenced(GOOD)}",
        f"Thinking.\n```sched\n{GOOD}",
    ],
)
def test_it_is_found(answer: str) -> None:
    assert find(answer) == Found(GOOD)


@pytest.mark.parametrize("answer", [fenced(GOOD) + fenced(GOOD), f"```sched\n{GOOD}{GOOD}```", f"{GOOD}\n{fenced(GOOD)}"])
def test_the_same_one_twice_is_one(answer: str) -> None:
    found = find(answer)
    assert isinstance(found, Found) and found.policy == GOOD


def test_without_its_first_line_it_is_left_to_the_checker() -> None:
    headless = GOOD.removeprefix("language 1\n")
    assert find(fenced(headless)) == Found(headless)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("", "no policy"),
        ("I cannot decide which one you mean.", "no policy"),
        ("```c\nint main(void) { return 0; }\n```", "no policy"),
        ("Change this:\n```sched\non enqueue(task) { insert task into ready for slice }\n```", "not only what changes"),
        (fenced(GOOD) + fenced(OTHER), "2 different policies"),
        (f"```sched\n{GOOD}{OTHER}```", "2 different policies"),
        (f"```sched\n{GOOD.rsplit('}', 1)[0]}", "cut off"),
        (GOOD.rsplit("kick", 1)[0], "cut off"),
        ("x" * (MAX_ANSWER + 1), "characters"),
    ],
)
def test_what_is_wrong_is_said(answer: str, told: str) -> None:
    found = find(answer)
    assert isinstance(found, Missing) and told in found.told


@given(st.text(st.sampled_from("`~{}#\" \n\tlanguage1policyx"), max_size=200), st.integers(0, len(GOOD)))
def test_any_text_gets_an_answer(noise: str, cut: int) -> None:
    for answer in (noise, noise + "\n" + GOOD[:cut], f"```\n{GOOD[:cut]}\n{noise}"):
        assert isinstance(find(answer), Found | Missing)
