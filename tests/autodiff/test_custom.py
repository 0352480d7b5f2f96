"""Functions with a derivative of their own: as plain ones in every transform, and refused where a rule is wrong."""

from __future__ import annotations

import functools
import pickle
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor, errors
from tl_dsl.autodiff.model import TRACES
from tl_dsl.pytree import tree_leaves

X = tl.tensor([0.3, -1.2, 2.0])
Y = tl.tensor([1.5, 0.5, -0.25])


def swish_plain(x: Tensor) -> Tensor:
    return x * tl.sigmoid(x)


@tl.custom_jvp
def swish(x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
    """x σ(x)."""
    return x * tl.sigmoid(x)


@swish.defjvp
def swish_jvp(primals: Any, tangents: Any) -> Any:
    (x,), (dx,) = primals, tangents
    y, s = swish(x), tl.sigmoid(x)
    return y, (y + s * (1 - y)) * dx


@tl.custom_vjp
def swish_back(x: Tensor) -> Tensor:
    return x * tl.sigmoid(x)


def swish_fwd(x: Tensor) -> Any:
    s = tl.sigmoid(x)
    return x * s, (x * s, s)


swish_back.defvjp(swish_fwd, lambda kept, g: ((kept[0] + kept[1] * (1 - kept[0])) * g,))


def pair_plain(x: Tensor, y: Tensor) -> dict[str, Tensor]:
    return {"a": x * y, "b": tl.sum(tl.sin(x))}


@tl.custom_vjp
def pair_back(x: Tensor, y: Tensor) -> dict[str, Tensor]:
    return pair_plain(x, y)


pair_back.defvjp(
    lambda x, y: (pair_back(x, y), (x, y)),
    lambda kept, g: (g["a"] * kept[1] + g["b"] * tl.cos(kept[0]), g["a"] * kept[0]),
)


@tl.custom_jvp
def pair(x: Tensor, y: Tensor) -> dict[str, Tensor]:
    return pair_plain(x, y)


@pair.defjvp
def pair_jvp(primals: Any, tangents: Any) -> Any:
    (x, y), (dx, dy) = primals, tangents
    return pair(x, y), {"a": dx * y + x * dy, "b": tl.sum(tl.cos(x) * dx)}


def total(f: Callable[..., Any], x: Tensor, y: Tensor) -> Tensor:
    out = f(x, y)
    return tl.sum(out["a"] ** 2) * out["b"]


REVERSE: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "grad": lambda f: tl.grad(lambda x: tl.sum(f(x) ** 2))(X),
    "value_and_grad": lambda f: tl.value_and_grad(lambda x: tl.sum(f(x) ** 2))(X),
    "vjp": lambda f: tl.vjp(f, X)[1](Y)[0],
    "jacrev": lambda f: tl.jacrev(f)(X),
    "hessian": lambda f: tl.hessian(lambda x: tl.sum(f(x) ** 2))(X),
    "hvp": lambda f: tl.hvp(lambda x: tl.sum(f(x) ** 2), (X,), (Y,))[0],
    "third order": lambda f: tl.jacrev(tl.jacrev(tl.jacrev(f)))(X),
    "vmap": lambda f: tl.vmap(f)(X),
    "grad of vmap": lambda f: tl.grad(lambda x: tl.sum(tl.vmap(f)(x) ** 2))(X),
    "vmap of vmap of grad of grad": lambda f: tl.vmap(tl.vmap(tl.grad(tl.grad(f))))(tl.reshape(X, (3, 1))),
    "grad of program": lambda f: tl.grad(lambda x: tl.sum(tl.program(f)(x) ** 2))(X),
    "compile of grad": lambda f: tl.compile(tl.grad(lambda x: tl.sum(f(x) ** 2)))(X),
    "nested": lambda f: tl.grad(lambda x: tl.sum(f(f(x))))(X),
    "float32": lambda f: tl.jacrev(f)(tl.astype(X, tl.float32)),
}
FORWARD: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "jvp": lambda f: tl.jvp(f, (X,), (Y,)),
    "jacfwd": lambda f: tl.jacfwd(f)(X),
    "linearize": lambda f: tl.linearize(f, X)[1](Y),
    "vmap of jvp": lambda f: tl.vmap(lambda x, v: tl.jvp(f, (x,), (v,))[1])(X, Y),
    "jacfwd of jacfwd of jacrev": lambda f: tl.jacfwd(tl.jacfwd(tl.jacrev(f)))(X),
    "jacrev of jacfwd": lambda f: tl.jacrev(tl.jacfwd(f))(X),
}
OF_PAIRS: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "grad": lambda f: tl.grad(functools.partial(total, f), (0, 1))(X, Y),
    "one argument": lambda f: tl.grad(functools.partial(total, f), 1)(X, Y),
    "jacrev": lambda f: tl.jacrev(f, (0, 1))(X, Y),
    "hessian": lambda f: tl.hessian(functools.partial(total, f), (0, 1))(X, Y),
    "hvp": lambda f: tl.hvp(functools.partial(total, f), (X, Y), (Y, X)),
    "vmap": lambda f: tl.vmap(tl.grad(functools.partial(total, f), (0, 1)))(tl.stack([X, Y]), tl.stack([Y, X])),
    "grad of vmap": lambda f: tl.grad(lambda x: tl.sum(tl.vmap(f, (0, None))(tl.stack([x, 2 * x]), Y)["a"] ** 2))(X),
}


