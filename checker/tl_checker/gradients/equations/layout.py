"""Equations of instructions that move elements, choose among them, or change their type."""

from __future__ import annotations

from typing import Any

import tl_dsl as tl
from tl_checker.gradients.equations.programs import (
    Equation,
    M,
    N,
    Program,
    V,
    cast,
    cut,
    emit,
    full,
    joined,
    put,
    shaped,
    spread,
    total,
    turned,
)
from tl_dsl import Tensor

CUBE = (2, 3, 4)


def _same(program: Program, *inputs: Any) -> Equation:
    return Equation(program, None, inputs or (V,))


def _of(x: Tensor, start: int, size: int, step: int = 1) -> Tensor:
    """A part of a vector."""
    return cut(x, (start,), (size,), (step,))


def _in(x: Tensor, start: int, size: int, step: int = 1) -> Tensor:
    """A vector among zeros."""
    return put(x, (start,), (step,), (size,))


_SHAPES: dict[str, Equation] = {
    "in its own shape": Equation(lambda x: shaped(x, 4), lambda x: x),
    "in two shapes": Equation(lambda x: shaped(shaped(x, 12), 4, 3), lambda x: shaped(x, 4, 3), (M,)),
    "in a shape and back": Equation(lambda x: shaped(shaped(x, 2, 6), 3, 4), lambda x: x, (M,)),
    "a constant in another shape": Equation(
        lambda x: x + shaped(full(2, (12,)), 3, 4), lambda x: x + full(2, (3, 4)), (M,)
    ),
    "a new unit axis of what is spread": Equation(
        lambda x: shaped(spread(x, 3, 4), 3, 1, 4), lambda x: spread(shaped(x, 1, 1, 4), 3, 1, 4), ((1, 4),)
    ),
    "a unit axis less of what is spread": Equation(
        lambda x: shaped(spread(x, 3, 1, 4), 3, 4), lambda x: spread(shaped(x, 1, 4), 3, 4), ((1, 1, 4),)
    ),
    "what is spread in another shape": _same(lambda x: shaped(spread(x, 3, 4), 4, 3), (1, 4)),
    "what is spread in one row": _same(lambda x: shaped(spread(x, 3, 4), 12), (1, 4)),
    "spread to its own shape": Equation(lambda x: spread(x, 4), lambda x: x),
    "spread twice": Equation(lambda x: spread(spread(x, 1, 4), 3, 4), lambda x: spread(x, 3, 4), ((1, 1),)),
    "a constant, spread": Equation(lambda x: x + spread(full(2, (1, 4)), 3, 4), lambda x: x + full(2, (3, 4)), (M,)),
}

_TURNS: dict[str, Equation] = {
    "not turned": Equation(lambda x: turned(x, -2, -1), lambda x: x, (M,)),
    "turned": _same(lambda x: turned(x), M),
    "turned twice": Equation(lambda x: turned(turned(x)), lambda x: x, (M,)),
    "turned round three axes": Equation(
        lambda x: turned(turned(x, -2, -1, -3), -2, -1, -3), lambda x: turned(x, -1, -3, -2), (CUBE,)
    ),
    "two other turns": Equation(
        lambda x: turned(turned(x, -3, -1, -2), -2, -1, -3), lambda x: turned(x, -1, -2, -3), (CUBE,)
    ),
    "a constant, turned": Equation(lambda x: x + turned(full(2, (4, 3))), lambda x: x + full(2, (3, 4)), (M,)),
    "a row, turned": Equation(lambda x: turned(x), lambda x: shaped(x, 4, 1), ((1, 4),)),
    "unit axes, turned": Equation(lambda x: turned(x, -2, -1, -3), lambda x: shaped(x, 3, 4, 1), ((1, 3, 4),)),
    "longer axes among unit axes, turned": _same(lambda x: turned(x, -1, -2, -3), (3, 1, 4)),
    "an identity, turned": Equation(lambda x: x + turned(tl.eye(4)), lambda x: x + tl.eye(4), (N,)),
    "a wide identity, turned": Equation(lambda x: x + turned(tl.eye(4, 3)), lambda x: x + tl.eye(3, 4), (M,)),
    "what is spread, turned": Equation(
        lambda x: turned(spread(x, 2, 3, 4), -1, -2, -3),
        lambda x: spread(turned(x, -1, -2, -3), 4, 3, 2),
        ((2, 1, 4),),
    ),
    "a new unit axis, turned": Equation(
        lambda x: turned(shaped(x, 3, 1, 4), -1, -2, -3), lambda x: shaped(turned(x), 4, 1, 3), (M,)
    ),
    "a unit axis less, turned": Equation(
        lambda x: turned(shaped(x, 3, 4)), lambda x: shaped(turned(x, -2, -1, -3), 4, 3), ((3, 1, 4),)
    ),
    "two in another order, turned": Equation(
        lambda x: turned(shaped(x, 1, 2, 3, 4), -1, -4, -3, -2),
        lambda x: shaped(turned(x, -1, -3, -2), 4, 1, 2, 3),
        (CUBE,),
    ),
    "another shape, turned": _same(lambda x: turned(shaped(x, 2, 6)), M),
}

