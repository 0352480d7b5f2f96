"""What a property says of sizes: `return 2 * self.w.shape[0]`, as text in the grammar of annotations, "2*(inputs)".

Only the source is read. An annotation `{self.dim}` means that size then; of a property that is not read so, nothing is
known but that it is the same throughout, and it is held against no other size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from mypy.nodes import (
    CallExpr,
    Decorator,
    Expression,
    ExpressionStmt,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    ReturnStmt,
    Statement,
    StrExpr,
    UnaryExpr,
)

from tl_dsl.dims import Unknown
from tl_dsl.errors import AnnotationError
from tl_dsl.shapes import Star, parse_shape

_PROPERTIES: Final = frozenset({"property", "cached_property"})
_OPERATORS: Final = frozenset({"+", "-", "*", "//", "%"})
_AXES: Final = ("int", "name", "expression")
"""The kinds of axes whose size a shape string tells."""


def sizes_of_properties(body: Iterable[Statement], declared: Mapping[str, list[str]]) -> dict[str, str]:
    """What the properties in the body of a class compute of ints and of its arrays, whose axes are `declared`."""
    computed: dict[str, tuple[str, Expression]] = {}
    for statement in body:
        if isinstance(statement, Decorator) and any(map(_makes_property, statement.original_decorators)):
            returned = _returned(statement.func.body.body)
            if returned is not None and statement.func.arguments:
                computed[statement.func.name] = (statement.func.arguments[0].variable.name, returned)
    found: dict[str, str] = {}
    for _ in computed:  # one may ask for another
        reader = _Sizes(declared, computed, found)
        found = {name: text for name, (owner, value) in computed.items() if (text := reader.size(value, owner))}
    return found


class _Sizes:
    """Sizes as text: those of fields, and those of properties as far as they are found."""

    def __init__(self, declared: Mapping[str, list[str]], computed: Mapping[str, object], found: Mapping[str, str]):
        self._declared = declared
        self._computed = computed
        self._found = found

    def size(self, value: Expression, owner: str) -> str:
        """A size as text; empty for what is no size that can be read."""
        match value:
            case IntExpr(value=number):
                return str(number)
            case OpExpr(op=op, left=left, right=right) if op in _OPERATORS:
                sides = self.size(left, owner), self.size(right, owner)
                return _computed(f"({sides[0]}){op}({sides[1]})") if all(sides) else ""
            case IndexExpr(base=MemberExpr(name="shape", expr=array), index=index):
                return self._axis(array, _number(index), owner)
            case CallExpr(callee=NameExpr(name="len"), args=[array]):
                return self._axis(array, 0, owner)
        name = _field(value, owner)
        if name is None or name in self._declared:
            return ""
        return self._found.get(name, "") if name in self._computed else f"{{self.{name}}}"

    def _axis(self, array: Expression, at: int | None, owner: str) -> str:
        axes = self._declared.get(_field(array, owner) or "", [])
        if at is None or not -len(axes) <= at < len(axes):
            return ""
        try:
            tokens = parse_shape(" ".join(axes)).tokens
        except AnnotationError:
            return ""
        before = tokens[:at] if at >= 0 else tokens[len(tokens) + at + 1 :]
        if any(token.kind in ("star", "ellipsis") for token in before):
            return ""
        token = tokens[at]
        is_plain = token.kind in _AXES and not (token.broadcasts or token.per_leaf or token.braces)
        return token.text if is_plain else ""


def _computed(text: str) -> str:
    """An expression, when it is one of sizes: `n // 0` is none."""
    try:
        (size,) = parse_shape(text).shape(values=True)
    except AnnotationError:
        return ""
    return "" if isinstance(size, (Unknown, Star)) else text


def _makes_property(decorator: Expression) -> bool:
    return isinstance(decorator, (NameExpr, MemberExpr)) and decorator.name in _PROPERTIES


def _returned(body: list[Statement]) -> Expression | None:
    """What a function gives that does nothing else."""
    statements = [s for s in body if not (isinstance(s, ExpressionStmt) and isinstance(s.expr, StrExpr))]
    only = statements[0] if len(statements) == 1 else None
    return only.expr if isinstance(only, ReturnStmt) else None


def _field(value: Expression, owner: str) -> str | None:
    is_field = isinstance(value, MemberExpr) and isinstance(value.expr, NameExpr) and value.expr.name == owner
    return value.name if is_field and isinstance(value, MemberExpr) else None


def _number(index: Expression) -> int | None:
    if isinstance(index, UnaryExpr) and index.op == "-" and isinstance(index.expr, IntExpr):
        return -index.expr.value
    return index.value if isinstance(index, IntExpr) else None
