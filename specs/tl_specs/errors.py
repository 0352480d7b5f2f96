"""The two ways in which a question put to a scalar has no answer."""

from __future__ import annotations


class Ambiguous(ArithmeticError):
    """Two balls overlap (or two power series part exactly here), so that their comparison has no one answer."""


class Undefined(TypeError):
    """The scalar lacks the function: no fraction is the exponential of one half."""