_PARTS: dict[str, Equation] = {
    "all of it": Equation(lambda x: _of(x, 0, 4), lambda x: x),
    "the one element by any step": Equation(lambda x: _of(x, 0, 1, 2), lambda x: x, ((1,),)),
    "none of none by any step": Equation(lambda x: _of(x, 0, 0, 2), lambda x: x, ((0,),)),
    "all of it in reverse": _same(lambda x: _of(x, 3, 4, -1)),
    "a part of a constant": Equation(lambda x: x + _of(full(2, (9,)), 1, 4), lambda x: x + full(2)),
    "a part of a part": Equation(lambda x: _of(_of(x, 1, 7, 1), 2, 2, 3), lambda x: _of(x, 3, 2, 3), ((9,),)),
    "every other of every third": Equation(lambda x: _of(_of(x, 1, 3, 3), 0, 2, 2), lambda x: _of(x, 1, 2, 6), ((9,),)),
    "the reverse of the reverse": Equation(lambda x: _of(_of(x, 3, 4, -1), 3, 4, -1), lambda x: x),
    "what was put there": Equation(lambda x: _of(_in(x, 1, 7), 1, 4), lambda x: x),
    "what was put at every other place": Equation(lambda x: _of(_in(x, 1, 9, 2), 1, 4, 2), lambda x: x),
    "beside what was put there": _same(lambda x: _of(_in(x, 1, 7), 2, 4)),
    "another step than what was put there": _same(lambda x: _of(_in(x, 0, 7), 0, 4, 2)),
    "less than what was put there": _same(lambda x: _of(_in(x, 1, 7), 1, 3)),
    "a part of what is spread": Equation(
        lambda x: cut(spread(x, 3, 4), (1, 1), (2, 2), (1, 2)),
        lambda x: spread(cut(x, (0, 1), (1, 2), (1, 2)), 2, 2),
        ((1, 4),),
    ),
    "one of what is spread": Equation(lambda x: cut(spread(x, 3, 4), (2, 0), (1, 4), (1, 1)), lambda x: x, ((1, 4),)),
    "none of what is spread": Equation(
        lambda x: cut(spread(x, 3, 4), (0, 0), (0, 4), (1, 1)),
        lambda x: cut(x, (0, 0), (0, 4), (1, 1)),
        ((1, 4),),
    ),
    "the first of two": Equation(lambda x, y: _of(joined(x, y), 0, 4), lambda x, y: x, (V, V)),
    "the second of two": Equation(lambda x, y: _of(joined(x, y), 4, 4), lambda x, y: y, (V, V)),
    "within the second of three": Equation(
        lambda x, y: _of(joined(x, y, x), 6, 2, -1), lambda x, y: _of(y, 2, 2, -1), (V, V)
    ),
    "a part of the last of two": Equation(
        lambda x, y: cut(joined(x, y, axis=-2), (4, 1), (1, 2), (1, 1)),
        lambda x, y: cut(y, (1, 1), (1, 2), (1, 1)),
        (M, M),
    ),
    "of both of two": _same(lambda x, y: _of(joined(x, y), 3, 2), V, V),
    "none of two": _same(lambda x, y: _of(joined(x, y), 0, 0), V, V),
    "put by nothing": Equation(lambda x: _in(x, 0, 4), lambda x: x),
    "put by nothing, by any step": Equation(lambda x: _in(x, 0, 1, 2), lambda x: x, ((1,),)),
    "all of it put in reverse": _same(lambda x: _in(x, 3, 4, -1)),
    "what was put in reverse, in reverse": Equation(lambda x: _of(_in(x, 3, 4, -1), 3, 4, -1), lambda x: x),
    "zeros among zeros": Equation(lambda x: x + _in(full(0, (2,)), 1, 4), lambda x: x),
    "ones among zeros": _same(lambda x: x * _in(full(1, (2,)), 1, 4)),
    "one part": Equation(lambda x: joined(x), lambda x: x),
    "a part and nothing": Equation(lambda x, y: joined(x, y), lambda x, y: x, (V, (0,))),
    "nothing between parts": Equation(lambda x, y: joined(x, y, x), lambda x, y: joined(x, x), (V, (0,))),
    "nothing and nothing": Equation(lambda x, y: joined(x, y), lambda x, y: x, ((0,), (0,))),
    "two parts": _same(lambda x, y: joined(x, y), V, V),
}

