"""The axes whose sizes a constructor chooses from its parameters: `self.w: Float[Array, "i o"] = zeros((inputs, 10))`.

Only the source is read. What is declared for the field is held against the value where the constructor is checked, so
that a reading of the value which is wrong does not go unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    Expression,
    FloatExpr,
    FuncDef,
    IntExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    TupleExpr,
)

from tl_checker.shapes.host.walking import walk

_BY_SHAPE: Final = frozenset({"zeros", "ones", "empty", "full", "standard_normal", "random", "random_sample"})
"""Functions of numpy, of the language and of random generators whose first argument is a shape."""
_BY_SIZE: Final = frozenset({"normal", "uniform", "integers", "standard_normal", "random", "exponential", "gamma"})
"""Those that take it as `size`."""
_BY_AXES: Final = frozenset({"randn", "rand"})
"""Those whose arguments are the sizes."""
_NUMBERS: Final = frozenset({"sqrt", "float", "int"})


def chosen_sizes(
    made: FuncDef, declared: Mapping[str, list[str]], size_of: Callable[[Expression], str | None]
) -> dict[str, str]:
    """For the names of axes that fields declare, the atoms of what the constructor makes them, where it always says.

    `declared` are the axes of each field; `size_of` reads the sizes that a constructor writes.
    """
    owner = made.arguments[0].variable.name if made.arguments else ""
    found: dict[str, str] = {}
    open_names: set[str] = set()
    for statement in walk(made.body):
        if not isinstance(statement, AssignmentStmt):
            continue
        for target in statement.lvalues:
            names = declared.get(_field(target, owner) or "", [])
            sizes = _sizes(statement.rvalue) or []
            atoms = [size_of(size) for size in sizes] if len(sizes) == len(names) else [None] * len(names)
            for name, atom in zip(names, atoms, strict=True):
                if atom is None:
                    open_names.add(name)
                elif name.isidentifier():
                    found.setdefault(name, atom)
    return {name: atom for name, atom in found.items() if name not in open_names}


def _field(target: Expression, owner: str) -> str | None:
    is_field = isinstance(target, MemberExpr) and isinstance(target.expr, NameExpr) and target.expr.name == owner
    return target.name if is_field and isinstance(target, MemberExpr) else None


def _sizes(value: Expression) -> list[Expression] | None:
    """The sizes that are written in a value: `0.1 * rng.normal(size=(n, m))` has n and m."""
    if isinstance(value, OpExpr) and value.op in ("*", "/", "+", "-"):
        sides = [side for side in (value.left, value.right) if not _is_number(side)]
        return _sizes(sides[0]) if len(sides) == 1 else None
    if not isinstance(value, CallExpr) or not isinstance(value.callee, (NameExpr, MemberExpr)):
        return None
    name = value.callee.name
    positional = [a for a, named in zip(value.args, value.arg_names, strict=True) if named is None]
    if name in _BY_AXES:
        return positional if len(positional) == len(value.args) else None
    shape = next(_named(value, ("size",) if name in _BY_SIZE else ()), None)
    shape = next(_named(value, ("shape",)), shape) if name in _BY_SHAPE else shape
    if shape is None and name in _BY_SHAPE and positional:
        shape = positional[0]
    if isinstance(shape, TupleExpr):
        return shape.items
    return [shape] if isinstance(shape, (NameExpr, MemberExpr, IntExpr)) else None


def _named(call: CallExpr, names: tuple[str, ...]) -> Iterator[Expression]:
    return (a for a, named in zip(call.args, call.arg_names, strict=True) if named in names)


def _is_number(value: Expression) -> bool:
    """Whether a factor surely has no axes: a number, a name such as `scale` with the sizes beside it, a root."""
    if isinstance(value, OpExpr):
        return _is_number(value.left) and _is_number(value.right)
    if isinstance(value, CallExpr):
        return isinstance(value.callee, (NameExpr, MemberExpr)) and value.callee.name in _NUMBERS
    return isinstance(value, (IntExpr, FloatExpr, NameExpr))
