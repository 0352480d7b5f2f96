"""Fields that nothing annotates: mypy infers their types from one of the values that they get.

Nobody said that the others have its shape, nor that they have its very element type: `self.angles = np.zeros(n)` says
that angles are floating numbers, not of which size.
"""

from __future__ import annotations

import functools
from typing import Any, Final

from mypy.nodes import MemberExpr, Var
from mypy.type_visitor import TypeTranslator
from mypy.types import Instance, Type, TypeAliasType, get_proper_type

from tl_checker.shapes.annotations.element_types import dtype_class, element_type
from tl_checker.shapes.annotations.encoding import ARRAYS, Encoder, array_dtype, array_shape, shape_of
from tl_checker.shapes.annotations.fields import fields_of, has_several_values
from tl_checker.shapes.host.internals import node_named
from tl_dsl import dtypes

_KINDS: Final = (dtypes.Bool, dtypes.Integer, dtypes.Float, dtypes.Complex)


def is_unwritten(owner: Instance, access: Any) -> bool:
    """Whether mypy has inferred the type of the field of a class that is named here."""
    symbol = owner.type.get(access.name) if isinstance(access, MemberExpr) else None
    field = symbol.node if symbol is not None else None
    return isinstance(field, Var) and field.is_inferred and not field.explicit_self_type


def is_one_of_several(owner: Instance, access: Any, declared: Type) -> bool:
    """Whether mypy has inferred the type of a field from one of the values that it gets."""
    if not is_unwritten(owner, access):
        return False
    counts = shape_of(declared) is None and any(access.name in fields_of(base).kept for base in owner.type.mro)
    return counts or has_several_values(owner.type, access.name)


def of_its_kind(declared: Type, checker: Any, encoder: Encoder) -> Type:
    """The type of what may be assigned to such a field: arrays of elements of that kind."""
    return declared.accept(_Kinds(checker, encoder))


class _Kinds(TypeTranslator):
    """Puts the kinds of element types in their places: of Float64, Float."""

    def __init__(self, checker: Any, encoder: Encoder) -> None:
        super().__init__()
        self._lookup = functools.partial(node_named, checker)
        self._encoder = encoder

    def visit_type_alias_type(self, t: TypeAliasType) -> Type:
        return get_proper_type(t).accept(self)

    def visit_instance(self, t: Instance) -> Type:
        if t.type.fullname not in ARRAYS:
            return super().visit_instance(t)
        elements = dtype_class(array_dtype(t))
        kind = next((kind for kind in _KINDS if issubclass(elements, kind)), None)
        if kind is None or kind is elements:
            return t
        return self._encoder.array(t.type, element_type(t.type, kind.__name__, self._lookup), array_shape(t))
