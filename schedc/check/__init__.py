"""From the syntax tree to the typed policy: names resolved, units checked, literals evaluated.

The package can be called: `schedc.check(text)` is the library's interface, and importing a package binds its name
in the one around it.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schedc.api import CheckResult


class _Check(ModuleType):
    def __call__(self, text: str, name: str = "policy.sched") -> CheckResult:
        from schedc.api import check

        return check(text, name)


sys.modules[__name__].__class__ = _Check
