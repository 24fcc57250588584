"""Queues by the names that the policy gives them, from the numbers that the kernel has for them."""

from __future__ import annotations

from schedc.lower.plan import MAX_COUNT, QueuePlan, make_plan
from schedc.typed import tree as t
from schedc.types.kinds import Kind

_BUILTIN, _LOCAL_ON, _LOCAL, _GLOBAL = 1 << 63, 3 << 62, (1 << 63) + 2, (1 << 63) + 1


class Queues:
    def __init__(self, policy: t.Policy) -> None:
        self.layers = [layer.name for layer in policy.layers]
        self.plans = sorted(make_plan(policy).queues.values(), key=lambda plan: plan.base)

    def name(self, number: int) -> str:
        """`ready`, `level[low, CPU 3]`, or what the kernel's own queues are."""
        number %= 1 << 64
        if number & _LOCAL_ON == _LOCAL_ON:
            return f"the local queue of CPU {number & 0xFFFF}"
        if number & _BUILTIN:
            return {_LOCAL: "its CPU's local queue", _GLOBAL: "the kernel's global queue"}.get(number, "no queue")
        plan = next((each for each in reversed(self.plans) if each.base <= number < each.base + each.slots), None)
        return f"queue {number}" if plan is None else f"`{plan.queue.name}{self._place(plan, number - plan.base)}`"

    def _place(self, plan: QueuePlan, index: int) -> str:
        words: list[str] = []
        for kind in reversed(plan.queue.dimensions):
            index, at = divmod(index, len(self.layers) if kind is Kind.LAYER else MAX_COUNT[kind])
            words.insert(0, self.layers[at] if kind is Kind.LAYER else f"{kind.value} {at}")
        return f"[{', '.join(words)}]" if words else ""
