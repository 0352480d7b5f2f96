"""A wrong rule is shown at the smallest operands, by a program that can be pasted."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import ctx
from jaxtyping import Float
from tl_checker.gradients.balls import precision
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.functions import verify_function
from tl_checker.gradients.locate import Culprit, culprits
from tl_checker.gradients.planting import planted_fault, planted_rules
from tl_checker.gradients.traced import Arguments, traced_at

import tl_dsl as tl
from tl_dsl import Tensor
from tl_dsl.primitive import PRIMITIVES

SLIGHTLY = 1 + Fraction(1, 2**40)


def model(x: Float[Tensor, "n m"], w: Float[Tensor, "m k"]) -> Float[Tensor, ""]:
    return tl.sum(tl.tanh(x @ w) * tl.exp(tl.sum(x, axis=-1, keepdims=True)))


def found(function: Any = model) -> Culprit:
    rng = np.random.default_rng(0)
    args = (rng.normal(size=(3, 4)), rng.normal(size=(4, 5)))
    place = traced_at(function, "model", ["x", "w"], Arguments("here", args), 0)
    reference = place.point.reference
    return culprits(place.call.graph, reference.arrays, reference.wrt)[0]


def in_a_region(threshold: float) -> AbstractContextManager[Any]:
    return planted_rules("tanh", jvp=lambda y, x, dx: tl.where(x > threshold, dx * SLIGHTLY, dx) * (1 - y * y))


def one_transpose() -> AbstractContextManager[Any]:
    first, second = PRIMITIVES["matmul"].transpose  # type: ignore[misc]
    return planted_rules("matmul", transpose=(first, lambda g, x, y: second(g, x, y) * SLIGHTLY))


def stopped() -> AbstractContextManager[Any]:
    return planted_rules("exp", jvp=lambda y, x, dx: dx * tl.stop_gradient(y))


def batched() -> AbstractContextManager[Any]:
    right = PRIMITIVES["reshape"].batch
    assert right is not None
    return planted_rules("reshape", batch=lambda *xs, **params: right(*xs, **params) * SLIGHTLY)


def kernel() -> AbstractContextManager[Any]:
    right = PRIMITIVES["tanh"].kernel
    return planted_rules("tanh", kernel=lambda x: right(x) * 2 if x.dtype == object else right(x), ufunc=None)


PLANTED: dict[str, tuple[Callable[[], AbstractContextManager[Any]], str, int]] = {
    "jvp rule": (lambda: planted_fault("tanh", relative=2.0**-40), "tanh", 1),
    "jvp rule in a region": (lambda: in_a_region(0.25), "tanh", 1),
    "transpose rule": (one_transpose, "matmul", 1),
    "jvp rule's derivative": (stopped, "exp", 1),
    "batching rule": (batched, "reshape", 1),
    "kernel": (kernel, "tanh", 1),
}


@pytest.mark.parametrize("case", PLANTED)
def test_the_smallest_operands_are_found_and_the_program_shows_both_answers(case: str) -> None:
    plant, name, size = PLANTED[case]
    with plant():
        culprit = found()
        one, fault = culprit.smallest
        printed = answers(culprit.reproduction)
    assert culprit.operation == name and case.startswith(fault.rule)
    assert max(x.size for x in one.operands) == size
    assert printed[0] != printed[1], culprit.reproduction
    assert answers(culprit.reproduction, same_length=True) == []


def answers(program: str, *, same_length: bool = False) -> list[list[str]]:
    """The numbers in the two lines that a program prints; what differs in kind when the rules are right again."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), precision(ctx.prec):  # the program sets its own
        exec(compile(program, "<reproduction>", "exec"), {})
    lines = [[f"{float(z):.15g}" for z in _numbers(text)] for text in out.getvalue().strip().split("\n")]
    first, second = lines[0], lines[-1]
    if not same_length:
        return [first, second]
    return [] if [round(float(z), 12) for z in first] == [round(float(z), 12) for z in second] else lines


def _numbers(text: str) -> Iterator[str]:
    text = re.sub(r"Tensor\[.*?\]|Array\(shape=.*?\)", "", text)
    return (z for z in re.findall(r"-?\d+\.\d+(?:e[+-]?\d+)?|(?<![\w/])-?\d+(?![\w.])(?!\s*/)", text))


def test_findings_carry_the_program() -> None:
    with planted_fault("tanh"):
        report = verify_function(model, depth=QUICK)
    assert all("tl.jvp(" in f.reproduction and "'tanh'" in f.reproduction for _, f in report.findings if f.operation)


def test_what_is_composed_wrongly_is_reproduced_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    right = tl.vjp
    monkeypatch.setattr(tl, "vjp", lambda f, *xs, **how: (*right(f, *xs, **how)[:1], lambda g: right(f, *xs)[1](g * 2)))
    report = verify_function(model, depth=QUICK)
    program = next(f.reproduction for _, f in report.findings if f.reproduction)
    assert "load(" in program and ").model" in program and "draws=[(np.array(" in program