def same(got: Any, wanted: Any) -> None:
    for a, b in zip(tree_leaves(got), tree_leaves(wanted), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-5 if a.dtype == tl.float32 else 1e-11)


@pytest.mark.parametrize("case", {**REVERSE, **FORWARD})
def test_custom_jvp_works_in_every_transform(case: str) -> None:
    run = {**REVERSE, **FORWARD}[case]
    same(run(swish), run(swish_plain))


@pytest.mark.parametrize("case", REVERSE)
def test_custom_vjp_works_in_reverse_mode(case: str) -> None:
    same(REVERSE[case](swish_back), REVERSE[case](swish_plain))


@pytest.mark.parametrize("case", OF_PAIRS)
def test_several_arguments_and_results(case: str) -> None:
    for function in (pair, pair_back):
        same(OF_PAIRS[case](function), OF_PAIRS[case](pair_plain))


@pytest.mark.parametrize("case", [case for case in FORWARD if not case.endswith("of jacrev")])
def test_custom_vjp_in_forward_mode_names_custom_jvp(case: str) -> None:
    with pytest.raises(errors.DifferentiationError, match="reverse mode only") as caught:
        FORWARD[case](swish_back)
        FORWARD[case](lambda x: swish_back(x) * 1)
    assert "tl.custom_jvp" in str(caught.value) and "test_custom.py" in str(caught.value)


def test_forward_mode_over_a_rule_that_does_not_call_its_function() -> None:
    case = FORWARD["jacfwd of jacfwd of jacrev"]
    same(case(swish_back), case(swish_plain))


def test_the_rule_is_what_differentiates() -> None:
    @tl.custom_jvp
    def rounded(x: Tensor) -> Tensor:
        return tl.sign(x)

    rounded.defjvp(lambda primals, tangents: (rounded(*primals), 3 * tangents[0]))
    for mode in (tl.jacrev, tl.jacfwd):
        same(mode(rounded)(X), tl.tensor(3 * np.eye(3)))
    same(rounded(X), tl.tensor([1.0, -1.0, 1.0]))


