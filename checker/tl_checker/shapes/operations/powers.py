"""An int to the power of an int: a float where an array of floating numbers, or a division, makes no difference of it.

mypy says Any, as a negative exponent gives a float, and with an operand that is Any it asks nobody about the operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from mypy.nodes import AssignmentStmt, Expression, FuncItem, NameExpr, Node, OpExpr, UnaryExpr, Var
from mypy.types import Instance, ProperType, get_proper_type

from tl_checker.shapes.annotations.element_types import dtype_class
from tl_checker.shapes.annotations.encoding import array_dtype, as_array
from tl_checker.shapes.facts.values import Reader
from tl_checker.shapes.host.internals import for_this_round, outermost_function, scopes_around
from tl_checker.shapes.host.walking import children, walk
from tl_dsl import dtypes

_ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "//", "%", "**"})


class Uses(NamedTuple):
    """Where the expressions of a function, or of a module, stand."""

    around: Mapping[int, OpExpr | UnaryExpr]
    """The arithmetic that an operand stands in."""
    assigned: Mapping[int, AssignmentStmt]
    """The assignment of a value."""
    names: Sequence[NameExpr]


_uses: dict[int, tuple[Node, Uses]] = for_this_round({})


def may_be_float(checker: Any, power: Expression) -> bool:
    """Whether nobody can tell an int from a float: a division or an array of floating numbers takes it.

    It may be kept in a variable before, which gets no other value.
    """
    root: Node = outermost_function(checker) or scopes_around(checker)[-1]
    found = _uses.get(id(root))
    if found is None or found[0] is not root:
        found = _uses[id(root)] = (root, _found(root))
    known = found[1]
    last = _taken(checker, power, known)
    if last is None:
        return True
    assignment = known.assigned.get(id(last))
    match assignment:
        case AssignmentStmt(lvalues=[NameExpr(node=Var(is_inferred=True) as variable)], unanalyzed_type=None):
            others = [name for name in known.names if name.node is variable and name is not assignment.lvalues[0]]
            is_local = isinstance(root, FuncItem)
            return is_local and all(_taken(checker, name, known) is None for name in others) and bool(others)
    return False


def _taken(checker: Any, number: Expression, known: Uses) -> Expression | None:
    """The arithmetic that ends in a number; None where a division or an array takes it."""
    while (parent := known.around.get(id(number))) is not None:
        if isinstance(parent, OpExpr):
            other = parent.right if parent.left is number else parent.left
            found = _type_of(checker, other)
            array = None if found is None else as_array(found)
            if parent.op == "/" or (array is not None and _is_inexact(array)):
                return None
        number = parent
    return number


def _is_inexact(array: Instance) -> bool:
    return issubclass(dtype_class(array_dtype(array)), dtypes.Inexact)


def _found(root: Node) -> Uses:
    nodes = list(walk(root))
    operations = [node for node in nodes if isinstance(node, (OpExpr, UnaryExpr)) and node.op in _ARITHMETIC]
    around = {id(operand): node for node in operations for operand in children(node)}
    assigned = {id(node.rvalue): node for node in nodes if isinstance(node, AssignmentStmt)}
    return Uses(around, assigned, [node for node in nodes if isinstance(node, NameExpr)])


def _type_of(checker: Any, operand: Expression) -> ProperType | None:
    """The type of an operand; of a variable on the right, which mypy has not come to, the one that it has."""
    found = Reader(checker).type_of(operand)
    if found is None and isinstance(operand, NameExpr) and isinstance(operand.node, Var):
        found = operand.node.type
    return get_proper_type(found)
