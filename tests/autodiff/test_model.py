"""The entry points on models: the golden values of the published API, as one table, and everything around them."""

from __future__ import annotations

import copy
import functools
import math
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from jaxtyping import Bool, Float, Int

import tl_dsl as tl
from tl_dsl import Tensor, nn
from tl_dsl.autodiff.model import TRACES
from tl_dsl.errors import ArgumentError, DifferentiationError, DTypeError, ShapeError, TlError
from tl_dsl.pytree import tree_flatten, tree_map

DTYPES = ["float64", "float32", "fraction"]
MSE = tl.OutputLoss.mse()


def exactly(values: Any) -> Any:
    """Decimal literals as the rational numbers that they spell, in an object array."""
    array = np.asarray(values, dtype=float)
    out = np.empty(array.shape, object)
    out[...] = np.vectorize(lambda v: Fraction(repr(float(v))), otypes=[object])(array)
    return out


def make(values: Any, kind: str) -> Tensor:
    return tl.tensor(exactly(values)) if kind == "fraction" else tl.tensor(np.asarray(values, dtype=kind))


def floats(x: Any) -> Any:
    return np.asarray(np.asarray(x), dtype=float)


class Case:
    """A model with its parameters, an input, a target and a direction, in one element type."""

    def __init__(self, kind: str) -> None:
        self.model = nn.Linear(2, 3, key=0)
        w, b = [[0.2, -0.1], [0, 0.3], [-0.4, 0.1]], [0.01, -0.02, 0.03]
        self.params = tl.linear_params(make(w, kind), make(b, kind))
        self.vparams = tl.linear_params(make(np.full((3, 2), 0.1), kind), make([-0.2] * 3, kind))
        self.x, self.y = make([0.5, -1.2], kind), make([0.7, 0.1, -0.5], kind)
        self.ones = make([1.0, 1.0, 1.0], kind)

    def loss(self, entry: Callable[..., Any], loss: Any = MSE, *more: Any) -> Any:
        return entry(self.model, loss, self.params, self.x, self.y, *more)


class Mlp(tl.Module):
    """2-3-1 without activation."""

    w1: Float[Tensor, "hidden inputs"]
    b1: Float[Tensor, "hidden"]
    w2: Float[Tensor, "outputs hidden"]
    b2: Float[Tensor, "outputs"]

    def __call__(self, x: Float[Tensor, "*b inputs"]) -> Float[Tensor, "*b outputs"]:
        return (x @ self.w1.T + self.b1) @ self.w2.T + self.b2


