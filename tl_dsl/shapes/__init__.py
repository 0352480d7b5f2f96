"""Shapes: what they are, how they are written, and the rules from which ops build theirs.

Every rule takes ints, `Dim`s, `UNKNOWN` and `Star`, and has a short way for shapes of ints. It raises ShapeError where
the shapes are wrong in the general case, IndexingError for an index out of range, and LostShape(reason) where a shape
exists but cannot be written down. What a rule needs beyond that (`n >= 2`, `2 divides n`) it notes with `assume`.
"""

from __future__ import annotations

from tl_dsl.shapes.axes import (
    concat_shape,
    equal_shape,
    expand_dims_shape,
    extreme_shape,
    normalize_axes,
    normalize_axis,
    pad_pairs,
    pad_shape,
    permute_shape,
    reduce_shape,
    repeat_shape,
    size_of,
    squeeze_shape,
    stack_shape,
    star_at,
    take_shape,
)
from tl_dsl.shapes.diagonals import diagonal_shape, matrix_axes, shorter_side, triangle_shape
from tl_dsl.shapes.einsum import einsum_shape, outer_shape, parse_subscripts, tensordot_axes, tensordot_shape
from tl_dsl.shapes.index import IndexArray, Span, index_shape, mask
from tl_dsl.shapes.moving import moveaxis_shape
from tl_dsl.shapes.parts import along_shape, moved_shape, roll_shape, running_shape, split_shapes, tile_shape
from tl_dsl.shapes.reshape import reshape_shape
from tl_dsl.shapes.rules import broadcast_shapes, broadcast_to_shape, matmul_shape, new_shape
from tl_dsl.shapes.square import solve_shape, square_shape
from tl_dsl.shapes.text import (
    UNKNOWN_RUN,
    UNKNOWN_SHAPE,
    Shape,
    ShapeSpec,
    Star,
    Token,
    axes_of_run,
    counted,
    is_nameless,
    is_open,
    parse_shape,
    reversed_shape,
    show_shape,
)

__all__ = [
    "UNKNOWN_RUN",
    "UNKNOWN_SHAPE",
    "IndexArray",
    "Shape",
    "ShapeSpec",
    "Span",
    "Star",
    "Token",
    "along_shape",
    "axes_of_run",
    "broadcast_shapes",
    "broadcast_to_shape",
    "counted",
    "concat_shape",
    "diagonal_shape",
    "einsum_shape",
    "equal_shape",
    "expand_dims_shape",
    "index_shape",
    "is_nameless",
    "is_open",
    "mask",
    "matmul_shape",
    "matrix_axes",
    "moveaxis_shape",
    "moved_shape",
    "new_shape",
    "normalize_axes",
    "normalize_axis",
    "outer_shape",
    "pad_pairs",
    "pad_shape",
    "parse_shape",
    "parse_subscripts",
    "extreme_shape",
    "permute_shape",
    "reduce_shape",
    "repeat_shape",
    "reshape_shape",
    "reversed_shape",
    "roll_shape",
    "running_shape",
    "shorter_side",
    "show_shape",
    "size_of",
    "solve_shape",
    "split_shapes",
    "square_shape",
    "squeeze_shape",
    "stack_shape",
    "star_at",
    "take_shape",
    "tensordot_axes",
    "tensordot_shape",
    "tile_shape",
    "triangle_shape",
]
