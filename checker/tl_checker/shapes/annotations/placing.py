"""Types that mention axes of whoever uses them (aliases, bounds of type variables), put into the scope of a use."""

from __future__ import annotations

from mypy.type_visitor import TypeQuery, TypeTranslator
from mypy.types import Instance, LiteralType, Type, TypeAliasType, TypeVarType, UnboundType, get_proper_type

from tl_checker.shapes.annotations.encoding import ARRAYS, Encoder, array_dtype, array_shape, is_bare
from tl_checker.shapes.annotations.names import Names, Scope, mentions_alias, parts_of_shape


class _MentionsAlias(TypeQuery[bool]):
    """Whether a type has axes of its user's."""

    def strategy(self, items: list[bool]) -> bool:
        return any(items)

    def visit_instance(self, t: Instance) -> bool:
        if t.type.fullname in ARRAYS:
            return mentions_alias(array_shape(t))
        return any(argument.accept(self) for argument in t.args)

    def visit_type_alias_type(self, t: TypeAliasType) -> bool:
        if t.alias is None or id(t.alias) in self._seen:
            return False
        self._seen.add(id(t.alias))
        return get_proper_type(t).accept(self)

    def visit_type_var(self, t: TypeVarType) -> bool:
        return any(part.accept(self) for part in (t.upper_bound, *t.values))

    def visit_literal_type(self, t: LiteralType) -> bool:
        return False

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[int] = set()


def belongs_to_user(t: Type) -> bool:
    """Whether a type mentions axes that belong to whoever uses it."""
    if isinstance(t, Instance) and (not t.args or (t.type.fullname in ARRAYS and is_bare(t))):
        return False
    return bool(t.accept(_MentionsAlias()))


class Placer(TypeTranslator):
    """Puts the axes of a type that was written elsewhere into the scope of its use."""

    def __init__(self, names: Names, scope: Scope, at: UnboundType, encoder: Encoder) -> None:
        super().__init__()
        self._names = names
        self._scope = scope
        self._at = at
        self._encoder = encoder
        self._met: set[str] = set()
        """What the arrays of this type have bound so far."""

    def visit_instance(self, t: Instance) -> Type:
        if t.type.fullname not in ARRAYS:
            return super().visit_instance(t)
        shape = array_shape(t)
        if not mentions_alias(shape):
            return t
        placed = self._names.place(parts_of_shape(shape), self._scope, self._at, self._met)
        return self._encoder.array(t.type, array_dtype(t), placed)

    def visit_type_alias_type(self, t: TypeAliasType) -> Type:
        if t.alias is None or t.is_recursive or not belongs_to_user(t):
            return t
        return get_proper_type(t).accept(self)

    def visit_type_var(self, t: TypeVarType) -> Type:
        if not belongs_to_user(t):
            return t
        bound, values = t.upper_bound.accept(self), [value.accept(self) for value in t.values]
        return t.copy_modified(upper_bound=bound, values=values)

    def visit_literal_type(self, t: LiteralType) -> Type:
        return t


class _Bounded(TypeQuery[list[TypeVarType]]):
    """Every type variable of the user's that a type mentions."""

    def strategy(self, items: list[list[TypeVarType]]) -> list[TypeVarType]:
        return [variable for item in items for variable in item]

    def visit_type_var(self, t: TypeVarType) -> list[TypeVarType]:
        return [t]

    def visit_type_alias_type(self, t: TypeAliasType) -> list[TypeVarType]:
        return []


def variables_in(t: Type) -> list[TypeVarType]:
    """The type variables that a type mentions."""
    return t.accept(_Bounded())
