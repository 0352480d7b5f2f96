"""Entry points on functions: trees, argnums, auxiliary results, nesting, exact scalars, staleness, confusion."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from flint import arb

import tl_dsl as tl
from tl_dsl import Tensor
from tl_dsl.evaluate.cache import PROGRAMS


class Pair(NamedTuple):
    a: Tensor
    b: Tensor


def energy(p: Pair, scale: Tensor) -> Tensor:
    return tl.sum(p.a * p.a) * scale + tl.sum(p.b)


P0 = Pair(tl.tensor([1.0, 2.0]), tl.tensor([[3.0]]))
S0 = tl.tensor(2.0)


def close(got: Any, wanted: Any) -> None:
    np.testing.assert_allclose(np.asarray(got), wanted, rtol=1e-12, atol=1e-12)


def test_gradient_has_the_structure_of_the_argument() -> None:
    gradient = tl.grad(energy)(P0, S0)
    assert isinstance(gradient, Pair)
    close(gradient.a, [4, 8])
    close(gradient.b, [[1]])


def test_several_arguments_give_a_tuple() -> None:
    by_pair, by_scale = tl.grad(energy, argnums=(0, 1))(P0, S0)
    close(by_pair.a, [4, 8])
    close(by_scale, 5)
    (only,) = tl.grad(energy, argnums=(-1,))(P0, S0)
    close(only, 5)


def test_auxiliary_results_pass_through() -> None:
    def with_aux(x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        return tl.sum(x * x), {"double": x * 2, "index": tl.argmax(x)}

    x = tl.tensor([1.0, 3.0])
    gradient, aux = tl.grad(with_aux, has_aux=True)(x)
    close(gradient, [2, 6])
    close(aux["double"], [2, 6])
    assert int(aux["index"]) == 1
    (value, aux), gradient = tl.value_and_grad(with_aux, has_aux=True)(x)
    close(value, 10)
    value, pullback, aux = tl.vjp(with_aux, x, has_aux=True)
    close(pullback(tl.tensor(1.0))[0], [2, 6])
    value, tangent, aux = tl.jvp(with_aux, (x,), (tl.ones(2),), has_aux=True)
    close(tangent, 8)
    jacobian, aux = tl.jacrev(with_aux, has_aux=True)(x)
    close(jacobian, [2, 6])
    matrix, aux = tl.hessian(with_aux, has_aux=True)(x)
    close(matrix, [[2, 0], [0, 2]])
    close(aux["double"], [2, 6])


def test_jacobians_of_trees() -> None:
    def split(p: Pair) -> dict[str, Tensor]:
        return {"product": p.a * p.b, "sum": tl.sum(p.a)}

    for jacobian in (tl.jacrev, tl.jacfwd):
        got = jacobian(split)(P0)
        close(got["product"].a, [[[3, 0], [0, 3]]])
        close(got["product"].b, [[[[1]], [[2]]]])
        close(got["sum"].a, [1, 1])
        close(got["sum"].b, [[0]])


def test_hessian_of_trees_has_blocks() -> None:
    blocks = tl.hessian(energy, argnums=(0, 1))(P0, S0)
    close(blocks[0].a[0].a, [[4, 0], [0, 4]])
    close(blocks[0].a[1], [2, 4])
    close(blocks[1][0].a, [2, 4])
    close(blocks[1][1], 0)


def test_hvp_is_the_hessian_times_the_vector() -> None:
    def f(x: Tensor, y: Tensor) -> Tensor:
        return tl.sum(tl.sin(x) * y) * tl.sum(x)

    x, y = tl.tensor([0.3, -0.5]), tl.tensor([1.5, 0.25])
    u, v = tl.tensor([1.0, 2.0]), tl.tensor([-1.0, 0.5])
    hu, hv = tl.hvp(f, (x, y), (u, v))
    ((xx, xy), (yx, yy)) = tl.hessian(f, (0, 1))(x, y)
    close(hu, np.asarray(xx @ u + xy @ v))
    close(hv, np.asarray(yx @ u + yy @ v))


@pytest.mark.parametrize("outer", [tl.grad, tl.jacrev, tl.jacfwd])
@pytest.mark.parametrize("inner", [tl.grad, tl.jacrev, tl.jacfwd])
def test_modes_nest(outer: Callable[..., Any], inner: Callable[..., Any]) -> None:
    def f(x: Tensor) -> Tensor:
        return tl.sin(x) * x * x

    def second(x: float) -> float:
        return -np.sin(x) * x * x + 4 * x * np.cos(x) + 2 * np.sin(x)

    close(outer(inner(f))(0.7), second(0.7))


def test_vmap_of_gradient_and_gradient_through_vmap() -> None:
    def f(w: Tensor, x: Tensor) -> Tensor:
        return tl.sum(tl.tanh(w * x))

    w, xs = tl.tensor([0.5, -0.25]), tl.tensor([[1.0, 2.0], [3.0, -1.0], [0.0, 0.5]])
    each = tl.vmap(tl.grad(f), in_axes=(None, 0))(w, xs)
    close(each, [np.asarray(tl.grad(f)(w, xs[k])) for k in range(3)])
    through = tl.grad(lambda w: tl.sum(tl.vmap(f, in_axes=(None, 0))(w, xs)))(w)
    close(through, np.asarray(each).sum(0))


def test_vmap_axes_and_nesting() -> None:
    x = tl.tensor(np.arange(24.0).reshape(2, 3, 4))
    close(tl.vmap(tl.sum, in_axes=1)(x), np.asarray(x).sum((0, 2)))
    close(tl.vmap(lambda a: a * 2, in_axes=-1, out_axes=-1)(x), np.asarray(x) * 2)
    outer = tl.vmap(lambda a: tl.vmap(lambda b: a * b)(tl.tensor([1.0, 10.0])))(tl.tensor([1.0, 2.0, 3.0]))
    close(outer, np.outer([1, 2, 3], [1, 10]))


def test_the_value_is_evaluated_once_for_linearize() -> None:
    y, push = tl.linearize(lambda x, z: x * z, tl.tensor([1.0, 2.0]), tl.tensor([3.0, 4.0]))
    close(y, [3, 8])
    close(push(tl.tensor([1.0, 0.0]), tl.tensor([0.0, 1.0])), [3, 2])


def test_exact_scalars() -> None:
    thirds = tl.tensor(np.array([Fraction(1, 3), Fraction(-2, 7)], dtype=object))

    def f(x: Tensor) -> Tensor:
        return tl.sum(x * x * x / (1 + x * x)) + tl.sum(tl.relu(x)) * 0.5

    gradient = tl.grad(f)(thirds).numpy()
    wanted = [(3 * x**2 * (1 + x * x) - 2 * x**4) / (1 + x * x) ** 2 for x in thirds.numpy()]
    assert list(gradient) == [wanted[0] + Fraction(1, 2), wanted[1]]
    assert all(type(x) is Fraction for x in tl.hessian(f)(thirds).numpy().flat)


def test_balls_enclose() -> None:
    x = tl.tensor(np.array([arb("0.3"), arb("-1.1")], dtype=object))
    ball = tl.grad(lambda x: tl.logsumexp(tl.tanh(x) * x))(x).numpy()
    point = tl.grad(lambda x: tl.logsumexp(tl.tanh(x) * x))(tl.tensor([0.3, -1.1])).numpy()
    assert all(abs(float(b) - p) < 1e-14 for b, p in zip(ball, point, strict=True))


def test_exact_scalars_refuse_what_they_lack() -> None:
    with pytest.raises(tl.errors.ScalarError, match="exp is not defined on Fraction"):
        tl.grad(lambda x: tl.exp(x))(tl.tensor(np.array(Fraction(1), dtype=object)))


def test_overlapping_balls_are_ambiguous() -> None:
    with pytest.raises(tl.errors.AmbiguousError):
        tl.relu(tl.tensor(np.array([arb(0, 1)], dtype=object)))


# Staleness and perturbation confusion


def test_ten_thousand_lambdas() -> None:
    for k in range(10_000):
        got = tl.grad(lambda x, k=k: x * x * float(k % 7))(3.0)
        assert float(got) == 6.0 * (k % 7)
    assert len(PROGRAMS) <= PROGRAMS.limit


factor = 2.0


def test_rebound_global() -> None:
    global factor
    gradient = tl.grad(lambda x: x * factor)
    assert float(gradient(1.0)) == 2
    factor = 5.0
    assert float(gradient(1.0)) == 5
    factor = 2.0


def test_mutated_array() -> None:
    array = np.array([1.0, 2.0])
    gradient = tl.grad(lambda x: tl.sum(x * tl.tensor(array)))
    close(gradient(tl.ones(2)), [1, 2])
    array[0] = 7
    close(gradient(tl.ones(2)), [7, 2])


def test_tensors_do_not_share_the_array_that_made_them() -> None:
    array = np.array([1.0, 2.0])
    x = tl.tensor(array)
    array[0] = 7
    close(x, [1, 2])
    with pytest.raises(ValueError):
        np.asarray(x)[0] = 5
    x.numpy()[0] = 5
    close(x, [1, 2])


def test_perturbation_confusion() -> None:
    close(tl.grad(lambda x: x * tl.grad(lambda y: x + y)(1.0))(1.0), 1)
    close(tl.grad(lambda x: x * tl.jacfwd(lambda y: x + y)(1.0))(1.0), 1)
    close(tl.jacfwd(lambda x: x * tl.jacfwd(lambda y: x * y)(2.0))(3.0), 6)
    close(tl.jacfwd(lambda x: x * tl.grad(lambda y: x * y)(2.0))(3.0), 6)
    close(tl.grad(lambda x: tl.vmap(lambda y: x * y)(tl.tensor([1.0, 2.0])) @ tl.ones(2))(3.0), 3)


def test_captured_outer_values_have_derivatives() -> None:
    def f(x: Tensor) -> Tensor:
        _, pullback = tl.vjp(lambda z: z * z * x, x)
        return pullback(tl.tensor(1.0))[0]

    close(tl.grad(f)(3.0), 12)


def test_a_program_tells_the_places_of_numbers_apart() -> None:
    minus = tl.compile(lambda a, b: a - b)
    y = tl.tensor([5.0])
    close(minus(1.0, y), [-4])
    close(minus(y, 1.0), [4])


def test_no_result_shares_memory_with_a_program() -> None:
    step = tl.compile(lambda x: (x, x * 2, x))
    x = tl.tensor([1.0, 2.0])
    first = step(x)
    second = step(tl.tensor([5.0, 6.0]))
    close(first[1], [2, 4])
    close(second[1], [10, 12])


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_copies(duplicate: Callable[[Tensor], Tensor]) -> None:
    x = tl.tensor([[1.0, 2.0]], dtype=np.float32)
    close(duplicate(x), [[1, 2]])
    assert duplicate(x).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_derivatives_keep_the_type(dtype: Any) -> None:
    def f(x: Tensor) -> Tensor:
        return tl.mean(tl.gelu(x) * 0.1 + tl.softplus(x) ** 1.5 + tl.maximum(x, 0) / 3) * np.float64(2)

    x = tl.tensor([0.5, -1.0, 2.0], dtype=dtype)
    for result in (
        f(x),
        tl.grad(f)(x),
        tl.hessian(f)(x),
        tl.jacfwd(tl.softmax)(x),
        tl.jacrev(tl.log_softmax)(x),
        *tl.hvp(f, (x,), (x,)),
        *tl.jvp(f, (x,), (x,)),
        tl.vmap(tl.grad(lambda z: z * z))(x),
        tl.grad(lambda z: tl.sum(tl.take(z, tl.tensor([0, 0]), axis=0) * tl.one_hot(tl.tensor(1), 2, dtype=dtype)))(x),
    ):
        assert result.dtype == dtype


def test_long_chains_with_constants() -> None:
    """Constants that meet along a chain neither grow without end nor make the passes recurse."""

    def f(x: Tensor) -> Tensor:
        for _ in range(1500):
            x = tl.tanh(x * 1.01) + 0.1
        return x

    x, slope = 0.25, 1.0
    for _ in range(1500):
        y = np.tanh(x * 1.01)
        slope *= 1.01 * (1 - y * y)
        x = y + 0.1
    value, gradient = tl.value_and_grad(f)(0.25)
    close(value, x)
    np.testing.assert_allclose(gradient.numpy(), slope, rtol=1e-9)
