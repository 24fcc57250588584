"""What a policy declares, by name, and the names that the language has itself."""

from __future__ import annotations

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s1_names as names
from schedc.record import field, struct
from schedc.source import Span
from schedc.typed import tree as t
from schedc.types.kinds import Kind

BUILTIN_VALUES = {
    "now": Kind.TIME, "infinite": Kind.DURATION, "boot_cpu": Kind.CPU, "this_cpu": Kind.CPU, "root_cgroup": Kind.CGROUP,
}  # fmt: skip
COLLECTIONS = {
    "cpus": Kind.CPU, "cores": Kind.CORE, "llcs": Kind.LLC, "nodes": Kind.NODE, "layers": Kind.LAYER,
    "cgroups": Kind.CGROUP,
}  # fmt: skip
# What looks for an entity other than a CPU. The candidate is called by its kind, so that there is none for layers,
# whose kind is a keyword.
SEARCHES = {f"any_{kind.value}": kind for kind in (Kind.CORE, Kind.LLC, Kind.NODE, Kind.CGROUP)}
FUNCTIONS = (
    "min", "max", "clamp", "log2", "random", "length", "empty", "idle_cpu", "any_cpu", *SEARCHES, "clock", "local",
)  # fmt: skip
RESERVED = frozenset({*BUILTIN_VALUES, *COLLECTIONS, *FUNCTIONS})
MAX_NAME = 40

Symbol = t.Param | t.Lit | t.BuiltinValue | t.Layer | t.Queue | t.Global | t.Counter | t.Function


@struct
class Symbols:
    """Declared names. Layers, queues, params and the rest share one name space.

    `broken` are names whose declaration was refused: what uses them is not reported again. `functions` are
    those of the whole text, so that a call from above can be told from a typing error, `later` its consts, params
    and globals.
    """

    by_name: dict[str, tuple[Symbol, Span]] = field(default_factory=dict)
    state: dict[tuple[Kind, str], t.StateField] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)

    def declare(self, name: str, symbol: Symbol, span: Span, diagnostics: Diagnostics) -> None:
        check_name(name, span, diagnostics)
        if name in self.by_name:
            diagnostics.add(names.declared_twice(span, name, self.by_name[name][1]))
        else:
            self.by_name[name] = (symbol, span)

    def get(self, name: str) -> Symbol | None:
        found = self.by_name.get(name)
        return found[0] if found else None

    @property
    def layers(self) -> list[t.Layer]:
        return [symbol for symbol, _ in self.by_name.values() if isinstance(symbol, t.Layer)]

    @property
    def queues(self) -> list[t.Queue]:
        return [symbol for symbol, _ in self.by_name.values() if isinstance(symbol, t.Queue)]

    def values(self) -> list[str]:
        """Every name that can stand where a value is needed."""
        return [*self.by_name, *BUILTIN_VALUES]


def check_name(name: str, span: Span, diagnostics: Diagnostics) -> None:
    """Names have a bounded length and are not those of the language itself."""
    if len(name) > MAX_NAME:
        diagnostics.add(names.unsafe_name(span, name, MAX_NAME))
    elif name in RESERVED:
        diagnostics.add(names.reserved_name(span, name))


def kind_of(symbol: Symbol) -> str:
    """What a symbol is, in words."""
    match symbol:
        case t.Param():
            return "param"
        case t.Layer():
            return "layer"
        case t.Queue():
            return "queue"
        case t.Global():
            return "global"
        case t.Counter():
            return "counter"
        case t.Function():
            return "function"
        case _:
            return "const"
