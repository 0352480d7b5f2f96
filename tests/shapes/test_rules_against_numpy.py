"""The building blocks of shape rules against numpy: on drawn shapes of ints, and symbolic ones under substitution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tl_dsl import shapes as rules
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, collect_assumptions, substitute
from tl_dsl.errors import ArgumentError, IndexingError, LostShape, ShapeError
from tl_dsl.shapes import Shape, Star

Concrete = tuple[int, ...]
sizes = st.integers(1, 4)
concrete = st.lists(st.sampled_from([1, 2, 3, 0]), max_size=4).map(tuple)
axis_numbers = st.integers(-5, 4)


def array(shape: Concrete) -> Any:
    return np.broadcast_to(np.float64(0), shape)


def ints(shape: Shape) -> Concrete:
    assert all(isinstance(axis, int) for axis in shape)
    return tuple(axis for axis in shape if isinstance(axis, int))


def agree(rule: Callable[[], Shape], numpy: Callable[[], Any]) -> None:
    """The rule gives numpy's shape, and refuses what numpy refuses."""
    try:
        expected = numpy().shape
    except (ValueError, IndexError, TypeError):
        expected = None
    try:
        got = rule()
    except (ShapeError, IndexingError):
        assert expected is None, f"the rule refuses what numpy gives the shape {expected}"
    else:
        assert ints(got) == expected


@given(concrete, concrete)
def test_broadcast(left: Concrete, right: Concrete) -> None:
    agree(lambda: rules.broadcast_shapes(left, right), lambda: array(left) + array(right))
    agree(lambda: rules.broadcast_to_shape(left, right), lambda: np.broadcast_to(array(left), right))
    agree(lambda: rules.matmul_shape(left, right), lambda: array(left) @ array(right))


@given(concrete, axis_numbers | st.tuples(axis_numbers, axis_numbers) | st.none(), st.booleans())
def test_reductions_and_axes(shape: Concrete, axis: Any, keepdims: bool) -> None:
    assume(axis is None or shape != ())  # numpy lets a scalar pass as one axis
    agree(lambda: rules.reduce_shape(shape, axis, keepdims), lambda: np.sum(array(shape), axis=axis, keepdims=keepdims))
    assume(axis is not None)
    agree(lambda: rules.squeeze_shape(shape, axis), lambda: np.squeeze(array(shape), axis))
    agree(lambda: rules.expand_dims_shape(shape, axis), lambda: np.expand_dims(array(shape), axis))


@given(concrete, st.lists(axis_numbers, max_size=4).map(tuple))
def test_permute(shape: Concrete, axes: Concrete) -> None:
    agree(lambda: rules.permute_shape(shape, axes), lambda: np.transpose(array(shape), axes))


places = axis_numbers | st.lists(axis_numbers, max_size=3).map(tuple)


@given(concrete, places, places)
def test_moveaxis(shape: Concrete, source: Any, destination: Any) -> None:
    agree(
        lambda: rules.moveaxis_shape(shape, source, destination), lambda: np.moveaxis(array(shape), source, destination)
    )


@given(st.lists(concrete, min_size=1, max_size=3), axis_numbers)
def test_concat_and_stack(shapes: list[Concrete], axis: int) -> None:
    arrays = [array(shape) for shape in shapes]
    agree(lambda: rules.concat_shape(shapes, axis), lambda: np.concatenate(arrays, axis))
    agree(lambda: rules.concat_shape(shapes, None), lambda: np.concatenate(arrays, None))
    agree(lambda: rules.stack_shape(shapes, axis), lambda: np.stack(arrays, axis))


@given(concrete, st.lists(st.integers(-1, 6), max_size=4).map(tuple))
def test_reshape(shape: Concrete, new: Concrete) -> None:
    agree(lambda: rules.reshape_shape(shape, new), lambda: np.reshape(array(shape), new))


margins = st.integers(0, 2)


@given(concrete, margins | st.tuples(margins, margins) | st.lists(st.tuples(margins, margins), max_size=4).map(tuple))
def test_pad(shape: Concrete, width: Any) -> None:
    assume(width != () and not (shape == () and isinstance(width, tuple)))
    agree(lambda: rules.pad_shape(shape, width), lambda: np.pad(array(shape), width))


@given(concrete, margins | st.lists(margins, min_size=1, max_size=3).map(tuple), axis_numbers | st.none())
def test_repeat(shape: Concrete, repeats: Any, axis: int | None) -> None:
    assume(axis is None or shape != ())
    agree(lambda: rules.repeat_shape(shape, repeats, axis), lambda: np.repeat(array(shape), repeats, axis))


@given(concrete, concrete, axis_numbers | st.none())
def test_take(shape: Concrete, indices: Concrete, axis: int | None) -> None:
    assume(0 not in shape and (axis is None or shape != ()))
    zeros = np.zeros(indices, dtype=int)
    agree(lambda: rules.take_shape(shape, indices, axis), lambda: np.take(array(shape), zeros, axis))


