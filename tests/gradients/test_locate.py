"""A fault in any rule of any primitive, inside a model of three layers: that operation is named, and no other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
from tl_checker.gradients.function_entries import entries_of
from tl_checker.gradients.locate import culprits
from tl_checker.gradients.planting import planted_fault, planted_rules
from tl_checker.gradients.run import Work, judged_everywhere
from tl_checker.gradients.traced import Arguments, Traced, traced_at
from tl_checker.gradients.verdict import Verdict
from tl_specs import PRIMITIVE_SPECS, Array, Sample

import tl_dsl as tl
from tl_dsl.op import bind
from tl_dsl.primitive import PRIMITIVES
from tl_dsl.transform.jvp import tangent_of

TINY = Fraction(1, 10**30)
DIFFERENTIABLE = [
    name
    for name, primitive in PRIMITIVES.items()
    if name in PRIMITIVE_SPECS and not primitive.constant and (primitive.jvp or primitive.linear)
]
TRANSPOSED = [name for name in DIFFERENTIABLE if PRIMITIVES[name].transpose]
BATCHED = [name for name in DIFFERENTIABLE if PRIMITIVES[name].batch]
CURVED = ["div", "exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "pow_scalar", "pow", "prod", "sigmoid", "softplus",
          "inv", "det", "cholesky"]  # fmt: skip


def sample_of(name: str) -> Sample:
    """A point of the specification with elements in every operand; astype changes the type."""
    spec = PRIMITIVE_SPECS[name]
    for sample in spec.samples(Random(0)):
        sizes = [len(x.items) for x in sample.operands if isinstance(x, Array)]
        if not spec.outside(sample) and spec.active(sample) and min(sizes) > 1:
            return dataclasses.replace(sample, params={"dtype": "float32"}) if name == "astype" else sample
    raise AssertionError(f"{name} has no sample with derivatives")


@cache
def three_layers(name: str) -> tuple[Any, tuple[Any, ...]]:
    """``sum(sin(op(x * scale) / 2))`` and its arguments: the operands of a sample, and scales of one."""
    spec, sample = PRIMITIVE_SPECS[name], sample_of(name)
    active = spec.active(sample)
    arrays = [np.array(x.items, None if x.items and not isinstance(x.items[0], float) else float).reshape(x.shape)
              for x in sample.operands]  # fmt: skip
    params = {key: np.dtype(value) if isinstance(value, str) else value for key, value in sample.params.items()}

    def model(*args: tl.Tensor) -> tl.Tensor:
        full = [tl.tensor(x) for x in arrays]
        for n, k in enumerate(active):
            full[k] = args[n] * args[len(active) + n]
        return tl.sum(tl.sin(bind(PRIMITIVES[name], *full, **params) * 0.5))

    moved = [arrays[k] for k in active]
    return model, (*moved, *[np.ones_like(x) for x in moved])


def traced(name: str) -> Traced:
    model, args = three_layers(name)
    return traced_at(model, name, [f"x{k}" for k in range(len(args))], Arguments("a sample", args), 0)


def named(name: str) -> set[tuple[str, str]]:
    """The operations and rules that are named; each must show the fault in an entry point, too."""
    place = traced(name)
    reference = place.point.reference
    return {(c.operation, c.fault.rule) for c in culprits(place.call.graph, reference.arrays, reference.wrt)}


def failing(name: str, *entries: str) -> bool:
    place = traced(name)
    chosen = [entry for entry in entries_of(place) if entry.name in entries]
    return judged_everywhere([Work(name, chosen, place.point, place.call.graph)]).verdict is Verdict.FAIL


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_a_wrong_jvp_rule_is_named(name: str) -> None:
    with planted_fault(name, relative=1e-30):
        assert named(name) == {(name, "jvp rule")}
        assert failing(name, "jvp")


@pytest.mark.parametrize("name", TRANSPOSED)
def test_a_wrong_transpose_rule_is_named(name: str) -> None:
    right = PRIMITIVES[name].transpose

    def wrong(rule: Callable[..., Any] | None) -> Callable[..., Any] | None:
        return rule and (lambda g, *xs, **params: rule(g, *xs, **params) * (1 + TINY))

    planted = tuple(map(wrong, right)) if isinstance(right, tuple) else lambda k: wrong(right(k))
    with planted_rules(name, transpose=planted):
        assert named(name) == {(name, "transpose rule")}
        assert failing(name, "grad")


@pytest.mark.parametrize("name", CURVED)
def test_a_jvp_rule_with_a_wrong_derivative_is_named(name: str) -> None:
    original = dataclasses.replace(PRIMITIVES[name])

    def stopped(y: Any, *values: Any, **params: Any) -> Any:
        half = len(values) // 2
        primals = [tl.stop_gradient(x) for x in values[:half]]
        return tangent_of(original, tl.stop_gradient(y), primals, list(values[half:]), params)

    with planted_rules(name, jvp=stopped):
        assert named(name) == {(name, "jvp rule's derivative")}
        assert failing(name, "hvp") and not failing(name, "grad", "jvp")


@pytest.mark.parametrize("name", BATCHED)
def test_a_wrong_batching_rule_is_named(name: str) -> None:
    right = PRIMITIVES[name].batch
    assert right is not None
    with planted_rules(name, batch=lambda *xs, **params: right(*xs, **params) * (1 + TINY)):
        assert named(name) == {(name, "batching rule")}
        assert failing(name, "vmap")


def test_right_rules_are_not_accused() -> None:
    for name in ("max", "pow", "matmul", "take", "cholesky", "where"):
        assert named(name) == set()


def test_the_elements_are_named() -> None:
    x = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 3.0]])
    place = traced_at(lambda x: tl.sum(tl.exp(x)), "f", ["x"], Arguments("here", (x,)), 0)
    with planted_rules("exp", jvp=lambda y, x, dx: tl.where(x > 2, dx * (1 + TINY), dx) * y):
        (found,) = culprits(place.call.graph, place.point.reference.arrays, 1)
    assert (found.fault.operand, found.fault.output, found.fault.element) == (0, (1, 2), (1, 2))
    assert "the jvp rule of exp in operand 0 is wrong (output [1, 2], input [1, 2])" in str(found)
    assert "exp(" in found.line and "test_locate.py" in found.source
