"""Sizes that are equal where the divisions in them leave no remainder: `n//2` and `(n+1)//2`."""

from __future__ import annotations

from tl_dsl.dims import Axis, Dim, Unknown, assume_division, split_quotient
from tl_dsl.dims.polynomial import Quotient


def equal_if_divisible(left: Axis, right: Axis) -> bool:
    """Whether the sizes are equal wherever the divisions in them leave no remainder (`2*(n//2)` and `n`).

    That they leave none is assumed.
    """
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return True
    found = split_quotient(left - right)
    while found is not None:
        difference, dividend, divisor = found
        assume_division(divisor, dividend)
        if difference == 0:
            return True
        found = split_quotient(difference)
    return False


def common_part(left: Axis, right: Axis) -> Axis | None:
    """The size of two parts of an axis, `x[::2]` and `x[1::2]`, where they are equal; the one that is rounded down.

    Only of two sizes that are divided: `n` and `2*(n//2)` are what is cut to fit and what is not, and differ by intent.

    >>> n = Dim.name("n")
    >>> common_part((n + 1) // 2, n // 2), common_part(n - n // 2, n // 2), common_part(n, n // 2 * 2)
    ((n//2), (n//2), None)
    """
    if isinstance(left, int) or isinstance(right, int) or not (_is_divided(left) and _is_divided(right)):
        return None
    if not equal_if_divisible(left, right):
        return None
    return left if _is_rounded_down(left) else right


def _is_divided(axis: Axis) -> bool:
    return isinstance(axis, Dim) and any(isinstance(atom, Quotient) for product, _ in axis.terms for atom, _ in product)


def _is_rounded_down(axis: Axis) -> bool:
    return isinstance(axis, Dim) and len(axis.terms) == 1 and split_quotient(axis) is not None
