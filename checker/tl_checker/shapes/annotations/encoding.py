"""Shapes inside mypy's types.

`Tensor[D, *Shape]` carries its axes as type arguments, numpy's `ndarray[tuple[*Shape], dtype[D]]` as the items of the
tuple: a known size as a literal that prints as the number, a size that depends on names as a type variable that prints
as the expression, `*b` as a TypeVarTuple. Each holds the canonical text of its `Dim`, so that equal sizes are equal
types, in the cache too. Nothing known is `Any`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from mypy.maptype import map_instance_to_supertype
from mypy.nodes import MypyFile, TypeInfo
from mypy.types import (
    AnyType,
    Instance,
    LiteralType,
    ProperType,
    TupleType,
    Type,
    TypeOfAny,
    TypeVarId,
    TypeVarLikeType,
    TypeVarTupleType,
    TypeVarType,
    UnionType,
    UnpackType,
    get_proper_type,
)

from tl_checker.shapes.host.internals import file_of, int_type, literal_of, size_in, some_size, tuple_of
from tl_checker.shapes.host.memory import Memory
from tl_dsl.dims import UNKNOWN, Axis, Dim, OneOr
from tl_dsl.dims.text import decode_dim, encode_dim, show_dim
from tl_dsl.shapes import UNKNOWN_RUN, UNKNOWN_SHAPE, Shape, Star

TENSOR: Final = "tl_dsl.tensor.Tensor"
NDARRAY: Final = "numpy.ndarray"
ARRAYS: Final = frozenset({TENSOR, NDARRAY})
"""The classes of arrays whose types carry shapes."""
SYMINT: Final = "tl_checker.symint.SymInt"
PREFIX: Final = "dim|"
STAR_PREFIX: Final = "dim|*"


def any_type() -> AnyType:
    """A type of which nothing is known, and that nothing reports."""
    return AnyType(LOST)


_NO_DEFAULT: Final = AnyType(TypeOfAny.from_omitted_generics)
OPEN: Final = TypeOfAny.explicit
"""The kind of Any for what an annotation leaves open, or an object does not tell."""
LOST: Final = TypeOfAny.implementation_artifact
"""The kind of Any for what was lost, and reported; mypy itself hardly ever writes it, and libraries cannot."""


def _any_but(known: str) -> AnyType:
    """An Any for mypy, of which we know more (`#n`): the text stands in a field that mypy keeps, and does not read."""
    source = AnyType(TypeOfAny.from_unimported_type, missing_import_name=known)
    return AnyType(TypeOfAny.from_another_any, source_any=source)


def _known_of(t: Type) -> str:
    return t.missing_import_name or "" if isinstance(t, AnyType) else ""


@dataclass(frozen=True)
class Encoder:
    """Writes shapes into mypy's types; int and tuple are mypy's types of these names."""

    int_type: Instance
    tuple_type: Instance
    unknown: int = OPEN
    """The kind of Any that stands for what is not known."""
    _written: dict[Axis, Type] = field(default_factory=dict, init=False, compare=False, repr=False)
    _runs: dict[tuple[str | None, str | None], UnpackType] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """The type arguments that were made before."""
    _arrays: dict[tuple[TypeInfo, int, Shape], Instance] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """The types of arrays in which nothing is open."""

    def axis(self, axis: Axis) -> Type:
        """The type argument for one axis."""
        written = self._written.get(axis)
        if written is None:
            written = self._written[axis] = self._axis(axis)
        return written

    def variable(self, axis: TypeVarLikeType) -> TypeVarLikeType:
        """An axis as one of a function's type variables: a call may give it any size."""
        return axis.copy_modified(upper_bound=self.int_type) if isinstance(axis, TypeVarType) else axis

    def _axis(self, axis: Axis) -> Type:
        if isinstance(axis, Dim):
            fullname = PREFIX + encode_dim(axis)
            identity = TypeVarId(-999, namespace=fullname)
            return TypeVarType(show_dim(axis), fullname, identity, [], some_size(self.int_type), _NO_DEFAULT)
        if isinstance(axis, int):
            return literal_of(axis, self.int_type)
        return _any_but("#" + encode_dim(axis.size)) if isinstance(axis, OneOr) else AnyType(self.unknown)

    def size(self, axis: Axis) -> Type:
        """The type argument of a class that is generic in a size, as a user writes it: `Linear[Literal[3], M]`."""
        return LiteralType(axis, self.int_type) if isinstance(axis, int) else self.axis(axis)

    def star(self, star: Star) -> UnpackType:
        """The type argument for any number of axes."""
        key = (star.name, star.spread)
        written = self._runs.get(key)
        if written is None:
            written = self._runs[key] = self._star(star)
        return written

    def _star(self, star: Star) -> UnpackType:
        if star.name is None:
            any_axis = AnyType(self.unknown) if star.spread is None else _any_but("*#" + star.spread)
            return UnpackType(self.tuple_type.copy_modified(args=[any_axis]))
        key = STAR_PREFIX + star.name
        ints = self.tuple_type.copy_modified(args=[self.int_type])
        name = star.name.rpartition(":")[2]
        return UnpackType(TypeVarTupleType(name, key, TypeVarId(-998, namespace=key), ints, ints, _NO_DEFAULT))

    def arguments(self, shape: Shape) -> list[Type]:
        """The type arguments for a shape."""
        known, runs = self._written, self._runs
        return [
            (runs.get((axis.name, axis.spread)) or self.star(axis))
            if isinstance(axis, Star)
            else (known.get(axis) or self.axis(axis))
            for axis in shape
        ]

    def array(self, array: TypeInfo, dtype: Type, shape: Shape) -> Instance:
        """`Tensor[dtype, *shape]`, or `ndarray[tuple[*shape], dtype]`."""
        if len(shape) > 1 and [*map(type, shape)].count(Star) > 1:
            shape = UNKNOWN_SHAPE
        axes = self.arguments(shape)
        made = Instance(array, [self._tuple(axes), dtype] if array.fullname == NDARRAY else [dtype, *axes])
        _shapes.note(made, shape)
        return made

    def closed(self, array: TypeInfo, dtype: Type, shape: Shape) -> Instance:
        """The same for a shape in which nothing is open: one type wherever it comes up."""
        key = (array, id(dtype), shape)
        made = self._arrays.get(key)
        if made is None:
            made = self._arrays[key] = self.array(array, dtype, shape)  # which keeps the type that the key names
        return made

    def _tuple(self, axes: list[Type]) -> Type:
        if len(axes) == 1 and isinstance(run := axes[0], UnpackType) and isinstance(run.type, Instance):
            return run.type
        return TupleType(axes, self.tuple_type.copy_modified(args=[AnyType(self.unknown)]))


