"""What a drawn policy declares, and what is in scope where code is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from schedc.types.kinds import Kind
from schedc.verifier.generate.choices import Choices

PLACES = (Kind.CPU, Kind.CORE, Kind.LLC, Kind.NODE)
# Few names, so that the same one is used again and again in scopes that do not overlap.
LOCAL_NAMES = ("a", "b", "c", "best", "cpu", "llc", "each", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m")


@dataclass(frozen=True)
class Value:
    """A name with a value: param, const, global, state field or local.

    `positive`: never 0; `small`: a duration that may bound a window; `claimed`: a CPU that has to be used, so
    its value goes nowhere else; `candidate`: each CPU of a search.
    """

    name: str
    kind: Kind
    optional: bool = False
    positive: bool = False
    mutable: bool = False
    small: bool = False
    claimed: bool = False
    candidate: bool = False


@dataclass(frozen=True)
class Field:
    """A kept field of an entity."""

    owner: Kind
    value: Value
    average: bool = False
    per_layer: bool = False


@dataclass(frozen=True)
class QueueDecl:
    """`own`: filled only by the place of a task's own CPU, so that it is served there only."""

    name: str
    order: Kind | None
    dimensions: tuple[Kind, ...]
    own: bool


@dataclass(frozen=True)
class FunctionDecl:
    name: str
    formals: tuple[Value, ...]
    result: Value


@dataclass
class World:
    """All declarations drawn so far. `groups`: control groups are told apart."""

    values: list[Value] = field(default_factory=list)
    globals: list[Value] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)
    groups: bool = False
    queues: list[QueueDecl] = field(default_factory=list)
    holds: bool = False  # a queue holds tasks back, so that a timer has to look for them
    fields: list[Field] = field(default_factory=list)
    counters: list[str] = field(default_factory=list)
    functions: list[FunctionDecl] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Those of the entities that there are, beside tasks."""
        layer = (Kind.LAYER,) if self.layers else ()
        return (*PLACES, *layer, *((Kind.CGROUP,) if self.groups else ()))

    def fresh(self, stem: str) -> str:
        """A name that nothing has yet."""
        number = 0
        while (name := f"{stem}{number or ''}") in self.taken:
            number += 1
        self.taken.add(name)
        return name


@dataclass
class Place:
    """Where code is drawn. `own_cpu`: the formal that is this callback's own CPU; `unread`: what a racy
    update would read; `hidden`: locals that may not be read, but have their names; `loops`: how deep in loops."""

    choices: Choices
    world: World
    event: str
    locals: list[Value] = field(default_factory=list)
    own_cpu: str | None = None
    unread: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    loops: int = 0

    def inner(self) -> Place:
        """A scope inside this one."""
        return replace(self, locals=list(self.locals))

    def without(self, name: str) -> Place:
        # A local may carry what was read before.
        tasks = [local for local in self.locals if local.kind is Kind.TASK]
        hidden = self.hidden | {local.name for local in self.locals}
        return replace(self, unread=self.unread | {name}, hidden=hidden, locals=tasks)

    def bind(self, kind: Kind, optional: bool = False, mutable: bool = False, claimed: bool = False) -> Value:
        """A new local of this scope, of a name that hides nothing."""
        used = {local.name for local in self.locals} | self.hidden | self.world.taken
        free = [name for name in LOCAL_NAMES if name not in used]
        name = self.choices.pick(free) if free else f"v{len(self.locals)}"
        local = Value(name, kind, optional, mutable=mutable, claimed=claimed)
        self.locals.append(local)
        return local

    def of_kind(self, kind: Kind, optional: bool = False) -> list[Value]:
        found = [each for each in self.locals if each.kind is kind and each.optional is optional]
        return [each for each in found if not each.claimed]

    @property
    def claims(self) -> list[Value]:
        return [each for each in self.locals if each.claimed]

    @property
    def tasks(self) -> list[Value]:
        return self.of_kind(Kind.TASK)

    @property
    def searches(self) -> bool:
        """A search in each round of a loop, or for each CPU of a search, would be refused for its cost."""
        return self.picks and self.loops == 0 and not any(local.candidate for local in self.locals)

    @property
    def picks(self) -> bool:
        """CPUs may be picked and kicked here."""
        return self.event not in ("fn", "enable", "layer")