def test_a_rule_may_be_no_derivative_at_all() -> None:
    @tl.custom_vjp
    def clipped(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return x, y

    def bwd(_: None, g: Any) -> Any:  # of the whole cotangent, not of a part of it
        norm = tl.sqrt(tl.sum(g[0] ** 2) + tl.sum(g[1] ** 2))
        return g[0] / norm, g[1] / norm

    clipped.defvjp(lambda x, y: ((x, y), None), bwd)
    gx, gy = tl.grad(lambda x, y: tl.sum(3 * clipped(x, y)[0]) + tl.sum(4 * clipped(x, y)[1]), (0, 1))(
        tl.tensor([1.0]), tl.tensor([1.0])
    )
    same((gx, gy), (tl.tensor([1.0]), tl.tensor([1.0])))  # two calls, one result of each

    def once(x: Tensor, y: Tensor) -> Tensor:
        a, b = clipped(x, y)
        return tl.sum(3 * a) + tl.sum(4 * b)

    same(tl.grad(once, (0, 1))(tl.tensor([1.0]), tl.tensor([1.0])), (tl.tensor([0.6]), tl.tensor([0.8])))


def test_arguments_that_are_held_and_numbers() -> None:
    @functools.partial(tl.custom_jvp, nondiff_argnums=(0, 2))
    def apply(f: Callable[[Tensor], Tensor], x: Tensor, name: str, scale: float = 2.0) -> Tensor:
        return f(x) * scale

    @apply.defjvp
    def rule(f: Any, name: str, primals: Any, tangents: Any) -> Any:
        assert name == "n" and tangents[1] == 0.0
        (x, scale), (dx, _) = primals, tangents
        return f(x) * scale, tl.cos(x) * scale * dx

    same(tl.grad(lambda x: tl.sum(apply(tl.sin, x, "n", scale=3.0)))(X), 3 * tl.cos(X))
    same(tl.grad(lambda x: tl.sum(apply(tl.sin, x, "n")))(X), 2 * tl.cos(X))
    with pytest.raises(errors.ArgumentError, match="nondiff_argnums are for values that are not tensors"):
        tl.grad(lambda x: tl.sum(apply(tl.sin, x, x, 3.0)))(X)  # type: ignore[arg-type]


def test_integers_and_trees() -> None:
    @tl.custom_vjp
    def pick(rows: dict[str, Tensor], k: Tensor) -> tuple[Tensor, Tensor]:
        return rows["w"] * 2, k + 1

    pick.defvjp(lambda rows, k: (pick(rows, k), None), lambda _, g: ({"w": g[0] * 2}, None))
    same(tl.grad(lambda r: tl.sum(pick(r, tl.arange(3))[0]))({"w": X}), {"w": tl.tensor([2.0, 2.0, 2.0])})


class Scaled(tl.Module):
    factor: Float[Tensor, "n"]

    @tl.custom_jvp
    def __call__(self, x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n"]:
        return tl.tanh(x * self.factor)


@vars(Scaled)["__call__"].defjvp
def _scaled_jvp(primals: Any, tangents: Any) -> Any:
    (model, x), (dmodel, dx) = primals, tangents
    y = model(x)
    return y, (1 - y * y) * (dx * model.factor + x * dmodel.factor)


def test_models_and_their_entry_points() -> None:
    class Plain(tl.Module):
        factor: Float[Tensor, "n"]

        def __call__(self, x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n"]:
            return tl.tanh(x * self.factor)

    loss = tl.OutputLoss.mse()
    a, b = Scaled(Y), Plain(Y)
    p, q = tl.init_params(a), tl.init_params(b)
    same(tl.grad_params(a, loss, p, X, Y).factor, tl.grad_params(b, loss, q, X, Y).factor)
    same(tl.hvp_params(a, loss, p, X, Y, p).factor, tl.hvp_params(b, loss, q, X, Y, q).factor)
    same(tl.jvp_params(a, loss, p, X, Y, p), tl.jvp_params(b, loss, q, X, Y, q))
    same(tl.jacrev_params(a, p, X).factor, tl.jacrev_params(b, q, X).factor)


def swish_layer(x: Tensor) -> Tensor:
    return swish(x)


class WithSwish(tl.Module):
    factor: Float[Tensor, "n"]

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return swish_layer(x * self.factor)


def test_traces_are_kept_until_the_rule_changes() -> None:
    model, loss = WithSwish(Y), tl.OutputLoss.mse()
    params = tl.init_params(model)
    TRACES.clear()
    before = tl.grad_params(model, loss, params, X, Y).factor
    assert len(TRACES) == 1
    swish.defjvp(lambda primals, tangents: (swish(*primals), 0 * tangents[0]))
    try:
        assert not np.asarray(tl.grad_params(model, loss, params, X, Y).factor).any()
    finally:
        swish.defjvp(swish_jvp)
    same(tl.grad_params(model, loss, params, X, Y).factor, before)


def test_a_closure_is_read_when_the_rule_runs() -> None:
    state = {"scale": 1.0}

    @tl.custom_jvp
    def f(x: Tensor) -> Tensor:
        return x * state["scale"]

    f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] * state["scale"]))
    for scale in (2.0, 5.0):
        state["scale"] = scale
        same(tl.grad(lambda x: tl.sum(f(x)))(X), tl.tensor([scale] * 3))


def test_what_is_read_from_outside_has_no_derivative() -> None:
    def outer(w: Tensor, x: Tensor) -> Tensor:
        @tl.custom_jvp
        def f(z: Tensor) -> Tensor:
            return z * w

        f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] * w))
        return tl.sum(f(x))

    with pytest.raises(errors.DifferentiationError, match="for its arguments only"):
        tl.grad(outer)(X, Y)
    with pytest.raises(errors.TraceError, match="reads a traced tensor from outside of its arguments"):
        tl.grad(outer, 1)(X, Y)
    same(tl.grad(functools.partial(outer, X))(Y), X)


