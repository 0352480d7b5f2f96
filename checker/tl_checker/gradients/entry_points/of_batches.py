"""Cases of vmap: every axis in and out, trees, keyword arguments, what carries no batch, and sizes 0 and 1."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from tl_checker.gradients.entry_points.cases import (
    Array,
    Case,
    as_fractions,
    as_single,
    as_tensors,
    counting,
    everywhere,
    inside_of_modes,
    refused,
)
from tl_checker.gradients.entry_points.cases import (
    engine as tl,
)
from tl_dsl.errors import ArgumentError, ShapeError

X: Array = counting(-5, 2, 3, 4)
Y: Array = counting(1, 3)
SQUARE: Array = counting(2, 3, 3)


def batch_cases() -> Iterator[Case]:
    """All of them."""
    yield from _axes()
    yield from _several()
    yield from _keywords()
    yield from _examples()
    yield from _unbatched()
    yield from _nested()
    yield from _refusals()


def _axes() -> Iterator[Case]:
    """One axis goes in, and comes out anywhere."""
    for source, destination in itertools.product(range(-3, 3), repeat=2):
        f = tl.vmap(lambda row: row * row, source, destination)
        what = f"axis {source} to {destination}"
        yield from everywhere("vmap", what, f, (X,), np.moveaxis(X * X, source, destination))
    for destination in range(-2, 2):
        f = tl.vmap(lambda row: (tl.sum(row, axis=1), [row]), 1, destination)
        wanted = (np.moveaxis(X.sum(axis=2).T, 0, destination), [np.moveaxis(X, 1, destination)])
        yield Case("vmap", f"results of two ranks to {destination}", lambda f=f: f(tl.tensor(X)), wanted)
    yield from everywhere("vmap", "by default", tl.vmap(tl.sum), (X,), X.sum(axis=(1, 2)))
    f = tl.vmap(tl.sum, in_axes=-1, out_axes=-1)
    yield from everywhere("vmap", "by name", f, (X,), X.sum(axis=(0, 1)))
    yield from inside_of_modes("vmap", "the answer", tl.vmap(lambda x: x * x, 1, -1), (X,), np.moveaxis(X * X, 1, -1))


def _several() -> Iterator[Case]:
    """Several arguments, and trees of them."""
    product = lambda a, b: a * tl.sum(b)
    pairs: list[tuple[Any, Any]] = [
        ((0, 1), np.einsum("ij,ki->ij", SQUARE, SQUARE)), ([1, 0], np.einsum("ji,ik->ij", SQUARE, SQUARE)),
        ((-2, -1), np.einsum("ij,ki->ij", SQUARE, SQUARE)), ((0, None), SQUARE * SQUARE.sum()),
        ((None, 1), np.einsum("kl,ji->ikl", SQUARE, SQUARE)), (1, np.einsum("ji,ki->ij", SQUARE, SQUARE)),
    ]  # fmt: skip
    for axes, wanted in pairs:
        yield from everywhere("vmap", f"in_axes {axes!r}", tl.vmap(product, axes), (SQUARE, SQUARE), wanted)
        twice = lambda x, axes=axes: tl.vmap(product, axes)(x, x)
        yield from everywhere("vmap", f"one tensor twice, in_axes {axes!r}", twice, (SQUARE,), wanted)
    f = tl.vmap(lambda pair, z: {"b": pair[0]["k"] * pair[1], "a": (z, None)}, (1, 0))
    args = (({"k": X}, SQUARE), Y)
    wanted = {"b": np.einsum("ijk,lj->jilk", X, SQUARE)[:, :, 0] * 0, "a": (Y, None)}
    f = tl.vmap(lambda pair, z: {"b": tl.sum(pair[0]["k"]) * pair[1], "a": (z, None)}, (1, 0))
    wanted["b"] = np.einsum("ijk,lj->jl", X, SQUARE)
    yield from everywhere("vmap", "trees", f, args, wanted)
    f = tl.vmap(lambda empty, z: z * z, (0, 0))
    yield Case("vmap", "an empty tree", lambda: f((), tl.tensor(Y)), Y * Y)
    f = tl.vmap(lambda none, z: z * z)
    yield Case("vmap", "None", lambda: f(None, tl.tensor(Y)), Y * Y)


def _keywords() -> Iterator[Case]:
    """Keyword arguments: tensors and trees of them over their first axis, other values as they are."""
    square, y = as_tensors((SQUARE, Y))

    def function(a: Any, b: Any = None, *, shift: Any, how: str = "plus", pair: Any = None) -> Any:
        total = a + tl.sum(shift) if how == "plus" else a - tl.sum(shift)
        return total if pair is None else total * pair["k"][0]

    sums = SQUARE.sum(axis=1)[:, None]
    for array in (square, SQUARE):
        kind = type(array).__name__
        found = lambda s=array: tl.vmap(function, 1)(square, shift=s)
        yield Case("vmap", f"a keyword argument, {kind}", found, SQUARE.T + sums)
        found = lambda s=array: tl.vmap(function)(square, shift=s, how="minus")
        yield Case("vmap", f"a keyword argument and text, {kind}", found, SQUARE - sums)
        found = lambda s=array: tl.vmap(function, (None,))(y, shift=s)
        yield Case("vmap", f"a keyword argument alone, {kind}", found, Y + sums)
    pair = {"k": [y]}
    found = lambda: tl.vmap(function, (0, None), 1)(square, None, shift=square, pair=pair)
    yield Case("vmap", "a tree by keyword", found, ((SQUARE + sums) * Y[:, None]).T)
    found = lambda: tl.vmap(lambda a, *, by: a * by)(square, by=3)
    yield Case("vmap", "a number by keyword", found, SQUARE * 3)
    found = lambda: tl.vmap(lambda a, *, by: a if by is None else a * 2)(square, by=None)
    yield Case("vmap", "None by keyword", found, SQUARE)
    found = lambda: tl.vmap(lambda *, a, b: a * b)(a=square, b=y)
    yield Case("vmap", "keyword arguments alone", found, SQUARE * Y[:, None])
    found = lambda: tl.vmap(lambda *, a: a * tl.sum(a))(a=(X[0]).astype(np.float32))
    single = X[0].astype(np.float32)
    yield Case("vmap", "an array of single floats by keyword", found, single * single.sum(axis=1)[:, None])
    found = lambda: tl.vmap(lambda a, *, t: a * t[0] + t[1])(square, t=(square, 2))
    yield refused("vmap", "a number beside a tensor by keyword", ArgumentError, found, "int in argument 1")


def _examples() -> Iterator[Case]:
    """What the function sees of an example: its shape and element type, whatever holds the batch."""
    kinds: list[tuple[Any, str]] = [
        (X, "float64 (2, 4)"), (as_single(X), "float32 (2, 4)"), (X.astype(np.int64), "int64 (2, 4)"),
        (X.astype(np.int8), "int8 (2, 4)"), (X > 0, "bool (2, 4)"), (as_fractions(X), "float64 (2, 4)"),
    ]  # fmt: skip
    for array, wanted in kinds:
        for given in (array, tl.tensor(array)):
            what = f"an example of {array.dtype} in a {type(given).__name__}"
            yield Case("vmap", what, lambda g=given: _seen(g), wanted)
            yield Case(
                "vmap", f"{what}, as it is", lambda g=given: tl.vmap(lambda x: x, 1)(g), np.moveaxis(array, 1, 0)
            )
    held: list[Any] = [3, "text", None, (1, 2), Fraction(1, 2), 2.5, True]
    yield Case("vmap", "arguments without a batch", lambda: _held(held), held)
    array = lambda: tl.vmap(lambda z, w: z * w, (0, None))(tl.tensor(SQUARE), Y)
    yield Case("vmap", "an array without a batch", array, SQUARE * Y)
    values = lambda: tl.vmap(lambda x: tl.where(x > 0, 1.0, 0.0))(tl.tensor(X))
    yield Case("vmap", "a branch of values", values, np.where(X > 0, 1.0, 0.0))


def _seen(array: Any) -> str:
    found: list[str] = []

    def function(x: Any) -> Any:
        found.append(f"{x.dtype} {x.shape}")
        return x

    tl.vmap(function, 1)(array)
    return found[0]


def _held(values: list[Any]) -> list[Any]:
    found: list[Any] = []

    def function(x: Any, *others: Any) -> Any:
        found.extend(others)
        return x

    tl.vmap(function, (0, *[None] * len(values)))(tl.tensor(Y), *values)
    return found


def _unbatched() -> Iterator[Case]:
    """Results and operands that carry no batch; tensors from outside, known and traced; sizes 0 and 1."""
    y, square = as_tensors((Y, SQUARE))
    found = lambda: tl.vmap(lambda row: (y, tl.ones(2), row), 0, -1)(square)
    wanted = (np.repeat(Y[:, None], 3, axis=1), np.ones((2, 3)), SQUARE.T)
    yield Case("vmap", "results without a batch", found, wanted)
    found = lambda: tl.vmap(lambda row: row * y)(square)
    yield Case("vmap", "a tensor from outside", found, SQUARE * Y)
    f = lambda a, b: tl.vmap(lambda row: row * tl.tensor(b))(a)
    yield from everywhere("vmap", "a traced tensor from outside", f, (SQUARE, Y), SQUARE * Y)
    slope = lambda a, b: tl.grad(lambda c: tl.sum(tl.vmap(lambda row: row * c * c)(a)))(b)
    yield from everywhere(
        "vmap", "a derivative in a tensor from outside", slope, (SQUARE, Y), 2 * Y * SQUARE.sum(axis=0)
    )
    for size in (0, 1):
        several = np.full((size, 3), 2.0)
        f = tl.vmap(lambda row, by: (row * by, tl.sum(row)), (0, None))
        wanted_ones = (several * Y, several.sum(axis=1))
        yield from everywhere("vmap", f"a batch of {size}", f, (several, Y), wanted_ones)
        f = tl.vmap(lambda row: tl.expand_dims(row, axis=0), 1, 2)
        yield from everywhere("vmap", f"a batch of {size}, to the end", f, (several.T,), several.T[None])
    gradients = tl.vmap(tl.grad(lambda row: tl.sum(row * row * row)))
    yield from everywhere("vmap", "of gradients", gradients, (SQUARE,), 3 * SQUARE**2)
    blocks = tl.vmap(tl.jacfwd(lambda row: row * row), 1)
    yield from everywhere("vmap", "of Jacobians", blocks, (SQUARE,), 2 * np.einsum("ji,jk->ijk", SQUARE, np.eye(3)))


def _nested() -> Iterator[Case]:
    f = tl.vmap(tl.vmap(lambda a, b: a * b, (0, None)), (None, 0))
    yield from everywhere("vmap", "of vmap", f, (Y, counting(4, 2)), np.outer(counting(4, 2), Y))
    f = tl.vmap(tl.vmap(tl.sum, 0), 2)
    yield from everywhere("vmap", "of vmap, from the end", f, (X,), X.sum(axis=1).T)
    f = tl.vmap(tl.vmap(lambda v: v * 2, 1, 0), 0, 2)
    yield from everywhere("vmap", "of vmap, to the end", f, (X,), np.moveaxis(2 * np.swapaxes(X, 1, 2), 0, 2))
    f = lambda x: tl.vmap(lambda a: tl.vmap(lambda b: a[0] * b)(a))(x)
    yield from everywhere("vmap", "of vmap that reads the outer", f, (SQUARE,), SQUARE * SQUARE[:, :1])


def _refusals() -> Iterator[Case]:
    x, y, square = as_tensors((X, Y, SQUARE))
    product = lambda a, b: a
    cases: list[tuple[str, type[Exception], Any, str]] = [
        ("two sizes", ShapeError, lambda: tl.vmap(product, (0, 1))(x, x), "2 and 3"),
        ("sizes 3 and 1", ShapeError, lambda: tl.vmap(product)(y, tl.ones(1)), "1 and 3"),
        ("no batch", ShapeError, lambda: tl.vmap(product, None)(x, x), "no batched argument"),
        ("keywords without a batch", ShapeError, lambda: tl.vmap(lambda *, by: by)(by=2), "no batched argument"),
        ("an axis too many", ShapeError, lambda: tl.vmap(product, (0, 1))(y, y), "[3] in argument 1"),
        ("an axis too few", ShapeError, lambda: tl.vmap(product, (-2, 0))(y, y), "[3] in argument 0"),
        ("a number with an axis", ArgumentError, lambda: tl.vmap(product)(y, 2.0), "float in argument 1"),
        ("text in a tree", ArgumentError, lambda: tl.vmap(product)(y, [y, "text"]), "str in argument 1"),
        ("a tensor without axes", ShapeError, lambda: tl.vmap(tl.sum)(tl.tensor(2.0)), "[] in argument 0"),
        ("an axis too many out", ArgumentError, lambda: tl.vmap(tl.sum, 0, 1)(y), "1 for a result of shape [3]"),
        ("an axis too few out", ArgumentError, lambda: tl.vmap(tl.sum, 0, -2)(y), "-2 for a result of shape [3]"),
        (
            "a truth value out",
            ArgumentError,
            lambda: tl.vmap(lambda v: v, 0, True)(square),
            "True for a result of shape [3, 3]",
        ),
        ("None out", ArgumentError, lambda: tl.vmap(lambda v: v, 0, None)(square), "None for a result of shape [3, 3]"),
        ("too few axes", ArgumentError, lambda: tl.vmap(product, (0,))(y, y), "(0,) for 2 arguments"),
        ("too many axes", ArgumentError, lambda: tl.vmap(product, [0, 0, 0])(y, y), "[0, 0, 0] for 2 arguments"),
        (
            "an axis that is a float",
            ArgumentError,
            lambda: tl.vmap(product, (0, 0.0))(y, y),
            "(0, 0.0) for 2 arguments",
        ),
        (
            "an axis that is a truth value",
            ArgumentError,
            lambda: tl.vmap(product, (0, False))(y, y),
            "(0, False) for 2 arguments",
        ),
        ("an array for a result", ArgumentError, lambda: tl.vmap(_giving_an_array)(y), "ndarray from _giving_an_array"),
        (
            "an array for a result, by keyword",
            ArgumentError,
            lambda: tl.vmap(_giving_an_array)(by=y),
            "ndarray from _giving_an_array",
        ),
        ("axes that are text", ArgumentError, lambda: tl.vmap(product, "0")(y, y), "'0' for 2 arguments"),
    ]
    for what, error, call, got in cases:
        yield refused("vmap", what, error, call, got)


def _giving_an_array(by: Any) -> Any:
    return np.ones(3)