def encoder_of(checker: Any, unknown: int = OPEN) -> Encoder:
    """Writes shapes into the types of this run."""
    if not _encoders or _encoders[0][0] is not checker:
        int_of, tuple_type = int_type(checker), tuple_of(checker, any_type())
        made = {kind: Encoder(int_of, tuple_type, kind) for kind in (OPEN, LOST)}
        made[OPEN] = encoder_of_file(file_of(checker)) or made[OPEN]
        _encoders[:] = [(checker, made)]
    return _encoders[0][1][unknown]


def encoder_of_file(tree: MypyFile) -> Encoder | None:
    """Writes shapes into the types of a file that is being analysed, when there is one for it."""
    return _analysed[0][1] if _analysed and _analysed[0][0] is tree else None


def keep_encoder(tree: MypyFile, encoder: Encoder) -> Encoder:
    """Note one for a file, which is also that of its check when no other file is analysed between."""
    _analysed[:] = [(tree, encoder)]
    return encoder


_analysed: list[tuple[MypyFile, Encoder]] = []
"""That of the file that was analysed last."""


_encoders: list[tuple[Any, dict[int, Encoder]]] = []
"""Those of the module that is being checked."""


def is_dim(t: Type) -> bool:
    """Whether a type argument is a size that depends on names, or a `*name`."""
    return isinstance(t, (TypeVarType, TypeVarTupleType)) and t.fullname.startswith(PREFIX)


def is_int_variable(t: Type) -> bool:
    """Whether a type variable of the user stands for a size: `In = TypeVar("In", bound=int)`."""
    if not isinstance(t, TypeVarType) or t.fullname.startswith(PREFIX):
        return False
    bound = get_proper_type(t.upper_bound)
    return isinstance(bound, Instance) and bound.type.fullname == "builtins.int"


@lru_cache(maxsize=2048)
def size_named(fullname: str) -> int | Dim:
    """The size of a type variable of ours, by its full name."""
    return decode_dim(fullname[len(PREFIX) :])


@lru_cache(maxsize=2048)
def run_named(fullname: str) -> Star:
    """The run of axes of a TypeVarTuple, by its full name; of one of the user's, nothing is known."""
    return Star(fullname[len(STAR_PREFIX) :]) if fullname.startswith(STAR_PREFIX) else Star()


