"""What a policy's program has to keep, and where: decided once, before any C is written."""

from __future__ import annotations

from schedc.record import record
from schedc.typed import tree as t
from schedc.typed.walk import walk_policy
from schedc.types.fields import MAX_CGROUPS
from schedc.types.kinds import UNSIGNED, Kind

# Sizes of the tables of the program: what a machine may have at most. A larger one is refused at load.
MAX_COUNT = {Kind.CPU: 1024, Kind.CORE: 1024, Kind.LLC: 128, Kind.NODE: 32, Kind.LAYER: 16, Kind.CGROUP: MAX_CGROUPS}
NR_NAME = {
    Kind.CPU: "topo_nr_cpus", Kind.CORE: "topo_nr_cores", Kind.LLC: "topo_nr_llcs", Kind.NODE: "topo_nr_nodes",
    Kind.LAYER: "NR_LAYERS", Kind.CGROUP: "READ_ONCE(nr_cgroups)",
}  # fmt: skip


@record
class QueuePlan:
    """`base` is the first of the queue's slots; `clocked` ones come first among all queues."""

    queue: t.Queue
    base: int
    slots: int


@record
class Plan:
    """`vtime_in_task`: the task's virtual time is what the kernel keeps for its queue position.

    `taken_from`: what is kept and subtracted from somewhere.
    `groups`: control groups are told apart, beyond patterns.
    `home`: each task's last queue is remembered, for rebasing, for `keep prev` and for whose clock it advances.
    `moves_on`: who is kept beside a queue that is ordered by time moves on in its order by what it runs.
    """

    policy: t.Policy
    queues: dict[t.Queue, QueuePlan]
    vtime_used: bool
    vtime_in_kernel: bool
    home: bool
    moves_on: bool
    ran_used: bool
    task_fields: tuple[t.StateField, ...]
    clock_slots: int
    taken_from: frozenset[t.Global | t.StateField]
    groups: bool

    @property
    def task_state(self) -> bool:
        """Anything kept for each task beyond what the kernel keeps."""
        return bool(
            self.task_fields
            or self.home
            or self.policy.layers
            or self.groups
            or (self.vtime_used and not self.vtime_in_kernel)
        )


def make_plan(policy: t.Policy) -> Plan:
    nodes = list(walk_policy(policy))
    clocked = [queue for queue in policy.queues if queue.order is Kind.VTIME]
    others = [queue for queue in policy.queues if queue.order is not Kind.VTIME]
    queues: dict[t.Queue, QueuePlan] = {}
    base = 0
    clock_slots = 0
    for queue in [*clocked, *others]:
        slots = 1
        for kind in queue.dimensions:
            slots *= len(policy.layers) if kind is Kind.LAYER else MAX_COUNT[kind]
        queues[queue] = QueuePlan(queue, base, slots)
        base += slots
        if queue.order is Kind.VTIME:
            clock_slots = base
    plain = all(_is_plain_vtime(node.at) for node in nodes if isinstance(node, t.Insert) and node.at is not None)
    time_order = any(queue.order is Kind.TIME for queue in policy.queues)
    keeps = any(isinstance(node, t.PullChain) and node.keep is not None for node in nodes)
    return Plan(
        policy=policy,
        queues=queues,
        vtime_used=bool(clocked) or any(_is_plain_vtime(node) for node in nodes),
        vtime_in_kernel=plain and not time_order,
        # A lone queue is everybody's home; that of deadlines has to know that prev was queued, and so has a deadline.
        home=(keeps and (base > 1 or time_order)) or (base > 1 and clock_slots > 0),
        moves_on=keeps and time_order,
        ran_used=_ran_used(policy),
        task_fields=policy.state_of(Kind.TASK),
        clock_slots=clock_slots,
        taken_from=frozenset(kept for node in nodes if (kept := _taken_from(node)) is not None),
        groups=_tells_groups_apart(policy, nodes),
    )


def _tells_groups_apart(policy: t.Policy, nodes: list[object]) -> bool:
    """True if control groups are values, or index something: a pattern is looked up by the group's id."""
    matched = {node.subject for node in nodes if isinstance(node, t.Matches)}
    return (
        any(Kind.CGROUP in queue.dimensions for queue in policy.queues)
        or bool(policy.state_of(Kind.CGROUP))
        or any(isinstance(node, t.For) and node.what is Kind.CGROUP for node in nodes)
        or any(isinstance(node, t.Expr) and node.type.kind is Kind.CGROUP and node not in matched for node in nodes)
    )


def _taken_from(node: object) -> t.Global | t.StateField | None:
    """What an assignment subtracts from, of what is kept without a sign."""
    if not isinstance(node, t.Assign) or node.operator != "-" or node.target.type.kind not in UNSIGNED:
        return None
    match node.target:
        case t.GlobalRef():
            return node.target.target
        case t.StateRef():
            return node.target.field
        case _:
            return None


def _is_plain_vtime(expr: object) -> bool:
    return isinstance(expr, t.FieldRef) and expr.field.owner is Kind.TASK and expr.field.name == "vtime"


def _ran_used(policy: t.Policy) -> bool:
    stopping = policy.handlers.get("stopping")
    return stopping is not None and len(stopping.formals) == 2
