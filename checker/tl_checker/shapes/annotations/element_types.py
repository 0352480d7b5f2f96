"""Element types: the classes of the language, and mypy's types for them in Tensors and in numpy's arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mypy.nodes import SymbolNode, TypeAlias, TypeInfo
from mypy.types import AnyType, Instance, ProperType, Type, TypeOfAny, UnionType, get_proper_type

from tl_checker.shapes.annotations.encoding import NDARRAY, any_type, array_dtype
from tl_dsl import dtypes
from tl_dsl.dtypes import DType
from tl_dsl.errors import AnnotationError

Lookup = Callable[[str], SymbolNode | None]
"""Finds what a full name stands for."""

_NUMPY: Final = {
    "Num": ("number",),
    "Real": ("floating", "integer"),
    "Inexact": ("inexact",),
    "Float": ("floating",),
    "Complex": ("complexfloating",),
    "Integer": ("integer",),
    "Int": ("signedinteger",),
    "UInt": ("unsignedinteger",),
    "Bool": ("bool",),
}
"""jaxtyping's names for more than one element type, and numpy's."""
NUMPY_CLASSES: Final = {names[0]: name for name, names in _NUMPY.items() if len(names) == 1}
_OWN: Final = {
    f"{dtypes.__name__}.{name}": cls
    for name, cls in vars(dtypes).items()
    if isinstance(cls, type) and issubclass(cls, DType)
}
_BITS: Final = {"_8Bit": "8", "_16Bit": "16", "_32Bit": "32", "_64Bit": "64"}


def dtype_class(t: Type) -> type[DType]:
    """The class of the language behind the type argument for elements, or a numpy scalar; DType when not known."""
    t = get_proper_type(t)
    if isinstance(t, UnionType):
        return common_class([dtype_class(item) for item in t.items])
    if not isinstance(t, Instance):
        return DType
    fullname = t.type.fullname
    if (own := _OWN.get(fullname)) is not None:
        return own
    if fullname == "numpy.dtype":
        return dtype_class(t.args[0]) if t.args else DType
    module, _, name = fullname.rpartition(".")
    found = getattr(dtypes, _numpy_class(name, t) if module == "numpy" else name, None)
    return found if isinstance(found, type) and issubclass(found, DType) else DType


def common_class(classes: list[type[DType]]) -> type[DType]:
    """The narrowest name that stands for all these element types: of floating and integer ones, Real."""
    return max(
        (cls for cls in _OWN.values() if all(issubclass(each, cls) for each in classes)),
        key=lambda cls: len(cls.__mro__),
    )


def _numpy_class(name: str, t: Instance) -> str:
    """`floating[_32Bit]` is Float32, and so on."""
    plain = NUMPY_CLASSES.get(name)
    if plain == "Complex":
        return {"32": "Complex64", "64": "Complex128"}.get(_bits(get_proper_type(t.args[0])) if t.args else "", plain)
    if plain is None:
        return {"float64": "Float64", "complex128": "Complex128"}.get(name, "")
    return plain + (_bits(get_proper_type(t.args[0])) if t.args else "")


def _bits(t: ProperType) -> str:
    if isinstance(t, Instance):
        return _BITS.get(t.type.name, "")
    if isinstance(t, UnionType):  # numpy's intp: 64 bits on the machines of today
        return max((_bits(get_proper_type(item)) for item in t.items), default="")
    return ""


def scalar_type(name: str, lookup: Lookup) -> Type:
    """numpy's scalar type for a name of jaxtyping; what numpy has no type for is Any."""
    members = [_scalar(member, lookup) for member in _NUMPY.get(name, (name.lower(),))]
    known = [member for member in members if member is not None]
    if len(known) < len(members):
        return any_type()
    return known[0] if len(known) == 1 else UnionType(known)


def _scalar(name: str, lookup: Lookup) -> Type | None:
    node = lookup(f"numpy.{name}")
    if isinstance(node, TypeInfo):
        return Instance(node, [any_type() for _ in node.type_vars])
    return node.target if isinstance(node, TypeAlias) else None


