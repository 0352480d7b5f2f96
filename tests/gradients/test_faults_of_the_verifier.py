"""A verifier that cannot fail is worth nothing: faults planted in it are noticed, by itself or by the guards below."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from flint import arb
from tl_checker.gradients import compare as comparing
from tl_checker.gradients import floats as accuracy
from tl_checker.gradients import kinks as kinking
from tl_checker.gradients.balls import objects
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.derived import NESTINGS, Derivative
from tl_checker.gradients.layers import BY_LAYER, batches, check, orders, repeats
from tl_checker.gradients.ops import LAYERS, verify_ops
from tl_checker.gradients.planting import planted_fault, planted_jvp, planted_rules
from tl_checker.gradients.verdict import Report, Verdict

import tl_dsl as tl
from tl_dsl.primitive import PRIMITIVES

DEPTH = dataclasses.replace(QUICK, points=6)


def bad(report: Report) -> set[str]:
    return {row.layer for row in report.rows if row.verdict in (Verdict.FAIL, Verdict.INACCURATE)}


def right_rules_pass() -> None:
    assert verify_ops(["tanh", "mul"], depth=DEPTH).clean()


def wrong_numbers_are_seen() -> None:
    with planted_fault("tanh", relative=1e-6):
        report = verify_ops(["tanh"], depth=DEPTH)
    assert {"first order", "second order", "float64", "float32"} <= bad(report)


def broken_laws_are_seen() -> None:
    twice = tl.tensor(2.0)
    with planted_rules("sin", transpose=(lambda g, x: g,), jvp=lambda y, x, dx: dx * tl.stop_gradient(tl.cos(x))):
        assert "algebra" in bad(verify_ops(["sin"], depth=DEPTH))
    with planted_rules("mul", transpose=(lambda g, x, y: g * y, lambda g, x, y: g * x * twice)):
        assert "algebra" in bad(verify_ops(["mul"], depth=DEPTH))


def undefined_numbers_are_seen() -> None:
    def undefined(tangent: Any, primals: Any, tangents: Any) -> Any:
        nothing = primals[0] - primals[0]
        return tangent * (nothing / nothing)

    with planted_jvp("tanh", undefined):
        assert "first order" in bad(verify_ops(["tanh"], depth=DEPTH))


def every_argument_is_counted() -> None:
    report = verify_ops(["mul"], depth=DEPTH, layers=["first order", "second order"])
    counted = {(row.argument, row.mode) for row in report.rows if row.nonzero}
    assert {(x, mode) for x in ("x1", "x2") for mode in ("reverse", "forward", *NESTINGS)} <= counted
    assert report.clean()


def precision_rises() -> None:
    shallow = dataclasses.replace(DEPTH, bits=(30, 400))
    report = verify_ops(["tanh"], depth=shallow, layers=["first order", "second order"])
    assert report.clean()
    assert all(row.bound is not None and row.bound <= shallow.sharp for row in report.rows)


def batches_are_seen() -> None:
    with planted_rules("take", batch=lambda size, operands, batched, **how: PRIMITIVES["take"].kernel):
        assert "batching" in bad(verify_ops(["take"], depth=DEPTH))


def changes_are_seen() -> None:
    right = PRIMITIVES["tanh"].kernel

    def wrong(x: Any) -> Any:
        y = right(x)
        if x.dtype != object and x.flags.writeable and x.size:
            x += 1.0
        return y

    with planted_rules("tanh", kernel=wrong, ufunc=None):
        assert "purity" in bad(verify_ops(["tanh"], depth=DEPTH))


def kink_values_are_seen() -> None:
    with planted_rules("relu", jvp=lambda y, x, dx: tl.where(tl.greater_equal(x, 0), dx, 0)):
        assert bad(verify_ops(["relu"], depth=DEPTH)) == {"kinks"}


def every_layer_compares() -> None:
    report = verify_ops(["maximum"], depth=DEPTH)
    assert report.clean()
    assert {row.layer for row in report.rows if row.comparisons} == set(LAYERS)


GUARDS: tuple[Callable[[], None], ...] = (
    *(right_rules_pass, wrong_numbers_are_seen, broken_laws_are_seen, undefined_numbers_are_seen),
    *(every_argument_is_counted, precision_rises, batches_are_seen, changes_are_seen),
    *(kink_values_are_seen, every_layer_compares),
)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_without_a_fault_in_the_verifier_every_guard_holds(guard: Callable[[], None]) -> None:
    guard()


def without_the_last_argument(order: Any) -> Any:
    def fewer(*args: Any) -> Any:
        found = order(*args)
        last = max(result.argument for result in found)
        return [result for result in found if result.argument < last or last == 0]

    return fewer


def first_precision_only(case: Any, order: Any, reference: Any) -> Any:
    with check.precision(case.depth.bits[0]):
        return order(case.subject, case.derived, case.rng, reference())


Patch = tuple[Any, str, Any]
FAULTS: dict[str, tuple[list[Patch], Callable[[], None]]] = {
    "an overlap test that always holds": ([(comparing, "agree", lambda a, b: True)], wrong_numbers_are_seen),
    "an overlap test that never holds": ([(comparing, "agree", lambda a, b: False)], right_rules_pass),
    "a nan that passes": (
        [(comparing, "agree", lambda a, b: not (a.is_finite() and b.is_finite()) or a.overlaps(b))],
        undefined_numbers_are_seen,
    ),
    "laws of which no side is looked at": ([(comparing, "agree", lambda a, b: True)], broken_laws_are_seen),
    "an argument that is skipped": (
        [(orders, "first_order", without_the_last_argument(orders.first_order))],
        every_argument_is_counted,
    ),
    "an argument that is skipped in second order": (
        [(orders, "second_order", without_the_last_argument(orders.second_order))],
        every_argument_is_counted,
    ),
    "a precision that never rises": ([(orders, "_deciding", first_precision_only)], precision_rises),
    "width that is not judged": (
        [(comparing.Tally, "narrow", property(lambda tally: True)), (orders, "_deciding", first_precision_only)],
        precision_rises,
    ),
    "floats that may be off by anything": ([(accuracy, "UNITS", 1e300)], wrong_numbers_are_seen),
    "a loop that is vmap itself": (
        [
            (batches, "mapped", lambda loop, size, axes: (loop.columns[0][0], loop.columns[0][0])),
            (batches, "nested", lambda loop: (loop.columns[0][0], loop.columns[0][0])),
        ],
        batches_are_seen,
    ),
    "bits that are not compared": ([(repeats, "same", lambda x, y: True)], changes_are_seen),
    "kinks that are not compared": ([(kinking, "_is", lambda got, wanted: True)], kink_values_are_seen),
    **{
        f"a layer that compares nothing: {layer}": ([], every_layer_compares)
        for layer in LAYERS
        if layer not in ("float32", "integers")
    },
    "a layer with rows and no comparisons": ([(Derivative, "exact", lambda self, arrays: [])], every_layer_compares),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_verifier_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patches, guard = FAULTS[fault]
    for owner, name, value in patches:
        monkeypatch.setattr(owner, name, value)
    if not patches:
        monkeypatch.setitem(BY_LAYER, fault.split(": ")[1], lambda one: [])
    with pytest.raises(AssertionError):
        guard()


def test_a_ball_that_holds_everything_decides_nothing() -> None:
    everything = objects((1,), [arb("nan")])
    tally = comparing.compare(everything, everything)
    assert not tally.narrow and tally.undefined == 1
