"""Element types: jaxtyping's lattice as classes, and promotion as in the Array API.

The classes are the first argument of ``Tensor[DType, *Shape]``. Python scalars are weak: they take the type of the
tensor that they meet. Kinds do not mix: an integer tensor and a floating one need an ``astype``.
Source: Python Array API standard 2024.12, "Type promotion rules".
"""

from __future__ import annotations

import builtins
import functools

import numpy as np
import numpy.typing as npt

from tl_dsl.errors import DTypeError


class DType:
    """Any element type; nothing is known of it."""


class Shaped(DType):
    """jaxtyping's ``Shaped``: an array of any element type."""


class Bool(Shaped):
    """Truth values."""


class Num(Shaped):
    """Numbers."""


class Real(Num):
    """Real numbers: floating, signed or unsigned."""


class Inexact(Num):
    """Floating or complex numbers."""


class Float(Real, Inexact):
    """Floating numbers of any width."""


class Float16(Float):
    """16-bit floating numbers."""


class Float32(Float):
    """32-bit floating numbers."""


class Float64(Float):
    """64-bit floating numbers."""


class Complex(Inexact):
    """Complex numbers of any width, which annotations of numpy's arrays have; a Tensor holds none."""


class Complex64(Complex):
    """Complex numbers of two 32-bit parts."""


class Complex128(Complex):
    """Complex numbers of two 64-bit parts."""


class Integer(Real):
    """Signed or unsigned integers."""


class Int(Integer):
    """Signed integers of any width."""


class Int8(Int):
    """8-bit signed integers."""


class Int16(Int):
    """16-bit signed integers."""


class Int32(Int):
    """32-bit signed integers."""


class Int64(Int):
    """64-bit signed integers."""


class UInt(Integer):
    """Unsigned integers of any width."""


class UInt8(UInt):
    """8-bit unsigned integers."""


class UInt16(UInt):
    """16-bit unsigned integers."""


class UInt32(UInt):
    """32-bit unsigned integers."""


class UInt64(UInt):
    """64-bit unsigned integers."""


class WeakBool(DType):
    """A Python ``bool``."""


class WeakInt(DType):
    """A Python ``int``."""


class WeakFloat(DType):
    """A Python ``float`` or ``fractions.Fraction``."""


class WeakComplex(DType):
    """A Python ``complex``, which meets numpy's arrays."""


bool = np.dtype(np.bool_)
int32 = np.dtype(np.int32)
int64 = np.dtype(np.int64)
float32 = np.dtype(np.float32)
float64 = np.dtype(np.float64)
object_ = np.dtype(object)

_CONCRETE: dict[type[DType], str] = {
    Bool: "bool", Int8: "int8", Int16: "int16", Int32: "int32", Int64: "int64", UInt8: "uint8", UInt16: "uint16",
    UInt32: "uint32", UInt64: "uint64", Float16: "float16", Float32: "float32", Float64: "float64",
}  # fmt: skip
_CLASS: dict[np.dtype, type[DType]] = {np.dtype(name): cls for cls, name in _CONCRETE.items()}
_WEAK: dict[type[DType], tuple[type[DType], ...]] = {
    WeakBool: (Bool,),
    WeakInt: (Integer, Float),
    WeakFloat: (Float,),
}


def of(dtype: npt.DTypeLike) -> type[DType]:
    """The class of a numpy element type; ``Float`` for object arrays (fractions, balls).

    >>> of(np.float32).__name__
    'Float32'
    """
    resolved = np.dtype(dtype)
    if resolved == object_:
        return Float
    try:
        return _CLASS[resolved]
    except KeyError:
        raise DTypeError("a Tensor holds booleans, integers or floating numbers", got=str(resolved)) from None


def to_numpy(cls: type[DType]) -> np.dtype | None:
    """The numpy element type of a class, None for one of unknown width."""
    name = _CONCRETE.get(cls)
    return None if name is None else np.dtype(name)


