"""The verifier of entry points: right ones pass, part by part, and planted faults of each kind are found."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb
from tl_checker.gradients.entry_points import PARTS, verify_entry_points
from tl_checker.gradients.entry_points.cases import Case, difference, refused, row_of
from tl_checker.gradients.entry_points.of_traces import readings
from tl_checker.gradients.verdict import Verdict

import tl_dsl as tl
from tl_dsl.autodiff import custom, function, guard, model, params, program, traced, traces, vmap

Patch = pytest.MonkeyPatch


@pytest.mark.parametrize("part", PARTS)
def test_entry_points_are_right(part: str) -> None:
    report = verify_entry_points(part)
    assert report.clean(), [str(finding) for _, finding in report.findings]
    assert all(row.nonzero for row in report.rows)


def a_rule_that_is_gone_around(patch: Patch) -> None:
    patch.setattr(custom, "call_instruction", lambda call, operands: traced.run(call.body, operands))


def a_batch_that_goes_first(patch: Patch) -> None:
    moved = vmap.moved
    patch.setattr(vmap, "moved", lambda x, source, destination: moved(x, source, min(destination, 0)))


def a_derivative_that_is_taken_of_integers(patch: Patch) -> None:
    patch.setattr(function, "floating_results", lambda call, name: None)


def a_guard_that_always_holds(patch: Patch) -> None:
    patch.setattr(guard.Guard, "holds", lambda self: True)


def no_trace_that_is_kept(patch: Patch) -> None:
    patch.setattr(traces, "guard", lambda *key: None)


def a_program_that_takes_all_for_one(patch: Patch) -> None:
    patch.setattr(program, "Static", type)


def parameters_that_are_forgotten(patch: Patch) -> None:
    patch.setattr(model, "with_zeros", lambda derivatives, *others: derivatives)


def rows_that_are_swapped(patch: Patch) -> None:
    rows = params.ParamsJacobian.rows
    patch.setattr(params.ParamsJacobian, "rows", lambda self: reversed(list(rows(self))))


FAULTS: dict[str, tuple[Callable[[Patch], None], str]] = {
    "rules": (a_rule_that_is_gone_around, "not ["),
    "batches": (a_batch_that_goes_first, "axis"),
    "refusals": (a_derivative_that_is_taken_of_integers, "where a DifferentiationError is due"),
    "kept traces": (a_guard_that_always_holds, "that changes: [2] is"),
    "programs": (a_program_that_takes_all_for_one, "traces told apart by numbers"),
    "models": (parameters_that_are_forgotten, "all arrays: "),
    "parameters": (rows_that_are_swapped, "rows: "),
}


@pytest.mark.parametrize("part", FAULTS)
def test_a_fault_is_found(part: str, monkeypatch: Patch) -> None:
    plant, told = FAULTS[part]
    plant(monkeypatch)
    report = verify_entry_points(part)
    assert report.verdict is Verdict.FAIL
    assert any(told in finding.what for _, finding in report.findings), [str(f) for _, f in report.findings][:9]


def test_a_trace_that_is_never_kept_is_found(monkeypatch: Patch) -> None:
    no_trace_that_is_kept(monkeypatch)
    model.TRACES.clear()
    assert "[1] is -1.0" in str(verify_entry_points("kept traces").findings[0][1])


@pytest.mark.parametrize(
    ("found", "wanted", "told"),
    [
        (tl.ones(2), np.ones(2), ""),
        (tl.ones(2), np.ones(3), " is float64[2], not float64[3]"),
        (tl.ones(2), np.ones(2, np.float32), " is float64[2], not float32[2]"),
        (tl.tensor([1.0, np.nan]), np.array([1.0, np.nan]), " is [1.0, nan], not [1.0, nan]"),
        (np.ones(2), np.ones(2), " is array([1., 1.]), not a tensor that is known"),
        (
            tl.tensor(np.array([arb(1)], object)),
            np.array([Fraction(1)], object),
            " is [1.00000000000000], not [Fraction(1, 1)]",
        ),
        ((tl.ones(1),), [np.ones(1)], " is a tuple, not a list"),
        ([tl.ones(1)], [np.ones(1), np.ones(1)], " has 1 entries, not 2"),
        ({"a": [tl.ones(1)]}, {"a": [np.zeros(1)]}, "['a'][0] is [1.0], not [0.0]"),
        ({"a": 1}, {"b": 1}, " has keys ['a'], not ['b']"),
        (1, True, " is a int, not a bool"),
        (1.0, 2.0, " is 1.0, not 2.0"),
    ],
)
def test_answers_are_compared_exactly(found: Any, wanted: Any, told: str) -> None:
    assert difference(found, wanted) == told


def fails() -> None:
    raise ValueError("three words here")


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (refused("f", "it", ValueError, fails), ""),
        (refused("f", "it", ValueError, fails, "three words here"), ""),
        (refused("f", "it", ValueError, fails, "words"), "it: raises ValueError: three words here, and that it got"),
        (refused("f", "it", Exception, fails), "it: raises ValueError: three words here, not Exception"),
        (refused("f", "it", ValueError, lambda: 1), "it: gives 1 where a ValueError is due"),
        (Case("f", "it", fails, 1), "it: raises ValueError: three words here"),
        (Case("f", "it", lambda: 2, 1), "it:  is 2, not 1"),
    ],
)
def test_refusals_are_told_apart(case: Case, told: str) -> None:
    row = row_of(case)
    assert (row.verdict is Verdict.PASS) is (told == "")
    assert not told or row.findings[0].what.startswith(told)


def test_readings_are_read() -> None:
    (one, two) = readings("## a: 2, 4\nN = 1\nfactor: N\nchange: N = 2; del N\n## b\nN = 2\n")
    assert (one.what, one.change, one.before, one.after) == ("a", "N = 2; del N", 2.0, 4.0)
    assert one.source.splitlines()[-1] == "        return N"
    assert (two.what, two.source, two.change, two.after) == ("b", "N = 2", "", 8.0)
