"""Graphs as data, the same answer in every scalar, and the walls of the trusted base."""

from __future__ import annotations

import ast
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import tl_specs
from flint import arb, ctx
from tl_specs import Array, Instruction, Named, Program, directional, interpret

# mean((x W^T + b)^2) for x of shape (1, 2), W (3, 2), b (3,)
LOSS = Program(
    3,
    (
        Instruction("permute_dims", (1,), {"axes": (-1, -2)}, (2, 3)),
        Instruction("matmul", (0, 3), {}, (1, 3)),
        Instruction("reshape", (2,), {"shape": (1, 3)}, (1, 3)),
        Instruction("add", (4, 5), {}, (1, 3)),
        Instruction("mul", (6, 6), {}, (1, 3)),
        Instruction("sum", (7,), {"axis": (-2, -1)}, (1, 1)),
        Instruction("full", (), {"fill_value": 3, "shape": (1, 1), "dtype": "float64"}, (1, 1)),
        Instruction("div", (8, 9), {}, (1, 1)),
        Instruction("reshape", (10,), {"shape": ()}, ()),
    ),
    (11,),
)
INPUTS = [
    Array.of([[Fraction(1, 2), Fraction(-6, 5)]]),
    Array.of([[Fraction(1, 5), Fraction(-1, 10)], [Fraction(0), Fraction(3, 10)], [Fraction(-2, 5), Fraction(1, 10)]]),
    Array.of([Fraction(1, 100), Fraction(-2, 100), Fraction(3, 100)]),
]


def test_one_program_many_scalars() -> None:
    (exact,) = interpret(LOSS, INPUTS)
    assert exact.items == [Fraction(1, 3) * (Fraction(23, 100) ** 2 + Fraction(38, 100) ** 2 + Fraction(29, 100) ** 2)]
    (approximate,) = interpret(LOSS, [x.map(float) for x in INPUTS])
    (enclosure,) = interpret(LOSS, [x.map(tl_specs.ball) for x in INPUTS])
    assert abs(approximate.items[0] - exact.items[0]) < 1e-15
    assert enclosure.items[0].contains(tl_specs.ball(exact.items[0]).mid())


def test_the_directional_derivative_of_a_program() -> None:
    v = [None, Array.of([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]), None]
    value, slope, curve = directional(lambda *xs: interpret(LOSS, xs)[0], INPUTS, v, 2)
    # d/dW00 of mean(y²) is 2/3 y0 x0, and half the second derivative x0²/3.
    assert slope.items[0].overlaps(tl_specs.ball(Fraction(2, 3) * Fraction(23, 100) * Fraction(1, 2)))
    assert curve.items[0].overlaps(tl_specs.ball(Fraction(1, 12)))
    assert value.shape == slope.shape == ()


def test_the_identity_is_a_program_and_outputs_may_repeat() -> None:
    x = Array.of([1.0])
    assert interpret(Program(1, (), (0, 0)), [x]) == [x, x]


def test_named_constants_are_as_sharp_as_the_balls() -> None:
    pi = Instruction("full", (), {"fill_value": Named("pi"), "shape": (), "dtype": "float64"})
    before, ctx.prec = ctx.prec, 200
    try:
        (got,) = interpret(Program(0, (pi,), (0,)), [], like=arb(0))
    finally:
        ctx.prec = before
    assert got.items[0].rad() < arb(2) ** -190


@pytest.mark.parametrize(
    ("program", "error", "text"),
    [
        (Program(1, (Instruction("nothing", (0,)),), (1,)), KeyError, "no primitive is called 'nothing'"),
        (Program(1, (Instruction("neg", (0,), {}, (3,)),), (1,)), ValueError, "where the graph says"),
        (Program(2, (Instruction("add", (0, 1)),), (2,)), ValueError, "takes 2 inputs"),
    ],
)
def test_programs_that_do_not_hold_together_are_refused(program: Program, error: Any, text: str) -> None:
    with pytest.raises(error, match=text):
        interpret(program, [Array.of([1.0])])


def test_elementwise_operations_of_graphs_do_not_broadcast() -> None:
    with pytest.raises(ValueError, match="equal shapes"):
        tl_specs.PRIMITIVE_SPECS["add"].primal(Array.of([1.0]), Array.of(1.0))


def test_tl_specs_imports_neither_the_engine_nor_the_checker_nor_numpy() -> None:
    code = "import sys, tl_specs; print([m for m in sys.modules if m.split('.')[0] in ('tl_dsl','tl_checker','numpy')])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"
    for path in Path(tl_specs.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= {"tl_specs", "flint", *sys.stdlib_module_names}, path
