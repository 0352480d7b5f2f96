"""Which axes the names of an annotation stand for.

An annotation is read in a scope of no one's, and then put into the scope where it stands: a signature, a body, a class.
So an alias, whose names mean nothing before somebody uses it, is put into the scope of each user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from mypy.nodes import Block, FuncDef, TypeInfo
from mypy.types import CallableType, Type, UnboundType

from tl_checker.shapes.annotations.axes import (
    names_of_single_parameters,
    scope_of,
    stored_axes,
    value_of_attribute,
)
from tl_checker.shapes.annotations.fields import declare, fields_of, values_in
from tl_checker.shapes.annotations.seen_axes import axes_seen_by
from tl_checker.shapes.annotations.written_order import Order, order_of
from tl_checker.shapes.sizes.unify import substitute_shape
from tl_dsl.dims import UNKNOWN, Axis, Dim, OneOr, Unknown, atoms, dim_of
from tl_dsl.errors import AnnotationError
from tl_dsl.shapes import Shape, Star, parse_shape

ALIAS: Final = "<alias>"
"""The scope of names that belong to whoever uses the type."""
DOTS: Final = f"{ALIAS}:..."
"""The run `...` of an annotation, which is not that of a bare array when another annotation extends it."""


class Scope(NamedTuple):
    """What an annotation belongs to: a function's signature, its body, a class, an alias, or a module."""

    name: str
    function: FuncDef | None = None
    in_body: bool = False
    in_result: bool = False
    owner: TypeInfo | None = None
    """The class itself, or the one that the function is a method of: its axes are seen here."""
    local: bool = False
    """Whether the function is defined inside another one."""
    fields: Block | None = None
    """The body of a class of named tuples, which mypy reads before there is a class."""
    outer: Mapping[str, str] = {}
    """The names that are axes of the function around this one, and what they are there."""

    def axis(self, name: str) -> str:
        """The atom of a name of this scope; of a local function, `n@inner`, of a named tuple, `{Params.n}`.

        Where a named tuple is unpacked, such axes come to light of which nothing else is known.
        """
        if name in self.outer:
            return self.outer[name]
        if self.fields is not None:
            return f"{self.name}:{{{self.name.rpartition('.')[2]}.{name}}}"
        return f"{self.name}:{name}@{self.name.rpartition('.')[2]}" if self.local else f"{self.name}:{name}"

    def atom(self, name: str) -> str:
        """The atom of a name, or of a run "*b", of this scope: "*scope:b"."""
        return self.outer.get(name) or f"*{self.axis(name[1:])}" if name[0] == "*" else self.axis(name)

    @property
    def rigid(self) -> bool:
        """Whether names that are new here are axes from now on: in parameters, and in the fields of a class."""
        if self.function is not None:
            return not self.in_body and not self.in_result
        return self.fields is not None or (self.owner is not None and not self.owner.is_protocol)

    @property
    def judged(self) -> bool:
        """Whether a name that nothing binds is an error here."""
        return bool(self.name) and not self.in_body and self.name != ALIAS


class Part(NamedTuple):
    """One axis of an annotation: what it is in no one's scope, the names that it reads and the one that it binds."""

    axis: Axis | Star
    reads: frozenset[str]
    binds: str | None
    name: str | None
    """The name that the axis is, "*b" for a run; None where it is more than a name."""
    where: str = ""


def _name_of(axis: Axis | Star) -> str | None:
    atom = axis.name if isinstance(axis, Star) else axis.only if isinstance(axis, Dim) else None
    if atom is None or not _of_alias(atom) or "{" in atom or (isinstance(axis, Star) and axis.run[1]):
        return None
    return "*" * isinstance(axis, Star) + _short(atom)


class Parts(tuple[Part, ...]):
    """The axes of a shape string."""

    names: tuple[str, ...] | None
    """Those that it binds, when it is a list of names and no more: "*b" and "n" of "*b n"."""


@lru_cache(maxsize=1024)
def parts_of_text(text: str) -> Parts:
    """The axes of a shape string, in the scope of aliases."""
    spec = parse_shape(text, ALIAS)
    shape = spec.shape(values=True)
    parts = []
    for token, axis in zip(spec.tokens, shape, strict=True):
        binds = token.text if token.kind == "name" else "*" + token.text if token.kind == "star" else None
        if token.kind == "ellipsis":
            axis = Star(None, DOTS)
        where = f'"{spec.text}", column {token.column + 1}'
        parts.append(Part(axis, token.names, None if token.per_leaf else binds, _name_of(axis), where))
    found = Parts(parts)
    names = tuple([part.name for part in parts if part.name is not None and part.name == part.binds])
    found.names = names if len(names) == len(parts) and len([name for name in names if name[0] == "*"]) < 2 else None
    return found


