"""What the types of objects tell of their sizes, which mypy does not look at when it compares them."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.types import ExtraAttrs, Instance, TupleType, Type, UnionType, get_proper_type

from tl_checker.shapes.annotations.axes import AXIS, axes_of_object
from tl_checker.shapes.annotations.encoding import members_of, shape_of
from tl_checker.shapes.objects.receivers import instance_of


def are_confused(t: Type, other: Type, own: str = "\0") -> bool:
    """Whether mypy may take a value for another one that is known to have other sizes."""
    for member, kept in _pairs(t, other):
        now = sizes_of_object(member)
        if any(now.get(name) != size for name, size in sizes_of_object(kept).items() if not size.startswith(own)):
            return True
    return False


def _pairs(t: Type, other: Type) -> Iterator[tuple[Instance, Instance]]:
    for member in map(instance_of, members_of(t)):
        for kept in map(instance_of, members_of(other)):
            if member is not None and kept is not None and kept.type is member.type:
                yield member, kept


def sizes_of_object(t: Type) -> dict[str, str]:
    """The sizes of an object, as far as its type tells them."""
    found = instance_of(t)
    return {} if found is None else {name: str(size) for name, size in axes_of_object(found).items()}


def without_sizes(t: Type) -> Type:
    """A type that does not tell the sizes of objects."""
    proper = get_proper_type(t)
    match proper:
        case UnionType(items=items):
            return UnionType.make_union([without_sizes(item) for item in items])
        case TupleType(partial_fallback=fallback):
            plain = without_sizes(fallback)
            assert isinstance(plain, Instance)
            return proper.copy_modified(fallback=plain)
        case Instance() if axes_of_object(proper):
            new = proper.copy_modified()
            kept = proper.extra_attrs
            rest = {} if kept is None else {n: each for n, each in kept.attrs.items() if not n.startswith(AXIS)}
            new.extra_attrs = ExtraAttrs(rest, kept.immutable, kept.mod_name) if kept and rest else None
            return new
        case Instance(args=args) if args and shape_of(proper) is None:
            return proper.copy_modified(args=[without_sizes(each) for each in args])
    return t
