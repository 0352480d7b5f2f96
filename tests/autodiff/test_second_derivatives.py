"""All ways to second derivatives agree where slopes are infinite: what is zero in one argument is zero by structure."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tl_dsl as tl
from tl_dsl import autodiff
from tl_dsl.graph import Graph
from tl_dsl.tensor import Tensor

Function = Callable[..., Any]
INF, NAN = math.inf, math.nan

TABLE: list[tuple[str, Function, tuple[float, ...], list[list[float]]]] = [
    ("0^(3/2)", tl.pow, (0.0, 1.5), [[INF, 0], [0, 0]]),
    ("0^1", tl.pow, (0.0, 1.0), [[0, 1], [1, 0]]),
    ("0^2", tl.pow, (0.0, 2.0), [[2, 0], [0, 0]]),
    ("0^0", tl.pow, (0.0, 0.0), [[0, 0], [0, 0]]),
    ("1/0", tl.div, (1.0, 0.0), [[0, -INF], [-INF, INF]]),
    ("sqrt", lambda x, y: tl.sqrt(x) + y * y, (0.0, 3.0), [[-INF, 0], [0, 2]]),
    ("sqrt times", lambda x, y: tl.sqrt(x) * y, (0.0, 3.0), [[-INF, INF], [INF, 0]]),
    ("sqrt chosen", lambda x, y: tl.where(y > 1, tl.sqrt(x) + y**3, y), (0.0, 2.0), [[-INF, 0], [0, 12]]),
    ("log", lambda x, y: y * y - tl.log(x), (0.0, 1.0), [[INF, 0], [0, 2]]),
    ("several", lambda x, y: tl.sum(tl.concat([tl.sqrt(x[None]), y[None] ** 2])), (0.0, 1.0), [[-INF, 0], [0, 2]]),
    ("maximum", lambda x, y: tl.maximum(x, y) ** 2, (1.0, 1.0), [[0.5, 0.5], [0.5, 0.5]]),
    ("abs", lambda x, y: tl.abs(x) * y, (0.0, 2.0), [[0, 0], [0, 0]]),
]
"""What, of which arguments, and the second derivatives there."""

BOTH = (0, 1)
WAYS: dict[str, Callable[[Function], Function]] = {
    "hessian": lambda f: tl.hessian(f, BOTH),
    "forward over reverse": lambda f: tl.jacfwd(tl.grad(f, BOTH), BOTH),
    "reverse over reverse": lambda f: tl.jacrev(tl.grad(f, BOTH), BOTH),
    "forward over forward": lambda f: tl.jacfwd(tl.jacfwd(f, BOTH), BOTH),
    "reverse over forward": lambda f: tl.jacrev(tl.jacfwd(f, BOTH), BOTH),
    "one by one": lambda f: lambda *xs: [[tl.grad(tl.grad(f, k), j)(*xs) for j in BOTH] for k in BOTH],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("function", "point", "wanted"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_all_ways_agree(way: str, function: Function, point: tuple[float, ...], wanted: list[list[float]]) -> None:
    with tl.config(domain="ignore"):
        blocks = WAYS[way](function)(*map(tl.tensor, point))
    np.testing.assert_array_equal([[float(np.asarray(block)) for block in row] for row in blocks], wanted)


@pytest.mark.parametrize("transform", [tl.jacrev, tl.jacfwd])
def test_a_jacobian_of_several_results_by_several_arguments(transform: Callable[..., Function]) -> None:
    def f(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return tl.sqrt(x) + y, tl.stack([y * y, y])

    with tl.config(domain="ignore"):
        (of_x, of_y), (none, squares) = transform(f, BOTH)(tl.tensor(0.0), tl.tensor(3.0))
    assert [float(of_x), float(of_y), none.numpy().tolist(), squares.numpy().tolist()] == [INF, 1.0, [0, 0], [6, 1]]


def test_a_product_of_zeros_is_left_out_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    graphs: list[Graph] = []
    whole = autodiff.function.restrict
    monkeypatch.setattr(autodiff.function, "restrict", lambda *told: graphs.append(whole(*told)) or graphs[-1])
    tl.jacfwd(lambda x, y: x * y + tl.sin(y), BOTH)(tl.tensor(1.0), tl.tensor(2.0))
    assert [sum(node.op.name == "mul" for node in graph.nodes) for graph in graphs] == [1, 2]
