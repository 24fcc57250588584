"""Fills the templates. What is rendered is C that says, for each statement, the policy's line it came from."""

from __future__ import annotations

import re
from typing import Any

from schedc.laws.law6_bounds import bound_of
from schedc.lower import names
from schedc.lower.expressions import literal
from schedc.lower.lifted import cgroup_patterns
from schedc.lower.plan import MAX_COUNT
from schedc.lower.program import TIMEOUT_MS, Code, Lowering, only_vtime, topology_counts
from schedc.lower.rendered import Rendered
from schedc.lower.templates import environment
from schedc.typed import tree as t
from schedc.typed.walk import walk, walk_policy
from schedc.types.kinds import Kind
from schedc.verifier.audit.poly import Poly

_TABLES = {
    ("cpu", "core"): "MAX_CPUS", ("cpu", "llc"): "MAX_CPUS", ("cpu", "node"): "MAX_CPUS",
    ("llc", "node"): "MAX_LLCS", ("core", "llc"): "MAX_CORES",
}  # fmt: skip
_SIZES = {"core": "MAX_CORES", "llc": "MAX_LLCS", "node": "MAX_NODES"}
_SIZE_KINDS = (Kind.CORE, Kind.LLC, Kind.NODE)
_COMMENT_CHARACTERS = re.compile(r"[^ -~]|\\")
_TRIGRAPH = re.compile(r"\?(?=\?)")


def quoted(policy: t.Policy, line: int) -> str:
    """A line of the policy that is harmless inside a C comment."""
    text = policy.source.line(line).strip()
    code = re.match(r'(?:[^"#]|"[^"]*")*', text)
    text = (code[0] if code else "").strip()
    return harmless(text)


def harmless(text: str) -> str:
    """Text for a C comment: it neither ends one, begins one, nor has two question marks of a trigraph."""
    text = _COMMENT_CHARACTERS.sub("?", text).replace("*/", "* /").replace("/*", "/ *")
    return _TRIGRAPH.sub("? ", text)


def render(policy: t.Policy, sweeps: bool) -> Rendered:
    """The C program of a policy. `sweeps`: queues get the guarded way out (law 2)."""
    renderer = _Renderer(policy, sweeps)
    return Rendered(renderer.render(), renderer.generated)


