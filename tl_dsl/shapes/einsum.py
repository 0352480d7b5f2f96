"""The subscripts of einsum, and the shape of what they describe; tensordot and outer are einsums in other words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, same
from tl_dsl.dims.text import show_dim
from tl_dsl.errors import ArgumentError, LostShape, ShapeError
from tl_dsl.shapes.axes import StaticAxis, normalize_axis, star_at
from tl_dsl.shapes.rules import broadcast_shapes
from tl_dsl.shapes.text import Shape, Star, is_nameless, show_shape

DOTS = "..."


class Subscripts(NamedTuple):
    """What the string says: the labels of each operand and of the result, `...` among them as one label."""

    operands: tuple[tuple[str, ...], ...]
    result: tuple[str, ...]


@lru_cache(maxsize=512)
def parse_subscripts(text: str) -> Subscripts:
    """Read the subscripts of einsum. Without an arrow the result has the labels that stand once, in order.

    Errors: ArgumentError.

    >>> parse_subscripts("...ij, jk")
    Subscripts(operands=(('...', 'i', 'j'), ('j', 'k')), result=('...', 'i', 'k'))
    """
    left, arrow, right = text.replace(" ", "").partition("->")
    operands = tuple(_labels(part, text) for part in left.split(","))
    counts = Counter(label for labels in operands for label in labels)
    if not arrow:
        once = sorted(label for label, count in counts.items() if count == 1 and label != DOTS)
        return Subscripts(operands, (*([DOTS] if DOTS in counts else []), *once))
    result = tuple([label for label in _labels(right, text) if label != DOTS or DOTS in counts])  # as numpy: no axes
    for label in result:
        if result.count(label) > 1:
            raise ArgumentError("the result of einsum has each label once", got=f"{label} in {text!r}")
        if label not in counts:
            raise ArgumentError("a label of the result stands at an operand, too", got=f"{label} in {text!r}")
    return Subscripts(operands, result)


def _labels(part: str, text: str) -> tuple[str, ...]:
    if not re.fullmatch(r"[A-Za-z]*(\.\.\.)?[A-Za-z]*", part):
        raise ArgumentError("subscripts are letters, with one `...` at most for each operand", got=repr(text))
    return tuple(re.findall(r"[A-Za-z]|\.\.\.", part))


def einsum_shape(subscripts: object, *shapes: Shape) -> Shape:
    """The shape of an einsum; every label has one size.

    >>> from tl_dsl.dims import Dim
    >>> n, m, k = map(Dim.name, "nmk")
    >>> einsum_shape("ij,jk->ki", (n, m), (m, k)), einsum_shape("...ii", (5, n, n))
    ((k, n), (5,))
    """
    if not isinstance(subscripts, str):
        raise LostShape("the subscripts are not known before the program runs")
    parsed = parse_subscripts(subscripts)
    if len(shapes) != len(parsed.operands):
        raise ArgumentError(
            "einsum takes a tensor for each part of its subscripts",
            got=f"{len(shapes)} tensors for {subscripts!r}",
            wanted=str(len(parsed.operands)),
        )
    sizes: dict[str, Axis] = {}
    dots: list[Shape] = []
    for shape, labels in zip(shapes, parsed.operands, strict=True):
        dots += _read(shape, labels, sizes, subscripts)
    if dots and DOTS not in parsed.result and any(dots):
        raise ShapeError("the result of einsum has the axes of `...`", got=f"{subscripts!r} for {_shown(shapes)}")
    spread = broadcast_shapes(*dots) if dots else ()
    return tuple(axis for label in parsed.result for axis in (spread if label == DOTS else (sizes[label],)))


def _read(shape: Shape, labels: tuple[str, ...], sizes: dict[str, Axis], subscripts: str) -> list[Shape]:
    """Enter the sizes of one operand's labels; the axes of its `...`, if it has one."""
    head, tail, dots = _placed(shape, labels, subscripts)
    cut = labels.index(DOTS) if DOTS in labels else len(labels)
    for label, size in zip((*labels[:cut], *labels[cut + 1 :]), (*head, *tail), strict=True):
        before = sizes.get(label, UNKNOWN)
        if same(before, size) is False:
            raise ShapeError(
                "a label of einsum has one size",
                got=f"{label} in {subscripts!r} is {show_dim(before)} and {show_dim(size)}",
            )
        sizes[label] = size if isinstance(before, Unknown) else before
    return [] if dots is None else [dots]


