"""Every primal means what numpy does, on floats; what it means does not depend on the scalar."""

from __future__ import annotations

import dataclasses
import importlib.util
import math
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from tl_specs import PRIMITIVE_SPECS, SPECS, Ambiguous, Array, Named, Sample, Spec, Undefined, ball, directional, embed

_found = importlib.util.spec_from_file_location("tl_specs_reference", Path(__file__).with_name("reference.py"))
assert _found is not None and _found.loader is not None
reference = importlib.util.module_from_spec(_found)
_found.loader.exec_module(reference)

CASES = [
    pytest.param(spec, answers.get(name, getattr(np, name, None)), id=f"{kind} {name}")
    for kind, specs, answers in (("public", SPECS, reference.PUBLIC), ("graph", PRIMITIVE_SPECS, reference.GRAPH))
    for name, spec in specs.items()
]


def to_numpy(operand: Any) -> Any:
    if isinstance(operand, tuple):
        return tuple(map(to_numpy, operand))
    return np.array(operand.items).reshape(operand.shape) if isinstance(operand, Array) else operand


def differs(spec: Spec, answer: Any, sample: Sample) -> str:
    """How a spec and numpy disagree at a sample, or nothing."""
    got = spec.primal(*sample.operands, **sample.params)
    wanted = np.asarray(answer(*map(to_numpy, sample.operands), **sample.params))
    if got.shape != wanted.shape:
        return f"{sample.label}: shape {got.shape}, numpy has {wanted.shape}"
    empty = any(isinstance(x, Array) and not x.items for x in sample.operands)  # a sum of no floats is an int
    kinds = set() if empty else {type(item) for item in got.items}
    if kinds - {{"f": float, "i": int, "b": bool}[wanted.dtype.kind]}:
        return f"{sample.label}: items are {kinds}, numpy has {wanted.dtype}"
    scale = 1e-12 * float(np.max(np.abs(wanted), initial=0.0)) + 1e-15
    far = [(g, w) for g, w in zip(got.items, wanted.ravel().tolist(), strict=True) if not abs(g - w) <= scale]
    return f"{sample.label}: {far[0]}" if far else ""


def disagreements(spec: Spec, answer: Any) -> list[str]:
    return [text for sample in spec.samples(Random(7)) if (text := differs(spec, answer, sample))]


@pytest.mark.parametrize(("spec", "answer"), CASES)
def test_floats_agree_with_numpy(spec: Spec, answer: Any) -> None:
    if answer is None:
        pytest.skip("numpy has no operation of this name; reference.py may say what it is")
    assert disagreements(spec, answer) == []


def change_params(spec: Spec, **defaults: Any) -> Spec:
    return dataclasses.replace(spec, primal=lambda *xs, **params: spec.primal(*xs, **(params | defaults)))


def change_result(spec: Spec, change: Any) -> Spec:
    return dataclasses.replace(spec, primal=lambda *xs, **params: spec.primal(*xs, **params).map(change))


MISREADINGS = {
    "var with the divisor N - 1": ("var", change_params(SPECS["var"], correction=1)),
    "softmax over the first axis": ("softmax", change_params(SPECS["softmax"], axis=0)),
    "sum that always keeps axes": ("sum", change_params(SPECS["sum"], keepdims=True)),
    "gelu by tanh": ("gelu", change_params(SPECS["gelu"], approximate="tanh")),
    "stack along the first axis": ("stack", change_params(SPECS["stack"], axis=0)),
    "one_hot of bools": ("one_hot", change_result(SPECS["one_hot"], bool)),
    "exp off by 1e-10": ("exp", change_result(SPECS["exp"], lambda z: z * (1 + 1e-10))),
    "matmul with exchanged operands": ("matmul", dataclasses.replace(SPECS["matmul"], primal=lambda x, y: x)),
}


@pytest.mark.parametrize("name", MISREADINGS)
def test_a_planted_misreading_is_caught(name: str) -> None:
    op, wrong = MISREADINGS[name]
    assert disagreements(wrong, reference.PUBLIC[op])


EXACT = [
    "add",
    "sub",
    "mul",
    "neg",
    "square",
    "abs",
    "sign",
    "maximum",
    "minimum",
    "where",
    "less",
    "equal",
    "matmul",
    "sum",
    "mean",
    "var",
    "max",
    "min",
    "argmax",
    "reshape",
    "permute_dims",
    "expand_dims",
    "squeeze",
    "broadcast_to",
    "concat",
    "stack",
    "pad",
    "repeat",
    "take",
    "scatter_add",
    "getitem",
    "relu",
    "T",
    "mT",
    "clip",
]