class _Renderer:
    def __init__(self, policy: t.Policy, sweeps: bool) -> None:
        self.lowering = Lowering(policy)
        self.policy = policy
        self.plan = self.lowering.plan
        self.sweeps = sweeps
        self.nodes = list(walk_policy(policy))
        self.generated: dict[int, Poly] = {}

    def render(self) -> str:
        low = self.lowering
        layers = low.layers()
        functions = low.functions()
        handlers = {name: low.handler(name) for name in self.policy.handlers}
        keeps = any(isinstance(node, t.PullChain) and node.keep is not None for node in self.nodes)
        dry = low.handler("stopping", dry=True) if keeps and self.plan.clock_slots else None
        timers = low.timers()
        lifted = low.needs.helpers
        by_stage = [[each for each in lifted if _stage(each.template) == stage] for stage in range(3)]
        queues = low.queues()
        offline = self.sweeps or any(isinstance(node, t.For) and node.what is Kind.CPU for node in self.nodes)
        if offline:
            low.needs.topology.add("nr_cpus")
        instances = [low.instances(plan.queue) for plan in self.plan.queues.values()]
        initial_places = low.initial_places()
        rescued = self._rescued_places()
        values: dict[str, Any] = {
            "mark": self._mark,
            "policy": self.policy, "plan": self.plan, "title": harmless(self.policy.title),
            "quoted": lambda line: quoted(self.policy, line), "c_type": names.c_type, "literal": literal,
            "vtime": low.vtime, "limits": {kind.value: size for kind, size in MAX_COUNT.items()},
            "live": [param for param in self.policy.params if param.live], "queues": queues,
            "clocked": [each for each in queues if each["queue"].order is Kind.VTIME], "layers": layers,
            "functions": functions, "patterns": by_stage[0], "searches": by_stage[1], "lifted": by_stage[2],
            "keeps": keeps,
            "slot_parameter": "struct cpu_slot *slot, " if self._ran(handlers) else "",
            "slot_argument": "slot, " if self._ran(handlers) else "", "ran": self._ran(handlers),
            "offline": offline, "keeps_offline": offline,
            "aging_slots": low.needs.aging_slots,
            "infinite": self._infinite(), "fills_local": self._fills_local(),
            "settles": self._settles(), "rescued_places": rescued, "set_vtime": self._set_vtime,
            "keep_sites": self._keep_sites(),
            "pure_stopping": self._pure_stopping(), "accounts_running": self._ran(handlers) or "running" in handlers,
            "cgroup_patterns": cgroup_patterns(self.policy),
            "counter_stride": -(-max(1, len(self.policy.counters)) // 8) * 8,
            "state_kinds": {field.owner.value for field in self.policy.state},
            "core_idle": any(helper.arguments.get("whole_core") for helper in low.needs.helpers),
            "initial_task_state": low.initial_task_state(),
            "initial_group": low.initial_group(), "timeout_ms": TIMEOUT_MS,
            "places": [
                (kind.value, f"MAX_{kind.value.upper()}S")
                for kind in (*_SIZE_KINDS, Kind.LAYER, Kind.CGROUP) if self.policy.state_of(kind)
            ],
            "state_fields": self._state_fields,
        }  # fmt: skip
        values["sweeps"] = self.sweeps
        values["slot_used"] = bool(values["ran"] or offline or low.needs.aging_slots or self.policy.state_of(Kind.CPU))
        macros: Any = environment().get_template("callbacks.j2").make_module(values)
        values |= self._callbacks(macros, handlers, dry, keeps)
        values["sweeps"] = [
            macros.sweep(*each, names.pull(queue)) for queue, each in zip(self.plan.queues, instances, strict=True)
        ] if self.sweeps else []  # fmt: skip
        values["evacuations"] = [macros.evacuate(*each) for each in instances]
        dispatch = handlers["dispatch"]
        assert dispatch is not None
        values["decide"] = {"line": dispatch.line, "text": macros.dispatch_body(dispatch)}
        values["timers"] = [macros.timer(timer) for timer in timers]
        values["init"] = macros.init({"queues": instances, "states": initial_places, "timers": timers})
        values["watch"] = self._watch(instances, values)
        values["topology"] = self._topology()
        text = environment().get_template("policy.bpf.c.j2").render(values)
        return _tidy(text)

    def _watch(self, instances: list[Any], values: dict[str, Any]) -> str:
        """The program that counts broken promises; empty where nothing is promised."""
        promises = [
            {
                "kind": promise.kind, "limit": promise.limit, "runnable": promise.runnable_per_cpu,
                "layer": promise.layer.name if promise.layer else None,
                "line": self.policy.source.line_column(promise.span.start)[0],
            }
            for promise in self.policy.promises
        ]  # fmt: skip
        if not promises:
            return ""
        assumes = any(promise["runnable"] for promise in promises)
        if assumes:
            self.lowering.needs.topology.add("nr_cpus")
        macros: Any = environment().get_template("watch.j2").make_module(values)
        return str(macros.watch(promises, instances if assumes else []))

    def _mark(self, counted: str) -> str:
        """The comment that gives a generated loop a line: one behind the policy's last, with its own bound."""
        line = self.policy.source.line_count + 1 + len(self.generated)
        self.generated[line] = bound_of(counted, self.policy)
        return f"/* {line}: made by schedc, for each of the {counted} */"

    def _ran(self, handlers: dict[str, Code | None]) -> bool:
        stopping = handlers.get("stopping")
        return self.plan.moves_on or (stopping is not None and stopping.ran is not None)

    def _fills_local(self) -> bool:
        return any(isinstance(node, t.Insert) and node.local is not None for node in self.nodes)

    def _settles(self) -> bool:
        return bool(self._fills_local() and ((self.plan.vtime_used and self.plan.clock_slots) or self.plan.moves_on))

    def _infinite(self) -> bool:
        """An infinite slice ends only where somebody ends it."""
        return any(isinstance(node, t.BuiltinValue) and node.name == "infinite" for node in self.nodes)

    def _rescued_places(self) -> list[str]:
        """The places other than CPUs that queues belong to and that may lose all of theirs."""
        if not self.sweeps:
            return []
        kinds = {kind for queue in self.policy.queues for kind in queue.dimensions} & set(_SIZE_KINDS)
        for kind in kinds:
            self.lowering.needs.topology |= {f"{kind.value}_start", f"nr_{kind.value}s"}
        return sorted(kind.value for kind in kinds)

    def _keep_sites(self) -> int:
        """In how many places a dispatch may keep the previous task."""
        chains = [node for node in self.nodes if isinstance(node, t.PullChain) and node.keep is not None]
        return sum(1 if len(chain.sources) == 1 and not self.plan.home else len(chain.sources) + 1 for chain in chains)

    def _pure_stopping(self) -> bool:
        """True if stopping changes the task's virtual time only, so that it need not run twice."""
        handler = self.policy.handlers.get("stopping")
        if handler is None:
            return True
        return len(list(walk(only_vtime(handler.body)))) == len(list(walk(handler.body)))

    def _set_vtime(self, value: str) -> str:
        return f"set_dsq_vtime(p, {value});" if self.plan.vtime_in_kernel else f"ts->vtime = {value};"

    def _state_fields(self, kind: str) -> str:
        lines = []
        for field in self.policy.state:
            if field.owner.value == kind:
                array = "[MAX_LAYERS]" if field.per_layer else ""
                lines.append(f"\n\t{names.c_type(field.type)} {names.field(field)}{array};")
                if field.average is not None and field.average.over_ns is not None:
                    lines.append(f"\n\tu64 {names.field(field)}_at;")
        return "".join(lines)

    # ---- callbacks

    def _callbacks(
        self, macros: Any, handlers: dict[str, Code | None], dry: Code | None, keeps: bool
    ) -> dict[str, Any]:
        state = ", struct task_state *ts" if self.plan.task_state else ""
        slot = "struct cpu_slot *slot, " if self._ran(handlers) else ""
        parameters = f"{slot}struct task_struct *p{state}"
        running, stopping = handlers.get("running"), handlers.get("stopping")
        runs = bool(running or self.plan.clock_slots or self._ran(handlers))
        accounts: list[dict[str, Any]] = []
        if runs:
            accounts.append(
                self._account("void", "account_running", parameters, macros.account_running(running), running)
            )
        if stopping:
            accounts.append(
                self._account("void", "account_stopping", parameters, macros.account_stopping(stopping), stopping)
            )
        if keeps and self.plan.clock_slots:
            accounts.append(self._account("u64", "vtime_if_stopped", parameters, macros.vtime_if_stopped(dry), dry))
        return {
            "accounts": accounts, "runs": runs, "stops": bool(stopping),
            **self._listed(macros, handlers, runs, bool(stopping)),
        }  # fmt: skip

    def _account(self, type_: str, name: str, parameters: str, text: str, code: Code | None) -> dict[str, Any]:
        line = code.line if code else self.policy.source.line_column(self.policy.span.start)[0]
        return {"type": type_, "name": name, "parameters": parameters, "text": text, "line": line}

    def _listed(self, macros: Any, handlers: dict[str, Code | None], runs: bool, stops: bool) -> dict[str, Any]:
        callbacks: list[dict[str, Any]] = []

        def add(name: str, text: str, type_: str = "void", sleepable: bool = False) -> None:
            code = handlers.get(name)
            callbacks.append(
                {"name": name, "text": text, "type": type_, "sleepable": sleepable, "line": code.line if code else 0}
            )

        add("select_cpu", macros.select_cpu(handlers["select_cpu"]), "s32")
        add("enqueue", macros.enqueue(handlers["enqueue"]))
        self._add_dispatch(macros, handlers["dispatch"], add)
        if runs:
            add("running", macros.account_call("running"))
        if stops:
            add("stopping", macros.account_call("stopping"))
        for name in ("runnable", "quiescent"):
            if handlers.get(name):
                add(name, macros.task_event(handlers[name]))
        if handlers.get("tick") or self._infinite():
            add("tick", macros.tick(handlers.get("tick")))
        if handlers.get("enable") or self.plan.clock_slots or self.plan.home or self.policy.layers:
            add("enable", macros.enable(handlers.get("enable")))
        if self.policy.layers:
            add("set_weight", macros.redecide())
        patterns = bool(cgroup_patterns(self.policy)) and bool(self.policy.layers)
        if patterns or self.plan.groups:
            add("cgroup_move", macros.cgroup_move(patterns))
        if self.plan.groups:
            add("cgroup_init", macros.cgroup_init(), "s32", sleepable=True)
            add("cgroup_exit", macros.cgroup_exit(), sleepable=True)
            add("cgroup_set_weight", macros.cgroup_set_weight())
        if self.plan.task_state:
            add("init_task", macros.init_task(), "s32", sleepable=True)
        add("cpu_online", macros.cpu_event(handlers.get("cpu_online"), False))
        add("cpu_offline", macros.cpu_event(handlers.get("cpu_offline"), True))
        ops = [callback["name"] for callback in callbacks] + ["init", "exit"]
        return {"callbacks": callbacks, "ops": ops}

    def _add_dispatch(self, macros: Any, code: Code | None, add: Any) -> None:
        if not self.sweeps:
            add("dispatch", macros.dispatch(code))
            return
        add("dispatch", macros.dispatch_guarded(code))

    def _topology(self) -> dict[str, Any]:
        """The tables that are used, and the functions that read them."""
        needs = self.lowering.needs
        macros = environment().get_template("topology.j2").module
        tables: list[tuple[str, str]] = []
        text = ""
        for (owner, place), size in _TABLES.items():
            name = f"{owner}_{place}"
            if name in needs.topology:
                tables.append((name, size))
                text += macros.table(name, owner, place, size)  # type: ignore[attr-defined]
        for kind, size in _SIZES.items():
            if f"{kind}_start" in needs.topology:
                tables += [(f"{kind}_start", f"{size} + 1"), (f"{kind}_cpu", "MAX_CPUS")]
                text += macros.members(kind, size)  # type: ignore[attr-defined]
            if f"{kind}_near" in needs.topology:
                tables.append((f"{kind}_near", f"{size} * {size}"))
                text += macros.near(kind, size)  # type: ignore[attr-defined]
        return {"counts": topology_counts(needs), "tables": tables, "accessors": text}


def _stage(template: str) -> int:
    """Where a helper stands: patterns before functions, searches after them, pulls behind the accounting."""
    return {"match_comm": 0, "match_cgroup": 0, "search_cpu": 1, "search_entity": 1}.get(template, 2)


def _tidy(text: str) -> str:
    """No blanks at line ends, and at most one empty line in a row."""
    text = re.sub(r"[ \t]+\n", "\n", text)
    text = re.sub(r"\{\n\n+", "{\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