def test_a_rule_may_read_what_is_known() -> None:
    @tl.custom_jvp
    def f(z: Tensor) -> Tensor:
        return z * z * Y

    f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] * primals[0] * (2 * Y)))
    g = tl.custom_vjp(lambda z: z * z * Y)
    g.defvjp(lambda z: (z * z * Y, z), lambda z, ct: (ct * z * (2 * Y),))
    for name, case in REVERSE.items():
        if "vmap" not in name and name != "float32":
            same(case(f), case(lambda z: z * z * Y))
            same(case(g), case(lambda z: z * z * Y))
    batch = tl.stack([X, Y])
    same(tl.vmap(tl.jacrev(f))(batch), tl.vmap(tl.jacrev(lambda z: z * z * Y))(batch))
    same(tl.vmap(tl.jacfwd(tl.jacrev(f)))(batch), tl.vmap(tl.jacfwd(tl.jacrev(lambda z: z * z * Y)))(batch))


def test_a_rule_may_read_what_an_outer_transform_moves() -> None:
    def inner(w: Tensor) -> Callable[[Tensor], Tensor]:
        f = tl.custom_jvp(lambda z: tl.sum(z * z))
        f.defjvp(lambda primals, tangents: (f(*primals), tl.sum(tangents[0] * w)))
        return f

    same(tl.jacrev(lambda w: tl.grad(inner(w))(X))(Y), tl.tensor(np.eye(3)))
    same(tl.jacfwd(lambda w: tl.vmap(tl.grad(inner(w)))(tl.stack([X, X])))(Y), tl.tensor(np.stack([np.eye(3)] * 2)))
    same(tl.compile(lambda w: tl.grad(inner(w))(X))(Y), Y)


def test_stop_gradient_inside_of_a_rule_and_of_a_function() -> None:
    @tl.custom_jvp
    def f(x: Tensor) -> Tensor:
        return x * tl.stop_gradient(x)

    f.defjvp(lambda primals, tangents: (f(*primals), tl.stop_gradient(primals[0]) * tangents[0]))
    same(tl.jacfwd(f)(X), tl.tensor(np.diag(np.asarray(X))))
    assert not np.asarray(tl.jacfwd(tl.jacrev(f))(X)).any()
    assert not np.asarray(tl.grad(lambda x: tl.sum(swish(tl.stop_gradient(x)) * 1.0 + 0 * x))(X)).any()


def test_what_it_is_stays() -> None:
    assert swish.__name__ == "swish" and swish.__doc__ == "x σ(x)." and swish.__module__ == __name__
    assert repr(swish) == "<custom_jvp swish>"
    graph = str(tl.program(swish).graph(X))
    assert "custom_jvp(a, call=swish, output=0)" in graph
    same(tl.typed(swish)(X), swish_plain(X))


def test_it_is_found_again_by_its_name() -> None:
    class Home:
        pass

    import sys
    import types

    module = types.ModuleType("home_of_custom")
    sys.modules["home_of_custom"] = module
    function = types.FunctionType(swish_plain.__code__, globals(), "found")
    function.__module__, function.__qualname__ = "home_of_custom", "found"
    module.found = tl.custom_jvp(function)  # type: ignore[attr-defined]
    try:
        assert pickle.loads(pickle.dumps(module.found)) is module.found
    finally:
        del sys.modules["home_of_custom"]


def test_threads_do_not_meet() -> None:
    program, results = tl.program(pair_back), []

    def work() -> None:
        for _ in range(20):
            results.append(tl.grad(functools.partial(total, program))(X, Y))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = tl.grad(functools.partial(total, pair_plain))(X, Y)
    assert len(results) == 80
    for got in results:
        same(got, wanted)


def test_the_number_of_instructions_is_that_of_a_plain_function() -> None:
    from tl_dsl.evaluate.cache import PROGRAMS
    from tl_dsl.transform.inline import inlined
    from tl_dsl.transform.simplify import simplify

    def count(f: Callable[..., Any]) -> int:
        graph = tl.program(tl.value_and_grad(lambda x: tl.sum(f(x)))).graph(X)
        return len(simplify(inlined(graph)).nodes)

    @tl.custom_jvp
    def same_rule(x: Tensor) -> Tensor:
        return x * tl.sigmoid(x)

    same_rule.defjvp(lambda p, t: tl.jvp(swish_plain, p, t))
    PROGRAMS.clear()
    assert count(same_rule) == count(swish_plain)