@lru_cache(maxsize=1024)
def not_decided(text: str) -> str:
    """The first axis of a shape string that is neither open nor an expression of names (`min(n,3)`), or nothing."""
    spec = parse_shape(text, ALIAS)
    for token, axis in zip(spec.tokens, spec.shape(values=True), strict=True):
        if token.kind == "expression" and isinstance(axis, Unknown) and not isinstance(axis, OneOr):
            return token.text
    return ""


def parts_of_shape(shape: Shape) -> list[Part]:
    """The axes of an alias that was read before."""
    parts = []
    for axis in shape:
        if isinstance(axis, Star):
            name = None if axis.spread == DOTS else axis.name or axis.spread
            parts.append(Part(axis, frozenset(), None if name is None else "*" + _short(name), _name_of(axis)))
            continue
        size = axis.size if isinstance(axis, OneOr) else axis
        reads = frozenset(_short(atom) for atom in atoms(size) if _of_alias(atom) and "{" not in atom)
        plain = size.only if isinstance(size, Dim) else None
        binds = None if plain is None or "{" in plain else _short(plain)
        parts.append(Part(axis, reads, binds, _name_of(axis)))
    return parts


def _short(atom: str) -> str:
    return atom.rpartition(":")[2]


def _of_alias(atom: str) -> bool:
    return atom.lstrip("*").startswith(ALIAS + ":")


def mentions_alias(shape: Shape) -> bool:
    """Whether a shape has axes that belong to whoever uses it."""
    return any(_of_alias(name) for axis in shape for name in _atoms_of(axis))


def _atoms_of(axis: Axis | Star) -> list[str]:
    if isinstance(axis, Star):
        return [axis.name or axis.spread or ""]
    return sorted(atoms(axis.size if isinstance(axis, OneOr) else axis))


_Placed: TypeAlias = dict[tuple[int, int], set[str]]
"""Names by where the annotation stands that binds them."""


class _Bound:
    """What the annotations of a function or class bind: for good, or for the annotations after it (a result)."""

    __slots__ = ("_order", "lasting", "owner", "passing")

    def __init__(self, owner: object, order: Order | None) -> None:
        self.owner = owner
        self.lasting: _Placed = {}
        self.passing: _Placed = {}
        self._order = order

    def place(self, at: UnboundType) -> tuple[int, int]:
        """Where an annotation stands among those of its function or class; a second analysis finds the same."""
        if self._order is None:
            return at.line, at.column
        places = self._order.places
        return places.get(id(at), len(places)), 0

    def bind(self, place: tuple[int, int], names: set[str], lasts: bool) -> None:
        """Note names that the annotation at a place binds."""
        if names:
            self.passing.setdefault(place, set()).update(names)
            if lasts:
                self.lasting.setdefault(place, set()).update(names)


