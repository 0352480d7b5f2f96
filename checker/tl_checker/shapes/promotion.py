"""The element types that numpy's functions give: promotion over jaxtyping's names, concrete and abstract.

Source: NEP 50 and numpy.result_type. What depends on more than the names tell is DType: not known.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Final

import numpy as np

from tl_dsl import dtypes
from tl_dsl.dtypes import DType

_WEAK: Final = {dtypes.WeakBool: 0, dtypes.WeakInt: 1, dtypes.WeakFloat: 2, dtypes.WeakComplex: 3}
_DEFAULTS: Final = (dtypes.Bool, dtypes.Int64, dtypes.Float64, dtypes.Complex128)
_PARTS: Final[dict[type[DType], type[DType]]] = {
    dtypes.Complex: dtypes.Float,
    dtypes.Complex64: dtypes.Float32,
    dtypes.Complex128: dtypes.Float64,
}
_OF_COMPLEX: Final[dict[type[DType], type[DType]]] = {
    dtypes.Float32: dtypes.Complex64,
    dtypes.Float64: dtypes.Complex128,
}


def promoted(classes: Iterable[type[DType]]) -> type[DType]:
    """The element type in which operands of these types meet.

    >>> promoted([dtypes.Float32, dtypes.WeakInt]).__name__, promoted([dtypes.Int, dtypes.Float]).__name__
    ('Float32', 'Float')
    >>> promoted([dtypes.Int64, dtypes.Float32]).__name__, promoted([dtypes.WeakInt]).__name__
    ('Float64', 'Int64')
    """
    given = list(dict.fromkeys(classes))
    strong = [dtype for dtype in given if dtype not in _WEAK]
    weak = max((_WEAK[dtype] for dtype in given if dtype in _WEAK), default=-1)
    if not strong:
        return _DEFAULTS[weak] if weak >= 0 else DType
    common = functools.reduce(_meet, strong)
    kind = _kind(common)
    if kind is None or weak <= kind:
        return common if kind is not None or len(given) == 1 else DType
    if weak == 3 and kind == 2:
        return _OF_COMPLEX.get(common, dtypes.Complex)
    return _DEFAULTS[weak]


def floating(classes: Iterable[type[DType]]) -> type[DType]:
    """The same, for functions whose results are floating: integers and truth values count as float64.

    >>> floating([dtypes.Int64]).__name__, floating([dtypes.Float32]).__name__
    ('Float64', 'Float32')
    """
    common = promoted(classes)
    kind = _kind(common)
    if kind is None or kind >= 2:
        return common
    return dtypes.Float64 if common in (dtypes.Bool, dtypes.Int32, dtypes.Int64, dtypes.UInt64) else dtypes.Float


def parts(classes: Iterable[type[DType]]) -> type[DType]:
    """The element type of the parts of numbers, and of their sizes: of complex numbers, floating ones.

    >>> parts([dtypes.Complex64]).__name__, parts([dtypes.Int64]).__name__
    ('Float32', 'Int64')
    """
    common = promoted(classes)
    return _PARTS.get(common, common)


def complex_of(classes: Iterable[type[DType]]) -> type[DType]:
    """The element type of what numpy's Fourier transforms give.

    >>> complex_of([dtypes.Int64]).__name__, complex_of([dtypes.Float]).__name__
    ('Complex128', 'Complex')
    """
    common = floating(classes)
    return common if issubclass(common, dtypes.Complex) else _OF_COMPLEX.get(common, dtypes.Complex)


def _kind(dtype: type[DType]) -> int | None:
    """0 for truth values, 1 for integers, 2 for floating and 3 for complex numbers; None where it is not known."""
    for kind, base in enumerate((dtypes.Bool, dtypes.Integer, dtypes.Float, dtypes.Complex)):
        if issubclass(dtype, base):
            return kind
    return None


def _meet(left: type[DType], right: type[DType]) -> type[DType]:
    if left is right:
        return left
    x, y = _kind(left), _kind(right)
    if x is None or y is None:
        return DType
    a, b = _concrete(left), _concrete(right)
    if a is not None and b is not None:
        return getattr(dtypes, str(np.result_type(a, b)).title().replace("Uint", "UInt"))  # type: ignore[no-any-return]
    if x == 0 or y == 0:
        return right if x == 0 else left
    if max(x, y) == 3:
        return dtypes.Complex128 if dtypes.Complex128 in (left, right) else dtypes.Complex
    if max(x, y) == 2:
        return dtypes.Float64 if dtypes.Float64 in (left, right) else dtypes.Float
    signed = issubclass(left, dtypes.Int) and issubclass(right, dtypes.Int)
    return dtypes.Int if signed else DType  # signed and unsigned integers may meet in floating numbers


def _concrete(dtype: type[DType]) -> np.dtype[np.generic] | None:
    """numpy's type for a name that stands for one."""
    try:
        found = np.dtype(dtype.__name__.lower())
    except TypeError:
        return None
    return found if dtype.__name__[-1].isdigit() or dtype is dtypes.Bool else None