def with_jvp(rule: Callable[..., Any]) -> Callable[..., Any]:
    f = tl.custom_jvp(lambda x: tl.sin(x))
    f.defjvp(rule)
    return f


def with_vjp(fwd: Callable[..., Any], bwd: Callable[..., Any]) -> Callable[..., Any]:
    f = tl.custom_vjp(lambda x: tl.sin(x))
    f.defvjp(fwd, bwd)
    return f


def value(x: Tensor) -> Any:
    return tl.sin(x), x


WRONG: dict[str, tuple[Callable[[], Callable[..., Any]], type[errors.TlError], str]] = {
    "no rule": (lambda: tl.custom_jvp(tl.sin), errors.DifferentiationError, "is a custom_jvp without a rule"),
    "no rules": (lambda: tl.custom_vjp(tl.sin), errors.DifferentiationError, "is a custom_vjp without a rule"),
    "no pair": (lambda: with_jvp(lambda p, t: t[0]), errors.ArgumentError, r"returns \(value, tangent\)"),
    "tree of tangents": (lambda: with_jvp(lambda p, t: (p[0], t)), errors.ArgumentError, "one structure"),
    "shape of the tangent": (
        lambda: with_jvp(lambda p, t: (p[0], tl.sum(t[0]))),
        errors.ShapeError,
        r"the tangent that the rule of .* returns has the same shape as its result\n  got: \[\]\n  wanted: \[3\]",
    ),
    "type of the tangent": (
        lambda: with_jvp(lambda p, t: (p[0], tl.astype(t[0], tl.float32))),
        errors.DTypeError,
        "got: float32\n  wanted: float64",
    ),
    "shape of the value": (lambda: with_jvp(lambda p, t: (tl.sum(p[0]), t[0])), errors.ShapeError, "the value that"),
    "not a tensor": (lambda: with_jvp(lambda p, t: (p[0], "t")), errors.ArgumentError, "is a tensor"),
    "not linear": (lambda: with_jvp(lambda p, t: (p[0], t[0] * t[0])), errors.DifferentiationError, "is linear in"),
    "fwd without residuals": (
        lambda: with_vjp(lambda x: tl.sin(x), lambda r, g: (g,)),
        errors.ArgumentError,
        r"\(value, residuals",
    ),
    "bwd without a tuple": (lambda: with_vjp(value, lambda r, g: g), errors.ArgumentError, "wanted: a tuple of 1"),
    "bwd of two": (lambda: with_vjp(value, lambda r, g: (g, g)), errors.ArgumentError, "got: a tuple of 2"),
    "shape of the cotangent": (
        lambda: with_vjp(value, lambda r, g: (tl.sum(g),)),
        errors.ShapeError,
        "the cotangent that bwd of .* returns has the same shape as its argument",
    ),
    "type of the cotangent": (
        lambda: with_vjp(value, lambda r, g: (tl.astype(g, tl.float32),)),
        errors.DTypeError,
        "cotangent",
    ),
    "tree of the cotangent": (lambda: with_vjp(value, lambda r, g: ((g, g),)), errors.ArgumentError, "one structure"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_rule_that_does_not_fit_is_refused(case: str) -> None:
    make, error, said = WRONG[case]
    with pytest.raises(error, match=said) as caught:
        tl.grad(lambda x: tl.sum(make()(x)))(X)
    if "without" not in said and case != "not linear":
        assert "test_custom.py" in str(caught.value)


def test_keyword_only_arguments_and_others_are_refused() -> None:
    @tl.custom_jvp
    def f(x: Tensor, *, y: float) -> Tensor:
        return x * y

    f.defjvp(lambda p, t: (p[0], t[0]))
    with pytest.raises(errors.ArgumentError, match="arguments have positions"):
        tl.grad(lambda x: tl.sum(f(x, y=1.0)))(X)

    @tl.custom_jvp
    def g(x: Tensor, name: str) -> Tensor:
        return x

    g.defjvp(lambda p, t: (p[0], t[0]))
    with pytest.raises(errors.ArgumentError, match="arguments are tensors and numbers"):
        tl.grad(lambda x: tl.sum(g(x, "name")))(X)
    with pytest.raises(errors.ArgumentError, match="nondiff_argnums are numbers of positional arguments"):
        h = tl.custom_jvp(lambda x: x, nondiff_argnums=(3,))
        h.defjvp(lambda p, t: (p[0], t[0]))
        tl.grad(lambda x: tl.sum(h(x)))(X)
