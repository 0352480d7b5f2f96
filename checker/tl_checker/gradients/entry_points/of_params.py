"""Cases of parameters: packs as values of their own, casts, what fits a model, and what does not."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb
from jaxtyping import Float, Int

from tl_checker.gradients.entry_points.cases import Case, as_fractions, counting, refused
from tl_checker.gradients.entry_points.cases import engine as tl
from tl_dsl import Module, Tensor, matmul, nn, take
from tl_dsl.autodiff.params import ParamsJacobian
from tl_dsl.errors import ArgumentError, DTypeError, ShapeError
from tl_dsl.pytree import tree_flatten, tree_map

W, ORDER, B, NONE = counting(-2, 2, 3), np.array([2, 0, 1]), counting(4, 2), np.zeros((0, 2))


class Affine(Module):
    """Integers stand between floating parameters, one of which is empty."""

    w: Float[Tensor, "n m"]
    order: Int[Tensor, "m"]
    b: Float[Tensor, "n"]
    none: Float[Tensor, "k n"]
    scale: float = 2.0

    def __call__(self, x: Float[Tensor, "*s m"]) -> Float[Tensor, "*s n"]:
        """scale · (x[order]² wᵀ) + b²."""
        taken = take(x * x, self.order, axis=-1)
        return matmul(taken, self.w.T) * self.scale + self.b * self.b


class Held(Module):
    """No parameter is floating."""

    order: Int[Tensor, "m"]

    def __call__(self, x: Float[Tensor, "m"]) -> Float[Tensor, "m"]:
        """x[order]²."""
        return take(x * x, self.order, axis=0)


def affine(scale: float = 2.0, w: Any = W) -> Affine:
    """A model of those parameters."""
    order = np.resize(ORDER, w.shape[1])
    return Affine(tl.tensor(w), tl.tensor(order), tl.tensor(B), tl.tensor(NONE), scale)


def params_cases() -> Iterator[Case]:
    """All of them."""
    yield from _packs()
    yield from _casts()
    yield from _layers()
    yield from _jacobians()
    yield from _refusals()


def _packs() -> Iterator[Case]:
    model = affine()
    params = tl.init_params(model)
    arrays = [W, ORDER, B, NONE]
    yield Case("Params", "iterated", lambda: list(params), arrays)
    yield Case("Params", "by numbers", lambda: [params[k] for k in (0, 1, -1)], [W, ORDER, NONE])
    yield Case(
        "Params", "by names", lambda: [params.w, params.order, params.b, params.none, params.scale], [*arrays, 2.0]
    )
    yield Case("Params", "names", lambda: params.names, ("w", "order", "b", "none"))
    yield Case("Params", "its length", lambda: len(params), 4)
    yield Case("Params", "as text", lambda: repr(params),
               "Params(w=float64[2 3], order=int64[3], b=float64[2], none=float64[0 2])")  # fmt: skip
    yield Case("Params", "other leaves as text", lambda: repr(tl.Params(params.structure, ["a", 1, None, ()])),
               "Params(w='a', order=1, b=None, none=())")  # fmt: skip
    yield Case("Params", "its model", lambda: params.model(tl.ones(3)), 2 * W.sum(axis=1) + B * B)
    yield Case("Params", "the model is made once", lambda: params.model is params.model, True)
    yield Case("Params", "the model's structure", lambda: tree_flatten(params.model)[1] == tree_flatten(model)[1], True)
    for how in (copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))):
        yield Case("Params", "copied", lambda how=how: list(how(params)), arrays)
        yield Case("Params", "copied, its names", lambda how=how: how(params).names, ("w", "order", "b", "none"))
    doubled = lambda: tree_map(lambda p: p + p, params)
    yield Case("Params", "mapped", lambda: list(doubled()), [2 * p for p in arrays])
    yield Case(
        "Params", "mapped, its kind", lambda: type(doubled()) is tl.Params and doubled().names == params.names, True
    )
    summed = lambda: list(tree_map(lambda p, q: p - q, doubled(), params))
    yield Case("Params", "mapped with others", summed, arrays)
    yield Case("Params", "paths", lambda: tree_flatten(params)[1].paths(), [".w", ".order", ".b", ".none"])
    sequential = nn.Sequential(nn.Linear(2, 1, key=0), nn.Linear(1, 1, key=1, bias=False))
    names = ("layers[0].weight", "layers[0].bias", "layers[1].weight")
    yield Case("Params", "names of layers", lambda: tl.init_params(sequential).names, names)
    missing = lambda: tl.init_params(model).missing
    yield refused("Params", "a field that does not exist", AttributeError, missing)
    yield refused("Params", "a private field", AttributeError, lambda: params._missing, "_missing")
    yield Case(
        "Params",
        "a gradient of them",
        lambda: list(tl.grad(_squares)(tl.Params(params.structure, _floating(params)))),
        [2 * W, 2.0 * ORDER, 2 * B, NONE],
    )


def _floating(params: Any) -> list[Tensor]:
    return [tl.astype(p, tl.float64) for p in params]


def _squares(params: Any) -> Any:
    total = tl.tensor(0.0)
    for p in params:
        total = total + tl.sum(p * p)
    return total


def _casts() -> Iterator[Case]:
    model = affine()
    own = [W, ORDER, B, NONE]
    single = [W.astype(np.float32), ORDER, B.astype(np.float32), NONE.astype(np.float32)]
    half = [W.astype(np.float16), ORDER, B.astype(np.float16), NONE.astype(np.float16)]
    kinds: list[tuple[Any, Any]] = [
        (None, own), (tl.float64, own), (np.float64, own), (float, own), ("float32", single), (tl.float32, single),
        (np.dtype(np.float32), single), (np.float16, half),
    ]  # fmt: skip
    for dtype, wanted in kinds:
        yield Case("init_params", f"dtype {dtype!r}", lambda d=dtype: list(tl.init_params(model, d)), wanted)
        yield Case(
            "init_params", f"by name, dtype {dtype!r}", lambda d=dtype: list(tl.init_params(model, dtype=d)), wanted
        )
    small = lambda: list(tl.init_params(tl.init_params(model, tl.float32).model))
    yield Case("init_params", "a model in single precision", small, single)
    exact = [as_fractions(W), ORDER, as_fractions(B), np.zeros((0, 2))]
    yield Case("init_params_with", "fractions", lambda: list(tl.init_params_with(model, Fraction)), exact)
    negative = [-W, ORDER, -B, NONE]
    yield Case("init_params_with", "floats", lambda: list(tl.init_params_with(model, lambda x: -x)), negative)
    yield Case("init_params_with", "single floats", lambda: list(tl.init_params_with(model, np.float32)),
               [single[0], ORDER, single[2], NONE])  # fmt: skip
    balls = lambda: [
        p.dtype == object and p.numpy().reshape(-1)[0] == arb(float(q.reshape(-1)[0]))
        for p, q in zip(tl.init_params_with(model, arb), own, strict=True)
        if q.size and q.dtype.kind == "f"
    ]
    yield Case("init_params_with", "balls", balls, [True, True])
    yield Case(
        "init_params_with",
        "the structure",
        lambda: tl.init_params_with(model, Fraction).names,
        ("w", "order", "b", "none"),
    )
    both = lambda: list(tl.init_params_with(affine(), lambda x: Fraction(x) if x > 0 else arb(x)))[2]
    yield Case("init_params_with", "fractions or balls", both, as_fractions(B))
    wrong: list[tuple[str, Any, type[Exception], Any, str]] = [
        ("init_params", "integers asked for", DTypeError, lambda: tl.init_params(model, np.int64), "int64"),
        ("init_params", "complex asked for", DTypeError, lambda: tl.init_params(model, np.complex128), "complex128"),
        ("init_params", "objects asked for", DTypeError, lambda: tl.init_params(model, object), "object"),
        ("init_params", "no Module", ArgumentError, lambda: tl.init_params(_squares), "function"),
        ("init_params_with", "no Module", ArgumentError, lambda: tl.init_params_with(2.0, Fraction), "float"),
        ("init_params_with", "a cast to integers", DTypeError, lambda: tl.init_params_with(model, int), "int"),
        ("init_params_with", "a cast to text", DTypeError, lambda: tl.init_params_with(model, str), "str"),
        ("init_params_with", "a cast to fractions or text", DTypeError,
         lambda: tl.init_params_with(model, lambda x: Fraction(x) if x > 0 else "text"), "str"),
        ("init_params_with", "a cast to floats or integers", DTypeError,
         lambda: tl.init_params_with(model, lambda x: x if x > 0 else 2), "int"),
    ]  # fmt: skip
    for entry, what, error, call, got in wrong:
        yield refused(entry, what, error, call, got)


def _layers() -> Iterator[Case]:
    w, b = counting(1, 3, 2), counting(-1, 3)
    for cast in (np.asarray, tl.tensor):
        packed = lambda cast=cast: tl.linear_params(cast(w), cast(b))
        yield Case("linear_params", "the pack", lambda p=packed: list(p()), [w, b])
        yield Case("linear_params", "names", lambda p=packed: p().names, ("weight", "bias"))
        yield Case("linear_params", "the model", lambda p=packed: p().model(tl.ones(2)), w.sum(axis=1) + b)
        layer = nn.Linear(2, 3, key=0)
        gradient = lambda p=packed, layer=layer: list(
            tl.grad_params(layer, tl.OutputLoss.mse("sum"), p(), tl.ones(2), tl.zeros(3))
        )
        y = w.sum(axis=1) + b
        yield Case("linear_params", "a gradient", gradient, [np.outer(2 * y, np.ones(2)), 2 * y])
    wrong: list[tuple[str, type[Exception], Any, Any, str]] = [
        ("a bias of another size", ShapeError, w, np.zeros(2), "weight [3, 2] and bias [2]"),
        ("a bias of two axes", ShapeError, w, np.zeros((3, 1)), "weight [3, 2] and bias [3, 1]"),
        ("a weight of one axis", ShapeError, np.zeros(3), b, "weight [3] and bias [3]"),
        ("a weight of three axes", ShapeError, np.zeros((3, 1, 1)), b, "weight [3, 1, 1] and bias [3]"),
        ("a bias without axes", ShapeError, w, np.zeros(()), "weight [3, 2] and bias []"),
        ("integers for a weight", DTypeError, w.astype(int), b, "int64 for weight"),
        ("integers for a bias", DTypeError, w, b.astype(int), "int64 for bias"),
    ]  # fmt: skip
    for what, error, weight, bias, got in wrong:
        yield refused(
            "linear_params", what, error, lambda w=weight, b=bias: tl.linear_params(tl.tensor(w), tl.tensor(b)), got
        )


def _jacobians() -> Iterator[Case]:
    """Jacobians in parameters, their rows, and that they are trees."""
    model, x = affine(), counting(1, 2, 3)
    params = tl.init_params(model)
    taken = (x * x)[:, ORDER]
    blocks = [
        2 * np.einsum("sj,in->sinj", taken, np.eye(2)), np.zeros((2, 2, 3), int),
        np.broadcast_to(2 * np.diag(B), (2, 2, 2)) + 0.0, np.zeros((2, 2, 0, 2)),
    ]  # fmt: skip
    jacobian = lambda: tl.jacrev_params(model, params, tl.tensor(x))
    yield Case("jacrev_params", "the blocks", lambda: list(jacobian()), blocks)
    yield Case("jacrev_params", "names", lambda: jacobian().names, params.names)
    yield Case("jacrev_params", "the shape of the output", lambda: jacobian().output_shape, (2, 2))
    rows = [[block.reshape(4, *block.shape[2:])[k] for block in blocks] for k in range(4)]
    yield Case("jacrev_params", "rows", lambda: [list(row) for row in jacobian().rows()], rows)
    yield Case(
        "jacrev_params", "kinds of rows", lambda: [type(row).__name__ for row in jacobian().rows()], ["Params"] * 4
    )
    yield Case("jacrev_params", "names of rows", lambda: next(jacobian().rows()).names, params.names)
    for how in (copy.copy, lambda j: pickle.loads(pickle.dumps(j)), lambda j: tree_map(lambda z: z, j)):
        same = lambda how=how: (type(how(jacobian())), list(how(jacobian())), how(jacobian()).output_shape)
        yield Case(
            "jacrev_params", "copied", lambda s=same: (s()[0] is ParamsJacobian, *s()[1:]), (True, blocks, (2, 2))
        )
    one = lambda: tl.jacrev_params(model, params, tl.tensor(x[0]))
    yield Case("jacrev_params", "one example", lambda: list(one()), [block[0] for block in blocks])
    held = Held(tl.tensor(ORDER))
    found = lambda: list(tl.jacrev_params(held, tl.init_params(held), tl.tensor(x[0])))
    yield Case("jacrev_params", "no floating parameter", found, [np.zeros((3, 3), int)])


def _refusals() -> Iterator[Case]:
    """Parameters that are not this model's."""
    model, x, loss = affine(), tl.ones(3), tl.OutputLoss.mse()
    params = tl.init_params(model)
    longer = tl.init_params(affine(w=counting(0, 2, 4)))
    scaled = tl.init_params(affine(3.0))
    layers = [
        tl.init_params(nn.Sequential(nn.Linear(1, 1, key=0), nn.Linear(1, 1, key=0, bias=bias)))
        for bias in (True, False)
    ]
    sequential = nn.Sequential(nn.Linear(1, 1, key=0), nn.Linear(1, 1, key=0))
    kind, same = "{} are the Params of the model", "{} belong to a model of the same structure"
    shape = "{} have the shapes of the model's parameters"
    wrong: list[tuple[str, type[Exception], Any, Any, str, str]] = [
        ("leaves alone", ArgumentError, model, list(params), "list", kind),
        ("the model itself", ArgumentError, model, model, "Affine", kind),
        ("a Jacobian", ArgumentError, model, tl.jacrev_params(model, params, x), "ParamsJacobian", kind),
        ("another shape", ShapeError, model, longer, "[2, 4] for w", shape),
        ("another static field", ArgumentError, model, scaled, "the static value 3.0 at .scale", same),
        ("another model", ArgumentError, model, layers[0], "a Sequential(layers) at the root", same),
        ("another layer", ArgumentError, sequential, layers[1], "None at .layers[1].bias", same),
    ]
    for what, error, own, given, got, says in wrong:
        own_params, text = tl.init_params(own), says.format("params")
        calls: list[tuple[str, Any]] = [
            ("grad_params", lambda m=own, p=given: tl.grad_params(m, loss, p, x, x)),
            ("vjp_params", lambda m=own, p=given: tl.vjp_params(m, p, x, x)),
            ("loss_program", lambda m=own, p=given: tl.loss_program(m, loss)(p, x, x)),
        ]
        for name, call in calls:
            if name != "loss_program" or what != "leaves alone":  # a program traces lists as what they are
                yield refused(name, what, error, call, got, text)
        text = says.format("vparams")
        for name in ("jvp_params", "hvp_params"):
            function = getattr(tl, name)
            call = lambda f=function, m=own, p=own_params, v=given: f(m, loss, p, x, x, v)
            yield refused(name, what, error, call, got, text)