@given(concrete, st.integers(-1, 4) | st.lists(st.integers(-4, 5), max_size=3).map(tuple), axis_numbers)
def test_split(shape: Concrete, cuts: Any, axis: int) -> None:
    assume(cuts != 0)  # numpy: ZeroDivisionError
    if isinstance(cuts, int) and cuts < 0:
        with pytest.raises((ShapeError, IndexingError)):
            rules.split_shapes(shape, cuts, axis)
        return
    try:
        expected = [part.shape for part in np.split(array(shape), cuts, axis)]
    except (ValueError, IndexError):
        with pytest.raises(ShapeError):
            rules.split_shapes(shape, cuts, axis)
    else:
        assert rules.split_shapes(shape, cuts, axis) == expected


@given(concrete, st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=5).map(tuple))
def test_tile(shape: Concrete, times: Any) -> None:
    agree(lambda: rules.tile_shape(shape, times), lambda: np.tile(array(shape), times))


@given(concrete, st.none() | axis_numbers | st.lists(axis_numbers, max_size=3).map(tuple))
def test_moves(shape: Concrete, axis: Any) -> None:
    assume(shape != () and axis != ())  # numpy lets a scalar pass as one axis
    agree(lambda: rules.roll_shape(shape, 1, axis), lambda: np.roll(array(shape), 1, axis))
    assume(not isinstance(axis, tuple))
    agree(lambda: rules.running_shape(shape, axis), lambda: np.cumsum(array(shape), axis))


@given(concrete, st.integers(-5, 5), axis_numbers, axis_numbers)
def test_diagonals(shape: Concrete, offset: int, axis1: int, axis2: int) -> None:
    agree(
        lambda: rules.diagonal_shape(shape, offset, axis1, axis2),
        lambda: np.diagonal(array(shape), offset, axis1, axis2),
    )


labels = st.text("ijk", max_size=3)
dotted = st.tuples(labels, st.sampled_from(["", "..."]), st.text("ij", max_size=1)).map("".join)


@settings(max_examples=400)
@given(st.lists(dotted, min_size=1, max_size=2), st.none() | dotted, st.lists(concrete, min_size=1, max_size=2))
def test_einsum(operands: list[str], result: str | None, shapes: list[Concrete]) -> None:
    """numpy lets letters of size 1 broadcast, and of size 0 pass for some; the language holds a letter to one size."""
    text = ",".join(operands) + ("" if result is None else f"->{result}")
    sizes: dict[str, set[int]] = {}
    for part, shape in zip(operands, shapes, strict=False):
        before, _, after = part.partition("...")
        pairs = [*zip(before, shape, strict=False), *zip(reversed(after), reversed(shape), strict=False)]
        for label, size in pairs:
            sizes.setdefault(label, set()).add(size)
    assume(not any(len(found) > 1 and found & {0, 1} for found in sizes.values()))
    try:
        agree(lambda: rules.einsum_shape(text, *shapes), lambda: np.einsum(text, *map(array, shapes)))
    except ArgumentError:
        with pytest.raises(ValueError):
            np.einsum(text, *map(array, shapes))


@given(concrete, concrete, st.integers(-1, 3) | st.tuples(*[st.lists(axis_numbers, max_size=2).map(tuple)] * 2))
def test_tensordot(left: Concrete, right: Concrete, axes: Any) -> None:
    repeated = isinstance(axes, tuple) and any(
        len({axis % max(len(shape), 1) for axis in side}) < len(side)
        for side, shape in zip(axes, (left, right), strict=True)
    )
    assume(not repeated and axes != -1)  # numpy contracts an axis twice, and takes -1 for 0
    agree(lambda: rules.tensordot_shape(left, right, axes), lambda: np.tensordot(array(left), array(right), axes))


bounds = st.none() | st.integers(-5, 5)
parts = (
    st.integers(-3, 2)
    | st.builds(slice, bounds, bounds, st.sampled_from([None, 1, 2, -1, -2]))
    | st.sampled_from([None, ..., slice(None)])
    | st.sampled_from([(), (2,), (3, 1), (2, 2)]).map(rules.IndexArray)
)


@settings(max_examples=300)
@given(concrete, st.lists(parts, max_size=4).map(tuple))
def test_indexing(shape: Concrete, key: tuple[Any, ...]) -> None:
    assume(0 not in shape)
    numpy_key = tuple(np.zeros(ints(p.shape), int) if isinstance(p, rules.IndexArray) else p for p in key)
    agree(lambda: rules.index_shape(shape, key), lambda: array(shape)[numpy_key])


# -- symbolic against concrete ----------------------------------------------------------------------------------------

