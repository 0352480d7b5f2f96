"""Wrong rules planted on purpose: what shows that a verifier, or a test, can fail."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from tl_dsl.autodiff.model import TRACES
from tl_dsl.evaluate.cache import PROGRAMS
from tl_dsl.primitive import PRIMITIVES, Primitive
from tl_dsl.transform.jvp import tangent_of


@contextmanager
def planted_rules(name: str, **rules: Any) -> Iterator[Primitive]:
    """Other rules (``jvp=``, ``transpose=``, ``kernel=`` ...) for one primitive, for the time of the block.

    Yields a primitive with the rules that it had, for the new ones to call. Compiled programs and kept traces are
    forgotten on both sides. Errors: KeyError when there is no such primitive.
    """
    instruction = PRIMITIVES[name]
    before = {field: getattr(instruction, field) for field in rules}
    original = dataclasses.replace(instruction)
    _set(instruction, rules)
    try:
        yield original
    finally:
        _set(instruction, before)


def _set(instruction: Primitive, rules: dict[str, Any]) -> None:
    for field, rule in rules.items():
        object.__setattr__(instruction, field, rule)  # primitives are frozen for everybody else
    PROGRAMS.clear()
    TRACES.clear()
    TRACES.clear()


@contextmanager
def planted_fault(name: str, *, relative: float = 1e-6) -> Iterator[None]:
    """The derivative of one primitive is wrong by a relative error, in all modes, for the time of the block.

    Errors: KeyError when there is no such primitive.

    >>> import tl_dsl as tl
    >>> with planted_fault("exp", relative=1.0):
    ...     tl.grad(tl.exp)(tl.tensor(0.0))
    Tensor[float64](2.)
    """
    factor = 1 + Fraction(relative)
    with planted_jvp(name, lambda tangent, primals, tangents: tangent * factor):
        yield


@contextmanager
def planted_jvp(name: str, change: Callable[[Any, list[Any], list[Any]], Any]) -> Iterator[None]:
    """``change(tangent, primals, tangents)`` instead of the tangent that the primitive's own rule gives."""
    original = dataclasses.replace(PRIMITIVES[name])

    def wrong(y: Any, *values: Any, **params: Any) -> Any:
        count = len(values) // 2
        primals, tangents = list(values[:count]), list(values[count:])
        tangent = tangent_of(original, y, primals, tangents, params)
        return None if tangent is None else change(tangent, primals, tangents)

    with planted_rules(name, jvp=wrong):
        yield