@pytest.mark.parametrize("name", EXACT)
def test_fractions_agree_with_numpy_on_small_numbers(name: str) -> None:
    def eighths(operand: Any) -> Any:
        if not isinstance(operand, Array) or not operand.items or not isinstance(operand.items[0], float):
            return operand
        return operand.map(lambda z: round(8 * max(-4.0, min(4.0, z))) / 8)

    compared = 0
    for sample in SPECS[name].samples(Random(3)):
        small = [eighths(operand) for operand in sample.operands]
        exact = [x.map(_fraction) if isinstance(x, Array) else x for x in small]
        got = SPECS[name].primal(*exact, **sample.params)
        wanted = np.asarray(reference.PUBLIC[name](*map(to_numpy, small), **sample.params))
        assert got.shape == wanted.shape
        assert all(not isinstance(g, float) for g in got.items)
        np.testing.assert_allclose([float(g) for g in got.items], wanted.ravel().astype(float), rtol=1e-15, atol=1e-15)
        compared += got.size
    assert compared


def _fraction(item: Any) -> Any:
    return Fraction(item) if isinstance(item, float) else item


def test_a_fraction_has_no_exponential() -> None:
    with pytest.raises(Undefined, match="exp of a Fraction"):
        SPECS["exp"].primal(Array.of([Fraction(1, 2)]))


@pytest.mark.parametrize("name", SPECS)
def test_balls_of_few_digits_hold_those_of_many(name: str) -> None:
    spec, before = SPECS[name], ctx.prec
    told = {"like": arb(0)} if spec.creates else {}
    try:
        for sample in spec.samples(Random(5)):
            operands = [x.map(_ball) if isinstance(x, Array) else x for x in sample.operands]
            ctx.prec = 400
            sharp = spec.primal(*operands, **sample.params, **told).items
            ctx.prec = 40
            blunt = spec.primal(*operands, **sample.params, **told).items
            for a, b in zip(sharp, blunt, strict=True):
                assert b.contains(a.mid()) if isinstance(a, arb) else a == b
    finally:
        ctx.prec = before


def _ball(item: Any) -> Any:
    return arb(item) if isinstance(item, float) else item


@pytest.mark.parametrize("table", ["SPECS", "PRIMITIVE_SPECS"])
def test_samples_lie_in_the_domain_and_are_small(table: str) -> None:
    for name, spec in {"SPECS": SPECS, "PRIMITIVE_SPECS": PRIMITIVE_SPECS}[table].items():
        samples = spec.samples(Random(11))
        assert samples, name
        assert len({sample.label for sample in samples}) == len(samples), name
        assert samples == spec.samples(Random(11)), name
        active = 0
        for sample in samples:
            assert spec.outside(sample) is None, (name, sample)
            assert all(x.size <= 18 for x in sample.operands if isinstance(x, Array)), (name, sample.label)
            assert all(math.isfinite(z) for x in sample.operands if isinstance(x, Array) for z in x.items)
            active += len(spec.active(sample))
        assert active or not (spec.differentiable or spec.variadic), name


def test_a_literal_is_its_binary_value_and_a_name_is_sharp() -> None:
    assert embed(0.1, Fraction(1)) == Fraction(3602879701896397, 36028797018963968)
    before, ctx.prec = ctx.prec, 200
    try:
        assert embed(0.1, arb(0)) == arb(0.1) and not ball(Fraction(1, 10)).overlaps(arb(0.1))
    finally:
        ctx.prec = before
    assert embed(Named("sqrt2"), 1.0) == math.sqrt(2)
    with pytest.raises(Undefined, match="no constant is called"):
        embed(Named("golden"), 1.0)


@pytest.mark.parametrize("name", [n for n, spec in SPECS.items() if spec.differentiable or spec.variadic])
def test_every_sample_has_finite_derivatives(name: str) -> None:
    spec = SPECS[name]
    told = {"like": arb(0)} if spec.creates else {}
    for sample in spec.samples(Random(2)):
        active = spec.active(sample)
        if not active:
            continue
        directions = [x.map(lambda z: 1.0) if k in active else None for k, x in enumerate(sample.operands)]
        for coefficients in directional(spec.primal, sample.operands, directions, 2, **sample.params, **told):
            assert all(c.is_finite() for c in coefficients.items), (name, sample)