def element_type(array: TypeInfo, name: str, lookup: Lookup) -> Type:
    """The type argument for elements, in the array class, of a name of jaxtyping."""
    if name in ("Shaped", "DType"):
        scalar: Type = any_type()
    elif array.fullname == NDARRAY:
        scalar = scalar_type(name, lookup)
    else:
        node = lookup(f"tl_dsl.dtypes.{name}")
        return Instance(node, []) if isinstance(node, TypeInfo) else any_type()
    if array.fullname != NDARRAY:
        return scalar
    dtype = lookup("numpy.dtype")
    return Instance(dtype, [scalar]) if isinstance(dtype, TypeInfo) else any_type()


def common_elements(base: Instance, name: str, lookup: Lookup, *, extends: bool) -> Type:
    """The elements of an array type inside an annotation: what both allow.

    Errors: AnnotationError where an annotation `extends` another one with which it has no element type in common.
    """
    own, array = array_dtype(base), base.type
    inner, outer = dtype_class(own), getattr(dtypes, name, DType)
    if inner is DType or issubclass(outer, inner):
        return element_type(array, name, lookup)
    if outer is DType or issubclass(inner, outer):
        return own
    both = [cls for cls in vars(dtypes).values() if isinstance(cls, type) and issubclass(cls, (inner,))]
    both = [cls for cls in both if issubclass(cls, outer)]
    if both:
        return element_type(array, min(both, key=lambda cls: len(cls.__mro__)).__name__, lookup)
    if extends:
        raise AnnotationError(f"{name} extends an annotation of other element types, {inner.__name__}")
    return own


_SCALAR: Final = "numpy scalar "


def open_scalar(name: str) -> AnyType:
    """A scalar of numpy whose type numpy leaves open, so that it passes as a Python number, too."""
    return AnyType(TypeOfAny.from_unimported_type, missing_import_name=_SCALAR + name)


def is_open_scalar(t: AnyType) -> bool:
    """Whether a type is one of `open_scalar`; the Any of an operation with one is not, as the other may have axes."""
    return t.source_any is None and (t.missing_import_name or "").startswith(_SCALAR)


def open_scalar_class(t: AnyType) -> type[DType]:
    """The element type of an open scalar."""
    name = (t.missing_import_name or "").removeprefix(_SCALAR)
    found = getattr(dtypes, name, None)
    return found if isinstance(found, type) and issubclass(found, DType) else DType


def scalar_of(dtype: type[DType], default: Type, lookup: Lookup) -> Type:
    """A scalar of numpy where numpy says `default`; of floats of any precision, the one that is a Python float too.

    Where numpy's own type is Any, integers and truth values stay so: people give them where an int is asked for.
    """
    if dtype is DType or is_python_number(default):
        return default
    if isinstance(get_proper_type(default), AnyType) and issubclass(dtype, (dtypes.Integer, dtypes.Bool)):
        return open_scalar(dtype.__name__)
    return scalar_type("Float64" if dtype is dtypes.Float else dtype.__name__, lookup)


PYTHON_NUMBERS: Final = {
    "builtins.bool": "bool",
    "builtins.int": "int",
    "builtins.float": "float",
    "builtins.complex": "complex",
}
_KINDS: Final = {
    "bool": {"Bool"},
    "int": {"Int", "Integer", "Real", "Num"},
    "float": {"Float", "Inexact", "Real", "Num"},
    "complex": {"Complex", "Inexact", "Num"},
}


def is_python_number(t: Type) -> bool:
    """Whether a type is one of Python's own numbers."""
    proper = get_proper_type(t)
    return isinstance(proper, Instance) and proper.type.fullname in PYTHON_NUMBERS


def takes_number(t: Instance, name: str) -> bool:
    """Whether jaxtyping takes a Python number where an annotation of that name stands: the kinds have to meet."""
    kinds = _KINDS[PYTHON_NUMBERS[t.type.fullname]]
    return name == "Shaped" or name.rstrip("0123456789") in kinds
