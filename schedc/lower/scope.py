"""Where C is being written: which C name stands for what, and what the program as a whole turns out to need."""

from __future__ import annotations

from schedc.lower import names
from schedc.lower.plan import Plan
from schedc.record import changed, field, record, struct
from schedc.typed import tree as t
from schedc.typed.ranges import Ranges
from schedc.typed.walk import walk
from schedc.types.kinds import Interval, Kind, Type

Snapshot = t.Param | t.Global


@record
class Helper:
    """A function of the program that one construct of the policy is lifted into."""

    template: str
    name: str
    line: int
    parameters: tuple[tuple[str, str], ...]
    arguments: dict[str, object]


@struct
class Needs:
    """What the program uses, collected while it is written."""

    helpers: list[Helper] = field(default_factory=list)
    topology: set[str] = field(default_factory=set)
    aging_slots: int = 0
    counted: int = 0

    def next_name(self, stem: str, line: int) -> str:
        self.counted += 1
        return f"{stem}_{line}_{self.counted}"


@struct
class Scope:
    """C names of one function. `vtime` replaces the task's virtual time where only its value is wanted."""

    plan: Plan
    needs: Needs
    ranges: Ranges
    event: str
    locals: dict[t.Local, str] = field(default_factory=dict)
    states: dict[t.Local, str] = field(default_factory=dict)
    snapshots: dict[Snapshot, str] = field(default_factory=dict)
    now: str | None = None
    vtime: str | None = None
    own_cpu: tuple[t.Local, ...] = ()
    result: tuple[Type, Interval] | None = None

    def line(self, node: t.Expr | t.Stmt | t.PullSource) -> int:
        return self.plan.policy.source.line_column(node.span.start)[0]

    def name_local(self, local: t.Local) -> str:
        """The C name of a local, given at first sight; the second of a name in one function gets a number."""
        found = self.locals.get(local)
        if found is None:
            taken = set(self.locals.values())
            found, count = names.local(local.name), 1
            while found in taken:
                count += 1
                found = f"{names.local(local.name)}_{count}"
            self.locals[local] = found
        return found

    def inside(self, **changes: object) -> Scope:
        """A copy for a function lifted out of this one."""
        return changed(self, locals=dict(self.locals), **changes)

    def needs_aging_slot(self) -> int:
        """A place in each CPU's slot for when it last tried a queue."""
        self.needs.aging_slots += 1
        return self.needs.aging_slots - 1

    def captures(self, *nodes: object) -> list[tuple[str, str]]:
        """C parameters (type, name) for all that the nodes use of this scope."""
        found: dict[str, str] = {}
        for root in nodes:
            for node in walk(root):
                for c_type, name in self._captured(node):
                    found[name] = c_type
        return [(c_type, name) for name, c_type in found.items()]

    def _captured(self, node: object) -> list[tuple[str, str]]:
        match node:
            case t.LocalRef() if node.local in self.locals:
                result = [(names.c_type(node.local.type), self.locals[node.local])]
                if node.local in self.states:
                    result.append(("struct task_state *", self.states[node.local]))
                return result
            case t.ParamRef() | t.GlobalRef():
                return self._snapshot(node.param if isinstance(node, t.ParamRef) else node.target)
            case t.BuiltinValue() if node.name == "now" and self.now is not None:
                return [("u64", self.now)]
            case t.FieldRef() if node.field.name == "woken":
                return [("u64", "enq_flags")]
            case t.CallFunction():
                return [pair for used in snapshots_of(node.function.body) for pair in self._snapshot(used)]
            case _:
                return []

    def _snapshot(self, used: Snapshot) -> list[tuple[str, str]]:
        name = self.snapshots.get(used)
        return [(names.c_type(used.type), name)] if name is not None else []


def snapshots_of(*nodes: object) -> list[Snapshot]:
    """The live params and globals that code reads, functions that it calls included."""
    found: dict[Snapshot, None] = {}
    for root in nodes:
        for node in walk(root):
            match node:
                case t.ParamRef() if node.param.live:
                    found[node.param] = None
                case t.GlobalRef():
                    found[node.target] = None
                case t.CallFunction():
                    found.update(dict.fromkeys(snapshots_of(node.function.body)))
    return list(found)


def uses_now(*nodes: object) -> bool:
    """True if the code reads the time, itself or by what is generated for it."""
    for root in nodes:
        for node in walk(root):
            match node:
                case t.BuiltinValue() if node.name == "now":
                    return True
                case t.AddSample() if node.target.field.average and node.target.field.average.over_ns:
                    return True
                case t.PullSource() if node.aging is not None:
                    return True
                case t.CallFunction() if uses_now(node.function.body):
                    return True
                case t.Insert() if node.queue is not None and node.queue.queue.order is Kind.TIME:
                    return True
    return False
