"""Arrays made from nothing but numbers. They are told the scalar by `like`; int and bool arrays hold ints and bools."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from tl_specs import scalar as sc
from tl_specs.array import Array, Shape
from tl_specs.draw import reals
from tl_specs.spec import Params, Primal, Sample, Spec


def kind(dtype: Any) -> str:
    """ "float", "int" or "bool", from a dtype's name (a string, or an object or class with a name; object is real).

    >>> kind("float32"), kind("int64"), kind("uint8"), kind("bool"), kind("object")
    ('float', 'int', 'int', 'bool', 'float')
    """
    text = dtype if isinstance(dtype, str) else getattr(dtype, "name", None) or getattr(dtype, "__name__", str(dtype))
    name = str(text).lower()
    return "bool" if name.startswith("bool") else "int" if name.startswith(("int", "uint")) else "float"


def _sample_scalar(dtype: Any, like: Any) -> Any:
    return {"float": like, "int": 0, "bool": False}[kind(dtype)]


def _kind_of(value: Any) -> str:
    return "bool" if isinstance(value, bool) else "int64" if isinstance(value, int) else "float64"


def full(shape: int | Sequence[int], fill_value: Any, *, dtype: Any = None, like: Any = 0.0) -> Array:
    """The value everywhere: exact for ints, floats and fractions, and named constants at the scalar's precision.

    >>> full((2,), 3, dtype="float64").items, full((), True).items
    ([3.0, 3.0], [True])
    """
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    value = sc.embed(fill_value, _sample_scalar(dtype or _kind_of(fill_value), like))
    return Array(sizes, [value] * math.prod(sizes))


def zeros(shape: int | Sequence[int], *, dtype: Any = None, like: Any = 0.0) -> Array:
    """0 everywhere.

    >>> zeros(2).items
    [0.0, 0.0]
    """
    return full(shape, 0, dtype=dtype or "float64", like=like)


def ones(shape: int | Sequence[int], *, dtype: Any = None, like: Any = 0.0) -> Array:
    """1 everywhere.

    >>> ones((1, 2), dtype="int64").tolist()
    [[1, 1]]
    """
    return full(shape, 1, dtype=dtype or "float64", like=like)


def eye(n_rows: int, n_cols: int | None = None, *, dtype: Any = None, like: Any = 0.0) -> Array:
    """1 on the diagonal, 0 beside it.

    >>> eye(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    columns, one = n_rows if n_cols is None else n_cols, _sample_scalar(dtype or "float64", like)
    return Array((n_rows, columns), [sc.embed(int(i == j), one) for i in range(n_rows) for j in range(columns)])


def arange(start: Any, stop: Any = None, step: Any = 1, *, dtype: Any = None, like: Any = 0.0) -> Array:
    """start, start + step, ... as far as stop, which is left out; ints unless a float or the dtype says otherwise.

    >>> arange(3).items, arange(1.0, 0.0, -0.25).items
    ([0, 1, 2], [1.0, 0.75, 0.5, 0.25])
    """
    first, last = (0, start) if stop is None else (start, stop)
    size = max(0, math.ceil((last - first) / step))
    return arange_graph(start=first, step=step, size=size, dtype=dtype or _kind_of(first + last + step), like=like)


def arange_graph(*, start: Any, step: Any, size: int, dtype: Any, like: Any = 0.0) -> Array:
    """start + k step for k below size.

    >>> arange_graph(start=1, step=2, size=3, dtype="int64").items
    [1, 3, 5]
    """
    unit = _sample_scalar(dtype, like)
    first, gap = sc.embed(start, unit), sc.embed(step, unit)
    return Array((size,), [first + k * gap for k in range(size)])


def linspace(start: Any, stop: Any, num: int, *, dtype: Any = None, endpoint: bool = True, like: Any = 0.0) -> Array:
    """start + k (stop - start) / steps for k below num, with num - 1 steps, or num where stop is left out.

    >>> linspace(0, 1, 3).items, linspace(0, 1, 2, endpoint=False).items
    ([0.0, 0.5, 1.0], [0.0, 0.5])
    """
    first, last = sc.embed(start, like), sc.embed(stop, like)
    steps = max(num - 1 if endpoint else num, 1)
    return Array((num,), [first + sc.divide((last - first) * k, steps) for k in range(num)])


def one_hot(x: Array, num_classes: int, *, dtype: Any = None, like: Any = 0.0) -> Array:
    """A last axis of num_classes, 1 at the index that x holds and 0 elsewhere.

    >>> one_hot(Array.of([1, 0]), 2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    unit = _sample_scalar(dtype or "float64", like)
    items = [sc.embed(int(label == k), unit) for label in x.items for k in range(num_classes)]
    return Array((*x.shape, num_classes), items)


def zeros_like(x: Array, *, dtype: Any = None) -> Array:
    """0 everywhere, in the shape and scalar of x.

    >>> zeros_like(Array.of([1.5])).items
    [0.0]
    """
    return full_like(x, 0, dtype=dtype)


def ones_like(x: Array, *, dtype: Any = None) -> Array:
    """1 everywhere, in the shape and scalar of x.

    >>> ones_like(Array.of([1.5])).items
    [1.0]
    """
    return full_like(x, 1, dtype=dtype)


def full_like(x: Array, fill_value: Any, *, dtype: Any = None) -> Array:
    """The value everywhere, in the shape and scalar of x.

    >>> full_like(Array.of([1.5]), 2).items
    [2.0]
    """
    return x.map(lambda item: sc.embed(fill_value, item if dtype is None else _sample_scalar(dtype, item)))


_SHAPES: tuple[Shape, ...] = ((2, 3), (2, 2), (), (1,), (3, 1))


def _shaped(rng: Random) -> list[Sample]:
    found = [Sample(f"shape {shape}", (shape,)) for shape in _SHAPES]
    return [*found, Sample("ints", ((2,),), {"dtype": "int64"}), Sample("single", ((2,),), {"dtype": "float32"})]


def _filled(rng: Random) -> list[Sample]:
    values = (0.5, 3, True, -0.1)
    return [Sample(f"{value} in {shape}", (shape, value)) for shape, value in zip(_SHAPES, values, strict=False)]


def _alike(*more: Any) -> Any:
    return lambda rng: [Sample(f"shape {shape}", (reals(rng, shape), *more)) for shape in _SHAPES]


def _named(cases: Sequence[Params]) -> Any:
    return lambda rng: [Sample(str(case), (), dict(case)) for case in cases]


def _positional(*cases: tuple[Any, ...]) -> Any:
    return lambda rng: [Sample(str(case), case) for case in cases]


def _labels(rng: Random) -> list[Sample]:
    return [
        Sample("a row of labels", (Array.of([2, 0, 2, 1]), 3)),
        Sample("one label", (Array.of(1), 2)),
        Sample("a table of labels", (Array.of([[0, 1], [1, 0]]), 4)),
        Sample("one class", (Array.of([0, 0]), 1)),
    ]


def _spaced(rng: Random) -> list[Sample]:
    cases: list[tuple[tuple[Any, ...], Params]] = [
        *(((0, 1, 5), {}), ((2.0, -1.0, 4), {}), ((0.0, 1.0, 4), {"endpoint": False}), ((1, 3, 1), {})),
        *(((1.5, 1.5, 3), {}), ((-1, 2, 9), {"dtype": "float64"}), ((0, 49, 50), {}), ((0, 1, 0), {})),
    ]
    return [Sample(f"{case} {params}", case, params) for case, params in cases]


def _graph_full(shape: Shape, fill_value: Any, dtype: str = "float64") -> Params:
    return {"fill_value": fill_value, "shape": shape, "dtype": dtype}


def _constant(primal: Primal, samples: Any) -> Spec:
    return Spec(primal, (), samples, creates=True)


PRIMITIVES: dict[str, Spec] = {
    "full": _constant(
        full,
        _named(
            [
                _graph_full((2, 3), 0.1),
                _graph_full((), 3),
                _graph_full((1,), 2, "int64"),
                _graph_full((2,), True, "bool"),
            ]
        ),
    ),
    "arange": _constant(
        arange_graph,
        _named(
            [
                {"start": 0, "step": 1, "size": 4, "dtype": "int64"},
                {"start": 0.5, "step": -0.25, "size": 3, "dtype": "float64"},
            ]
        ),
    ),
    "eye": _constant(
        eye, _named([{"n_rows": n, "n_cols": m, "dtype": "float64"} for n, m in ((2, 2), (2, 3), (3, 1))])
    ),
}
PUBLIC: dict[str, Spec] = {
    "zeros": _constant(zeros, _shaped),
    "ones": _constant(ones, _shaped),
    "full": _constant(full, _filled),
    "eye": _constant(eye, _positional((3,), (2, 3), (3, 2), (1,))),
    "arange": _constant(arange, _positional((4,), (1, 5), (1, 8, 3), (5, 0, -2), (0.0, 1.0, 0.25), (3, 3))),
    "linspace": _constant(linspace, _spaced),
    "one_hot": _constant(one_hot, _labels),
    "zeros_like": Spec(zeros_like, (), _alike()),
    "ones_like": Spec(ones_like, (), _alike()),
    "full_like": Spec(full_like, (), _alike(2.5)),
}
