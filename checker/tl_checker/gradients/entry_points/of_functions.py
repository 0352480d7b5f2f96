"""Cases of the transforms of functions: every option, trees, values that are no tensors, and what is read from outside.

The functions are polynomials; their derivatives are written out beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from tl_checker.gradients.entry_points.cases import (
    Array,
    Case,
    as_tensors,
    counting,
    everywhere,
    inside_of_modes,
)
from tl_checker.gradients.entry_points.cases import (
    engine as tl,
)

X: Array = counting(1, 2, 3) - 3.0
Y: Array = counting(-1, 4)
V: Array = counting(5, 2, 3) - 7.0
W: Array = 3 - counting(0, 4)


def _cubic(x: Any, y: Any) -> Any:
    """Σ x³ + Σx · Σy²."""
    return tl.sum(x * x * x) + tl.sum(x) * tl.sum(y * y)


_VALUE = np.asarray((X**3).sum() + X.sum() * (Y**2).sum())
_DX, _DY = 3 * X**2 + (Y**2).sum(), 2 * X.sum() * Y
_HXX = (6 * np.einsum("ij,ik,jl->ijkl", X, np.eye(2), np.eye(3))) + 0.0
_HXY = np.broadcast_to(2 * Y, (2, 3, 4)) + 0.0
_HYX = np.moveaxis(_HXY, -1, 0) + 0.0
_HYY = 2 * X.sum() * np.eye(4)
_HVX = 6 * X * V + 2 * (Y * W).sum()
_HVY = 2 * V.sum() * Y + 2 * X.sum() * W


def _table(x: Any, y: Any) -> Any:
    """``x_ij² y_k``, of three axes, and ``y_k² + Σx``, of one."""
    return {"b": tl.expand_dims(x * x, axis=2) * y, "a": [y * y + tl.sum(x)]}


_T: Any = {"b": np.einsum("ij,k->ijk", X**2, Y), "a": [Y**2 + X.sum()]}
_T_X: Any = {
    "b": np.einsum("ij,k,ip,jq->ijkpq", 2 * X, Y, np.eye(2), np.eye(3)) + 0.0,
    "a": [np.ones((4, 2, 3))],
}
_T_Y: Any = {"b": np.einsum("ij,km->ijkm", X**2, np.eye(4)) + 0.0, "a": [np.diag(2 * Y) + 0.0]}
_T_XY = {"b": (_T_X["b"], _T_Y["b"]), "a": [(_T_X["a"][0], _T_Y["a"][0])]}
_T_YX = {"b": (_T_Y["b"], _T_X["b"]), "a": [(_T_Y["a"][0], _T_X["a"][0])]}
_U: Any = {"b": counting(-9, 2, 3, 4), "a": [counting(2, 4)]}
_PULLED = (
    np.einsum("ijk,ij,k->ij", _U["b"], 2 * X, Y) + _U["a"][0].sum(),
    np.einsum("ijk,ij->k", _U["b"], X**2) + 2 * Y * _U["a"][0],
)
_PUSHED: Any = {
    "b": np.einsum("ij,ij,k->ijk", 2 * X, V, Y) + np.einsum("ij,k->ijk", X**2, W),
    "a": [2 * Y * W + V.sum()],
}


def _beside(jacobian: Callable[[Any], Any]) -> Any:
    """The slopes of √x + y² at 0 and 3, where a zero that is a number would meet the first."""
    with tl.config(domain="ignore"):
        return jacobian(lambda x, y: tl.sqrt(x) + y * y)(tl.tensor(0.0), tl.tensor(3.0))


_BESIDE: dict[str, Callable[[Any], Any]] = {
    "jacrev": lambda f: tl.jacrev(f, (0, 1)),
    "jacfwd": lambda f: tl.jacfwd(f, (0, 1)),
}


def function_cases() -> Iterator[Case]:
    """All of them."""
    yield from _gradients()
    yield from _jacobians()
    yield from _hessians()
    yield from _products()


def _gradients() -> Iterator[Case]:
    of_both: list[tuple[Any, Any]] = [
        (0, _DX), (1, _DY), (-1, _DY), (np.int64(1), _DY), ((0, 1), (_DX, _DY)), ((1, 0), (_DY, _DX)), ([1], (_DY,)),
        ((-1, -2), (_DY, _DX)), ((), ()),
    ]  # fmt: skip
    for argnums, wanted in of_both:
        yield from everywhere("grad", f"argnums {argnums!r}", tl.grad(_cubic, argnums), (X, Y), wanted)
        f = tl.value_and_grad(_cubic, argnums)
        yield from everywhere("value_and_grad", f"argnums {argnums!r}", f, (X, Y), (_VALUE, wanted))

    def with_aux(x: Any, y: Any) -> Any:
        return _cubic(x, y), {"sum": tl.sum(y), "all": (x, None)}

    aux = {"all": (X, None), "sum": np.asarray(Y.sum())}
    yield from everywhere("grad", "has_aux", tl.grad(with_aux, 1, has_aux=True), (X, Y), (_DY, aux))
    yield from everywhere("grad", "has_aux by place", tl.grad(with_aux, (1, 0), True), (X, Y), ((_DY, _DX), aux))
    f = tl.value_and_grad(with_aux, (0, 1), has_aux=True)
    yield from everywhere("value_and_grad", "has_aux", f, (X, Y), ((_VALUE, aux), (_DX, _DY)))
    keyed = tl.grad(lambda x, *, y, power: _cubic(x, y) * (2 if power == "two" else 1))
    for power, factor in (("one", 1), ("two", 2)):
        f = _keyed(keyed, power=power)
        yield from everywhere("grad", f"keyword arguments, {power}", f, (X, Y), factor * _DX)
    f = tl.value_and_grad(lambda x, *, y: _cubic(x, y))
    yield from everywhere("value_and_grad", "keyword arguments", _keyed(f), (X, Y), (_VALUE, _DX))
    in_tree = tl.grad(lambda x, *, tree: _cubic(x, tree["y"][0]) * tree["by"])
    f = lambda x, y: in_tree(x, tree={"by": 2, "y": [y]})
    yield from everywhere("grad", "a tree by keyword", f, (X, Y), 2 * _DX)
    yield from inside_of_modes("grad", "the answer", tl.grad(_cubic, (0, 1)), (X, Y), (_DX, _DY))
    value = lambda *xs: tl.value_and_grad(_cubic)(*xs)[0]
    yield from inside_of_modes("value_and_grad", "the answer", value, (X, Y), _VALUE)


def _keyed(f: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """The second argument as the keyword y."""
    return lambda x, y: f(x, y=y, **options)


def _jacobians() -> Iterator[Case]:
    for name in ("jacrev", "jacfwd"):
        transform = getattr(tl, name)
        of_both: list[tuple[Any, Any]] = [
            (0, _T_X), (1, _T_Y), (-2, _T_X), ((0, 1), _T_XY), ((1, 0), _T_YX), ([0], _in_tuples(_T_X)),
        ]  # fmt: skip
        for argnums, wanted in of_both:
            yield from everywhere(name, f"argnums {argnums!r}", transform(_table, argnums), (X, Y), wanted)
        f = transform(lambda x, y: (_table(x, y), (y, None, x)), 1, has_aux=True)
        yield from everywhere(name, "has_aux", f, (X, Y), (_T_Y, (Y, None, X)))
        f = transform(lambda x, y: (_table(x, y), x), (1, 0), True)
        yield from everywhere(name, "has_aux by place", f, (X, Y), (_T_YX, X))
        f = _keyed(transform(lambda x, *, y, scale: tl.sum(x * scale) * y), scale=2)
        yield from everywhere(name, "keyword arguments", f, (X, Y), np.einsum("k,ij->kij", Y, np.full((2, 3), 2.0)))
        yield from everywhere(name, "the identity", transform(lambda x: x), (Y,), np.eye(4))
        yield from everywhere(name, "a result twice", transform(lambda y: (y, y)), (Y,), (np.eye(4), np.eye(4)))
        constant = transform(lambda x, y: (tl.ones(2), tl.sum(y)), (0, 1))
        wanted = ((np.zeros((2, 2, 3)), np.zeros((2, 4))), (np.zeros((2, 3)), np.ones(4)))
        yield Case(name, "a constant", partial(constant, *as_tensors((X, Y))), wanted)
        yield from inside_of_modes(name, "the answer", transform(_table, 0), (X, Y), _T_X)


def _in_tuples(tree: Any) -> Any:
    return {"b": (tree["b"],), "a": [(tree["a"][0],)]}


def _hessians() -> Iterator[Case]:
    of_both: list[tuple[Any, Any]] = [
        (0, _HXX), (1, _HYY), (-1, _HYY), ((0, 1), ((_HXX, _HXY), (_HYX, _HYY))),
        ((1, 0), ((_HYY, _HYX), (_HXY, _HXX))), ((1,), ((_HYY,),)),
    ]  # fmt: skip
    for argnums, wanted in of_both:
        yield from everywhere("hessian", f"argnums {argnums!r}", tl.hessian(_cubic, argnums), (X, Y), wanted)
    f = tl.hessian(lambda x, y: (_cubic(x, y), x), 0, has_aux=True)
    yield from everywhere("hessian", "has_aux", f, (X, Y), (_HXX, X))
    yield from everywhere("hessian", "keyword arguments", _keyed(tl.hessian(_keyed_cubic)), (X, Y), _HXX)
    f = lambda x, y, v, w: tl.hvp(_cubic, (x, y), (v, w))
    yield from everywhere("hvp", "two arguments", f, (X, Y, V, W), (_HVX, _HVY))
    f = lambda x, y, v, w: tl.hvp(_cubic, [x, y], [v, w])
    yield from everywhere("hvp", "lists", f, (X, Y, V, W), (_HVX, _HVY))
    f = lambda x, y, v, w: tl.hvp(lambda t: _cubic(t["x"], t["y"]), ({"y": y, "x": x},), ({"x": v, "y": w},))
    yield from everywhere("hvp", "a dict", f, (X, Y, V, W), ({"x": _HVX, "y": _HVY},))


def _keyed_cubic(x: Any, *, y: Any) -> Any:
    return _cubic(x, y)


def _products() -> Iterator[Case]:
    def pulled(x: Any, y: Any, u: Any) -> Any:
        value, pullback = tl.vjp(_table, x, y)
        twice = pullback(tl.pytree.tree_map(lambda z: z + z, u))
        return value, pullback(u), twice

    wanted = (_T, _PULLED, (2 * _PULLED[0], 2 * _PULLED[1]))
    yield from everywhere("vjp", "two cotangents", pulled, (X, Y, _U), wanted)

    def pulled_with_aux(x: Any, y: Any, u: Any) -> Any:
        value, pullback, aux = tl.vjp(lambda *xs: (_table(*xs), (xs[1], None, xs[0])), x, y, has_aux=True)
        return value, pullback(u), aux

    yield from everywhere("vjp", "has_aux", pulled_with_aux, (X, Y, _U), (_T, _PULLED, (Y, None, X)))
    one = lambda y, u: tl.vjp(lambda z: z * z, y)[1](u)
    yield from everywhere("vjp", "one argument", one, (Y, W), (2 * Y * W,))
    for how in (tuple, list):
        f = lambda x, y, v, w, how=how: tl.jvp(_table, how((x, y)), how((v, w)))
        yield from everywhere("jvp", f"a {how.__name__}", f, (X, Y, V, W), (_T, _PUSHED))

    def pushed_with_aux(x: Any, y: Any, v: Any, w: Any) -> Any:
        return tl.jvp(lambda *xs: (_table(*xs), (xs[1], None, xs[0])), (x, y), (v, w), has_aux=True)

    yield from everywhere("jvp", "has_aux", pushed_with_aux, (X, Y, V, W), (_T, _PUSHED, (Y, None, X)))

    def linear(x: Any, y: Any, v: Any, w: Any) -> Any:
        value, pushforward = tl.linearize(_table, x, y)
        first = pushforward(v, w)
        return value, pushforward(v + v, w + w), first

    twice = {"b": 2 * _PUSHED["b"], "a": [2 * _PUSHED["a"][0]]}
    yield from everywhere("linearize", "two tangents", linear, (X, Y, V, W), (_T, twice, _PUSHED))
    x, y = as_tensors((X, Y))
    third, seventh = (tl.tensor(np.array([Fraction(1, n)], object)) for n in (3, 7))
    thirds: list[tuple[str, Callable[[], Any], Fraction]] = [
        ("jvp", lambda: tl.jvp(lambda z: z * z, (third,), (seventh,))[1], Fraction(2, 21)),
        ("vjp", lambda: tl.vjp(lambda z: z * z, third)[1](seventh)[0], Fraction(2, 21)),
        ("linearize", lambda: tl.linearize(lambda z: z * z, third)[1](seventh), Fraction(2, 21)),
        ("hvp", lambda: tl.hvp(lambda z: tl.sum(z * z * z), (third,), (seventh,))[0], Fraction(2, 7)),
    ]
    for name, call, exact in thirds:
        yield Case(name, "a third along a seventh", call, np.array([exact], object))
    single = as_tensors((V.astype(np.float32), W.astype(np.float32)))
    yield Case("jvp", "tangents in single precision", lambda: tl.jvp(_table, (x, y), single)[1], _PUSHED)
    yield Case("linearize", "tangents in single precision", lambda: tl.linearize(_table, x, y)[1](*single), _PUSHED)
    for name, ways in _BESIDE.items():
        yield Case(
            name, "zeros beside an infinite slope", partial(_beside, ways), (np.asarray(np.inf), np.asarray(6.0))
        )
    fine = (V, W)
    yield Case("jvp", "the tangents as they are", lambda: tl.jvp(lambda *z: z, (x, y), single)[1], fine)
    yield Case("linearize", "the tangents as they are", lambda: tl.linearize(lambda *z: z, x, y)[1](*single), fine)
    yield Case("vjp", "the cotangents as they are", lambda: tl.vjp(lambda *z: z, x, y)[1](single), fine)
    u = as_tensors({"b": _U["b"].astype(np.float32), "a": [_U["a"][0]]})
    yield Case("vjp", "a cotangent in single precision", lambda: tl.vjp(_table, x, y)[1](u), _PULLED)
    doubled = tuple([2 * g for g in (_DX, _DY)])
    yield Case("vjp", "a number for a cotangent", lambda: tl.vjp(_cubic, x, y)[1](2.0), doubled)
    slope = np.asarray(12.0)
    yield Case("jvp", "numbers", lambda: tl.jvp(lambda z: z * z, (3.0,), (2.0,))[1], slope)
    yield Case("linearize", "numbers", lambda: tl.linearize(lambda z: z * z, 3.0)[1](2.0), slope)
    yield Case("hvp", "numbers", lambda: tl.hvp(lambda z: z * z * z, (3.0,), (2.0,)), (np.asarray(36.0),))
    yield from inside_of_modes("vjp", "the answer", pulled, (X, Y, _U), wanted)
