"""Small changes of a program: for one node of a syntax tree, what may stand in its place."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.mutants import usual

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SIBLINGS = {
    "any": "all", "all": "any", "min": "max", "max": "min", "greater": "less", "less": "greater", "equal": "less",
    "plus": "sub", "mul": "plus", "div": "mul", "sub": "plus", "log": "exp", "zeros": "ones", "ones": "zeros",
    "zeros_of": "as_tensor", "COS": "SIN", "SIN": "COS", "EXP": "LOG", "LESS": "EQUAL", "EQUAL": "LESS",
    "SIGN": "ABS", "TAKE": "SCATTER_ADD", "SLICE": "EMBED", "EMBED": "SLICE", "sum": "mean",
}  # fmt: skip
"""Functions and instructions that are easily written for one another."""

NAMED = {"add": "sub", "sub": "add", "mul": "div", "div": "mul", "neg": "exp", "maximum": "minimum", "sum": "prod"}
"""Instructions that a rule emits by name."""

COMMUTATIVE = {"add", "mul", "plus", "equal", "maximum", "minimum", "product", "total", "max", "min", "_merged"}
"""Functions and instructions whose operands may be swapped."""

PLAIN = {"isinstance", "zip", "range", "len", "tuple", "list", "dict", "set", "enumerate", "map", "id", "iter", "next"}
"""Calls that no program runs without."""


@dataclass(frozen=True)
class Change:
    """What stands in the place of a node: ``kind`` says what sort of mistake it is."""

    kind: str
    node: ast.AST
    text: str


def changes(
    node: ast.AST, parent: ast.AST, names: list[str], scope: Sequence[str], *, is_rule: bool
) -> Iterator[Change]:
    """The changes of one node, each once.

    ``names`` are the parameters of the function that it stands in, ``scope`` all names that it binds.
    """
    seen = set()
    for change in (*_own(node, parent, names, is_rule=is_rule), *_usual(node, parent, scope)):
        if (id(change.node), change.text) not in seen:
            seen.add((id(change.node), change.text))
            yield change


def _usual(node: ast.AST, parent: ast.AST, scope: Sequence[str]) -> Iterator[Change]:
    """What the usual tools change."""
    if isinstance(node, ast.expr):
        yield from (Change(kind, node, text) for kind, text in usual.of_expression(node, parent, scope))
    elif isinstance(node, ast.Slice):
        yield from (Change("off by one", node, text) for text in usual.of_slice(node))
    elif isinstance(node, ast.comprehension):
        yield Change("loop", *usual.of_comprehension(node))
    elif isinstance(node, ast.stmt):
        yield from (Change(*each) for each in usual.of_statement(node, scope))


def _own(node: ast.AST, parent: ast.AST, names: list[str], *, is_rule: bool) -> Iterator[Change]:
    if isinstance(node, ast.expr):
        for kind, text in _of_expression(node, parent, names):
            yield Change(kind, node, text)
        if is_rule and isinstance(parent, ast.Lambda) and node is parent.body and not isinstance(node, ast.IfExp):
            yield Change("sign", node, f"-({ast.unparse(node)})")
    elif isinstance(node, ast.Slice):
        yield from _of_slice(node)
    elif isinstance(node, ast.keyword):
        yield from _of_keyword(node)
    elif isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield Change("condition", test, f"not ({ast.unparse(test)})")
            yield Change("condition", test, "True")
    elif isinstance(node, ast.stmt):
        yield from _of_statement(node, is_rule)


def _of_expression(node: ast.expr, parent: ast.AST, names: list[str]) -> Iterator[tuple[str, str]]:
    show = ast.unparse
    match node:
        case ast.BinOp(left, op, right):
            for other in OPERATORS.get(type(op), ()):
                yield "operator", show(ast.BinOp(left, other(), right))
            yield "dropped term", show(left)
            yield "dropped term", show(right)
            if not isinstance(op, (ast.Add, ast.Mult)) or (
                isinstance(op, ast.Add) and (_is_row(left) or _is_row(right))
            ):
                yield "swapped", show(ast.BinOp(right, op, left))
        case ast.UnaryOp(ast.USub(), ast.Constant(int(value))):
            yield from [("constant", str(-value + step)) for step in (-1, 1)]
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield "sign" if isinstance(node.op, ast.USub) else "condition", show(operand)
        case ast.Constant(bool(value)):
            if not (isinstance(parent, ast.keyword) and parent.arg == "strict"):
                yield "constant", str(not value)
        case ast.Constant(int(value)):
            first = isinstance(parent, ast.Subscript) and value == 0  # -1 is the same element, where there is one
            if not isinstance(parent, ast.UnaryOp):
                yield from [("constant", str(value + step)) for step in ((1,) if first else (-1, 1))]
        case ast.Constant(str(value)):
            if value in NAMED and isinstance(parent, ast.Call):
                yield "name", repr(NAMED[value])
        case ast.Compare(left, [op], [right]):
            for other_op in COMPARISONS[type(op)]:
                yield "comparison", show(ast.Compare(left, [other_op()], [right]))
        case ast.BoolOp(op, values):
            yield "condition", show(ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values))
            for k in range(len(values)):
                rest = [*values[:k], *values[k + 1 :]]
                yield "dropped term", show(ast.BoolOp(op, rest) if len(rest) > 1 else rest[0])
        case ast.IfExp(test, body, orelse):
            yield "branches", show(ast.IfExp(test, orelse, body))
            yield "branches", show(body)
            yield "branches", show(orelse)
        case ast.Call():
            yield from _of_call(node)
        case ast.Name(name, ast.Load()) if name in names and len(names) > 1:
            other_name = names[(names.index(name) + 1) % len(names)]
            if not _same_type(name, other_name, parent):
                yield "argument", other_name
        case ast.Name(name, ast.Load()) if name in SIBLINGS:
            yield "name", SIBLINGS[name]
        case ast.Tuple(elements, ast.Load()) if not _is_set(parent):
            for k in range(len(elements) - 1):
                swapped = [*elements[:k], elements[k + 1], elements[k], *elements[k + 2 :]]
                if show(elements[k]) != show(elements[k + 1]):
                    yield "swapped", show(ast.Tuple(swapped, ast.Load()))
        case ast.Subscript(value, ast.Name() as index, ast.Load()):
            yield "off by one", f"{show(value)}[{show(index)} - 1]"


def _same_type(name: str, other: str, parent: ast.AST) -> bool:
    """Whether what is read is the shape or type of a primal, which is that of its tangent."""
    reads = isinstance(parent, ast.Attribute) and parent.attr in ("shape", "dtype", "ndim", "size")
    return reads and other == f"d{name}"


def _is_set(parent: ast.AST) -> bool:
    """Whether the order of a tuple in this place means nothing, or is that of an index."""
    types = isinstance(parent, ast.Call) and ast.unparse(parent.func) == "isinstance"
    return types or isinstance(parent, (ast.Subscript, ast.Compare))


def _is_row(node: ast.expr) -> bool:
    """Whether an operand of + looks like a tuple or a list: their sum depends on the order."""
    return isinstance(node, (ast.Tuple, ast.List)) or "shape" in ast.unparse(node)


def _of_call(node: ast.Call) -> Iterator[tuple[str, str]]:
    plain = [k for k, argument in enumerate(node.args) if not isinstance(argument, ast.Starred)]
    for i, j in itertools.pairwise(plain):
        args = list(node.args)
        args[i], args[j] = args[j], args[i]
        if ast.unparse(args[i]) != ast.unparse(args[j]) and not _commutes(node, i):
            yield "argument", ast.unparse(ast.Call(node.func, args, node.keywords))
    for k in plain[:3] if ast.unparse(node.func) not in PLAIN else ():
        yield "dropped call", ast.unparse(node.args[k])
    for k, keyword in enumerate(node.keywords):
        if keyword.arg not in (None, "strict"):
            rest = [*node.keywords[:k], *node.keywords[k + 1 :]]
            yield "dropped keyword", ast.unparse(ast.Call(node.func, node.args, rest))


def _commutes(node: ast.Call, first: int) -> bool:
    """Whether two operands next to each other may be swapped."""
    name = ast.unparse(node.func).rpartition(".")[2]
    if name in ("emit", "bind", "known"):
        return first > 0 and ast.unparse(node.args[0]).strip("'").lower() in COMMUTATIVE
    return name in COMMUTATIVE


def _of_slice(node: ast.Slice) -> Iterator[Change]:
    step = f":{ast.unparse(node.step)}" if node.step else ""
    low, high = (ast.unparse(bound) if bound else "" for bound in (node.lower, node.upper))
    if not isinstance(node.lower, (ast.Constant, ast.UnaryOp)):
        yield Change("off by one", node, f"{low + ' + ' if low else ''}1:{high}{step}")
    if not isinstance(node.upper, (ast.Constant, ast.UnaryOp)):
        yield Change("off by one", node, f"{low}:{high + ' ' if high else ''}- 1{step}")
    if step:
        yield Change("off by one", node, f"{low}:{high}")


def _of_keyword(node: ast.keyword) -> Iterator[Change]:
    if node.arg == "axis" and not isinstance(node.value, (ast.Constant, ast.UnaryOp, ast.Tuple)):
        for step in ("- 1", "+ 1"):
            yield Change("axis", node.value, f"({ast.unparse(node.value)}) {step}")


def _of_statement(node: ast.stmt, is_rule: bool) -> Iterator[Change]:
    match node:
        case ast.If(test, _, orelse):
            yield Change("condition", test, f"not ({ast.unparse(test)})")
            yield Change("condition", test, "False")
            if not isinstance(node.test, ast.Constant) and orelse:
                yield Change("condition", test, "True")
        case ast.While(test):
            yield Change("condition", test, "False")
        case ast.AugAssign(target, op, value):
            yield Change("removed", node, "pass")
            for other in OPERATORS.get(type(op), ()):
                yield Change("operator", node, ast.unparse(ast.AugAssign(target, other(), value)))
        case ast.Expr(value) if not isinstance(value, ast.Constant):
            yield Change("removed", node, "pass")
        case ast.Assign([ast.Subscript() | ast.Attribute()], _):
            yield Change("removed", node, "pass")
        case ast.Continue() | ast.Break():
            yield Change("removed", node, "pass")
        case ast.Return(value) if value is not None and is_rule and not isinstance(value, (ast.Tuple, ast.Constant)):
            yield Change("sign", value, f"-({ast.unparse(value)})")
