"""The checker: a syntax tree in, a typed policy out, or diagnostics."""

from __future__ import annotations

from functools import reduce
from typing import TypeVar

from schedc.check import declarations, expressions
from schedc.check.context import Context
from schedc.check.defaults import default_handlers
from schedc.check.literals import show
from schedc.check.size import MAX_OPERATIONS, size_of
from schedc.check.statements import check_block
from schedc.check.symbols import Symbols, check_name
from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s1_names as names
from schedc.diagnostics import s2_types as types
from schedc.diagnostics import s4_bounds as bounds
from schedc.diagnostics import s5_queues as queue_messages
from schedc.source import Span
from schedc.syntax import ast
from schedc.syntax.parser import Parsed
from schedc.typed import tree as t
from schedc.typed.ranges import Ranges
from schedc.typed.walk import walk
from schedc.types.events import EVENTS, FUNCTION, TIMER, Event
from schedc.types.fields import FIELDS
from schedc.types.kinds import ERROR, NOTHING, NUMERIC, Interval, Kind, Type, full_range

Item = TypeVar("Item")
_DECLARING = Event("policy", (), frozenset(), required=0)


def check_policy(parsed: Parsed, diagnostics: Diagnostics) -> t.Policy | None:
    """The typed policy; None if an error was reported."""
    checker = _Checker(parsed, diagnostics)
    policy = checker.run()
    return None if diagnostics.has_errors else policy