def decode_axis(t: Type) -> Axis:
    """The size that a type argument, or the type of an int, stands for."""
    t = get_proper_type(t)
    if isinstance(t, TypeVarType):
        if t.fullname.startswith(PREFIX):
            return size_named(t.fullname)
        return Dim.name(t.name, t.id.namespace) if is_int_variable(t) else UNKNOWN
    if (known := _known_of(t)).startswith("#"):
        return OneOr(decode_dim(known[1:]))
    if isinstance(t, LiteralType):
        size = size_in(t)
        return UNKNOWN if size is None else size
    if isinstance(t, Instance):
        if t.type.fullname == SYMINT:
            return decode_axis(t.args[0])
        if t.last_known_value is not None:
            return decode_axis(t.last_known_value)
    return UNKNOWN


def decode_star(t: Type) -> Star:
    """The Star of an unpacked type argument."""
    t = get_proper_type(t)
    if isinstance(t, TypeVarTupleType):
        return run_named(t.fullname)
    if isinstance(t, Instance) and t.args and (known := _known_of(get_proper_type(t.args[0]))).startswith("*#"):
        return Star(None, known[2:])
    return UNKNOWN_RUN


def decode_axes(arguments: Iterable[Type]) -> Shape:
    """The shape of a list of type arguments."""
    shape: list[Axis | Star] = []
    for argument in arguments:
        argument = get_proper_type(argument)
        if isinstance(argument, TypeVarType) and argument.fullname.startswith(PREFIX):
            shape.append(size_named(argument.fullname))
        elif isinstance(argument, UnpackType):
            inner = get_proper_type(argument.type)
            if isinstance(inner, TypeVarTupleType):
                shape.append(run_named(inner.fullname))
            else:
                shape += decode_axes(inner.items) if isinstance(inner, TupleType) else [decode_star(inner)]
        else:
            shape.append(decode_axis(argument))
    return tuple(shape)


def members_of(t: Type) -> list[ProperType]:
    """The members of a union; of another type, itself."""
    t = get_proper_type(t)
    return [get_proper_type(item) for item in t.items] if isinstance(t, UnionType) else [t]


def as_array(t: Type) -> Instance | None:
    """The type, or the bound of a type variable, as an instance of Tensor or ndarray itself; None for other types."""
    if isinstance(t, Instance) and t.type.fullname in ARRAYS:
        return t
    t = get_proper_type(t)
    if isinstance(t, TypeVarType) and not t.values:
        t = get_proper_type(t.upper_bound)
    if not isinstance(t, Instance):
        return None
    if t.type.fullname in ARRAYS:
        return t
    base = next((base for base in t.type.mro if base.fullname in ARRAYS), None)
    return None if base is None else map_instance_to_supertype(t, base)


def is_bare(array: Instance) -> bool:
    """Whether an instance of Tensor or ndarray itself has any shape, as each has before an annotation gives it one."""
    args = array.args
    if array.type.fullname == TENSOR:
        run = args[1].type if len(args) == 2 and isinstance(args[1], UnpackType) else None
    else:
        run = args[0] if args else None
    if not isinstance(run, Instance) or len(run.args) != 1:
        return False
    item = run.args[0]
    return isinstance(item, AnyType) and not item.missing_import_name


def array_shape(array: Instance) -> Shape:
    """The shape of an instance of Tensor or ndarray itself."""
    known = _shapes.get(id(array))  # asked more often than anything else
    if known is not None and known[0] is array:
        return known[1]
    shape = _decoded(array)
    _shapes.note(array, shape)
    return shape


_shapes = Memory[Shape]()
"""What was written into types, or read from them; types do not change."""


def _decoded(array: Instance) -> Shape:
    if array.type.fullname == TENSOR:
        return decode_axes(array.args[1:])
    axes = get_proper_type(array.args[0]) if array.args else None
    if isinstance(axes, TupleType):
        return decode_axes(axes.items)
    return UNKNOWN_SHAPE if axes is None else (decode_star(axes),)


def array_dtype(array: Instance) -> Type:
    """The type argument for the elements of an instance of Tensor or ndarray itself."""
    at = 0 if array.type.fullname == TENSOR else 1
    return array.args[at] if len(array.args) > at else any_type()


def shape_of(t: Type) -> Shape | None:
    """The shape of an array's type; None for other types."""
    array = as_array(t)
    return None if array is None else array_shape(array)


def dtype_of(t: Type) -> Type:
    """The type argument for the elements of an array's type."""
    array = as_array(t)
    return any_type() if array is None else array_dtype(array)
