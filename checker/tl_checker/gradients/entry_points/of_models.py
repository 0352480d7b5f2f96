"""Cases of the entry points of models and of losses: parameters that are not floating, kinds of arguments, refusals.

The model is 2 · x[order]² wᵀ + b², its loss a sum of squares; their derivatives are written out beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from tl_checker.gradients.entry_points.cases import Array, Case, counting, everywhere, refused
from tl_checker.gradients.entry_points.cases import engine as tl
from tl_checker.gradients.entry_points.of_params import NONE, ORDER, Held, W, affine
from tl_dsl import Module, Tensor, nn, take
from tl_dsl.errors import ArgumentError, DifferentiationError, ShapeError

B: Array = counting(4, 2)
X: Array = counting(-1, 2, 3)
T: Array = 3.0 - counting(0, 2, 2)
U: Array = counting(-2, 2, 2)
_VW, _VB = counting(-1, 2, 3), counting(2, 2)


class _Values:
    """The output of the model and its derivatives, by hand."""

    taken = (X * X)[:, ORDER]
    y = 2 * taken @ W.T + B * B
    inverse = np.argsort(ORDER)

    @classmethod
    def pulled(cls, seed: Array) -> tuple[Array, Array, Array]:
        """The cotangents of w, b and x."""
        dx = 2 * (seed @ W)[:, cls.inverse] * 2 * X
        return 2 * seed.T @ cls.taken, 2 * B * seed.sum(axis=0), dx

    @classmethod
    def pushed(cls) -> Array:
        """The tangent of the output along the direction of the parameters."""
        tangent: Array = 2 * cls.taken @ _VW.T + 2 * B * _VB
        return tangent


_HELD = np.zeros(3, int)
_G = 2 * (_Values.y - T)
_GW, _GB, _GX = _Values.pulled(_G)
_LOSS = np.asarray(((_Values.y - T) ** 2).sum())
_DY = _Values.pushed()
_HW = 2 * (2 * _DY).T @ _Values.taken
_HB = 2 * B * (2 * _DY).sum(axis=0) + 2 * _VB * _G.sum(axis=0)


class _Table(Module):
    """The rows of a table."""

    rows: Float[Tensor, "n m"]

    def __call__(self, places: Int[Tensor, "k"]) -> Float[Tensor, "k m"]:
        return take(self.rows, places, axis=0)


class _Two(Module):
    """Two parameters of one shape, of any types."""

    a: Any
    b: Any

    def __call__(self, x: Any) -> Any:
        """x · (Σ a² + 3 Σ b²)."""
        a, b = tl.astype(self.a, tl.float64), tl.astype(self.b, tl.float64)
        return x * (tl.sum(a * a) + 3 * tl.sum(b * b))


def model_cases() -> Iterator[Case]:
    """All of them."""
    yield from _of_outputs()
    yield from _of_losses()
    yield from _several_types()
    yield from _held()
    yield from _kinds()
    yield from _losses()
    yield from _refusals()


def _packed(w: Any, b: Any, none: Any = None) -> Any:
    """Parameters of the model; integers stay what they are."""
    structure = tl.init_params(affine()).structure
    rest = tl.tensor(ORDER), _like(b, NONE) if none is None else none
    return tl.Params(structure, (tl.tensor(w), rest[0], tl.tensor(b), rest[1]))


def _like(b: Any, array: Array) -> Any:
    return tl.zeros(array.shape, dtype=b.dtype if b.dtype != object else tl.float64)


def _live(pack: Any) -> tuple[Any, ...]:
    """The floating parameters that have elements."""
    return pack.w, pack.b


def _of_outputs() -> Iterator[Case]:
    model = affine()
    pulled = _Values.pulled(U)

    def vjp_params(w: Any, b: Any, x: Any, u: Any) -> Any:
        return _live(tl.vjp_params(model, _packed(w, b), x, u))

    yield from everywhere("vjp_params", "batch of two", vjp_params, (W, B, X, U), pulled[:2])
    f: Callable[..., Any] = lambda w, b, x, u: tl.vjp_inputs(model, _packed(w, b), x, u)
    yield from everywhere("vjp_inputs", "batch of two", f, (W, B, X, U), (pulled[2],))
    f = lambda w, b, x, u: tl.vjp_input(model, _packed(w, b), x, u)
    yield from everywhere("vjp_input", "batch of two", f, (W, B, X, U), pulled[2])
    blocks = (2 * np.einsum("sj,in->sinj", _Values.taken, np.eye(2)), np.broadcast_to(2 * np.diag(B), (2, 2, 2)) + 0.0)
    f = lambda w, b, x: _live(tl.jacrev_params(model, _packed(w, b), x))
    yield from everywhere("jacrev_params", "batch of two", f, (W, B, X), blocks)


_ENTRIES: dict[str, Any] = {
    "grad_params": (_GW, _GB),
    "grad_inputs": (_GX, -_G),
    "grad_x": _GX,
    "grad_target": -_G,
    "value_and_grads": (_LOSS, (_GW, _GB), _GX, -_G),
    "value_and_grad_params": (_LOSS, (_GW, _GB)),
    "value_and_grad_x": (_LOSS, _GX),
    "value_and_grad_target": (_LOSS, -_G),
}


def _of_losses() -> Iterator[Case]:
    model, loss = affine(), tl.OutputLoss.mse("sum")
    for name, wanted in _ENTRIES.items():
        yield from everywhere(name, "batch of two", _entry(name, model, loss), (W, B, X, T), wanted)

    def along(name: str) -> Callable[..., Any]:
        function = getattr(tl, name)
        return lambda w, b, x, t, v, c: function(model, loss, _packed(w, b), x, t, _packed(v, c))

    args = (W, B, X, T, _VW, _VB)
    yield from everywhere("jvp_params", "batch of two", along("jvp_params"), args, np.asarray((_G * _DY).sum()))
    f: Callable[..., Any] = lambda *xs: _live(along("hvp_params")(*xs))
    yield from everywhere("hvp_params", "batch of two", f, args, (_HW, _HB))
    program = tl.loss_program(model, loss)
    f = lambda w, b, x, t: program(_packed(w, b), x, t)
    yield from everywhere("loss_program", "batch of two", f, (W, B, X, T), _LOSS)


def _entry(name: str, model: Any, loss: Any) -> Callable[..., Any]:
    """An entry point of ``(w, b, x, target)``, with the floating parameters of its answer."""
    function = getattr(tl, name)

    def call(w: Any, b: Any, x: Any, t: Any) -> Any:
        found = function(model, loss, _packed(w, b), x, t)
        if name == "grad_params":
            return _live(found)
        if name in ("value_and_grads", "value_and_grad_params"):
            return (found[0], _live(found[1]), *found[2:])
        return found

    return call


def _several_types() -> Iterator[Case]:
    """Parameters of several types: each derivative has the type of what it is taken in."""
    model, loss = affine(), tl.OutputLoss.mse("sum")
    two = _Two(tl.tensor([1.0, 2.0]), tl.tensor([3.0, 4.0]))
    structure, floats, whole = tl.init_params(two).structure, np.array([1.0, 2.0]), np.array([1, 2])
    none = np.zeros(2, int)
    for a, b, wanted in ((floats, whole, (2 * floats, none)), (whole, floats, (none, 6 * floats))) * 2:
        pack = tl.Params(structure, (tl.tensor(a), tl.tensor(b)))
        pulled = lambda p=pack: tuple(tl.vjp_params(two, p, tl.ones(()), tl.ones(())))
        yield Case("vjp_params", f"{a.dtype} before {b.dtype}", pulled, wanted)
        product = tl.OutputLoss(lambda y, t: y * t)
        graded = lambda p=pack, f=product: tuple(tl.grad_params(two, f, p, tl.ones(()), tl.ones(())))
        yield Case("grad_params", f"{a.dtype} before {b.dtype}", graded, wanted)
    single = _packed(W.astype(np.float32), B)
    found = lambda: _live(tl.grad_params(model, loss, single, tl.tensor(X), tl.tensor(T)))
    yield Case("grad_params", "a weight in single precision", found, (_GW.astype(np.float32), _GB))
    for first in (np.float32, np.float64, object, np.float64, np.float32):  # one after the other, as training does
        params = tl.init_params(model, first) if first is not object else _packed(W, B)
        kind = np.float64 if first is object else first
        x, t = tl.tensor(X.astype(kind)), tl.tensor(T.astype(kind))
        wanted = (_GW.astype(kind), _GB.astype(kind))
        yield Case(
            "grad_params",
            f"after another type, {np.dtype(kind)}",
            lambda p=params, x=x, t=t: _live(tl.grad_params(model, loss, p, x, t)),
            wanted,
        )


def _held() -> Iterator[Case]:
    """What is not floating has derivatives of zeros, of its own type and with the axes of the output before."""
    model, loss = affine(), tl.OutputLoss.mse("sum")
    params = tl.init_params(model)
    x, t = tl.tensor(X), tl.tensor(T)
    whole = [_GW, _HELD, _GB, NONE]
    yield Case("grad_params", "all arrays", lambda: list(tl.grad_params(model, loss, params, x, t)), whole)
    yield Case("grad_params", "its kind", lambda: type(tl.grad_params(model, loss, params, x, t)) is tl.Params, True)
    yield Case("value_and_grads", "all arrays", lambda: list(tl.value_and_grads(model, loss, params, x, t)[1]), whole)
    yield Case(
        "value_and_grad_params",
        "all arrays",
        lambda: list(tl.value_and_grad_params(model, loss, params, x, t)[1]),
        whole,
    )
    pulled = _Values.pulled(U)
    yield Case("vjp_params", "all arrays", lambda: list(tl.vjp_params(model, params, x, tl.tensor(U))),
               [pulled[0], _HELD, pulled[1], NONE])  # fmt: skip
    anything = tl.Params(params.structure, (tl.tensor(_VW), tl.tensor([7, 8, 9]), tl.tensor(_VB), tl.tensor(NONE)))
    yield Case(
        "hvp_params",
        "all arrays",
        lambda: list(tl.hvp_params(model, loss, params, x, t, anything)),
        [_HW, _HELD, _HB, NONE],
    )
    yield Case("jvp_params", "what stands at integers is not read",
               lambda: tl.jvp_params(model, loss, params, x, t, anything), np.asarray((_G * _DY).sum()))  # fmt: skip
    held, row = Held(tl.tensor(ORDER)), tl.tensor(X[0])
    own = tl.init_params(held)
    yield Case("grad_params", "no floating parameter", lambda: list(tl.grad_params(held, loss, own, row, row)), [_HELD])
    yield Case("vjp_params", "no floating parameter", lambda: list(tl.vjp_params(held, own, row, row)), [_HELD])
    slope = 2 * ((X[0] * X[0])[ORDER] - X[0])[_Values.inverse] * 2 * X[0]
    yield Case("grad_x", "no floating parameter", lambda: tl.grad_x(held, loss, own, row, row), slope)
    identity: Any = nn.Identity()
    nothing = tl.init_params(identity)
    yield Case("grad_params", "no parameter", lambda: list(tl.grad_params(identity, loss, nothing, row, row * 2)), [])
    yield Case("grad_x", "no parameter", lambda: tl.grad_x(identity, loss, nothing, row, row * 2), -2 * X[0])
    yield Case(
        "jvp_params",
        "no parameter",
        lambda: tl.jvp_params(identity, loss, nothing, row, row * 2, nothing),
        np.asarray(0.0),
    )


def _kinds() -> Iterator[Case]:
    """Kinds of inputs, seeds and targets: arrays, numbers, integers."""
    model, loss = affine(), tl.OutputLoss.mse("sum")
    params, x, t = tl.init_params(model), tl.tensor(X), tl.tensor(T)
    scaled: Any = nn.Sequential(lambda z: z * z)
    none = tl.init_params(scaled)
    yield Case("grad_x", "a number", lambda: tl.grad_x(scaled, loss, none, 3.0, 4.0), np.asarray(60.0))
    yield Case("grad_target", "a number", lambda: tl.grad_target(scaled, loss, none, 3.0, 4.0), np.asarray(-10.0))
    yield Case("vjp_input", "a number", lambda: tl.vjp_input(scaled, none, 3.0, 2.0), np.asarray(12.0))
    whole = T.astype(int)
    loss = tl.OutputLoss(lambda y, z: tl.sum((y - tl.astype(z, y.dtype)) ** 2))
    for target in (whole, tl.tensor(whole)):
        kind = type(target).__name__
        yield Case("grad_params", f"integers for a target, {kind}",
                   lambda t=target: _live(tl.grad_params(model, loss, params, x, t)), (_GW, _GB))  # fmt: skip
        yield Case(
            "grad_x", f"integers for a target, {kind}", lambda t=target: tl.grad_x(model, loss, params, x, t), _GX
        )
        yield refused("grad_target", f"integers for a target, {kind}", DifferentiationError,
                      lambda t=target: tl.grad_target(model, loss, params, x, t), "int64 in argument 2")  # fmt: skip
        yield refused("grad_inputs", f"integers for a target, {kind}", DifferentiationError,
                      lambda t=target: tl.grad_inputs(model, loss, params, x, t), "int64 in argument 2")  # fmt: skip
    integers = tl.tensor(X.astype(int))
    table = _Table(tl.tensor(W))
    places = tl.tensor([1, 0, 1])
    taken = lambda: list(tl.grad_params(table, loss, tl.init_params(table), places, tl.zeros((3, 3))))
    yield Case("grad_params", "integers for an input", taken, [2 * W * np.asarray([[1.0], [2.0]])])
    pulled = lambda: list(tl.vjp_params(table, tl.init_params(table), places, tl.ones((3, 3))))
    yield Case("vjp_params", "integers for an input", pulled, [np.ones((2, 3)) * np.asarray([[1.0], [2.0]])])
    yield refused("grad_x", "integers for an input", DifferentiationError,
                  lambda: tl.grad_x(model, loss, params, integers, t), "int64 in argument 1")  # fmt: skip
    yield refused(
        "vjp_input",
        "integers for an input",
        DifferentiationError,
        lambda: tl.vjp_input(model, params, integers, t),
        "int64 in argument 0",
    )


def _losses() -> Iterator[Case]:
    """Losses: reductions, detached, called."""
    y, t = tl.tensor(_Values.y), tl.tensor(T)
    both = lambda loss: tl.grad(loss, argnums=(0, 1))(y, t)
    for reduction, size in (("sum", 1), ("mean", 4)):
        loss = tl.OutputLoss.mse(reduction)
        yield Case("OutputLoss.mse", f"the value, {reduction}", lambda loss=loss: loss(y, t), _LOSS / size)
        yield Case("OutputLoss.mse", f"gradients, {reduction}", lambda loss=loss: both(loss), (_G / size, -_G / size))
        detached = tl.OutputLoss.detach(loss)
        yield Case("OutputLoss.detach", f"the value, {reduction}", lambda loss=detached: loss(y, t), _LOSS / size)
        yield Case(
            "OutputLoss.detach", f"gradients, {reduction}", lambda loss=detached: both(loss), (0 * _G, -_G / size)
        )
        yield Case("OutputLoss.detach", f"forward mode, {reduction}",
                   lambda loss=detached: tl.jvp(loss, (y, t), (y, tl.zeros((2, 2))))[1], np.asarray(0.0))  # fmt: skip
        pushed = lambda loss=detached: tl.jvp(loss, (y, t), (y, t))[1]
        yield Case(
            "OutputLoss.detach", f"forward mode in the target, {reduction}", pushed, np.asarray((-_G * T).sum() / size)
        )
    one, entropy = tl.OutputLoss.mse("sum"), tl.OutputLoss.cross_entropy_one_hot
    of_one = lambda: [one.mse("sum") == one, one.cross_entropy_one_hot("sum") != one, one.detach(one)(y, t)]
    kinds = lambda: [type(loss).__name__ for loss in (one, entropy(), tl.OutputLoss.detach(one))]
    yield Case("OutputLoss", "kinds of losses", kinds, ["AlikeLoss", "AlikeLoss", "OutputLoss"])
    yield Case("OutputLoss", "losses of a loss", of_one, [True, True, _LOSS])
    yield Case("OutputLoss.mse", "by default", lambda: tl.OutputLoss.mse()(y, t), _LOSS / 4)
    yield Case(
        "OutputLoss.mse",
        "losses of one kind are equal",
        lambda: tl.OutputLoss.mse("sum") == tl.OutputLoss.mse("sum"),
        True,
    )
    yield Case(
        "OutputLoss.mse", "losses of two kinds are not", lambda: tl.OutputLoss.mse("sum") == tl.OutputLoss.mse(), False
    )
    zeros, hot = tl.zeros((2, 3)), tl.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    sums = lambda r: tl.sum(tl.OutputLoss.cross_entropy_one_hot(r)(zeros, hot) * 1e6).astype(tl.int64)
    for reduction, factor in (("sum", 2), ("mean", 1)):
        wanted = np.asarray(int(factor * np.log(3.0) * 1e6))
        yield Case("OutputLoss.cross_entropy_one_hot", f"millionths, {reduction}", lambda r=reduction: sums(r), wanted)
    yield Case(
        "OutputLoss.cross_entropy_one_hot", "by default", lambda: entropy() == entropy("mean") != entropy("sum"), True
    )
    weighted = tl.OutputLoss(lambda output, target: tl.sum(output * target * target))
    yield Case("OutputLoss", "output and target", lambda: both(weighted), (T * T, 2 * _Values.y * T))


def _refusals() -> Iterator[Case]:
    model, loss = affine(), tl.OutputLoss.mse("sum")
    params, x, t = tl.init_params(model), tl.tensor(X), tl.tensor(T)
    names = (*_ENTRIES, "jvp_params", "hvp_params", "loss_program")
    vector = tl.OutputLoss(lambda output, target: output - target)
    number: Any = tl.OutputLoss(lambda output, target: 2.0)
    for name in names:
        more = (params,) if name in ("jvp_params", "hvp_params") else ()

        def asked(
            loss: Any = loss, x: Any = x, t: Any = t, model: Any = model, name: str = name, more: Any = more
        ) -> Any:
            function: Any = getattr(tl, name)
            return (
                function(model, loss)(params, x, t)
                if name == "loss_program"
                else function(model, loss, params, x, t, *more)
            )

        yield refused(name, "a loss of two axes", DifferentiationError, lambda a=asked: a(vector), "[2, 2]")
        yield refused(name, "a loss that is a number", ArgumentError, lambda a=asked: a(number), "float")
        call = lambda a=asked: a(tl.nn.mse_loss)
        yield refused(name, "a function for a loss", ArgumentError, call, "function", "a loss is an OutputLoss")
        yield refused(name, "a target of another shape", ShapeError, lambda a=asked: a(t=tl.ones(5)))
        yield refused(name, "an input of another shape", ShapeError, lambda a=asked: a(x=tl.ones(5)))
        if name != "loss_program":
            says = "is a Tensor"
            call = lambda a=asked: a(x="text")
            yield refused(name, "text for an input", ArgumentError, call, "str", f"the input {says}")
            call = lambda a=asked: a(t=2)
            yield refused(name, "an integer for a target", ArgumentError, call, "int", f"the target or seed {says}")
            yield refused(name, "a function for a model", ArgumentError, lambda a=asked: a(model=tl.square), "function")
    yield refused(
        "vjp_params", "a longer seed", ShapeError, lambda: tl.vjp_params(model, params, x, tl.ones((2, 3))), "[2, 3]"
    )
    yield refused(
        "vjp_input", "a longer seed", ShapeError, lambda: tl.vjp_input(model, params, x, tl.ones((2, 3))), "[2, 3]"
    )
    yield refused("vjp_params", "a seed of integers", DifferentiationError,
                  lambda: tl.vjp_params(model, params, x, tl.ones((2, 2), dtype=tl.int64)), "int64")  # fmt: skip
    yield refused(
        "jacrev_params", "text for an input", ArgumentError, lambda: tl.jacrev_params(model, params, "text"), "str"
    )
    yield refused(
        "vjp_input", "a list for a seed", ArgumentError, lambda: tl.vjp_input(model, params, x, [1.0]), "list"
    )
