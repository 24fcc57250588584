"""Well-typed policies at random, for the compiler and for the kernel's verifier.

`strategy.policies()` is a hypothesis strategy of policy texts; `draw_policy` takes any source of choices.
What is drawn uses the whole typed language and keeps its rules, so the compiler has to accept it, and so has
every kernel.
`python -m schedc.verifier.generate --count 1000 --kernels 6.18,7.3 --seed 1` is the long run.

| file | does |
|---|---|
| `choices.py` | where decisions come from: hypothesis, or a seed |
| `world.py` | what a policy declares, and what is in scope at a place |
| `nodes.py` | syntax trees without places |
| `declarations.py` | params, layers, queues, state and so on |
| `numbers.py`, `entities.py`, `picks.py`, `kept.py` | expressions of each kind |
| `statements.py`, `loops.py` | statements for any handler |
| `placing.py`, `serving.py` | what only `select_cpu` and `enqueue`, and only `dispatch`, may do |
| `policy.py` | the whole |
| `strategy.py` | the strategy |
| `campaign.py`, `shrink.py` | many policies through compiler and kernels; a failing one made small |
"""

from __future__ import annotations

from schedc.verifier.generate.choices import Choices, seeded
from schedc.verifier.generate.policy import draw_policy

__all__ = ["Choices", "draw_policy", "seeded"]