_SUMS_OF_PARTS: dict[str, Equation] = {
    "parts that fill a vector": Equation(lambda x, y: _in(x, 0, 8) + _in(y, 4, 8), lambda x, y: joined(x, y), (V, V)),
    "parts in another order": Equation(lambda x, y: _in(x, 4, 8) + _in(y, 0, 8), lambda x, y: joined(y, x), (V, V)),
    "parts that fill rows": Equation(
        lambda x, y: put(x, (0, 0), (1, 1), (6, 4)) + put(y, (3, 0), (1, 1), (6, 4)),
        lambda x, y: joined(x, y, axis=-2),
        (M, M),
    ),
    "three parts": Equation(
        lambda x, y, z: _in(x, 0, 9) + (_in(y, 4, 9) + _in(z, 8, 9)),
        lambda x, y, z: joined(x, y, z),
        (V, V, (1,)),
    ),
    "parts at one place": Equation(
        lambda x, y, z: _in(x, 0, 8) + _in(y, 4, 8) + _in(z, 4, 8),
        lambda x, y, z: joined(x, y + z),
        (V, V, V),
    ),
    "equal parts at one place": Equation(
        lambda x, y: (_in(x, 0, 8) + _in(y, 4, 8)) + _in(y * 3, 4, 8),
        lambda x, y: joined(x, y * 4),
        (V, V),
    ),
    "a part of joined parts": Equation(lambda x, y: _of(_in(x, 0, 8) + _in(y, 4, 8), 4, 4), lambda x, y: y, (V, V)),
    "a sum of parts that is used twice": Equation(
        lambda x, y, z: (s := _in(x, 0, 8) + _in(y, 4, 8), s * z),
        lambda x, y, z: (s := joined(x, y), s * z),
        (V, V, (8,)),
    ),
    "a sum of parts within another that is used": Equation(
        lambda x, y, z: (s := _in(x, 0, 8) + _in(y, 4, 8), s + _in(z, 4, 8)),
        lambda x, y, z: (s := joined(x, y), s + _in(z, 4, 8)),
        (V, V, V),
    ),
    "the size of a part and a part": _same(lambda x, y: tl.abs(_in(x, 0, 8)) + _in(y, 4, 8), V, V),
    "a part and a product with one": _same(lambda x, y, z: _in(x, 0, 8) + _in(y, 4, 8) * z, V, V, (8,)),
    "parts that overlap": _same(lambda x, y: _in(x, 0, 7) + _in(y, 3, 7), V, V),
    "parts that leave a place": _same(lambda x, y: _in(x, 0, 9) + _in(y, 5, 9), V, V),
    "parts that leave the first place": _same(lambda x, y: _in(x, 1, 9) + _in(y, 5, 9), V, V),
    "parts that leave the last place": _same(lambda x, y: _in(x, 0, 9) + _in(y, 4, 9), V, V),
    "every other place": _same(lambda x, y: _in(x, 0, 7, 2) + _in(y, 4, 7), V, (3,)),
    "corners": _same(lambda x, y: put(x, (0, 0), (1, 1), (6, 8)) + put(y, (3, 4), (1, 1), (6, 8)), M, M),
    "a part and what is none": _same(lambda x, y: _in(x, 0, 8) + y, V, (8,)),
}

_CHOICES: dict[str, Equation] = {
    "in its own type": Equation(lambda x: cast(x, "float64"), lambda x: x),
    "a whole number in another type": Equation(lambda x: x + cast(full(2, V, "int64"), "float64"), lambda x: x + 2),
    "a truth as a number": Equation(lambda x: x + cast(full(True, V, "bool"), "float64"), lambda x: x + 1),
    "a whole number of fewer bits": Equation(
        lambda x: x + cast(full(100, V, "int64"), "int8"), lambda x: x + full(100, V, "int8"), ((V, "int8"),)
    ),
    "too large a whole number": _same(lambda x: x + cast(full(300, V, "int64"), "int8"), (V, "int8")),
    "a fraction in another type": _same(lambda x: x + cast(full(0.1), "float32"), (V, "float32")),
    "a number as a truth": _same(lambda x: x & cast(full(2, V, "int64"), "bool"), (V, "bool")),
    "there and back through another type": _same(lambda x: cast(cast(x, "float32"), "float64")),
    "one of two equal": Equation(lambda c, x: tl.where(c, x, x), lambda c, x: x, ((V, "bool"), V)),
    "one of two": _same(lambda c, x, y: tl.where(c, x, y), (V, "bool"), V, V),
    "the mask of a relu": Equation(
        lambda x: (emit("relu", x), emit("greater", x, full(0))),
        lambda x: (y := emit("relu", x), emit("greater", y, full(0))),
    ),
    "the mask of no relu": _same(lambda x: emit("greater", x, full(0))),
    "another mask than of a relu": _same(lambda x: (emit("relu", x), emit("greater", x, full(1)))),
    "a mask the other way": _same(lambda x: (emit("relu", x), emit("greater", full(0), x))),
    **{
        f"{name} of one": Equation(lambda x, name=name: emit(name, x, axis=(-2,)), lambda x: x, ((1, 4),))
        for name in ("max", "min")
    },
    **{
        f"{name} along a unit axis and a longer one": _same(lambda x, name=name: emit(name, x, axis=(-2, -1)), (1, 4))
        for name in ("max", "min")
    },
    "stopped twice": Equation(
        lambda x: emit("stop_gradient", emit("stop_gradient", x)), lambda x: emit("stop_gradient", x)
    ),
    "stopped once": _same(lambda x: emit("stop_gradient", x)),
    "a sum that is stopped": _same(lambda x: emit("stop_gradient", total(x, -1))),
}

EQUATIONS = _SHAPES | _TURNS | _PARTS | _SUMS_OF_PARTS | _CHOICES
