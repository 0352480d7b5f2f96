"""Faults that another autograd API had, planted here.

Two more of it are none of a derivative, and the verifier says nothing of them: that every call compiled anew, and that
a cross-entropy averaged over the classes, too. A loss is what its own program says; golden values hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
from tl_checker.gradients.planting import planted_jvp, planted_rules

import tl_dsl as tl
from tests.mutants.faults import same, tampered
from tl_dsl import Tensor
from tl_dsl.autodiff.program import Program
from tl_dsl.op import OPS, Op, bind
from tl_dsl.primitive import PRIMITIVES, primitive


@contextmanager
def _log_softmax_by_its_vjp() -> Iterator[None]:
    """dx - p·Σdx, which is the formula of reverse mode, instead of dx - ⟨p, dx⟩."""

    def push(z: Tensor, y: Tensor, x: Tensor, dy: Any, dx: Any, *, axis: Any) -> Any:
        return None if dx is None else dx - tl.exp(y) * tl.sum(dx, axis=axis, keepdims=True)

    wrong = primitive("log_softmax_by_its_vjp", shape=lambda y, x, *, axis: y, kernel=_value, jvp=push)
    right = OPS["log_softmax"]

    def function(x: Any, /, *, axis: int) -> Any:
        return bind(wrong, right.function(x, axis=axis), x, axis=axis)

    OPS["log_softmax"] = Op(right.name, function, right.shape, right.dtype)
    try:
        yield
    finally:
        OPS["log_softmax"] = right


def _value(y: Any, x: Any, *, axis: Any) -> Any:
    return same(y, x)


def _leaking_detach() -> AbstractContextManager[Any]:
    """Tangents pass, cotangents do not."""
    zeros = (lambda g, x: g * 0,)
    return planted_rules("stop_gradient", constant=False, jvp=lambda y, x, dx: dx, transpose=zeros)


def _kink_of_one_mode() -> AbstractContextManager[Any]:
    """The slope of abs at 0 is 1 forwards and 0 backwards."""

    def push(t: Any, x: Any) -> Any:
        there = np.frompyfunc(lambda item: 1 if item == 0 else 0, 1, 1)(x)
        return t * (there if t.dtype == object else np.asarray(there, t.dtype))

    more = tampered(push, back=lambda g, t, x: g * 0)
    return planted_jvp("abs", lambda t, primals, tangents: t + bind(more, tangents[0], primals[0]))


def _overflowing_softplus() -> AbstractContextManager[Any]:
    """log(1 + eˣ) as it stands."""
    right = PRIMITIVES["softplus"].kernel

    def kernel(x: Any) -> Any:
        return right(x) if x.dtype == object else np.log(1 + np.exp(x))

    return planted_rules("softplus", kernel=kernel, ufunc=None)


@contextmanager
def _refused_identity() -> Iterator[None]:
    """A program without instructions is an error."""
    right = Program.__call__

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.graph(*args, **kwargs).nodes:
            raise ValueError("the program has no instructions")
        return right(self, *args, **kwargs)

    Program.__call__ = call  # type: ignore[method-assign]
    try:
        yield
    finally:
        Program.__call__ = right  # type: ignore[method-assign]


KNOWN: dict[str, tuple[str, Callable[[], AbstractContextManager[Any]]]] = {
    "log_softmax pushed by its vjp": ("log_softmax", _log_softmax_by_its_vjp),
    "detach leaks tangents": ("stop_gradient", _leaking_detach),
    "detach leaks tangents in a function": ("program detached", _leaking_detach),
    "a kink of one mode": ("abs", _kink_of_one_mode),
    "softplus overflows": ("softplus", _overflowing_softplus),
    "identity refused": ("program identity", _refused_identity),
}
"""By name: who must find it out, and how it is planted."""
