"""Markers: what a condition says is noted, and the arrays of which it speaks get narrower types."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from mypy.nodes import CallExpr, ComparisonExpr, Expression, IndexExpr, MemberExpr, NameExpr
from mypy.types import Instance, Type, UnionType

from tl_checker.shapes.annotations.assignments import assigned_names
from tl_checker.shapes.annotations.encoding import (
    ARRAYS,
    Encoder,
    array_dtype,
    array_shape,
    as_array,
    members_of,
    shape_of,
)
from tl_checker.shapes.facts.conditions import Condition, leaves
from tl_checker.shapes.facts.facts import keep
from tl_checker.shapes.facts.reading import ConditionReader, comparisons, is_rank, is_size, position, subject
from tl_checker.shapes.host.internals import current_function, narrow, narrowed_type
from tl_checker.shapes.sizes.equations import AnyFact
from tl_checker.shapes.sizes.refinements import Refined, in_terms_of, meet, with_axis, with_rank
from tl_dsl.dims import Dim, Unknown, atoms
from tl_dsl.shapes import Shape, Star, is_nameless, star_at

Refinement = Callable[[Shape], Refined | None]
"""What a condition makes of a shape; None when no array of this shape satisfies it."""


class Narrowing:
    """Reads the condition of a marker."""

    def __init__(self, checker: Any, encoder: Encoder) -> None:
        self._checker = checker
        self._encoder = encoder
        self._reader = ConditionReader(checker)

    def note(self, condition: Condition) -> None:
        """Note what a condition says from here on."""
        for part, _ in [*leaves(condition.expression, True), *leaves(condition.expression, False)]:
            self._hold_types(part)
        facts = self._reader.facts(condition.expression, condition.holds)
        for part, holds in leaves(condition.expression, condition.holds):
            for comparison in comparisons(part, holds):
                if comparison.operator in ("==", "!="):
                    equal = comparison.operator == "=="
                    x, y = self._reader.value(comparison.left), self._reader.value(comparison.right)
                    facts += self._refine(comparison.left, y, equal) + self._refine(comparison.right, x, equal)
        keep(self._checker, condition.name, facts)

    def _hold_types(self, part: Expression) -> None:
        """Give each array the type that it has anyway: where branches meet again, mypy then leaves it alone."""
        for operand in part.operands if isinstance(part, ComparisonExpr) else ():
            array = subject(operand)
            t = None if array is None else narrowed_type(self._checker, array)
            if array is not None and t is not None and any(as_array(item) is not None for item in members_of(t)):
                narrow(self._checker, array, t)

    def _refine(self, operand: Expression, value: Any, holds: bool) -> list[AnyFact]:
        """Narrow the array of an operand that has, or has not, a value; what that says of other sizes."""
        array = subject(operand)
        t = None if array is None else narrowed_type(self._checker, array)
        members = [] if t is None else members_of(t)
        if array is None or not _all_arrays(members) or (len(members) == 1 and not _is_open(members[0])):
            return []
        named = is_rank(operand) and any(is_nameless(axis) for item in members for axis in shape_of(item) or ())
        refinement = _refinement(operand, value, self._same_array(array) if named else "")
        if refinement is None:
            return []
        kept: list[tuple[Instance, Shape, list[AnyFact]]] = []
        for member in members:
            assert isinstance(member, Instance)
            shape = array_shape(member)
            refined = refinement(shape)
            if not holds:
                never = refined is not None and refined[0] == shape and star_at(shape) is None and not refined[1]
                kept += [] if never and len(members) > 1 and is_rank(operand) else [(member, shape, [])]
            elif refined is not None:
                kept.append((member, *refined))
        if not kept:
            return []
        shared = [fact for fact in kept[0][2] if all(fact in facts for _, _, facts in kept)]
        new = [
            self._of_shape(member, in_terms_of(shape, [fact for fact in facts if fact not in shared]))
            for member, shape, facts in kept
        ]
        narrow(self._checker, array, UnionType.make_union([*new]))
        return shared

    def _of_shape(self, array: Instance, shape: Shape) -> Instance:
        return array if shape == array_shape(array) else self._encoder.array(array.type, array_dtype(array), shape)

    def _same_array(self, array: Expression) -> str:
        """ "scope:x" of a parameter to which nothing is assigned: one array, wherever the program comes by."""
        function = current_function(self._checker)
        if isinstance(array, NameExpr) and function is not None:
            parameters = [argument.variable for argument in function.arguments]
            if array.node in parameters and array.name not in assigned_names(function):
                return f"{function.fullname}:{array.name}"
        return ""


def _all_arrays(members: Sequence[Type]) -> bool:
    return bool(members) and all(isinstance(item, Instance) and item.type.fullname in ARRAYS for item in members)


def _is_open(array: Type) -> bool:
    """Whether a condition may say more of the shape than its type does."""
    shape = array_shape(array) if isinstance(array, Instance) else ()
    return any(isinstance(axis, (Unknown, Star)) or any("{" in name for name in atoms(axis)) for axis in shape)


def _refinement(operand: Expression, value: Any, name: str) -> Refinement | None:
    """What it means for the shape of the array, which may have a name, that an operand has this value."""
    if is_rank(operand):
        return functools.partial(with_rank, rank=value, name=name) if isinstance(value, int) else None
    if isinstance(operand, MemberExpr) and isinstance(value, tuple):
        axes = all(isinstance(axis, (int, Dim, Unknown, Star)) for axis in value)
        return functools.partial(meet, other=value) if axes else None
    if isinstance(operand, CallExpr) and is_size(value):
        return functools.partial(with_axis, at=0, size=value)
    if isinstance(operand, IndexExpr) and is_size(value):
        at = position(operand.index)
        return None if at is None else functools.partial(with_axis, at=at, size=value)
    return None
