"""From the parse tree to the syntax tree: one small function a grammar rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from schedc.source import Span
from schedc.syntax import ast
from schedc.syntax.tokens import Token, Tree

Built = TypeVar("Built")
_RULES: dict[str, Callable[[Tree], Any]] = {}


def build(tree: Tree) -> Any:
    """The node for a parse tree; its type is that of the rule."""
    return _RULES[tree.data](tree)


def _rule(*names: str) -> Callable[[Callable[[Tree], Built]], Callable[[Tree], Built]]:
    def register(function: Callable[[Tree], Built]) -> Callable[[Tree], Built]:
        for name in names:
            _RULES[name] = function
        return function

    return register


def _span(tree: Tree) -> Span:
    return Span(tree.start_pos or 0, tree.end_pos or 0)


def token_span(token: Token) -> Span:
    start = token.start_pos or 0
    return Span(start, token.end_pos or start)


def _tokens(tree: Tree) -> list[Token]:
    return [child for child in tree.children if isinstance(child, Token)]


def _trees(tree: Tree) -> list[Tree]:
    return [child for child in tree.children if isinstance(child, Tree)]


def _parts(tree: Tree, *skip: str) -> list[Any]:
    return [build(child) for child in _trees(tree) if child.data not in skip]


def _part(tree: Tree, name: str) -> Any:
    """The single content of the optional part `name`, or None."""
    for child in _trees(tree):
        if child.data == name:
            return build(child)
    return None


def _text(token: Token) -> str:
    return str(token)[1:-1]


# ---- declarations


@_rule("start")
def _start(tree: Tree) -> ast.Policy:
    version, policy, *items = _trees(tree)
    number = _tokens(version)[0]
    name, title = _tokens(policy)
    return ast.Policy(
        _span(tree), str(number), token_span(number), str(name), token_span(name), _text(title),
        tuple(build(item) for item in items),
    )  # fmt: skip


@_rule("param")
def _param(tree: Tree) -> ast.Param:
    *live, name = _tokens(tree)
    type_, default, *range_ = _parts(tree)
    low, high = range_ if range_ else (None, None)
    return ast.Param(_span(tree), str(name), token_span(name), bool(live), type_, default, low, high)


@_rule("const")
def _const(tree: Tree) -> ast.Const:
    name = _tokens(tree)[0]
    return ast.Const(_span(tree), str(name), token_span(name), *_parts(tree))


@_rule("layer_when", "layer_otherwise")
def _layer(tree: Tree) -> ast.Layer:
    name = _tokens(tree)[0]
    condition = _parts(tree)
    return ast.Layer(_span(tree), str(name), token_span(name), condition[0] if condition else None)


@_rule("queue")
def _queue(tree: Tree) -> ast.Queue:
    name, order = _tokens(tree)
    dimensions = tuple(build(child) for child in _trees(tree) if child.data == "dimension")
    return ast.Queue(
        _span(tree), str(name), token_span(name), str(order), token_span(order), _part(tree, "window"), dimensions
    )


@_rule("window")
def _window(tree: Tree) -> ast.Window:
    return ast.Window(_span(tree), *_parts(tree))


@_rule("dimension")
def _dimension(tree: Tree) -> ast.Dimension:
    token = _tokens(tree)[-1]
    return ast.Dimension(token_span(token), str(token))


@_rule("entity", "name", "member")
def _name(tree: Tree) -> ast.Name:
    token = _tokens(tree)[0]
    return ast.Name(token_span(token), str(token))


@_rule("state")
def _state(tree: Tree) -> ast.State:
    entity, *fields = _parts(tree)
    return ast.State(_span(tree), entity.text, entity.span, tuple(fields))


@_rule("field")
def _field(tree: Tree) -> ast.StateField:
    name, type_, *initial = _parts(tree)
    return ast.StateField(_span(tree), name.text, name.span, type_, initial[0] if initial else None)


@_rule("counter")
def _counter(tree: Tree) -> ast.Counter:
    name, text = _tokens(tree)
    return ast.Counter(_span(tree), str(name), token_span(name), _text(text))


@_rule("global")
def _global(tree: Tree) -> ast.Global:
    name = _tokens(tree)[0]
    type_, *initial = _parts(tree)
    return ast.Global(_span(tree), str(name), token_span(name), type_, initial[0] if initial else None)


@_rule("promise")
def _promise(tree: Tree) -> ast.Promise:
    kind, *limit = _tokens(tree)
    return ast.Promise(
        _span(tree), str(kind), token_span(kind),
        _number_of(limit[0]) if limit else None,
        _part(tree, "within"), _part(tree, "for_layer"), _part(tree, "assumption"),
    )  # fmt: skip


def _number_of(token: Token) -> ast.NumberLit:
    return ast.NumberLit(token_span(token), str(token))


@_rule("within", "number")
def _number(tree: Tree) -> ast.NumberLit:
    return _number_of(_tokens(tree)[0])


@_rule("for_layer")
def _for_layer(tree: Tree) -> ast.NameRef:
    token = _tokens(tree)[0]
    return ast.NameRef(token_span(token), str(token))


@_rule("assumption")
def _assumption(tree: Tree) -> ast.Assumption:
    subject, limit, per = _tokens(tree)
    return ast.Assumption(_span(tree), str(subject), _number_of(limit), str(per))


@_rule("type")
def _type(tree: Tree) -> ast.TypeExpr:
    name, over, samples = _named_type(_trees(tree)[0])
    return ast.TypeExpr(_span(tree), name, optional=bool(_tokens(tree)), over=over, samples=samples)


@_rule("ranged_type")
def _ranged_type(tree: Tree) -> ast.TypeExpr:
    named, low, high = _trees(tree)
    name, over, samples = _named_type(named)
    return ast.TypeExpr(_span(tree), name, low=build(low), high=build(high), over=over, samples=samples)


@_rule("indexed_type")
def _indexed_type(tree: Tree) -> ast.TypeExpr:
    name, over, samples = _named_type(_trees(tree)[0])
    return ast.TypeExpr(_span(tree), name, per_layer=True, over=over, samples=samples)


def _named_type(tree: Tree) -> tuple[str, Any, bool]:
    tokens = _tokens(tree)
    if not _trees(tree):
        return str(tokens[0]), None, False
    named = next(token for token in tokens if token.type == "NAME")
    return str(named), _parts(tree)[0], tokens[-1] == "samples"


# ---- code


@_rule("function")
def _function(tree: Tree) -> ast.Function:
    name = _tokens(tree)[0]
    parts = _parts(tree)
    formals = tuple(part for part in parts if isinstance(part, ast.Formal))
    result = next((part for part in parts if isinstance(part, ast.TypeExpr)), None)
    return ast.Function(_span(tree), str(name), token_span(name), formals, result, parts[-1])


@_rule("formal")
def _formal(tree: Tree) -> ast.Formal:
    name, *type_ = _parts(tree)
    return ast.Formal(_span(tree), name.text, name.span, type_[0] if type_ else None)


@_rule("handler")
def _handler(tree: Tree) -> ast.Handler:
    event = _tokens(tree)[0]
    *formals, body = _parts(tree)
    return ast.Handler(_span(tree), str(event), token_span(event), tuple(formals), body)


@_rule("timer")
def _timer(tree: Tree) -> ast.Timer:
    return ast.Timer(_span(tree), *_parts(tree))


@_rule("block")
def _block(tree: Tree) -> ast.Block:
    span = _span(tree)
    return ast.Block(span, tuple(_parts(tree)), Span(span.end - 1, span.end))


@_rule("let")
def _let(tree: Tree) -> ast.Let:
    return ast.Let(_span(tree), *_parts(tree))


@_rule("var")
def _var(tree: Tree) -> ast.Var:
    return ast.Var(_span(tree), *_parts(tree))


@_rule("assign")
def _assign(tree: Tree) -> ast.Assign:
    target, value = _parts(tree)
    return ast.Assign(_span(tree), target, str(_tokens(tree)[0]), value)


@_rule("chain_statement", "call_statement")
def _expression_statement(tree: Tree) -> ast.ExprStmt:
    return ast.ExprStmt(_span(tree), _parts(tree)[0])


@_rule("insert")
def _insert(tree: Tree) -> ast.Insert:
    task, into, *at, slice_ = _parts(tree)
    return ast.Insert(_span(tree), task, into, at[0] if at else None, slice_)


@_rule("kick")
def _kick(tree: Tree) -> ast.Kick:
    mode = _tokens(tree)
    return ast.Kick(_span(tree), _parts(tree)[0], str(mode[0]) if mode else "")


@_rule("if_statement")
def _if(tree: Tree) -> ast.If:
    condition, then, *otherwise = _parts(tree)
    return ast.If(_span(tree), condition, then, otherwise[0] if otherwise else None)


@_rule("if_let")
def _if_let(tree: Tree) -> ast.IfLet:
    return ast.IfLet(_span(tree), *_parts(tree))


@_rule("match_statement")
def _match(tree: Tree) -> ast.Match:
    subject, *arms = _parts(tree)
    return ast.Match(_span(tree), subject, tuple(arms))


@_rule("match_block")
def _match_block(tree: Tree) -> ast.MatchBlock:
    pattern = _tokens(_trees(tree)[0])[0]
    return ast.MatchBlock(_span(tree), str(pattern), token_span(pattern), build(_trees(tree)[1]))


@_rule("for_statement")
def _for(tree: Tree) -> ast.For:
    what = _tokens(tree)[0]
    name, *where, body = _parts(tree, "of_part", "order_part", "except_part")
    return ast.For(
        _span(tree), name, str(what), token_span(what),
        _part(tree, "of_part"), _part(tree, "order_part"), _part(tree, "except_part"),
        where[0] if where else None, body,
    )  # fmt: skip


@_rule("of_part", "order_part", "except_part", "group", "aging")
def _only(tree: Tree) -> Any:
    return _parts(tree)[0]


@_rule("repeat_statement")
def _repeat(tree: Tree) -> ast.Repeat:
    return ast.Repeat(_span(tree), *_parts(tree))


@_rule("return_statement")
def _return(tree: Tree) -> ast.Return:
    value = _parts(tree)
    return ast.Return(_span(tree), value[0] if value else None)


@_rule("break_statement")
def _break(tree: Tree) -> ast.Break:
    return ast.Break(_span(tree))


@_rule("continue_statement")
def _continue(tree: Tree) -> ast.Continue:
    return ast.Continue(_span(tree))


# ---- expressions


@_rule("or_", "and_")
def _logic(tree: Tree) -> ast.Logic:
    return ast.Logic(_span(tree), tree.data.rstrip("_"), *_parts(tree))


@_rule("not_")
def _not(tree: Tree) -> ast.Not:
    return ast.Not(_span(tree), _parts(tree)[0])


@_rule("compare")
def _compare(tree: Tree) -> ast.Compare:
    operator = _tokens(tree)[0]
    return ast.Compare(_span(tree), str(operator), token_span(operator), *_parts(tree))


@_rule("matches")
def _matches(tree: Tree) -> ast.Matches:
    return ast.Matches(_span(tree), *_parts(tree))


@_rule("patterns")
def _patterns(tree: Tree) -> tuple[ast.Pattern, ...]:
    return tuple(ast.Pattern(token_span(token), _text(token)) for token in _tokens(tree))


@_rule("contains")
def _contains(tree: Tree) -> ast.Contains:
    return ast.Contains(_span(tree), *_parts(tree))


@_rule("aged")
def _aged(tree: Tree) -> ast.Aged:
    return ast.Aged(_span(tree), *_parts(tree))


@_rule("binary")
def _binary(tree: Tree) -> ast.Binary:
    operator = _tokens(tree)[0]
    return ast.Binary(_span(tree), str(operator), token_span(operator), *_parts(tree))


@_rule("scaled")
def _scaled(tree: Tree) -> ast.Scaled:
    return ast.Scaled(_span(tree), *_parts(tree))


@_rule("negative")
def _negative(tree: Tree) -> ast.Negative:
    return ast.Negative(_span(tree), _parts(tree)[0])


@_rule("true", "false")
def _bool(tree: Tree) -> ast.BoolLit:
    return ast.BoolLit(_span(tree), tree.data == "true")


@_rule("none")
def _none(tree: Tree) -> ast.NoneLit:
    return ast.NoneLit(_span(tree))


@_rule("if_value")
def _if_value(tree: Tree) -> ast.IfValue:
    return ast.IfValue(_span(tree), *_parts(tree))


@_rule("match_expr")
def _match_value(tree: Tree) -> ast.MatchValue:
    subject, *arms = _parts(tree)
    return ast.MatchValue(_span(tree), subject, tuple(arms))


@_rule("match_value")
def _match_arm(tree: Tree) -> ast.MatchArm:
    pattern = _tokens(_trees(tree)[0])[0]
    return ast.MatchArm(_span(tree), str(pattern), token_span(pattern), build(_trees(tree)[1]))


@_rule("pull")
def _pull(tree: Tree) -> ast.Pull:
    path, *aging = _parts(_trees(tree)[0])
    return ast.Pull(_span(tree), path, aging=aging[0] if aging else None)


@_rule("pull_into")
def _pull_into(tree: Tree) -> ast.Pull:
    source, into = _trees(tree)
    path, *aging = _parts(source)
    return ast.Pull(_span(tree), path, aging=aging[0] if aging else None, into=build(into))


@_rule("keep")
def _keep(tree: Tree) -> ast.Keep:
    task = _tokens(tree)[0]
    return ast.Keep(_span(tree), ast.Name(token_span(task), str(task)), _parts(tree)[0])


@_rule("name_ref")
def _name_ref(tree: Tree) -> ast.NameRef:
    return ast.NameRef(_span(tree), _parts(tree)[0].text)


@_rule("member_ref")
def _member_ref(tree: Tree) -> ast.Member:
    base, member = _parts(tree)
    return ast.Member(_span(tree), base, member.text, member.span)


@_rule("index_ref")
def _index_ref(tree: Tree) -> ast.Index:
    base, *indices = _parts(tree)
    return ast.Index(_span(tree), base, tuple(indices))


@_rule("index")
def _index(tree: Tree) -> Any:
    token = _tokens(tree)
    return ast.Star(token_span(token[0])) if token else _parts(tree)[0]


@_rule("call")
def _call(tree: Tree) -> ast.Call:
    callee, *arguments = _parts(tree)
    return ast.Call(_span(tree), callee, tuple(_argument(each) for each in arguments))


def _argument(built: Any) -> ast.Argument:
    return built if isinstance(built, ast.Argument) else ast.Argument(built.span, "", built)


@_rule("arg_near", "arg_in", "arg_where", "arg_least", "arg_most")
def _modified_argument(tree: Tree) -> ast.Argument:
    return ast.Argument(_span(tree), tree.data.removeprefix("arg_"), _parts(tree)[0])


@_rule("arg_whole")
def _whole_argument(tree: Tree) -> ast.Argument:
    token = _tokens(tree)[0]
    return ast.Argument(_span(tree), "whole", ast.NameRef(token_span(token), str(token)))