def is_floating(dtype: np.dtype) -> builtins.bool:
    """Whether derivatives with respect to this element type exist (floating, or exact scalars in an object array)."""
    return dtype.kind in "fO"


def is_weak(kind: type[DType]) -> builtins.bool:
    """Whether a class is one of Python scalars, which take on the type of the array that they meet.

    >>> is_weak(WeakInt), is_weak(Int64)
    (True, False)
    """
    return kind in _WEAK


def promote(a: type[DType], b: type[DType]) -> type[DType]:
    """The class of the result of an operation on two classes, weak Python scalars included.

    Errors: DTypeError when the kinds differ.

    >>> promote(Float32, WeakFloat).__name__, promote(Float32, Float64).__name__, promote(Float, Float32).__name__
    ('Float32', 'Float64', 'Float')
    >>> promote(Int64, Float32)
    Traceback (most recent call last):
    ...
    tl_dsl.errors.DTypeError: element types of different kinds are not promoted
      got: Int64 and Float32
      wanted: one kind
      try: tl.astype(x, dtype) on one of them
      [tensor-dtype]
    """
    if a is b:
        return a
    if a in (DType, Shaped) or b in (DType, Shaped):
        return Shaped
    if a in _WEAK or b in _WEAK:
        return _promote_weak(a, b)
    for kind in (Bool, Float, Integer):
        if issubclass(a, kind) and issubclass(b, kind):
            return _promote_in_kind(a, b)
    if any(_may_be(a, kind) and _may_be(b, kind) for kind in (Bool, Float, Integer)):
        return _common_base(a, b)  # one of them is Num, Real or Inexact: nothing can be refused
    raise _mixed(a.__name__, b.__name__)


def _may_be(cls: type[DType], kind: type[DType]) -> builtins.bool:
    return issubclass(cls, kind) or issubclass(kind, cls)


def _promote_weak(a: type[DType], b: type[DType]) -> type[DType]:
    order = (WeakBool, WeakInt, WeakFloat)
    if a in _WEAK and b in _WEAK:
        return max(a, b, key=order.index)
    weak, strong = (a, b) if a in _WEAK else (b, a)
    if issubclass(strong, _WEAK[weak]) or any(issubclass(kind, strong) for kind in _WEAK[weak]):
        return strong
    raise _mixed(strong.__name__, {"WeakBool": "a Python bool", "WeakInt": "a Python int"}.get(
        weak.__name__, "a Python float"))  # fmt: skip


def _promote_in_kind(a: type[DType], b: type[DType]) -> type[DType]:
    first, second = to_numpy(a), to_numpy(b)
    if first is None or second is None:
        return _common_base(a, b)
    result = np.promote_types(first, second)
    if result.kind == "f" and first.kind != "f":  # int64 with uint64
        raise _mixed(a.__name__, b.__name__)
    return of(result)


def _common_base(a: type[DType], b: type[DType]) -> type[DType]:
    return next(c for c in a.__mro__ if issubclass(c, DType) and issubclass(b, c))


def _mixed(a: str, b: str) -> DTypeError:
    return DTypeError(
        "element types of different kinds are not promoted",
        got=f"{a} and {b}",
        wanted="one kind",
        suggestion="tl.astype(x, dtype) on one of them",
    )


@functools.lru_cache(maxsize=256)
def promote_numpy(a: np.dtype, b: np.dtype) -> np.dtype:
    """Promotion of numpy element types; an object array of exact scalars takes every number in.

    >>> promote_numpy(float32, float64)
    dtype('float64')
    """
    if a == b:
        return a
    if object_ in (a, b):
        return object_
    result = to_numpy(promote(of(a), of(b)))
    assert result is not None
    return result


def weak_class(value: object) -> type[DType]:
    """The weak class of a Python scalar."""
    if isinstance(value, (int, np.bool_)) and not isinstance(value, np.integer):
        return WeakBool if value is True or value is False or isinstance(value, np.bool_) else WeakInt
    return WeakFloat