def mlp(kind: str) -> tuple[Mlp, Any, Tensor, Tensor]:
    model = Mlp(tl.zeros((3, 2)), tl.zeros(3), tl.zeros((1, 3)), tl.zeros(1))
    values = [[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [0.1, 0.2, 0.3], [[0.7, 0.8, 0.9]], [0.4]]
    params = tl.Params(tree_flatten(model)[1], [make(v, kind) for v in values])
    return model, params, make([0.5, 0.8], kind), make([1.0], kind)


GW = [[-0.156667, 0.376], [-0.16, 0.384], [0.07, -0.168]]
GB = [-0.313333, -0.32, 0.14]
DX, DY = [-0.1186667, -0.0506667], [0.313333, 0.32, -0.14]
DETACHED = tl.OutputLoss.detach(MSE)

LINEAR: dict[str, tuple[Callable[[Case], Any], list[Any]]] = {
    "vjp_params": (lambda c: tl.vjp_params(c.model, c.params, c.x, c.ones), [[[0.5, -1.2]] * 3, [1, 1, 1]]),
    "vjp_inputs": (lambda c: tl.vjp_inputs(c.model, c.params, c.x, c.ones), [[-0.2, 0.3]]),
    "vjp_input": (lambda c: [tl.vjp_input(c.model, c.params, c.x, c.ones)], [[-0.2, 0.3]]),
    "loss_program": (lambda c: [tl.loss_program(c.model, MSE)(c.params, c.x, c.y)], [0.165133]),
    "mse sum": (lambda c: [tl.loss_program(c.model, tl.OutputLoss.mse("sum"))(c.params, c.x, c.y)], [0.4954]),
    "grad_params": (lambda c: c.loss(tl.grad_params), [GW, GB]),
    "grad_inputs": (lambda c: c.loss(tl.grad_inputs), [DX, DY]),
    "grad_x": (lambda c: [c.loss(tl.grad_x)], [DX]),
    "grad_target": (lambda c: [c.loss(tl.grad_target)], [DY]),
    "jvp_params": (lambda c: [c.loss(tl.jvp_params, MSE, c.vparams)], [0.1332]),
    "hvp_params": (lambda c: c.loss(tl.hvp_params, MSE, c.vparams), [[[-0.09, 0.216]] * 3, [-0.18] * 3]),
    "value_and_grads": (
        lambda c: [(r := c.loss(tl.value_and_grads))[0], *r[1], *r[2:]],
        [0.165133, GW, GB, DX, DY],
    ),
    "value_and_grad_params": (lambda c: [(r := c.loss(tl.value_and_grad_params))[0], *r[1]], [0.165133, GW, GB]),
    "value_and_grad_x": (lambda c: c.loss(tl.value_and_grad_x), [0.165133, DX]),
    "value_and_grad_target": (lambda c: c.loss(tl.value_and_grad_target), [0.165133, DY]),
    "detached value": (lambda c: [tl.loss_program(c.model, DETACHED)(c.params, c.x, c.y)], [0.165133]),
    "detached grads": (lambda c: c.loss(tl.grad_params, DETACHED), [np.zeros((3, 2)), np.zeros(3)]),
    "detached inputs": (lambda c: c.loss(tl.grad_inputs, DETACHED), [[0, 0], DY]),
    "detached jvp": (lambda c: [c.loss(tl.jvp_params, DETACHED, c.vparams)], [0.0]),
    "detached hvp": (lambda c: c.loss(tl.hvp_params, DETACHED, c.vparams), [np.zeros((3, 2)), np.zeros(3)]),
}


@pytest.mark.parametrize("kind", DTYPES)
@pytest.mark.parametrize("name", LINEAR)
def test_linear_golden_values(name: str, kind: str) -> None:
    entry, wanted = LINEAR[name]
    for got, want in zip(entry(Case(kind)), wanted, strict=True):
        assert got.dtype == ("object" if kind == "fraction" else kind)
        assert got.shape == np.shape(want)
        np.testing.assert_allclose(floats(got), want, rtol=3e-6, atol=1e-6)


def test_fractions_are_exact() -> None:
    case = Case("fraction")
    assert case.loss(tl.jvp_params, MSE, case.vparams).item() == Fraction(333, 2500)
    assert case.loss(tl.grad_params).weight.numpy()[1, 0] == Fraction(-4, 25)


@pytest.mark.parametrize("kind", DTYPES)
def test_mlp_golden_values(kind: str) -> None:
    model, params, x, seed = mlp(kind)
    assert floats(params.model(x))[0] == pytest.approx(2.08)
    dw1, db1, dw2, db2 = tl.vjp_params(model, params, x, seed)
    np.testing.assert_allclose(floats(dw1), [[0.35, 0.56], [0.4, 0.64], [0.45, 0.72]], rtol=1e-6)
    np.testing.assert_allclose(floats(db1), [0.7, 0.8, 0.9], rtol=1e-6)
    np.testing.assert_allclose(floats(dw2), [[0.31, 0.67, 1.03]], rtol=1e-6)
    np.testing.assert_allclose(floats(db2), [1], rtol=1e-6)
    np.testing.assert_allclose(floats(tl.vjp_input(model, params, x, seed)), [0.76, 1], rtol=1e-6)


@pytest.mark.parametrize("kind", DTYPES)
def test_jacobian_of_the_parameters(kind: str) -> None:
    case = Case(kind)
    jacobian = tl.jacrev_params(case.model, case.params, case.x)
    assert jacobian.weight.shape == (3, 3, 2) and jacobian.bias.shape == (3, 3)
    np.testing.assert_allclose(floats(jacobian.weight), np.einsum("ij,k->ijk", np.eye(3), [0.5, -1.2]), rtol=1e-6)
    rows = list(jacobian.rows())
    assert len(rows) == 3 and all(isinstance(row, tl.Params) for row in rows)
    for k, row in enumerate(rows):
        seed = np.eye(3)[k]
        for got, want in zip(row, tl.vjp_params(case.model, case.params, case.x, make(seed, kind)), strict=True):
            np.testing.assert_allclose(floats(got), floats(want), rtol=1e-6)


def test_rows_are_in_row_major_order() -> None:
    model = nn.Linear(2, 3, key=0)
    x = tl.tensor(np.random.default_rng(0).normal(size=(4, 2)))
    params = tl.init_params(model)
    rows = list(tl.jacrev_params(model, params, x).rows())
    assert len(rows) == 12
    for (i, j), row in zip(np.ndindex(4, 3), rows, strict=True):
        seed = np.zeros((4, 3))
        seed[i, j] = 1
        np.testing.assert_allclose(floats(row.weight), floats(tl.vjp_params(model, params, x, tl.tensor(seed)).weight))


def test_cross_entropy_golden_values() -> None:
    loss = tl.OutputLoss.cross_entropy_one_hot()
    logits, targets = tl.zeros((2, 3)), tl.tensor(np.eye(3)[:2])
    assert loss(logits, targets).item() == pytest.approx(math.log(3), rel=1e-15)
    assert tl.OutputLoss.cross_entropy_one_hot("sum")(logits, targets).item() == pytest.approx(2 * math.log(3))


@pytest.mark.parametrize(
    "loss", [MSE, tl.OutputLoss.cross_entropy_one_hot(), tl.OutputLoss.cross_entropy_one_hot("sum")]
)
def test_forward_and_reverse_agree(loss: Any) -> None:
    """The published jvp of cross-entropy was wrong; here every mode is held against the others and differences."""
    rng = np.random.default_rng(3)
    model = nn.Sequential(nn.Linear(4, 5, key=0), nn.Tanh(), nn.Linear(5, 3, key=1))
    params = tl.init_params(model)
    v, u = [tree_map(lambda p: tl.tensor(rng.normal(size=p.shape)), params) for _ in range(2)]
    x, y = tl.tensor(rng.normal(size=(6, 4))), tl.tensor(rng.uniform(size=(6, 3)))

    def dot(a: Any, b: Any) -> float:
        return sum(float((floats(p) * floats(q)).sum()) for p, q in zip(a, b, strict=True))

    def value(t: float) -> float:
        moved = tree_map(lambda p, d: p + t * d, params, v)
        return tl.loss_program(model, loss)(moved, x, y).item()  # type: ignore[no-any-return]

    gradient = tl.grad_params(model, loss, params, x, y)
    along = tl.jvp_params(model, loss, params, x, y, v).item()
    assert along == pytest.approx(dot(gradient, v), rel=1e-12)
    assert along == pytest.approx((value(1e-6) - value(-1e-6)) / 2e-6, rel=1e-7)
    hv, hu = [tl.hvp_params(model, loss, params, x, y, d) for d in (v, u)]
    assert dot(hv, u) == pytest.approx(dot(hu, v), rel=1e-12)
    assert dot(hv, v) == pytest.approx((value(1e-4) - 2 * value(0) + value(-1e-4)) / 1e-8, rel=1e-5)


def test_params_are_a_pack_with_names() -> None:
    model = nn.Sequential(nn.Linear(4, 5, key=0), nn.ReLU(), nn.Linear(5, 3, key=1, bias=False))
    params = tl.init_params(model)
    assert params.names == ("layers[0].weight", "layers[0].bias", "layers[2].weight")
    assert [p.shape for p in params] == [(5, 4), (5,), (3, 5)] and len(params) == 3
    assert params.layers[2].weight is params[2] and params.model.layers[0].bias is params[1]
    leaves, treedef = tree_flatten({"p": params})
    assert treedef.paths() == [f"['p'].{name}" for name in params.names] and leaves[0] is params[0]
    doubled = tree_map(lambda p: p * 2, params)
    assert isinstance(doubled, tl.Params) and np.array_equal(floats(doubled[1]), 2 * floats(params[1]))
    for twin in (pickle.loads(pickle.dumps(params)), copy.deepcopy(params)):
        assert twin.structure == params.structure and np.array_equal(floats(twin[0]), floats(params[0]))
    with pytest.raises(AttributeError):
        params.nothing  # noqa: B018


def test_init_params() -> None:
    model = nn.Linear(2, 3, key=0)
    assert tl.init_params(model).weight is model.weight
    assert {p.dtype for p in tl.init_params(model, dtype=np.float32)} == {np.dtype(np.float32)}
    exact = tl.init_params_with(model, Fraction)
    assert exact.weight.numpy()[0, 0] == Fraction(floats(model.weight)[0, 0])
    assert tl.init_params_with(model, lambda value: np.float32(value)).bias.dtype == np.float32
    with pytest.raises(DTypeError):
        tl.init_params_with(model, int)
    with pytest.raises(DTypeError):
        tl.init_params(model, dtype=int)


def test_a_loss_of_ones_own_and_loss_program() -> None:
    case = Case("float64")
    huber = tl.OutputLoss(lambda output, target: tl.sum(tl.abs(output - target) * 3.0))
    np.testing.assert_allclose(floats(case.loss(tl.grad_target, huber)), -3 * np.sign(np.array([-0.47, -0.48, 0.21])))
    program = tl.loss_program(case.model, MSE)
    graph = str(program.graph(case.params, case.x, case.y))
    assert graph.startswith("(a: float64[3 2], b: float64[3], c: float64[2], d: float64[3]):\n")
    assert "matmul" in graph and graph.splitlines()[-1].startswith("  return ")


def test_an_identity_model_and_dead_operations() -> None:
    class Dead(tl.Module):
        w: Float[Tensor, "n"]

        def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
            tl.exp(x * self.w)
            return x

    x = tl.tensor([1.0, 2.0])
    identity = nn.Identity()
    assert len(tl.init_params(identity)) == 0
    assert len(tl.grad_params(identity, MSE, tl.init_params(identity), x, x)) == 0
    assert floats(tl.vjp_input(identity, tl.init_params(identity), x, x)).tolist() == [1, 2]
    dead = Dead(tl.ones(2))
    assert floats(tl.grad_params(dead, MSE, tl.init_params(dead), x, x * 2).w).tolist() == [0, 0]


def test_they_nest_in_transforms_of_functions() -> None:
    case = Case("float64")

    def stepped(rate: Tensor) -> Tensor:
        gradient = case.loss(tl.grad_params)
        moved = tree_map(lambda p, g: p - rate * g, case.params, gradient)
        return tl.loss_program(case.model, MSE)(moved, case.x, case.y)

    slope = tl.grad(stepped)(tl.tensor(0.0)).item()
    assert slope == pytest.approx(-sum((floats(g) ** 2).sum() for g in case.loss(tl.grad_params)))
    inner = tl.grad(lambda x: tl.sum(tl.grad_x(case.model, MSE, case.params, x, case.y)))(case.x)
    np.testing.assert_allclose(floats(inner), 2 / 3 * floats(case.params.weight).T @ floats(case.params.weight).sum(1))


NONE = tl.OutputLoss.mse("none")

BAD: list[tuple[str, Callable[[Case], Any], type[TlError], str]] = [
    ("seed", lambda c: tl.vjp_params(c.model, c.params, c.x, c.x), ShapeError, "[2]"),
    ("seed of inputs", lambda c: tl.vjp_input(c.model, c.params, c.x, tl.ones((3, 1))), ShapeError, "[3, 1]"),
    ("input", lambda c: tl.grad_params(c.model, MSE, c.params, c.y, c.y), ShapeError, "3"),
    ("target", lambda c: tl.grad_params(c.model, MSE, c.params, c.x, c.x), ShapeError, "target"),
    ("model", lambda c: tl.grad_params(tl.exp, MSE, c.params, c.x, c.y), ArgumentError, "a model is a Module"),
    ("loss", lambda c: tl.grad_params(c.model, nn.mse_loss, c.params, c.x, c.y), ArgumentError, "OutputLoss"),
    ("params", lambda c: tl.grad_params(c.model, MSE, [1], c.x, c.y), ArgumentError, "init_params"),
    (
        "params of another size",
        lambda c: tl.grad_params(nn.Linear(2, 4, key=0), MSE, c.params, c.x, c.y),
        ShapeError,
        "[3, 2] for weight",
    ),
    (
        "params of another structure",
        lambda c: tl.grad_params(nn.Linear(2, 3, key=0, bias=False), MSE, c.params, c.x, c.y),
        ArgumentError,
        ".bias",
    ),
    (
        "direction",
        lambda c: tl.jvp_params(c.model, MSE, c.params, c.x, c.y, tl.init_params(nn.Linear(3, 3, key=0))),
        ShapeError,
        "vparams have the shapes",
    ),
    ("no reduction", lambda c: c.loss(tl.grad_params, NONE), DifferentiationError, "[3]"),
    ("no reduction, jvp", lambda c: c.loss(tl.jvp_params, NONE, c.vparams), DifferentiationError, "[3]"),
    ("integer input", lambda c: tl.grad_x(c.model, MSE, c.params, tl.tensor([1, 2]), c.y), TlError, "int64"),
    ("list", lambda c: tl.grad_x(c.model, MSE, c.params, [1.0, 2.0], c.y), ArgumentError, "tl.tensor"),
    ("names as numbers", lambda c: tl.init_params_with(c.model, str), DTypeError, "got: str"),
    ("integers", lambda c: tl.linear_params(tl.tensor([[1]]), tl.tensor([1.0])), DTypeError, "int64 for weight"),
    ("weight", lambda c: tl.linear_params(tl.ones((3, 2)), tl.ones(2)), ShapeError, "out=3, in=2"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "call", "error", "text"), BAD, ids=[row[0] for row in BAD])
def test_bad_input(name: str, call: Callable[[Case], Any], error: type[TlError], text: str) -> None:
    with pytest.raises(error) as raised:
        call(Case("float64"))
    assert text in str(raised.value) and raised.value.code.startswith("tensor-")


# Repeated calls run no Python of the model, and nothing is stale.

SCALE = 2.0
TABLE = [2.0]
OFFSET = tl.tensor([1.0, 1.0])


def scaled(x: Tensor) -> Tensor:
    return x * SCALE


class Counting(tl.Module):
    w: Float[Tensor, "n"]
    power: int = 1

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        count()
        return scaled(self.w**self.power * x)


CALLS = 0


def count() -> None:
    globals()["CALLS"] += 1


class Table(tl.Module):
    w: Float[Tensor, "n"]

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return self.w * x * TABLE[0] + OFFSET


def weight_gradient(model: Any, loss: Any = MSE) -> list[float]:
    params = tl.init_params(model)
    one = tl.tensor([1.0, 1.0])
    return floats(tl.grad_params(model, loss, params, one, tl.zeros(2)).w).tolist()  # type: ignore[no-any-return]


def test_repeated_calls_skip_python() -> None:
    TRACES.clear()
    model = nn.Sequential(nn.Linear(2, 3, key=0), nn.Tanh())
    seen: list[int] = []
    loss = tl.OutputLoss(lambda output, target: tl.mean(tl.square(output - target)))
    for seed in range(5):
        x = tl.tensor(np.random.default_rng(seed).normal(size=(4, 2)))
        tl.grad_params(model, loss, tl.init_params(model), x, tl.zeros((4, 3)))
        seen.append(len(TRACES))
    assert seen == [1] * 5
    tl.grad_params(model, loss, tl.init_params(model), tl.zeros((7, 2)), tl.zeros((7, 3)))
    tl.grad_params(model, loss, tl.init_params(model, np.float32), tl.zeros((4, 2)), tl.zeros((4, 3)))
    assert len(TRACES) == 3
    for k in range(300):
        tl.grad_params(model, tl.OutputLoss(lambda y, t, k=k: tl.sum(y * k)), tl.init_params(model), x, x)  # type: ignore[misc]
    assert len(TRACES) <= TRACES.limit


def test_a_rebound_global_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Counting(tl.ones(2))
    assert weight_gradient(model) == [4.0, 4.0]
    calls = CALLS
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert weight_gradient(model) == [9.0, 9.0]
    monkeypatch.setitem(globals(), "SCALE", 2.0)
    assert weight_gradient(model) == [4.0, 4.0] and calls < CALLS
    monkeypatch.setitem(globals(), "scaled", lambda x: x * 10.0)
    assert weight_gradient(model) == [100.0, 100.0]


def test_a_replaced_method_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Counting(tl.ones(2))
    assert weight_gradient(model) == [4.0, 4.0]
    monkeypatch.setattr(Counting, "__call__", lambda self, x: self.w * x)
    assert weight_gradient(model) == [1.0, 1.0]


def test_what_changes_in_place_is_read_again() -> None:
    model = Table(tl.ones(2))
    try:
        assert weight_gradient(model) == [6.0, 6.0]
        TABLE[0] = 1.0
        assert weight_gradient(model) == [2.0, 2.0]
        globals()["OFFSET"] = tl.tensor([0.0, 2.0])
        assert weight_gradient(model) == [1.0, 3.0]
    finally:
        TABLE[0], globals()["OFFSET"] = 2.0, tl.tensor([1.0, 1.0])


def test_static_fields_are_part_of_the_program() -> None:
    two = tl.tensor([2.0, 2.0])
    assert weight_gradient(Counting(two, power=1)) == [8.0, 8.0]
    assert weight_gradient(Counting(two, power=2)) == [64.0, 64.0]


def test_losses_in_a_loop() -> None:
    model = Counting(tl.ones(2))
    x = tl.tensor([1.0, 1.0])
    params = tl.init_params(model)
    for k in range(300):
        factor = float(k)
        loss = tl.OutputLoss(lambda output, target: tl.sum(output) * factor)  # noqa: B023  the point of the test
        assert tl.grad_params(model, loss, params, x, x).w.numpy()[0] == 2.0 * k


def test_a_closure_is_read_again() -> None:
    factor = 1.0

    def weighted(output: Tensor, target: Tensor) -> Tensor:
        return tl.sum(output) * factor

    loss = tl.OutputLoss(weighted)
    model = Counting(tl.ones(2))
    assert weight_gradient(model, loss) == [2.0, 2.0]
    factor = 5.0
    assert weight_gradient(model, loss) == [10.0, 10.0]


class Weights:
    """Changes in place."""

    def __init__(self) -> None:
        self.factor = 1.0

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        return tl.sum(output) * self.factor


def test_whatever_can_change_is_read_again() -> None:
    model = Counting(tl.ones(2))
    weights, array, table = Weights(), np.ones(()), {"factor": 1.0}

    def by_array(output: Tensor, target: Tensor) -> Tensor:
        return tl.sum(output) * float(array)

    def by_default(output: Tensor, target: Tensor, table: dict[str, float] = table) -> Tensor:
        return tl.sum(output) * table["factor"]

    def by_import(output: Tensor, target: Tensor) -> Tensor:
        from tests.autodiff import test_model as here

        return tl.sum(output) * here.TABLE[0] / 2.0

    partial = functools.partial(lambda output, target, table: tl.sum(output) * table["factor"], table=table)
    losses = [tl.OutputLoss(f) for f in (weights.loss, by_array, by_default, by_import, lambda y, t: partial(y, t))]
    assert [weight_gradient(model, loss) for loss in losses] == [[2.0, 2.0]] * 5
    try:
        weights.factor, array[...], table["factor"], TABLE[0] = 3.0, 3.0, 3.0, 6.0
        assert [weight_gradient(model, loss) for loss in losses] == [[6.0, 6.0]] * 5
    finally:
        TABLE[0] = 2.0


class Usual(tl.Module):
    """What models are made of, none of which keeps a trace from being used again."""

    w: Float[Tensor, "n"]
    layer: nn.Linear[Any, Any]
    mode: str = "twice"
    factor = 2.0

    @tl.typed
    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return sum_of(self.helper(x * math.pi) for _ in range(2))

    def helper(self, x: Tensor) -> Tensor:
        return tl.relu(self.layer(x)) * self.w * (self.factor if self.mode == "twice" else np.float64(1)) + self.shift

    @property
    def shift(self) -> float:
        return SCALE


def sum_of(parts: Any) -> Any:
    return functools.reduce(lambda a, b: a + b, parts)


def test_usual_models_are_traced_once() -> None:
    usual = Usual(tl.ones(2), nn.Linear(2, 2, key=0))
    models = [usual, nn.Sequential(usual, tl.tanh, scaled, lambda x: x, functools.partial(tl.softmax, axis=0))]
    for model in models:
        TRACES.clear()
        for _ in range(2):
            params = tl.init_params(model)
            tl.grad_params(model, MSE, params, tl.ones(2), tl.zeros(2))
        assert len(TRACES) == 1


class Indexed(tl.Module):
    """A table of indices and a mask beside a weight."""

    order: Int[Tensor, "n"]
    w: Float[Tensor, "n"]
    mask: Bool[Tensor, "n"]

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return tl.where(self.mask, tl.take(self.w * x, self.order, axis=0), x)


def test_parameters_that_are_not_floating_are_carried_along() -> None:
    model = Indexed(tl.tensor([1, 0]), tl.tensor([2.0, 3.0]), tl.tensor([True, False]))
    x, y = tl.tensor([1.0, 1.0]), tl.zeros(2)
    for params in (tl.init_params(model, np.float32), tl.init_params_with(model, Fraction)):
        assert params.order.dtype == np.int64 and params.mask.dtype == np.bool_ and params.w.dtype != np.float64
    params = tl.init_params(model)
    gradient = tl.grad_params(model, MSE, params, x, y)  # the output is (w₁, x₁)
    assert [leaf.numpy().tolist() for leaf in gradient] == [[0, 0], [0.0, 3.0], [False, False]]
    assert [leaf.dtype for leaf in gradient] == [leaf.dtype for leaf in params]
    assert tl.value_and_grad_params(model, MSE, params, x, y)[1].w.numpy().tolist() == [0.0, 3.0]
    assert tl.value_and_grads(model, MSE, params, x, y)[1].w.numpy().tolist() == [0.0, 3.0]
    assert tl.vjp_params(model, params, x, tl.ones(2)).w.numpy().tolist() == [0.0, 1.0]
    assert tl.jvp_params(model, MSE, params, x, y, params).item() == 9.0
    assert tl.hvp_params(model, MSE, params, x, y, params).w.numpy().tolist() == [0.0, 3.0]
    jacobian = tl.jacrev_params(model, params, x)
    assert [leaf.shape for leaf in jacobian] == [(2, 2)] * 3 and jacobian.w.numpy().tolist() == [[0, 1], [0, 0]]
    assert [row.order.dtype for row in jacobian.rows()] == [np.int64] * 2
    for opt in (tl.optim.SGD(0.5), tl.optim.SGD(0.5, momentum=0.9), tl.optim.Adam(0.1)):
        new, state = opt.update(gradient, opt.init(params), params)
        new, state = opt.update(gradient, state, new)
        assert new.order.numpy().tolist() == [1, 0] and new.mask.numpy().tolist() == [True, False]
        assert new.w.numpy()[0] == 2.0 and new.w.numpy()[1] < 3.0
        assert tl.grad_params(model, MSE, new, x, y).w.shape == (2,)
    other = Indexed(tl.tensor([0, 0]), model.w, model.mask)
    assert tl.grad_params(other, MSE, tl.init_params(other), x, y).w.numpy().tolist() == [2.0, 0.0]


def test_domain_errors_and_nan_inputs() -> None:
    model = nn.Sequential(nn.Linear(2, 2, key=0))
    params = tl.init_params(model)
    bad = tl.OutputLoss(lambda output, target: tl.sum(tl.log(target - 5.0)) + tl.sum(output))
    with pytest.raises(TlError, match="not finite"):
        tl.value_and_grad_params(model, bad, params, tl.ones(2), tl.ones(2))
    nan = tl.tensor([float("nan"), 1.0])
    assert np.isnan(floats(tl.grad_x(model, MSE, params, nan, tl.ones(2)))).all()


def test_modules_are_arguments_of_transforms() -> None:
    model = nn.Sequential(nn.Linear(2, 3, key=0), nn.Tanh())
    x, y = tl.tensor([0.5, -1.0]), tl.zeros(3)
    gradient = tl.grad(lambda m: MSE(m(x), y))(model)
    assert isinstance(gradient, nn.Sequential) and isinstance(gradient[0], nn.Linear)
    for got, want in zip(
        tree_flatten(gradient)[0], tl.grad_params(model, MSE, tl.init_params(model), x, y), strict=True
    ):
        np.testing.assert_allclose(floats(got), floats(want), rtol=1e-14)
    jacobian = tl.jacrev(lambda m: m(x))(model)
    assert jacobian[0].weight.shape == (3, 3, 2)
    many = tree_map(lambda *leaves: tl.stack(list(leaves)), *[nn.Linear(2, 3, key=k) for k in range(4)])
    stacked = tl.vmap(lambda m: m(x))(many)
    assert stacked.shape == (4, 3)
    np.testing.assert_allclose(floats(stacked[2]), floats(nn.Linear(2, 3, key=2)(x)), rtol=1e-14)
    params = tl.init_params(model)
    as_pytree = tl.grad(lambda p: MSE(p.model(x), y))(params)
    assert isinstance(as_pytree, tl.Params) and as_pytree.names == params.names


def test_typed_methods_inside_transforms() -> None:
    class Typed(tl.Module):
        w: Float[Tensor, "o i"]

        @tl.typed
        def __call__(self, x: Float[Tensor, "*b i"]) -> Float[Tensor, "*b o"]:
            return x @ self.w.T

    model = Typed(tl.ones((3, 2)))
    params = tl.init_params_with(model, Fraction)
    x = make([0.5, -1.2], "fraction")
    gradient = tl.vjp_params(model, params, x, make([1, 0, 0], "fraction"))
    assert gradient.w.numpy()[0, 1] == Fraction(-6, 5)
    with pytest.raises(ShapeError, match="argument x"):
        tl.vjp_input(model, tl.init_params(model), tl.ones(3), tl.ones(3))
