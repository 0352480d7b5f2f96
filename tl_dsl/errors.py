"""Every error of the language, each with a stable code.

A message states the rule, what was got, what was wanted, where each axis was bound, and one suggestion.
"""

from __future__ import annotations

from typing import ClassVar


class TlError(Exception):
    """A rule of the language was broken.

    >>> print(ShapeError("matmul contracts equal axes", got="3 and 4", wanted="equal sizes", suggestion="b.mT"))
    matmul contracts equal axes
      got: 3 and 4
      wanted: equal sizes
      try: b.mT
      [tensor-shape]
    """

    code: ClassVar[str] = "tensor-error"

    def __init__(
        self, rule: str, *, got: str = "", wanted: str = "", bindings: str = "", where: str = "", suggestion: str = ""
    ) -> None:
        self.rule = rule
        self.got = got
        self.wanted = wanted
        self.bindings = bindings
        self.where = where
        self.suggestion = suggestion
        super().__init__(rule)

    def __str__(self) -> str:
        parts = [
            ("got", self.got),
            ("wanted", self.wanted),
            ("axes", self.bindings),
            ("at", self.where),
            ("try", self.suggestion),
        ]
        return "\n".join([self.rule, *(f"  {name}: {text}" for name, text in parts if text), f"  [{self.code}]"])


class ShapeError(TlError, ValueError):
    """Shapes do not fit the rule of an operation."""

    code = "tensor-shape"


class LostShape(TlError):
    """A shape rule cannot know its result; the reason is the rule text."""

    code = "tensor-shape-lost"


class DTypeError(TlError, TypeError):
    """An element type does not fit the rule of an operation."""

    code = "tensor-dtype"


class AnnotationError(TlError, ValueError):
    """A jaxtyping annotation cannot be read or resolved."""

    code = "tensor-annotation"


class TraceError(TlError, TypeError):
    """A traced value was used where only a concrete value will do, or outside the trace that made it."""

    code = "tensor-trace"


class MutationError(TlError, TypeError):
    """A Tensor was to be changed in place."""

    code = "tensor-mutation"


class NumpyCallError(TlError, TypeError):
    """A numpy function was applied to a Tensor; it would drop the derivative."""

    code = "tensor-numpy"


class DifferentiationError(TlError, TypeError):
    """A derivative was asked for that does not exist."""

    code = "tensor-grad"


class ReverseOnlyError(DifferentiationError):
    """Forward mode was asked of a function whose own rule is for reverse mode only."""


class DomainError(TlError, ArithmeticError):
    """A returned value is not finite although every input was."""

    code = "tensor-domain"


class ScalarError(TlError, TypeError):
    """An element type lacks an operation (the exponential of a fraction, for one)."""

    code = "tensor-scalar"


class AmbiguousError(TlError, ArithmeticError):
    """Two balls overlap, so that their comparison has no answer."""

    code = "tensor-ambiguous"


class IndexingError(TlError, IndexError):
    """An index lies outside its axis, or its form is not supported."""

    code = "tensor-index"


class ArgumentError(TlError, TypeError):
    """An argument of a function of the language is not of the kind that it takes."""

    code = "tensor-argument"
