"""Equations of sums, products, quotients and signs, and of what all instructions share."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import tl_dsl as tl
from tl_checker.gradients.equations.programs import (
    ROOT,
    Equation,
    M,
    N,
    Program,
    V,
    cast,
    cut,
    emit,
    full,
    neg,
    shaped,
    spread,
    times,
    total,
    turned,
)
from tl_dsl.scalars import Root

WIDE, TALL, SQUARE = (3, 9), (9, 2), (3, 3)
LEAST, MOST = Fraction(1, 10**6), 10**6
TINY, HUGE = Fraction(1, 10**200), 10**200


def _same(program: Program, *inputs: Any) -> Equation:
    return Equation(program, None, inputs or (V,))


_SUMS: dict[str, Equation] = {
    "x + 0": Equation(lambda x: x + 0, lambda x: x),
    "0 + x": Equation(lambda x: 0 + x, lambda x: x),
    "x - 0": Equation(lambda x: x - 0, lambda x: x),
    "0 - x": Equation(lambda x: 0 - x, neg),
    "x + x": Equation(lambda x: x + x, lambda x: x * 2),
    "x - x": _same(lambda x: x - x),
    "2 + 3": Equation(lambda x: x * (full(2) + full(3)), lambda x: x * 5),
    "2 - 3.5": Equation(lambda x: x * (full(2) - full(3.5)), lambda x: x * -1.5),
    "x + (-y)": Equation(lambda x, y: x + neg(y), lambda x, y: x - y, (V, V)),
    "(-x) + y": Equation(lambda x, y: neg(x) + y, lambda x, y: y - x, (V, V)),
    "x - (-y)": Equation(lambda x, y: x - neg(y), lambda x, y: x + y, (V, V)),
    "x + 3x": Equation(lambda x: x + x * 3, lambda x: x * 4),
    "3x + x": Equation(lambda x: x * 3 + x, lambda x: x * 4),
    "x - 3x": Equation(lambda x: x - x * 3, lambda x: x * -2),
    "3x - x": Equation(lambda x: x * 3 - x, lambda x: x * 2),
    "3x + x/2": Equation(lambda x: x * 3 + x * 0.5, lambda x: x * 3.5),
    "3x + (-3)x": _same(lambda x: x * 3 + x * -3),
    "3x - 3x": _same(lambda x: x * 3 - x * 3),
    "3x + 3y": Equation(lambda x, y: x * 3 + y * 3, lambda x, y: (x + y) * 3, (V, V)),
    "3x - 3y": Equation(lambda x, y: x * 3 - y * 3, lambda x, y: (x - y) * 3, (V, V)),
    "3x + (-3)y": Equation(lambda x, y: x * 3 + y * -3, lambda x, y: (x - y) * 3, (V, V)),
    "3x - (-3)y": Equation(lambda x, y: x * 3 - y * -3, lambda x, y: (x + y) * 3, (V, V)),
    "3x + 2y": _same(lambda x, y: x * 3 + y * 2, V, V),
    "3x + y": _same(lambda x, y: x * 3 + y, V, V),
    "x - 3y": _same(lambda x, y: x - y * 3, V, V),
    "a million times a sum": Equation(lambda x, y: x * MOST + y * MOST, lambda x, y: (x + y) * MOST, (V, V)),
    "a millionth of a sum": Equation(lambda x, y: x * LEAST + y * LEAST, lambda x, y: (x + y) * LEAST, (V, V)),
    "more than a million times a sum": _same(lambda x, y: x * (MOST + 1) + y * (MOST + 1), V, V),
    "less than a millionth of a sum": _same(lambda x, y: x * 2**-20 + y * 2**-20, V, V),
    "√2x + √2y": Equation(lambda x, y: times(x, ROOT) + times(y, ROOT), lambda x, y: times(x + y, ROOT), (V, V)),
    "√2x - √2y": Equation(lambda x, y: times(x, ROOT) - times(y, ROOT), lambda x, y: times(x - y, ROOT), (V, V)),
    "√2x + √2x": Equation(lambda x: times(x, ROOT) + times(x, ROOT), lambda x: times(x, Root(Fraction(8)))),
    "√2x + x": _same(lambda x: times(x, ROOT) + x),
    "√2x - x": _same(lambda x: times(x, ROOT) - x),
    "√2 - x": _same(lambda x: full(ROOT) - x),
    "x - √2": _same(lambda x: x - full(ROOT)),
    "√2 - 1": _same(lambda x: x * (full(ROOT) - full(1))),
    "1 - √2": _same(lambda x: x * (full(1) - full(ROOT))),
    "√2 + 1": _same(lambda x: x * (full(ROOT) + full(1))),
    "truth + truth": _same(lambda x: emit("add", x, x), (V, "bool")),
    "a sum in single precision": Equation(
        lambda x, y: x * 3 + y * 3, lambda x, y: (x + y) * 3, ((V, "float32"), (V, "float32"))
    ),
    "a sum in half precision": _same(lambda x, y: x * 3 + y * 3, (V, "float16"), (V, "float16")),
    "a sum of whole numbers": Equation(
        lambda x, y: x * 3 + y * 3, lambda x, y: (x + y) * 3, ((V, "int64"), (V, "int64"))
    ),
}

_SIGNS: dict[str, Equation] = {
    "-(-x)": Equation(lambda x: neg(neg(x)), lambda x: x),
    "-(x - y)": Equation(lambda x, y: neg(x - y), lambda x, y: y - x, (V, V)),
    "-(x·y)": _same(lambda x, y: neg(x * y), V, V),
    "-(2x)": Equation(lambda x: neg(x * 2), lambda x: x * -2),
    "-(√2x)": _same(lambda x: neg(times(x, ROOT))),
    "-2": Equation(lambda x: x * neg(full(2)), lambda x: x * -2),
    "x·(-1)": Equation(lambda x: x * -1, neg),
    "x·(-√2)": Equation(lambda x: x * neg(full(ROOT)), lambda x: neg(times(x, ROOT))),
    "(-x)·3": Equation(lambda x: neg(x) * 3, lambda x: x * -3),
    "(-x)·√2": _same(lambda x: times(neg(x), ROOT)),
    "(-x)(-y)": Equation(lambda x, y: neg(x) * neg(y), lambda x, y: x * y, (V, V)),
    "(-x)y": Equation(lambda x, y: neg(x) * y, lambda x, y: neg(x * y), (V, V)),
    "x(-y)": Equation(lambda x, y: x * neg(y), lambda x, y: neg(x * y), (V, V)),
    "(-x)/(-y)": Equation(lambda x, y: neg(x) / neg(y), lambda x, y: x / y, (V, V)),
    "(-x)/y": Equation(lambda x, y: neg(x) / y, lambda x, y: neg(x / y), (V, V)),
    "x/(-y)": Equation(lambda x, y: x / neg(y), lambda x, y: neg(x / y), (V, V)),
    "(-x)@(-y)": Equation(lambda x, y: neg(x) @ neg(y), lambda x, y: x @ y, (M, N)),
    "(-x)@y": Equation(lambda x, y: neg(x) @ y, lambda x, y: neg(x @ y), (M, N)),
    "x@(-y)": Equation(lambda x, y: x @ neg(y), lambda x, y: neg(x @ y), (M, N)),
    "the negative in another shape": Equation(lambda x: shaped(neg(x), 12), lambda x: neg(shaped(x, 12)), (M,)),
    "the negative, turned": Equation(lambda x: turned(neg(x)), lambda x: neg(turned(x)), (M,)),
    "a part of the negative": Equation(
        lambda x: cut(neg(x), (1,), (2,), (1,)), lambda x: neg(cut(x, (1,), (2,), (1,)))
    ),
    "the sum of negatives": Equation(lambda x: total(neg(x), -1), lambda x: neg(total(x, -1))),
}

_FACTORS: dict[str, Equation] = {
    "x·1": Equation(lambda x: x * 1, lambda x: x),
    "x·0": _same(lambda x: x * 0),
    "2·3": Equation(lambda x: x * (full(2) * full(3)), lambda x: x * 6),
    "√2·√2": Equation(lambda x: times(times(x, ROOT), ROOT), lambda x: x * 2),
    "√2·3": Equation(lambda x: times(times(x, ROOT), 3), lambda x: times(x, Root(Fraction(18)))),
    "3·√2": Equation(lambda x: times(times(x, 3), ROOT), lambda x: times(x, Root(Fraction(18)))),
    "√2·(-3)": _same(lambda x: times(times(x, ROOT), -3)),
    "√(4/π)·√(2/π)": Equation(
        lambda x: times(times(x, Root(Fraction(4), -1)), Root(Fraction(2), -1)),
        lambda x: times(x, Root(Fraction(8), -2)),
    ),
    "√(4/π)·√π": Equation(
        lambda x: times(times(x, Root(Fraction(4), -1)), Root(Fraction(1), 1)), lambda x: times(x, 2)
    ),
    "x·2/4/3": Equation(lambda x: x * 2 * 0.25 / 3, lambda x: x * Fraction(1, 6)),
    "(3x)·(-1)": Equation(lambda x: (x * 3) * -1, lambda x: x * -3),
    "(2x)(3y)": Equation(lambda x, y: (x * 2) * (y * 3), lambda x, y: (x * y) * 6, (V, V)),
    "(2x)(y/2)": Equation(lambda x, y: (x * 2) * (y * 0.5), lambda x, y: x * y, (V, V)),
    "(2x)y": Equation(lambda x, y: (x * 2) * y, lambda x, y: (x * y) * 2, (V, V)),
    "x(2y)": Equation(lambda x, y: x * (y * 2), lambda x, y: (x * y) * 2, (V, V)),
    "(√2x)y": Equation(lambda x, y: times(x, ROOT) * y, lambda x, y: times(x * y, ROOT), (V, V)),
    "(√2x)(-3y)": _same(lambda x, y: times(x, ROOT) * (y * -3), V, V),
    "(x·1e9)(2y)": _same(lambda x, y: (x * 1e9) * (y * 2), V, V),
    "(2x)(y·1e9)": _same(lambda x, y: (x * 2) * (y * 1e9), V, V),
    "a million x, a million y": Equation(lambda x, y: (x * MOST) * (y * MOST), lambda x, y: (x * y) * 10**12, (V, V)),
    "factors that overflow together": _same(lambda x: x * 1e200 * 1e200),
    "a pile of factors": _same(lambda x, y: (x * 1e150 * 1e150) * y, V, V),
    "a pile of moderate factors": _same(lambda x, y: times(times(x, ROOT), -3) * y, V, V),
    "a factor on a pile": _same(lambda x: x * 1e150 * 1e150 * 2),
    "the largest factor in single precision": Equation(
        lambda x: x * 10**15 * 10**15, lambda x: x * 10**30, ((V, "float32"),)
    ),
    "beyond it in single precision": _same(lambda x: x * 10**15 * 10**16, (V, "float32")),
    "the smallest factor in single precision": Equation(
        lambda x: x * Fraction(1, 10**15) / 10**15, lambda x: x * Fraction(1, 10**30), ((V, "float32"),)
    ),
    "below it in single precision": Equation(
        lambda x: x * Fraction(1, 10**15) / 10**16,
        lambda x: x * Fraction(1, 10**15) * Fraction(1, 10**16),
        ((V, "float32"),),
    ),
    "a product in half precision": _same(lambda x, y: (x * 2) * (y * 3), (V, "float16"), (V, "float16")),
    "whole factors that wrap around": Equation(
        lambda x: times(times(x, 100), 3), lambda x: times(x, 44), ((V, "int8"),)
    ),
    "a fraction of 256 digits": Equation(
        lambda x: x * (2**100 + 2) * Fraction(1, 3**98), lambda x: x * Fraction(2**100 + 2, 3**98)
    ),
    "a fraction of more digits": _same(lambda x: x * (2**150 + 2) * Fraction(1, 3**98)),
    "x/4": Equation(lambda x: x / 4, lambda x: x * 0.25),
    "x/3": Equation(lambda x: x / 3, lambda x: x * Fraction(1, 3)),
    "x/0": _same(lambda x: x / 0),
    "x/√2": Equation(lambda x: emit("div", x, full(ROOT)), lambda x: times(x, Root(Fraction(1, 2)))),
    "x/√π": Equation(lambda x: emit("div", x, full(Root(Fraction(1), 1))), lambda x: times(x, Root(Fraction(1), -1))),
    "x/1e200": Equation(lambda x: x / HUGE, lambda x: x * TINY),
    "x/1e201": _same(lambda x: x / (10 * HUGE)),
    "x/1e-201": _same(lambda x: x / (TINY / 10)),
    "(3x)/y": _same(lambda x, y: (x * 3) / y, V, V),
    "x/y": _same(lambda x, y: x / y, V, V),
    "a factor on the left of a product": Equation(lambda x, y: (x * 3) @ y, lambda x, y: (x @ y) * 3, (WIDE, TALL)),
    "a factor on the right of a product": Equation(lambda x, y: x @ (y * 3), lambda x, y: (x @ y) * 3, (WIDE, TALL)),
    "a factor on either side of a product": Equation(
        lambda x, y: (x * 2) @ (y * 3), lambda x, y: (x @ y) * 6, (SQUARE, SQUARE)
    ),
    "factors that cancel in a product": Equation(
        lambda x, y: (x * 2) @ (y * 0.5), lambda x, y: x @ y, (SQUARE, SQUARE)
    ),
    "a factor on the left of as large a product": _same(lambda x, y: (x * 3) @ y, SQUARE, SQUARE),
    "a factor on the right of as large a product": _same(lambda x, y: x @ (y * 3), SQUARE, SQUARE),
    "a factor on the left of a larger product": _same(lambda x, y: (x * 3) @ y, (3, 2), (2, 9)),
    "a factor on the right of a larger product": _same(lambda x, y: x @ (y * 3), (9, 2), (2, 3)),
    "a multiple in another shape": Equation(lambda x: shaped(x * 3, 12), lambda x: shaped(x, 12) * 3, (M,)),
    "a multiple, turned": Equation(lambda x: turned(x * 3), lambda x: turned(x) * 3, (M,)),
    "a part of a multiple": Equation(
        lambda x: cut(x * 1e9, (1,), (2,), (1,)), lambda x: cut(x, (1,), (2,), (1,)) * 1e9
    ),
    "the sum of multiples": Equation(lambda x: total(x * 3, -1), lambda x: total(x, -1) * 3),
    "the sum of huge multiples": _same(lambda x: total(x * 1e9, -1)),
}

_SHARED: dict[str, Equation] = {
    "x·y, y·x": Equation(lambda x, y: (x * y, y * x), lambda x, y: (z := x * y, z), (V, V)),
    "x + y, y + x": Equation(lambda x, y: (x + y, y + x), lambda x, y: (z := x + y, z), (V, V)),
    "x - y, y - x": _same(lambda x, y: (x - y, y - x), V, V),
    "x / y, y / x": _same(lambda x, y: (x / y, y / x), V, V),
    "x < y, y < x": _same(lambda x, y: (x < y, y < x), V, V),
    **{
        f"{name}, commuted": Equation(
            lambda x, y, name=name: (emit(name, x, y), emit(name, y, x)),
            lambda x, y, name=name: (z := emit(name, x, y), z),
            ((V, dtype), (V, dtype)),
        )
        for name, dtype in (
            *(("maximum", "float64"), ("minimum", "float64"), ("equal", "float64"), ("not_equal", "float64")),
            *(("logical_and", "bool"), ("logical_or", "bool")),
        )
    },
    "a constant first and last": Equation(
        lambda x: (tl.maximum(x, full(2)), emit("maximum", full(2), x)), lambda x: (z := tl.maximum(x, full(2)), z)
    ),
    "one instruction twice": Equation(
        lambda x: tl.abs(x) * 2 + tl.abs(x) * tl.sign(x), lambda x: (z := tl.abs(x)) * 2 + z * tl.sign(x)
    ),
    "sums along other axes": _same(lambda x: (total(x, -1), total(x, -2)), M),
    "equal numbers": Equation(
        lambda x, y: (full(0.5) / x, full(Fraction(1, 2)) / y), lambda x, y: ((h := full(0.5)) / x, h / y), (V, V)
    ),
    "the zeros of two signs": _same(lambda x: (full(0.0) / x, full(-0.0) / x)),
}

_BELOW: dict[str, Equation] = {
    "a function of what is spread": Equation(
        lambda x: tl.abs(spread(x, 3, 4)), lambda x: spread(tl.abs(x), 3, 4), ((1, 4),)
    ),
    "what is spread along the same axis": Equation(
        lambda x, y: spread(x, 2, 3, 4) / spread(y, 2, 3, 4),
        lambda x, y: spread(spread(x, 1, 3, 4) / y, 2, 3, 4),
        ((1, 1, 4), (1, 3, 4)),
    ),
    "what is spread along one axis of two": Equation(
        lambda x, y: spread(x, 2, 3, 4) / spread(y, 2, 3, 4),
        lambda x, y: spread(spread(x, 1, 3, 4) / spread(y, 1, 3, 4), 2, 3, 4),
        ((1, 3, 1), (1, 1, 4)),
    ),
    "what is spread along other axes": _same(lambda x, y: spread(x, 3, 4) / spread(y, 3, 4), (1, 4), (3, 1)),
    "what is spread and what is not": _same(lambda x, y: spread(x, 3, 4) / y, (1, 4), M),
    "a constant and what is spread": Equation(
        lambda x: full(2, M) / spread(x, 3, 4), lambda x: spread(full(2, (1, 4)) / x, 3, 4), ((1, 4),)
    ),
    "a choice of what is spread": Equation(
        lambda c, x: tl.where(spread(c, 3, 4), spread(x, 3, 4), full(0, M)),
        lambda c, x: spread(tl.where(c, x, full(0, (1, 4))), 3, 4),
        (((1, 4), "bool"), (1, 4)),
    ),
    **{
        f"{name} of what is spread": Equation(
            lambda x, name=name, more=more: emit(name, spread(x, 3, 4), **more),
            lambda x, name=name, more=more: spread(emit(name, x, **more), 3, 4),
            ((1, 4),),
        )
        for name, more in (("sign", {}), ("relu", {}), ("pow_scalar", {"exponent": 5}))
    },
    **{
        f"{name} of two that are spread": Equation(
            lambda x, y, name=name: emit(name, spread(x, 3, 4), spread(y, 3, 4)),
            lambda x, y, name=name: spread(emit(name, x, y), 3, 4),
            ((1, 4), (1, 4)),
        )
        for name in ("maximum", "minimum", "less", "add", "mul", "sub", "div")
    },
    "another type of what is spread": Equation(
        lambda x: cast(spread(x, 3, 4), "float32"), lambda x: spread(cast(x, "float32"), 3, 4), ((1, 4),)
    ),
}

EQUATIONS = _SUMS | _SIGNS | _FACTORS | _SHARED | _BELOW
