"""What a function gets out of an object by the object's own methods: `list(table)`, `abs(layer)`, `max(rows, key=f)`.

mypy takes the types of `__iter__`, `__abs__` and the like as the class declares them, and looks at them once more with
the result in hand: so the axes of the class are unknown in the result.
"""

from __future__ import annotations

from typing import Any

from mypy.types import FunctionLike, Instance, Type, get_proper_type

from tl_checker.shapes.annotations.axes import dims_in, names_in, scope_of
from tl_checker.shapes.annotations.encoding import ARRAYS, Encoder
from tl_checker.shapes.host.internals import class_named, enclosing_names
from tl_checker.shapes.signatures.matching import Substitution


def without_axes_of_classes(t: Type, ctx: Any, encoder: Encoder) -> Type:
    """The result of a call, in which no axes of a class are left outside of it; a function finds them by itself."""
    if isinstance(get_proper_type(t), FunctionLike) or not any(
        _is_object(each) for types in ctx.arg_types for each in types
    ):
        return t
    names = frozenset(name for dim in dims_in(t) for name in names_in(dim))
    foreign = frozenset(name for name in names if _is_of_other_class(name, ctx.api))
    return t.accept(Substitution({}, {}, encoder, foreign)) if foreign else t


def _is_object(t: Type) -> bool:
    found = get_proper_type(t)
    return isinstance(found, Instance) and found.type.fullname not in ARRAYS


def _is_of_other_class(name: str, checker: Any) -> bool:
    scope = scope_of(name.lstrip("*"))
    if class_named(checker, scope) is None:
        return False
    around = (class_named(checker, each) for each in enclosing_names(checker))
    return not any(scope == base.fullname for owner in around if owner is not None for base in owner.mro)
