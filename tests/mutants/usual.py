"""Further small changes, which the usual tools for mutation testing make: mutmut and cosmic-ray, of Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

ARITHMETIC: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
ORDERED: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
CONSTANT_TIME = {"isinstance", "type", "len", "cast"}
"""Calls without whose result nothing runs."""

Texts = Iterator[tuple[str, str]]


def of_expression(node: ast.expr, parent: ast.AST, scope: Sequence[str]) -> Texts:
    """What may stand in the place of an expression, each with the kind of mistake. ``scope``: names bound around it."""
    show = ast.unparse
    match node:
        case ast.BinOp(left, op, right) if type(op) in ARITHMETIC:
            for other in ARITHMETIC:
                if type(op) is not other:
                    yield "operator", show(ast.BinOp(left, other(), right))
        case ast.Compare(left, [op], [right]) if type(op) in ORDERED:
            for order in ORDERED:
                if type(op) is not order:
                    yield "comparison", show(ast.Compare(left, [order()], [right]))
        case ast.BoolOp(op, values):
            for k, value in enumerate(values):
                negated = ast.UnaryOp(ast.Not(), value)
                yield "condition", show(ast.BoolOp(op, [*values[:k], negated, *values[k + 1 :]]))
        case ast.Constant(str(value)) if not isinstance(parent, ast.Expr):
            yield "text", repr(f"XX{value}XX")
        case ast.Constant(int(value)) if isinstance(parent, ast.Subscript) and value == 0 and value is not False:
            yield "constant", "-1"
        case ast.Call():
            yield from _of_call(node)
        case ast.Lambda(args, body) if not (isinstance(body, ast.Constant) and body.value is None):
            yield "nothing", show(ast.Lambda(args, ast.Constant(None)))
        case ast.Tuple(elements, ast.Load()) | ast.List(elements, ast.Load()) if len(elements) > 1:
            for k in range(len(elements)):
                rest = [*elements[:k], *elements[k + 1 :]]
                yield (
                    "dropped element",
                    show(ast.Tuple(rest, ast.Load()) if isinstance(node, ast.Tuple) else ast.List(rest, ast.Load())),
                )
        case ast.Name(name, ast.Load()) if name in scope and not _is_called(node, parent):
            place = list(scope).index(name)
            if len(scope) > 1:
                yield "variable", scope[place - 1]


def _of_call(node: ast.Call) -> Texts:
    name = ast.unparse(node.func)
    if name in CONSTANT_TIME:
        return
    for k, argument in enumerate(node.args):
        rest = [*node.args[:k], *node.args[k + 1 :]]
        yield "dropped argument", ast.unparse(ast.Call(node.func, rest, node.keywords))
        if not isinstance(argument, ast.Starred) and not _is_none(argument):
            given = [*node.args[:k], ast.Constant(None), *node.args[k + 1 :]]
            yield "nothing", ast.unparse(ast.Call(node.func, given, node.keywords))
    for k, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg != "strict" and not _is_none(keyword.value):
            nothing = ast.keyword(keyword.arg, ast.Constant(None))
            several = [*node.keywords[:k], nothing, *node.keywords[k + 1 :]]
            yield "nothing", ast.unparse(ast.Call(node.func, node.args, several))


def of_slice(node: ast.Slice) -> Iterator[str]:
    """A slice without one of its bounds."""
    low, high, step = (ast.unparse(part) if part else "" for part in (node.lower, node.upper, node.step))
    tail = f":{step}" if step else ""
    if low:
        yield f":{high}{tail}"
    if high:
        yield f"{low}:{tail}"


def of_statement(node: ast.stmt, bound: Sequence[str]) -> Iterator[tuple[str, ast.AST, str]]:
    """The kind of a mistake, what it replaces, and by what. ``bound``: names that have a value before the statement."""
    match node:
        case ast.If(test, _, orelse) if not orelse:
            yield "condition", test, "True"
        case ast.While(test):
            yield "condition", test, f"not ({ast.unparse(test)})"
        case ast.For(_, iterable):
            yield "loop", iterable, "()"
            yield "removed", node, "pass"
        case ast.Break():
            yield "loop", node, "continue"
        case ast.Continue():
            yield "loop", node, "break"
        case ast.AugAssign(target, _, value):
            yield "operator", node, f"{ast.unparse(target)} = {ast.unparse(value)}"
        case ast.Assign([ast.Name(name)], value):
            if not _is_none(value):
                yield "nothing", value, "None"
            if name in bound:
                yield "removed", node, "pass"
        case ast.Return(value) if value is not None:
            if not _is_none(value):
                yield "nothing", value, "None"
            yield "removed", node, "pass"
        case ast.FunctionDef(decorator_list=decorators):
            for decorator in decorators:
                yield "decorator", decorator, "(lambda function: function)"


def of_comprehension(node: ast.comprehension) -> tuple[ast.expr, str]:
    """The loop without a single round."""
    return node.iter, "()"


def bound_in(node: ast.AST) -> list[str]:
    """The names that a function binds, its parameters first, in the order of the text."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        given = node.args
        several = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        found = [one.arg for one in several if one.arg not in ("self", "trace")]
    else:
        found = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            found.append(inner.id)
    return list(dict.fromkeys(name for name in found if name != "_"))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_called(node: ast.AST, parent: ast.AST) -> bool:
    return isinstance(parent, ast.Call) and parent.func is node
