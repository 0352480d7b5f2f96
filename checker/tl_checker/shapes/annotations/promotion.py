"""The element types that numpy's functions give: promotion over jaxtyping's names, concrete and abstract.

Source: NEP 50 and numpy.result_type. What depends on more than the names tell is DType: not known.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
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
    """The same, for means and solutions of equations: each operand of integers or truth values counts as float64.

    >>> floating([dtypes.Int8]).__name__, floating([dtypes.Float32]).__name__
    ('Float64', 'Float32')
    >>> floating([dtypes.Int8, dtypes.Float32]).__name__
    'Float64'
    """
    return quotient(dtypes.Float64 if _is_exact(dtype) and dtype not in _WEAK else dtype for dtype in classes)


def quotient(classes: Iterable[type[DType]]) -> type[DType]:
    """The same, for a division: what meets in integers or truth values is float64.

    >>> quotient([dtypes.Int8]).__name__, quotient([dtypes.Int8, dtypes.Float32]).__name__
    ('Float64', 'Float32')
    >>> floating([dtypes.Real]).__name__, floating([dtypes.Num]).__name__
    ('Float', 'Inexact')
    """
    common = promoted(classes)
    kinds = _kinds(common)
    if kinds is None or kinds[0] >= 2:
        return common
    return _of_kinds(kinds, (2, 2)) if kinds[1] > 1 else dtypes.Float64


def smallest_floating(classes: Iterable[type[DType]]) -> type[DType]:
    """The same, for functions as exp: each operand counts as the smallest floating numbers that hold its integers.

    >>> smallest_floating([dtypes.Int8]).__name__, smallest_floating([dtypes.Int64]).__name__
    ('Float16', 'Float64')
    """
    given = list(classes)
    weak = max((_WEAK[dtype] for dtype in given if dtype in _WEAK), default=-1)
    strong = [kinds for dtype in given if dtype not in _WEAK and (kinds := _kinds(dtype)) is not None]
    if weak > max((kinds[1] for kinds in strong), default=-1):
        return floating(given)  # a Python number of another kind counts as float64
    return quotient(_floating_for(dtype) for dtype in given)


def _floating_for(dtype: type[DType]) -> type[DType]:
    if not _is_exact(dtype) or dtype in _WEAK:
        return dtype
    concrete = _concrete(dtype)
    return dtypes.Float if concrete is None else named(np.result_type(concrete, np.float16))


def summed(classes: Iterable[type[DType]]) -> type[DType]:
    """The same, for sums: small integers and truth values count as int64 or uint64.

    >>> summed([dtypes.Bool]).__name__, summed([dtypes.UInt8]).__name__, summed([dtypes.Float32]).__name__
    ('Int64', 'UInt64', 'Float32')
    """
    common = promoted(classes)
    if _concrete(common) is None or not _is_exact(common):
        return common
    return dtypes.UInt64 if issubclass(common, dtypes.UInt) else dtypes.Int64


def counting(classes: Iterable[type[DType]]) -> type[DType]:
    """The same, for arithmetic that truth values have none of: they count as int8.

    >>> counting([dtypes.Bool, dtypes.Bool]).__name__, counting([dtypes.Int64]).__name__
    ('Int8', 'Int64')
    """
    common = promoted(classes)
    return dtypes.Int8 if common is dtypes.Bool else common


def shared(classes: Iterable[type[DType]]) -> type[DType]:
    """The element type that all have; not known where they differ.

    >>> shared([dtypes.Int8, dtypes.Int8]).__name__, shared([dtypes.Int8, dtypes.Bool]).__name__
    ('Int8', 'DType')
    """
    given = set(classes)
    return given.pop() if len(given) == 1 else DType


def unless_complex(classes: Iterable[type[DType]]) -> type[DType]:
    """The element type of several results, some of which are real where others are complex: then it is not known.

    >>> unless_complex([dtypes.Float32]).__name__, unless_complex([dtypes.Complex64]).__name__
    ('Float32', 'DType')
    """
    common = floating(classes)
    return common if issubclass(common, dtypes.Float) else DType


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


def _is_exact(dtype: type[DType]) -> bool:
    kinds = _kinds(dtype)
    return kinds is not None and kinds[1] <= 1


def named(dtype: np.dtype[np.generic]) -> type[DType]:
    """The name of an element type of numpy's, complex ones included.

    >>> named(np.dtype("uint8")).__name__
    'UInt8'
    """
    return getattr(dtypes, str(dtype).title().replace("Uint", "UInt"))  # type: ignore[no-any-return]


def _meet(left: type[DType], right: type[DType]) -> type[DType]:
    if left is right:
        return left
    x, y = _kinds(left), _kinds(right)
    if x is None or y is None:
        return DType
    a, b = _concrete(left), _concrete(right)
    if a is not None and b is not None:
        return named(np.result_type(a, b))
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


def _real_floating(classes: Iterable[type[DType]]) -> type[DType]:
    return parts([floating(classes)])


RULES: Final[dict[str, Callable[[Iterable[type[DType]]], type[DType]]]] = {
    "promote": promoted,
    "real_floating": _real_floating,
    **{
        rule.__name__: rule
        for rule in (
            *(floating, quotient, smallest_floating, summed, counting, shared, unless_complex),
            *(parts, complex_of),
        )
    },
}
"""The rules by the names that shape files use."""
