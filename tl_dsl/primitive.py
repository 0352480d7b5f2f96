"""What an instruction of a graph is: its shape rule, its numpy kernel, and how it is differentiated and batched.

A rule is written in public operations on Tensors, so that it differentiates again and runs on every element type.
Source: Radul et al., "You Only Linearize Once" (2022): one jvp rule, and a transpose for what is linear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Rule = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Primitive:
    """An instruction.

    ``shape(*shapes, **params)`` and ``dtype(*dtypes, **params)`` give the type of the result.
    ``kernel(*arrays, **params)`` computes it; ``ufunc`` says that the kernel is one, so that it can write into a
    buffer, and ``view`` that the result may share the operand's memory. ``jvp(y, *primals, *tangents, **params)``
    gives the tangent of the result ``y``; a tangent is None where it is zero, not all are. ``transpose[k](g, *operands,
    **params)`` gives the cotangent of operand ``k``, in which the primitive is linear; that operand tells only its
    shape and dtype. ``linear`` is "jointly" (in all operands that have a transpose at once: sum, reshape, concat)
    or "each" (in one at a time: mul, matmul); both give the jvp for nothing. ``constant`` has no derivative
    (comparisons, stop_gradient). ``batch(size, operands, batched, **params)`` replaces the general batching rule,
    which emits the primitive again on operands that all carry the batch as a new first axis. ``pull(g, *operands,
    **params)`` gives the cotangents of all operands at once, instead of a transpose for each. ``call`` says that the
    instruction stands for a graph, the output ``output`` of ``call.body``, both among its parameters.
    """

    name: str
    shape: Callable[..., tuple[int, ...]]
    kernel: Callable[..., np.ndarray[Any, Any]]
    dtype: Callable[..., np.dtype[Any]] = field(default=lambda first, *others, **params: first)
    ufunc: np.ufunc | None = None
    view: bool = False
    jvp: Rule | None = None
    transpose: tuple[Rule | None, ...] | Rule = ()
    linear: Literal["jointly", "each", ""] = ""
    constant: bool = False
    batch: Rule | None = None
    pull: Rule | None = None
    call: bool = False

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Callable[[str], Primitive], tuple[str]]:
        return primitive_named, (self.name,)

    def transpose_of(self, operand: int) -> Rule | None:
        """The transpose rule of one operand; where their number varies (concat) it is made from the operand's place."""
        if not isinstance(self.transpose, tuple):
            return self.transpose(operand)  # type: ignore[no-any-return]
        return self.transpose[operand] if operand < len(self.transpose) else None


PRIMITIVES: dict[str, Primitive] = {}


def primitive(name: str, **rules: Any) -> Primitive:
    """Define a primitive and enter it in ``PRIMITIVES``. Errors: ValueError when the name is taken."""
    if name in PRIMITIVES:
        raise ValueError(f"the primitive {name} exists already")
    PRIMITIVES[name] = Primitive(name, **rules)
    return PRIMITIVES[name]


def primitive_named(name: str) -> Primitive:
    """The primitive of that name."""
    return PRIMITIVES[name]


def _no_kernel(*arrays: Any, **params: Any) -> Any:
    raise AssertionError("an input has no kernel: its value is given")


INPUT = primitive("input", shape=lambda shape: shape, kernel=_no_kernel)

CAPTURED = Primitive(
    "captured",
    shape=lambda value, shape, dtype: shape,
    kernel=_no_kernel,
    dtype=lambda value, shape, dtype: dtype,
    constant=True,
)
"""A value from outside that a transform met on its way; it becomes an input where the graph is run."""