def _placed(
    shape: Shape, labels: tuple[str, ...], subscripts: str
) -> tuple[tuple[Axis, ...], tuple[Axis, ...], Shape | None]:
    """The axes before `...`, behind it, and its own; without one all axes come first and None last."""
    count = len(labels) - (DOTS in labels)
    star, given = star_at(shape), sum(not isinstance(axis, Star) for axis in shape)
    if (given > count and DOTS not in labels) or (star is None and given < count):
        raise ShapeError(
            "einsum has a label for each axis", got=f"{''.join(labels)!r} for {show_shape(shape)} in {subscripts!r}"
        )
    if DOTS in labels:
        before, after = labels.index(DOTS), count - labels.index(DOTS)
        if star is not None and (before > star or after > len(shape) - star - 1):
            raise LostShape(f"the labels reach into the axes {shape[star]!r} of {show_shape(shape)}")
        end = len(shape) - after
        return _axes(shape[:before]), _axes(shape[end:]), shape[before:end]
    if star is None:
        return _axes(shape), (), None
    if not is_nameless(shape[star]):
        raise ShapeError(
            "einsum has a label for each axis",
            got=f"{''.join(labels)!r} for {show_shape(shape)} in {subscripts!r}",
            suggestion="`...` for the axes of which there may be any number",
        )
    unknown: Shape = (UNKNOWN,) * (count - given)
    return _axes((*shape[:star], *unknown, *shape[star + 1 :])), (), None


def _axes(shape: Shape) -> tuple[Axis, ...]:
    return tuple(axis for axis in shape if not isinstance(axis, Star))


def _shown(shapes: Sequence[Shape]) -> str:
    return ", ".join(map(show_shape, shapes))


def tensordot_axes(left: Shape, right: Shape, axes: object = 2) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The contracted axes of both operands, as negative ints in pairs.

    >>> tensordot_axes((2, 3), (3, 4), 1), tensordot_axes((2, 3), (3, 2), ((0, 1), (1, 0)))
    (((-1,), (-2,)), ((-2, -1), (-1, -2)))
    """
    if isinstance(axes, int):
        if axes < 0:
            raise ShapeError("tensordot contracts a number of axes that is not negative", got=str(axes))
        first: Sequence[StaticAxis] = range(-axes, 0)
        second: Sequence[StaticAxis] = range(axes)
    elif isinstance(axes, (tuple, list)) and len(axes) == 2:
        first, second = (tuple(side) if isinstance(side, (tuple, list)) else (side,) for side in axes)
    elif isinstance(axes, (Dim, Unknown)):
        raise LostShape("the axes are not known before the program runs")
    else:
        raise ArgumentError("the axes of tensordot are a number, or those of both operands", got=repr(axes))
    if len(first) != len(second):
        raise ShapeError("tensordot contracts axes in pairs", got=f"{len(first)} and {len(second)} axes")
    pairs = [normalize_axis(axis, left) for axis in first], [normalize_axis(axis, right) for axis in second]
    for side in pairs:
        if len(set(side)) != len(side):
            raise ShapeError("an axis may be named only once", got=f"axes {axes}")
    return tuple(pairs[0]), tuple(pairs[1])


def tensordot_shape(left: Shape, right: Shape, axes: object = 2) -> Shape:
    """The axes of both operands that are not contracted.

    >>> tensordot_shape((2, 3, 4), (4, 3, 5), ((1, 2), (1, 0)))
    (2, 5)
    """
    first, second = tensordot_axes(left, right, axes)
    for i, j in zip(first, second, strict=True):
        x, y = left[i], right[j]
        assert not isinstance(x, Star) and not isinstance(y, Star)
        if same(x, y) is False:
            raise ShapeError(
                "tensordot contracts axes of equal size",
                got=f"{show_shape(left)} and {show_shape(right)}: {show_dim(x)} and {show_dim(y)}",
            )
    kept = [axis for k, axis in enumerate(left) if k - len(left) not in first]
    kept += [axis for k, axis in enumerate(right) if k - len(right) not in second]
    if sum(isinstance(axis, Star) for axis in kept) > 1:
        raise LostShape("the result has two parts with unknown numbers of axes")
    return tuple(kept)


def outer_shape(left: Shape, right: Shape) -> Shape:
    """``"n", "m" -> "n m"``.

    >>> outer_shape((2,), (3,))
    (2, 3)
    """
    sizes: list[Axis] = []
    for shape in (left, right):
        fixed = _axes(shape)
        anonymous = any(map(is_nameless, shape))
        if len(fixed) > 1 or ((len(fixed) != len(shape) or not fixed) and not anonymous):
            raise ShapeError("outer takes vectors", got=f"{show_shape(left)} and {show_shape(right)}")
        sizes.append(fixed[0] if fixed else UNKNOWN)
    return tuple(sizes)