class _Checker:
    def __init__(self, parsed: Parsed, diagnostics: Diagnostics) -> None:
        self.source = parsed.source
        self.tree = parsed.policy
        self.diagnostics = diagnostics
        self.symbols = Symbols()
        self.ranges = Ranges()
        self.sizes: dict[t.Function, int] = {}

    def context(self, event: Event = _DECLARING) -> Context:
        return Context(self.source, self.symbols, self.diagnostics, event, self.ranges)

    def run(self) -> t.Policy:
        """Declarations in the order in which they may depend on each other, then code."""
        check_name(self.tree.name, self.tree.name_span, self.diagnostics)
        self.symbols.functions = {each.name for each in self._items(ast.Function)}
        self.symbols.later = {
            each.name for each in self.tree.items if isinstance(each, ast.Const | ast.Param | ast.Global)
        }
        self._consts()
        params = self._params()
        layers = self._layers()
        queues = self._queues()
        state = self._state()
        globals_ = self._globals()
        counters = self._counters()
        promises = [declarations.check_promise(each, self.context()) for each in self._items(ast.Promise)]
        functions = [self._function(each) for each in self._items(ast.Function)]
        handlers = self._handlers(queues, params)
        timers = [self._timer(each, index) for index, each in enumerate(self._items(ast.Timer))]
        return t.Policy(
            self.source, self.tree.name, self.tree.title, self.tree.name_span, self.tree.version_span,
            tuple(params), tuple(layers),
            tuple(queues), tuple(state), tuple(globals_), tuple(counters),
            tuple(each for each in promises if each is not None), tuple(functions), handlers, tuple(timers),
        )  # fmt: skip

    def _items(self, kind: type[Item]) -> list[Item]:
        return [item for item in self.tree.items if isinstance(item, kind)]

    # ---- declarations

    def _consts(self) -> None:
        for node in self._items(ast.Const):
            value = declarations.check_const(node, self.context())
            if value is None:
                self.symbols.broken.add(node.name)
            else:
                self.symbols.declare(node.name, value, node.name_span, self.diagnostics)

    def _params(self) -> list[t.Param]:
        params = []
        for node in self._items(ast.Param):
            param = declarations.check_param(node, self.context())
            if param is None:
                self.symbols.broken.add(node.name)
            else:
                self.symbols.declare(node.name, param, node.name_span, self.diagnostics)
                params.append(param)
        return params

    def _layers(self) -> list[t.Layer]:
        nodes = self._items(ast.Layer)
        declarations.limit_items([node.name_span for node in nodes], declarations.MAX_LAYERS, "layers", self.context())
        layers = []
        for index, node in enumerate(nodes):
            condition = declarations.check_layer_condition(node, self.context())
            layers.append(t.Layer(node.name, index, condition, node.span))
        for layer, node in zip(layers, nodes, strict=True):
            self.symbols.declare(node.name, layer, node.name_span, self.diagnostics)
        ends = [layer for layer in layers[:-1] if layer.condition is None]
        if layers and layers[-1].condition is not None:
            self.diagnostics.add(queue_messages.layers_without_end(layers[-1].span))
        for end in ends:
            self.diagnostics.add(queue_messages.layer_after_otherwise(layers[end.index + 1].span, end.span))
        return layers

    def _queues(self) -> list[t.Queue]:
        nodes = self._items(ast.Queue)
        declarations.limit_items([node.name_span for node in nodes], declarations.MAX_QUEUES, "queues", self.context())
        queues = []
        for index, node in enumerate(nodes):
            queue = declarations.check_queue(node, index, self.context())
            if queue is None:
                self.symbols.broken.add(node.name)
            else:
                self.symbols.declare(node.name, queue, node.name_span, self.diagnostics)
                queues.append(queue)
        return queues

    def _state(self) -> list[t.StateField]:
        fields: list[t.StateField] = []
        for node in self._items(ast.State):
            found = declarations.check_state(node, self.context())
            self.symbols.broken |= {each.name for each in node.fields} - {field.name for field in found}
            for field in found:
                key = (field.owner, field.name)
                taken = self.symbols.state.get(key)
                if key in FIELDS:
                    self.diagnostics.add(names.own_field(field.span, node.entity, field.name))
                    continue
                if taken is not None:
                    self.diagnostics.add(names.declared_twice(field.span, field.name, taken.span))
                    continue
                self.symbols.state[key] = field
                fields.append(field)
        return fields

    def _globals(self) -> list[t.Global]:
        found = []
        for node in self._items(ast.Global):
            each = declarations.check_global(node, self.context())
            if each is None:
                self.symbols.broken.add(node.name)
            else:
                self.symbols.declare(node.name, each, node.name_span, self.diagnostics)
                found.append(each)
        return found

    def _counters(self) -> list[t.Counter]:
        nodes = self._items(ast.Counter)
        declarations.limit_items([n.name_span for n in nodes], declarations.MAX_COUNTERS, "counters", self.context())
        counters = [t.Counter(node.name, index, node.text, node.span) for index, node in enumerate(nodes)]
        for counter, node in zip(counters, nodes, strict=True):
            self.symbols.declare(node.name, counter, node.name_span, self.diagnostics)
        return counters

    # ---- code

    def _function(self, node: ast.Function) -> t.Function:
        context = self.context(FUNCTION)
        formals = []
        for formal in node.formals:
            type_node = formal.type or ast.TypeExpr(formal.name_span, formal.name)
            declared = declarations.check_plain_type(type_node, context)
            formals.append(context.bind(formal.name, declared.type, formal.name_span, declared.range))
        result = declarations.check_plain_type(node.result, context) if node.result is not None else None
        if node.result is not None and result is not None and result.type.kind is Kind.TASK:
            self.diagnostics.add(types.expected(node.result.span, "value that can be kept", result.type))
        if result is None:
            self.diagnostics.add(types.needs_value(node.name_span, f"`fn {node.name}`", Type(Kind.COUNT)))
        context.result = result.type if result else ERROR
        body = check_block(node.body, context)
        if result is not None and not _always_returns(body):
            self.diagnostics.add(types.needs_value(node.body.close, f"`fn {node.name}`", result.type))
        function = t.Function(
            node.name, tuple(formals), result.type if result else NOTHING,
            self._result_range(result, body) if result else _NO_RANGE, body, node.span,
        )  # fmt: skip
        self._limit_size(body, node.name_span)
        self.sizes[function] = size_of(body, self.sizes)
        self.symbols.declare(node.name, function, node.name_span, self.diagnostics)
        return function

    def _result_range(self, result: declarations.Declared, body: t.Block) -> Interval:
        """The declared range, into which results are moved; without one, what the returned values show."""
        kind = result.type.kind
        if result.range != full_range(kind) or kind not in NUMERIC - {Kind.VTIME}:
            return result.range
        returned = [node.value for node in walk(body) if isinstance(node, t.Return) and node.value]
        found = [self.ranges.of(value) for value in returned]
        return reduce(Interval.join, found).clamp(result.range) if found else result.range

    def _limit_size(self, body: t.Block, span: Span) -> None:
        if size_of(body, self.sizes) > MAX_OPERATIONS:
            self.diagnostics.add(bounds.too_large(span, MAX_OPERATIONS))

    def _handlers(self, queues: list[t.Queue], params: list[t.Param]) -> dict[str, t.Handler]:
        handlers: dict[str, t.Handler] = {}
        for node in self._items(ast.Handler):
            event = EVENTS.get(node.event)
            if event is None:
                self.diagnostics.add(names.unknown_event(node.event_span, node.event, EVENTS))
            elif node.event in handlers:
                first = handlers[node.event].name_span
                self.diagnostics.add(names.declared_twice(node.event_span, node.event, first, "put both into one"))
            else:
                handlers[node.event] = self._handler(node, event)
        for node in default_handlers(queues, params, set(handlers), self.tree.name_span):
            handlers[node.event] = self._handler(node, EVENTS[node.event], default=True)
        self._require(handlers, queues)
        return {name: handlers[name] for name in EVENTS if name in handlers}

    def _require(self, handlers: dict[str, t.Handler], queues: list[t.Queue]) -> None:
        queue = queues[0].name if queues else "ready"
        examples = {
            "enqueue": f"on enqueue(task) {{ insert task into {queue} for 20ms }}",
            "dispatch": f"on dispatch(cpu, prev) {{ pull {queue} or keep prev for 20ms }}",
        }
        for event, example in examples.items():
            if event not in handlers:
                why = "without a single plain queue there is no default that would be right"
                self.diagnostics.add(names.missing_handler(self.tree.name_span, event, why, example))

    def _handler(self, node: ast.Handler, event: Event, default: bool = False) -> t.Handler:
        context = self.context(event)
        if not event.required <= len(node.formals) <= len(event.formals):
            expected = ", ".join(FORMAL_NAMES[event.name])
            self.diagnostics.add(names.wrong_formals(node.event_span, event.name, expected))
        bind = context.bind_unchecked if default else context.bind
        formals = []
        for formal, type_ in zip(node.formals, event.formals, strict=False):
            range_ = _RAN if type_.kind is Kind.DURATION else None
            formals.append(bind(formal.text, type_, formal.span, range_))
        for formal in node.formals[len(event.formals) :]:
            bind(formal.text, ERROR, formal.span)
        if event.name == "dispatch" and len(formals) == 2:
            context.prev = formals[1]
        context.result = event.result
        body = check_block(node.body, context)
        self._limit_size(body, node.event_span)
        if event.result is not None and not _always_returns(body):
            self.diagnostics.add(types.needs_value(node.body.close, f"`on {event.name}`", event.result))
        return t.Handler(event, tuple(formals), body, node.span, node.event_span, default)

    def _timer(self, node: ast.Timer, index: int) -> t.Timer:
        context = self.context(TIMER)
        period = expressions.check(node.period, context, Type(Kind.DURATION))
        if not period.type.is_error and self.ranges.of(period).low < _MIN_PERIOD:
            self.diagnostics.add(types.short_period(node.period.span, show(Kind.DURATION, _MIN_PERIOD)))
        body = check_block(node.body, context)
        self._limit_size(body, node.period.span)
        return t.Timer(index, period, body, node.span)


_NO_RANGE = Interval(0, 0)
_RAN = Interval(0, 1 << 56)  # a task does not run for two years without stopping
_MIN_PERIOD = 100_000
FORMAL_NAMES = {
    name: [{Kind.TASK: "task", Kind.CPU: "cpu", Kind.DURATION: "ran"}[each.kind] for each in event.formals]
    for name, event in EVENTS.items()
} | {"select_cpu": ["task", "prev"], "dispatch": ["cpu", "prev"]}


def _always_returns(block: t.Block) -> bool:
    """True if no path reaches the end of the block."""
    if not block.statements:
        return False
    last = block.statements[-1]
    match last:
        case t.Return():
            return True
        case t.If():
            return last.otherwise is not None and _always_returns(last.then) and _always_returns(last.otherwise)
        case t.Match():
            return all(_always_returns(arm) for _, arm in last.arms)
        case _:
            return False

