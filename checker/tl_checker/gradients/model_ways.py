"""The ways to ask for derivatives of models: again, of arrays, of cast parameters, detached, inside of transforms."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb

import tl_dsl as tl
from tl_checker.gradients.entries import Entry, Part, Point, Scalars
from tl_checker.gradients.function_parts import as_array
from tl_checker.gradients.model_entries import ModelPlace, parts_of_params
from tl_dsl import Tensor, nn
from tl_dsl.pytree import tree_map

ROWS = 24
"""Up to so many elements of the output the rows of Jacobians are gone through one by one."""


def output_ways(place: ModelPlace) -> list[Entry]:
    """The ways that need no loss."""
    rows = place.live and int(np.prod(place.output_shape, dtype=int)) <= ROWS
    return [_rows(place)] if rows else []


def loss_ways(place: ModelPlace, loss: Any, point: Point) -> list[Entry]:
    """The ways of a loss at its point."""
    if not place.live:
        return []
    found = [_again(place, loss, point), _arrays(place, loss), _cast(place, loss), _detached(place, loss),
             _mapped(place, loss)]  # fmt: skip
    if len(place.live) == len(place.params):
        found += [_twice(place, loss), _of_slope(place, loss)]
    return found


def _rows(place: ModelPlace) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        rows = list(tl.jacrev_params(place.model, *place.arguments(scalars)).rows())
        stacked = [tl.stack([row[k] for row in rows]) for k in range(len(place.params))]
        whole = [tl.reshape(x, place.output_shape + p.shape) for x, p in zip(stacked, place.params, strict=True)]
        return parts_of_params(place, whole, place.output_shape)

    return Entry("rows of jacrev_params", "reverse", call)


def _again(place: ModelPlace, loss: Any, point: Point) -> Entry:
    """The same call at other values first: a kept trace must not keep values."""

    def moved(x: Any) -> Any:
        return x * point.other if x.dtype.kind in "fO" else x

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        target = scalars(place.target)
        others: tl.Params[Any] = tl.Params(place.structure, tuple([moved(p) for p in params]))
        first = tl.grad_params(place.model, loss, others, moved(x), moved(target))
        again = tl.grad_params(place.model, loss, params, x, target)
        found = parts_of_params(place, first, scaled=point.other, way="at other values")
        return found + parts_of_params(place, again, way="after that")

    return Entry("grad_params again", "reverse", call)


def _arrays(place: ModelPlace, loss: Any) -> Entry:
    """Inputs and targets as numpy arrays."""

    def call(scalars: Scalars) -> list[Part]:
        params = place.arguments(scalars)[0]
        arrays = [as_array(scalars(z)) for z in (place.x, place.target)]
        return parts_of_params(place, tl.grad_params(place.model, loss, params, *arrays))

    return Entry("grad_params of arrays", "reverse", call)


def _cast(place: ModelPlace, loss: Any) -> Entry:
    """At the parameters that the model was made with: cast to balls, or to their own type."""

    def call(scalars: Scalars) -> list[Part]:
        x, target = scalars(place.x), scalars(place.target)
        exact = place.params[place.live[0]].dtype.kind == "f" and scalars(place.params[place.live[0]]).dtype == object
        params = tl.init_params_with(place.model, arb) if exact else tl.init_params(place.model, place.own_dtype)
        for kind in (np.float32, np.float64, "float32", "float64"):
            _require_cast(place, tl.init_params(place.model, kind), np.dtype(kind))
        parts = parts_of_params(place, tl.grad_params(place.model, loss, params, x, target), way="init_params")
        if isinstance(place.model, nn.Linear) and len(place.params) == 2:
            packed: Any = tl.linear_params(*[scalars(p) for p in place.params])
            gradient = tl.grad_params(place.model, loss, packed, x, target)
            parts += parts_of_params(place, gradient, way="linear_params")
        return parts

    return Entry("grad_params of init_params", "reverse", call)


def _require_cast(place: ModelPlace, params: Any, dtype: np.dtype[Any]) -> None:
    """Errors: ValueError unless the floating parameters are the model's own in this type, and the others its own."""
    for cast, own in zip(params, tl.init_params(place.model), strict=True):
        wanted = own.numpy().astype(dtype if own.dtype.kind == "f" else own.dtype)
        if cast.dtype != wanted.dtype or not np.array_equal(cast.numpy(), wanted, equal_nan=True):
            raise ValueError(f"init_params gives {cast.dtype}, where {wanted.dtype} was asked for, or other values")


def _detached(place: ModelPlace, loss: Any) -> Entry:
    """A loss with its detached form added has the derivatives of the loss, in every mode and order."""
    detached = tl.OutputLoss.detach(loss)
    both: Any = tl.OutputLoss(lambda output, target: loss(output, target) + detached(output, target))
    arrays, direction = place.direction("vparams")

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        target, v = scalars(place.target), place.pack(map(scalars, arrays))
        parts = parts_of_params(place, tl.grad_params(place.model, both, params, x, target), way="reverse mode")
        slope = tl.jvp_params(place.model, both, params, x, target, v)
        parts.append(Part("params", slope, (), fixed=(direction,), way="forward mode"))
        return parts

    return Entry("OutputLoss.detach", "", call)


def _mapped(place: ModelPlace, loss: Any) -> Entry:
    """A gradient for each example of a batch of inputs and targets."""

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        twice = [tl.stack((z, z)) for z in (x, scalars(place.target))]
        found = tl.vmap(lambda z, t: tuple(tl.grad_params(place.model, loss, params, z, t)))(*twice)
        return parts_of_params(place, tree_map(lambda g: g[1], found))

    return Entry("vmap of grad_params", "batch", call)


def _twice(place: ModelPlace, loss: Any) -> Entry:
    arrays, direction = place.direction("vparams")

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        target, v = scalars(place.target), list(map(scalars, arrays))

        def slope(q: Any) -> Tensor:
            return _dot(tl.grad_params(place.model, loss, q, x, target), v)

        return parts_of_params(place, tl.grad(slope)(params), fixed=(direction,))

    return Entry("grad of grad_params", "reverse over reverse", call)


def _of_slope(place: ModelPlace, loss: Any) -> Entry:
    arrays, direction = place.direction("vparams")

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        target, v = scalars(place.target), place.pack(map(scalars, arrays))
        gradient = tl.grad(lambda q: tl.jvp_params(place.model, loss, q, x, target, v))(params)
        return parts_of_params(place, gradient, fixed=(direction,))

    return Entry("grad of jvp_params", "reverse over forward", call)


def _dot(pack: Any, others: Any) -> Tensor:
    terms = [tl.sum(tl.mul(x, y)) for x, y in zip(pack, others, strict=True)]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