def test_integer_parts_of_balls() -> None:
    whole = SPECS["astype"].primal
    numbers = Array.of([1.5, -2.25, 0.0, -3.0])
    for scalar in (float, Fraction, arb):
        assert whole(numbers.map(scalar), "int64").items == [1, -2, 0, -3]
    with pytest.raises(Ambiguous):
        whole(Array.of([arb(2, 0.1)]), "int64")
    with pytest.raises(Ambiguous):
        directional(whole, [Array.of([2.0]), "int64"], [Array.of([1.0]), None], 1)


REFUSED: list[tuple[str, tuple[Any, ...], dict[str, Any], type[Exception]]] = [
    ("add", (Array.of([1.0, 2.0]), Array.of([1.0, 2.0, 3.0])), {}, ValueError),
    ("broadcast_to", (Array.of([1.0, 2.0]), (3,)), {}, ValueError),
    ("broadcast_to", (Array.of([[1.0]]), (1,)), {}, ValueError),
    ("matmul", (Array.of([[1.0, 2.0]]), Array.of([[1.0, 2.0]])), {}, ValueError),
    ("matmul", (Array.of([1.0]), Array.of(1.0)), {}, ValueError),
    ("T", (Array.of([1.0]),), {}, ValueError),
    ("sum", (Array.of([1.0]),), {"axis": 1}, IndexError),
    ("sum", (Array.of([1.0]),), {"axis": (0, -1)}, ValueError),
    ("reshape", (Array.of([1.0, 2.0, 3.0]), (2, -1)), {}, ValueError),
    ("permute_dims", (Array.of([[1.0]]), (0, 0)), {}, ValueError),
    ("squeeze", (Array.of([1.0, 2.0]), 0), {}, ValueError),
    ("concat", (Array.of([[1.0, 2.0]]), Array.of([[1.0]])), {}, ValueError),
    ("take", (Array.of([1.0]), Array.of([1])), {"axis": 0}, IndexError),
    ("take", (Array.of([1.0]), Array.of([-2])), {"axis": 0}, IndexError),
    ("scatter_add", (Array.of([1.0]), Array.of([0]), Array.of([1.0, 2.0])), {}, ValueError),
    ("getitem", (Array.of([1.0]), (0, 0)), {}, IndexError),
    ("getitem", (Array.of([1.0]), (..., ...)), {}, IndexError),
    ("getitem", (Array.of([[1.0]]), (0, Array.of([0]))), {}, NotImplementedError),
    ("mean", (Array.of([1, 2]),), {}, Undefined),
]


@pytest.mark.parametrize(("name", "operands", "params", "error"), REFUSED)
def test_what_has_no_meaning_is_refused(name: str, operands: Any, params: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        SPECS[name].primal(*operands, **params)


def test_a_slice_of_a_graph_stays_inside() -> None:
    for start, size, step in ((2, 2, 1), (0, 3, -1), (-1, 1, 1)):
        with pytest.raises(IndexError):
            PRIMITIVE_SPECS["slice"].primal(Array.of([1.0, 2.0, 3.0]), start=(start,), size=(size,), step=(step,))


def test_dtypes_by_object_and_by_class() -> None:
    class Int64:
        pass

    x = Array.of([1.5])
    assert SPECS["astype"].primal(x, np.dtype("int32")).items == [1] == SPECS["astype"].primal(x, Int64).items
    assert SPECS["astype"].primal(x, np.dtype(object)).items == [1.5]


def test_corners_of_values() -> None:
    assert SPECS["one_hot"].primal(Array.of([1]), 2, dtype="int64").items == [0, 1]
    assert SPECS["concat"].primal(Array.of([[1], [2]]), Array.of([3]), axis=None).items == [1, 2, 3]
    powers = SPECS["pow"].primal(Array.of([1.0, 0.0, 0.0]), Array.of([-1.0, -1.0, 0.0]))
    assert powers.items == [1.0, math.inf, 1.0]


def test_arrays_of_no_items() -> None:
    empty = Array((0, 2), [])
    assert SPECS["sum"].primal(empty, axis=0).items == [0, 0]
    assert SPECS["matmul"].primal(Array((2, 0), []), empty).items == [0, 0, 0, 0]
    assert SPECS["concat"].primal(empty, Array.of([[1.0, 2.0]])).items == [1.0, 2.0]
    assert SPECS["getitem"].primal(empty, (slice(None), 0)).shape == (0,)