class Names:
    """The names that the annotations of functions and classes bind, in the order in which they are checked."""

    def __init__(self) -> None:
        self._bound: dict[int, _Bound] = {}
        self._last: tuple[Scope, _Bound] | None = None

    def place(self, parts: Sequence[Part], scope: Scope, at: UnboundType, met: set[str] | None = None) -> Shape:
        """The shape that an annotation has where it stands. Raises AnnotationError for names that nothing binds.

        `met` are the names that other parts of the same annotation have bound; it grows.
        """
        if scope.name == ALIAS:
            return tuple(part.axis for part in parts)
        names, rigid = self._names_of(scope), scope.rigid
        place = names.place(at)
        bound = self._before(names.lasting, scope, place)
        is_simple = scope.function is not None and scope.owner is None and not scope.outer
        plain = parts.names if is_simple and isinstance(parts, Parts) else None
        if plain is not None:  # as in most
            new = {*plain}.difference(bound)
            names.bind(place, new, rigid)
            if met is not None:
                met |= new
            if rigid or not new:
                return tuple([_axis_of(scope.name, scope.local, name) for name in plain])
            return self._in_scope(parts, scope, {}, new)
        of_class = axes_seen_by(scope.function, scope.owner) if scope.owner is not None else {}
        met = set() if met is None else met
        if of_class:  # of the class itself, what it declares further down is not bound yet, but what it is made with
            bound |= {n for n, atom in of_class.items() if scope_of(atom.lstrip("*")) != scope.name or "{" in atom}
        fresh: set[str] = set()
        for part in parts:
            if part.binds is not None:
                fresh.add(part.binds)
            elif part.reads and scope.judged:
                missing = part.reads - bound - self._before(names.passing, scope, place) - met - fresh
                if missing:
                    raise AnnotationError(
                        f'nothing before it binds "{min(missing)}", and an expression never does', got=part.where
                    )
        fresh -= bound
        met |= fresh
        names.bind(place, fresh, rigid)
        if rigid and scope.function is None and scope.owner is not None:
            declare(scope.owner, fresh - of_class.keys())
        return self._in_scope(
            parts, scope, _stored_here(scope) | of_class, fresh - scope.outer.keys() if not rigid else frozenset()
        )

    def _in_scope(self, parts: Iterable[Part], scope: Scope, of_class: Mapping[str, str], lost: Set[str]) -> Shape:
        """A shape in the scope of aliases, in another one; `lost` are the names that what comes binds."""
        own = Scope(scope.name, fields=scope.fields) if scope.function is None else scope
        shape: list[Axis | Star] = []

        def axis_named(name: str) -> Dim | Star:
            return _axis(of_class.get(name) or own.atom(name))

        for part in parts:
            name = part.name
            if name is None:
                shape += _expression_in_scope(part.axis, scope, lost, axis_named)
            elif name in lost:
                shape.append(Star() if name[0] == "*" else UNKNOWN)
            else:
                shape.append(axis_named(name))
        return (Star(),) if len([axis for axis in shape if isinstance(axis, Star)]) > 1 else tuple(shape)

    # -- what is bound before

    def visible(self, scope: Scope, at: UnboundType) -> dict[str, str]:
        """The names that are bound where a type stands, and the atoms that they stand for."""
        of_class = axes_seen_by(scope.function, scope.owner) if scope.owner is not None else {}
        own = Scope(scope.name, fields=scope.fields) if scope.function is None else scope
        names = self._names_of(scope)
        before = self._before(names.lasting, scope, names.place(at))
        return {**{name: own.atom(name) for name in before}, **_stored_here(scope), **of_class}

    def _before(self, names: _Placed, scope: Scope, place: tuple[int, int]) -> frozenset[str]:
        if not names:
            return frozenset()
        found = frozenset().union(*[bound for at, bound in names.items() if at < place])
        signature = scope.function.type if scope.in_body and scope.function is not None else None
        if not isinstance(signature, CallableType):
            return found
        single = names_of_single_parameters(signature, scope.name)  # each call of that function binds them
        return found - {"*" * name.startswith("*") + name.rpartition(":")[2].lstrip("*") for name in single}

    def _names_of(self, scope: Scope) -> _Bound:
        """What each annotation of a function or class binds."""
        if self._last is not None and self._last[0] is scope:
            return self._last[1]
        written: Type | None = None
        owner: object = scope.name
        if scope.function is not None:
            written = scope.function.unanalyzed_type
            owner = written or scope.function
        elif scope.owner is not None:
            owner = scope.owner.defn.defs
        elif scope.fields is not None:
            owner = scope.fields
        found = self._bound.get(id(owner))
        if found is None or found.owner is not owner:
            found = self._bound[id(owner)] = _Bound(owner, None if written is None else order_of(written))
        self._last = scope, found
        return found


@lru_cache(maxsize=1024)
def _axis_of(scope: str, local: bool, name: str) -> Dim | Star:
    """The axis of a name in a function."""
    return _axis(Scope(scope, local=local).atom(name))


@lru_cache(maxsize=1024)
def _axis(atom: str) -> Dim | Star:
    """The axis of an atom, or the run of "*scope:b"."""
    return Star(atom[1:]) if atom[0] == "*" else dim_of(atom)


def _expression_in_scope(axis: Axis | Star, scope: Scope, lost: Set[str], axis_named: Callable[[str], Any]) -> Shape:
    """The same for an axis that is more than a name."""
    if isinstance(axis, Star):
        run = axis.name or axis.spread
        if run is None or not _of_alias(run):
            return (axis,)
        name = "*" + _short(run)
        unknown = name == "*..." or name in lost
        return substitute_shape((axis,), {}, {"*" + run: (Star() if unknown else axis_named(name),)})
    axes: dict[str, Axis] = {}
    for atom in filter(_of_alias, _atoms_of(axis)):
        name = _short(atom)
        if "{" in name:
            axes[atom] = _values_of(scope)(name)
        else:
            axes[atom] = UNKNOWN if name in lost else axis_named(name)
    return substitute_shape((axis,), axes, {})


def _stored_here(scope: Scope) -> dict[str, str]:
    """In a constructor, the axes of the arrays that its object keeps."""
    if scope.function is None or scope.owner is None or scope.function.name != "__init__":
        return {}
    return {name: atom for name, atom in stored_axes(scope.owner).items() if name in fields_of(scope.owner).stored}


def _values_of(scope: Scope) -> Callable[[str], Axis]:
    """What `{n}` stands for: the value of a parameter; of `{self.width}`, and of what `__init__` stores, of a field."""
    function = scope.function
    if function is None:
        return lambda name: UNKNOWN
    owner = scope.owner
    stored = values_in(function)

    def value(name: str) -> Axis:
        inside = name.strip("{}")
        if inside.startswith("self.") and owner is not None:
            found = value_of_attribute(owner, inside.removeprefix("self."))
            return UNKNOWN if found is None else found
        if inside in stored:
            return stored[inside]
        return Dim.name(name, scope.name)

    return value
