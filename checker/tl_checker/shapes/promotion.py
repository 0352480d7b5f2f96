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
    dtypes.Num: dtypes.Real,
    dtypes.Inexact: dtypes.Float,
    dtypes.Complex: dtypes.Float,
    dtypes.Complex64: dtypes.Float32,
    dtypes.Complex128: dtypes.Float64,
}
_KINDS: Final[dict[type[DType], tuple[int, int]]] = {
    dtypes.Bool: (0, 0),
    dtypes.Integer: (1, 1),
    dtypes.Float: (2, 2),
    dtypes.Complex: (3, 3),
    dtypes.Real: (1, 2),
    dtypes.Inexact: (2, 3),
    dtypes.Num: (1, 3),
}
_WIDEST: Final[dict[type[DType], type[DType]]] = {
    dtypes.Float: dtypes.Float64,
    dtypes.Complex: dtypes.Complex128,
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
    kinds = _kinds(common)
    if kinds is None or weak <= kinds[0]:
        return common if kinds is not None or len(given) == 1 else DType
    if kinds[0] != kinds[1]:
        return _of_kinds(kinds, (weak, weak))
    if weak == 3 and kinds[1] == 2:
        return _OF_COMPLEX.get(common, dtypes.Complex)
    return _DEFAULTS[weak]


def floating(classes: Iterable[type[DType]]) -> type[DType]:
    """The same, for functions whose results are floating: integers and truth values count as float64.

    >>> floating([dtypes.Int64]).__name__, floating([dtypes.Float32]).__name__
    ('Float64', 'Float32')
    >>> floating([dtypes.Real]).__name__, floating([dtypes.Num]).__name__
    ('Float', 'Inexact')
    """
    common = promoted(classes)
    kinds = _kinds(common)
    if kinds is None or kinds[0] >= 2:
        return common
    if kinds[1] > 1:
        return _of_kinds(kinds, (2, 2))
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


def _kinds(dtype: type[DType]) -> tuple[int, int] | None:
    """The least and the greatest kind of the element types that a name stands for; None where nothing is known.

    0 for truth values, 1 for integers, 2 for floating and 3 for complex numbers.
    """
    return next((kinds for base, kinds in _KINDS.items() if issubclass(dtype, base)), None)


def _of_kinds(left: tuple[int, int], right: tuple[int, int]) -> type[DType]:
    """What elements of some kinds promote to, by their kinds alone."""
    met = (max(left[0], right[0]), max(left[1], right[1]))
    return next(base for base, kinds in _KINDS.items() if kinds == met)


def _meet(left: type[DType], right: type[DType]) -> type[DType]:
    if left is right:
        return left
    x, y = _kinds(left), _kinds(right)
    if x is None or y is None:
        return DType
    a, b = _concrete(left), _concrete(right)
    if a is not None and b is not None:
        return getattr(dtypes, str(np.result_type(a, b)).title().replace("Uint", "UInt"))  # type: ignore[no-any-return]
    if dtypes.Bool in (left, right):
        return right if left is dtypes.Bool else left
    if x == y == (1, 1):
        signed = issubclass(left, dtypes.Int) and issubclass(right, dtypes.Int)
        return dtypes.Int if signed else dtypes.Real  # signed and unsigned integers may meet in floating numbers
    met = _of_kinds(x, y)
    widest = _WIDEST.get(met)
    return widest if widest is not None and widest in (left, right) else met


def _concrete(dtype: type[DType]) -> np.dtype[np.generic] | None:
    """numpy's type for a name that stands for one."""
    try:
        found = np.dtype(dtype.__name__.lower())
    except TypeError:
        return None
    return found if dtype.__name__[-1].isdigit() or dtype is dtypes.Bool else None