N, M, K = Dim.name("n"), Dim.name("m"), Dim.name("k")
axes = st.sampled_from([N, M, K, 1, 2, 3, N + 1, 2 * N, N * M, N // 2, UNKNOWN])
symbolic = st.lists(axes, max_size=3).map(tuple) | st.tuples(st.just(Star(":b")), st.lists(axes, max_size=2)).map(
    lambda parts: (parts[0], *parts[1])
)
environments = st.fixed_dictionaries({":n": st.integers(1, 4), ":m": st.integers(1, 4), ":k": st.integers(1, 4)})


def instantiate(shape: Shape, env: dict[str, int], star: Concrete, unknown: int) -> Concrete:
    """The shape at given sizes; every UNKNOWN gets the same size."""
    out: list[int] = []
    for axis in shape:
        if isinstance(axis, Star):
            out += star
        else:
            value = substitute(axis, dict(env))
            out.append(unknown if isinstance(value, Unknown) else int(str(value)))
    return tuple(out)


def fits(shape: Shape, concrete: Concrete, env: dict[str, int], star: Concrete) -> bool:
    """Whether a concrete shape is one that the symbolic shape allows (an UNKNOWN allows any size)."""
    starred = [i for i, axis in enumerate(shape) if isinstance(axis, Star)]
    if starred and shape[starred[0]] == Star():
        at = starred[0]
        tail = len(shape) - at - 1
        return len(concrete) >= len(shape) - 1 and fits(
            (*shape[:at], *shape[at + 1 :]), (*concrete[:at], *concrete[len(concrete) - tail :]), env, star
        )
    expected: list[Axis] = []
    for axis in shape:
        expected += list(star) if isinstance(axis, Star) else [substitute(axis, dict(env))]
    return len(expected) == len(concrete) and all(
        isinstance(x, Unknown) or x == y for x, y in zip(expected, concrete, strict=True)
    )


def sound(rule: Callable[..., Shape], shapes: list[Shape], env: dict[str, int], star: Concrete, unknown: int) -> None:
    """Where the symbolic rule gives a shape without assuming anything, the concrete rule gives an instance of it."""
    with collect_assumptions() as assumed:
        try:
            general = rule(*shapes)
        except (ShapeError, IndexingError, LostShape):
            return
    if assumed:
        return
    try:
        special = rule(*(instantiate(shape, env, star, unknown) for shape in shapes))
    except (ShapeError, IndexingError):
        assert any(axis is UNKNOWN or axis == Star() for shape in shapes for axis in shape)
    else:
        assert fits(general, ints(special), env, star)


TWO: list[Callable[..., Shape]] = [
    rules.broadcast_shapes,
    rules.matmul_shape,
    lambda x, y: rules.concat_shape([x, y], 0),
    lambda x, y: rules.concat_shape([x, y], -1),
    lambda x, y: rules.stack_shape([x, y], -1),
    lambda x, y: rules.take_shape(x, y, -1),
    lambda x, y: rules.einsum_shape("ij,jk", x, y),
    lambda x, y: rules.einsum_shape("...i,...i->...", x, y),
    lambda x, y: rules.einsum_shape("...ij,jk->...ik", x, y),
    lambda x, y: rules.einsum_shape("i...,j->j...i", x, y),
    lambda x, y: rules.tensordot_shape(x, y, 1),
    rules.outer_shape,
    lambda x, y: rules.along_shape(x, y, -1),
]
ONE: list[Callable[..., Shape]] = [
    lambda x: rules.reduce_shape(x, -1),
    lambda x: rules.reduce_shape(x, 0, True),
    lambda x: rules.expand_dims_shape(x, -1),
    lambda x: rules.squeeze_shape(x, -1),
    lambda x: rules.permute_shape(x, (-1, 0)),
    lambda x: rules.moveaxis_shape(x, 0, -1),
    lambda x: rules.moveaxis_shape(x, -1, 0),
    lambda x: rules.moveaxis_shape(x, (0, -2), (1, -1)),
    lambda x: rules.pad_shape(x, ((1, 2),)),
    lambda x: rules.repeat_shape(x, 3, -1),
    lambda x: rules.reshape_shape(x, -1),
    lambda x: rules.reshape_shape(x, (-1, 2)),
    lambda x: rules.split_shapes(x, 2, -1)[1],
    lambda x: rules.split_shapes(x, (1, 3), -1)[1],
    lambda x: rules.tile_shape(x, (2, 3)),
    lambda x: rules.diagonal_shape(x),
    lambda x: rules.diagonal_shape(x, 1),
    lambda x: rules.diagonal_shape(x, -2, -1, 0),
    lambda x: rules.square_shape(x, "inv"),
    lambda x: rules.running_shape(x),
    lambda x: rules.moved_shape(x, -1),
    lambda x: rules.index_shape(x, (slice(1, None),)),
    lambda x: rules.index_shape(x, (slice(-2, None),)),
    lambda x: rules.index_shape(x, (slice(None, -1, 2),)),
    lambda x: rules.index_shape(x, (..., 0)),
    lambda x: rules.index_shape(x, (..., None, slice(None, 2))),
]


@pytest.mark.parametrize("rule", TWO)
@given(symbolic, symbolic, environments, st.sampled_from([(), (2,), (3, 1)]), sizes)
def test_two_operands_are_sound(
    rule: Any, left: Shape, right: Shape, env: dict[str, int], star: Concrete, unknown: int
) -> None:
    sound(rule, [left, right], env, star, unknown)


@pytest.mark.parametrize("rule", ONE)
@given(symbolic, environments, st.sampled_from([(), (2,), (3, 1)]), sizes)
def test_one_operand_is_sound(rule: Any, shape: Shape, env: dict[str, int], star: Concrete, unknown: int) -> None:
    sound(rule, [shape], env, star, unknown)
