"""The entry points of `tl_dsl.autodiff.model`, each applied to a model at a drawn input, seed, target and direction."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, objects
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.entries import LARGE, Entry, Part, Point, Scalars
from tl_checker.gradients.program import ReferenceProgram
from tl_dsl import Tensor, dtypes
from tl_dsl.autodiff.traced import trace_call
from tl_dsl.errors import ArgumentError
from tl_dsl.graph import Graph

Traced = tuple[Point, Graph]

JACOBIAN_LIMIT = 2_000_000
"""Up to so many elements the whole Jacobian in the parameters is asked for; vjp_params covers larger ones."""


@dataclass
class ModelPlace:
    """A model at an input. The leaves that are moved are the floating parameters, the input and the target where they
    are floating, too; a parameter that is not is carried along.
    """

    model: Any
    target_name: str
    label: str
    seed: int
    structure: Any
    names: tuple[str, ...]
    params: tuple[np.ndarray[Any, Any], ...]
    x: np.ndarray[Any, Any]
    output: Traced
    output_shape: tuple[int, ...]
    dtype: Any
    target: np.ndarray[Any, Any] = field(default_factory=lambda: np.zeros(()))

    @property
    def jacobian_size(self) -> int:
        """How many elements the Jacobian in the parameters has."""
        return math.prod(self.output_shape) * sum(p.size for p in self.params)

    @property
    def moves_input(self) -> bool:
        """Whether the input carries derivatives."""
        return bool(self.x.dtype.kind == "f")

    @property
    def live(self) -> list[int]:
        """The numbers of the floating parameters."""
        return [k for k, p in enumerate(self.params) if p.dtype.kind == "f"]

    @property
    def own_dtype(self) -> Any:
        """The element type to cast parameters to: that of all floating ones, None where they have several."""
        kinds = {self.params[k].dtype for k in self.live}
        return next(iter(kinds)) if len(kinds) == 1 else None

    def pack(self, leaves: Any) -> Any:
        """Parameters of the model from leaves."""
        return tl.Params(self.structure, tuple(leaves))

    def arguments(self, scalars: Scalars) -> tuple[Any, Tensor]:
        """Parameters and input in one element type."""
        return self.pack(map(scalars, self.params)), scalars(self.x)

    def direction(self, what: str, leaf: int | None = None) -> tuple[list[np.ndarray[Any, Any]], list[Objects | None]]:
        """A dense direction of the parameters, or of one of the floating ones: arrays of all, balls of these."""
        rng = Random(f"{self.seed} {self.target_name} {self.label} {what}")
        vs = [dense(rng, self.params[k].shape) for k in self.live]
        chosen = [v if leaf in (None, k) else None for k, v in enumerate(vs)]
        arrays = [np.zeros(p.shape, p.dtype) for p in self.params]
        for k, v in zip(self.live, chosen, strict=True):
            if v is not None:
                arrays[k] = _floats(v, self.params[k])
        return arrays, chosen

    def output_seed(self) -> tuple[np.ndarray[Any, Any], Objects]:
        """A dense cotangent of the output, as an array and as balls in one row."""
        weights = dense(Random(f"{self.seed} {self.target_name} {self.label} seed"), self.output_shape)
        array = _floats(weights, np.zeros(self.output_shape, self.dtype))
        return array, objects((weights.size,), weights.reshape(-1).tolist())

    def with_loss(self, loss: Any, target: np.ndarray[Any, Any]) -> Traced:
        """The loss at a target, traced; the target stays for the entry points."""
        self.target = target
        count = len(self.params)
        moved = (*self.live, *([count] if self.moves_input else []))

        def value(*leaves: Tensor) -> Tensor:
            result: Tensor = loss(self.pack(leaves[:count]).model(leaves[count]), leaves[count + 1])
            return result

        floating = target.dtype.kind == "f"
        wrt = (*moved, *([count + 1] if floating else []))
        call = trace_call(value, [tl.tensor(a) for a in (*self.params, self.x, target)], wrt)
        own = [self.params[k] for k in self.live]
        leaves = (*own, *([self.x] if self.moves_input else []), *([target] if floating else []))
        reference = ReferenceProgram(call.graph, [z.numpy() for z in call.values], call.wrt)
        return Point(self.label, leaves, reference, f"{self.seed} {self.target_name} {self.label} loss"), call.graph


def _floats(v: Objects, like: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.array([float(z) for z in v.reshape(-1).tolist()], like.dtype).reshape(like.shape)


def place_at(model: Any, target: str, label: str, x: np.ndarray[Any, Any], seed: int) -> ModelPlace:
    """A model at an input. Errors: its own; ArgumentError when the output is not one floating tensor."""
    params = tl.init_params(model)
    arrays = tuple([p.numpy() for p in params])
    dtype = next((p.dtype for p in arrays if p.dtype.kind == "f"), np.dtype(np.float64))
    if x.dtype.kind == "f":
        x = x.astype(dtype)
    structure, count = params.structure, len(arrays)
    live = [k for k, p in enumerate(arrays) if p.dtype.kind == "f"]
    moved = (*live, *([count] if x.dtype.kind == "f" else []))

    def output(*leaves: Tensor) -> Any:
        return tl.Params(structure, leaves[:count]).model(leaves[count])

    call = trace_call(output, [tl.tensor(a) for a in (*arrays, x)], moved)
    if call.out_tree.kind is not None or not dtypes.is_floating(call.results[0].dtype):
        raise ArgumentError("the entry points of models take models with one floating output")
    if not math.prod(call.results[0].shape):
        raise ArgumentError("the output is empty here")
    leaves = (*[arrays[k] for k in live], *([x] if x.dtype.kind == "f" else []))
    reference = ReferenceProgram(call.graph, [z.numpy() for z in call.values], call.wrt)
    point = Point(label, leaves, reference, f"{seed} {target} {label}")
    y = call.results[0]
    return ModelPlace(
        model, target, label, seed, structure, params.names, arrays, x, (point, call.graph), y.shape, y.dtype
    )


def output_entries(place: ModelPlace) -> list[Entry]:
    """The entry points that need no loss."""
    found = [_vjp_params(place)] if place.live else []
    if place.live and place.jacobian_size <= JACOBIAN_LIMIT:
        found.append(_jacrev_params(place))
    return found + ([_vjp_inputs(place), _vjp_input(place)] if place.moves_input else [])


def _jacrev_params(place: ModelPlace) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        return parts_of_params(place, tl.jacrev_params(place.model, params, x), place.output_shape)

    return Entry("jacrev_params", "reverse", call)


def _vjp_params(place: ModelPlace) -> Entry:
    seed, weights = place.output_seed()

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        return parts_of_params(place, tl.vjp_params(place.model, params, x, scalars(seed)), seed=weights)

    return Entry("vjp_params", "reverse", call)


def _vjp_inputs(place: ModelPlace) -> Entry:
    seed, weights = place.output_seed()

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        (g,) = tl.vjp_inputs(place.model, params, x, scalars(seed))
        return [Part("x", g, place.x.shape, (len(place.live),), seed=weights)]

    return Entry("vjp_inputs", "reverse", call)


def _vjp_input(place: ModelPlace) -> Entry:
    seed, weights = place.output_seed()

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        g = tl.vjp_input(place.model, params, x, scalars(seed))
        return [Part("x", g, place.x.shape, (len(place.live),), seed=weights)]

    return Entry("vjp_input", "reverse", call)


def parts_of_params(place: ModelPlace, pack: Any, out: tuple[int, ...] = (), **how: Any) -> list[Part]:
    """The parts of something with an array for each parameter. Errors: ValueError unless it is zero where held."""
    parts: list[Part] = []
    for k, (name, g) in enumerate(zip(place.names, pack, strict=True)):
        shape = out + place.params[k].shape
        if k in place.live:
            types = tuple({place.params[k].dtype, *([place.dtype] if out else [])})
            parts.append(Part(f"params.{name}", g, shape, (place.live.index(k),), types=types, **how))
        elif (
            g.shape != shape
            or g.dtype != place.params[k].dtype
            or (isinstance(g._value, np.ndarray) and g._value.any())
        ):
            raise ValueError(f"the derivative in params.{name}, which is {place.params[k].dtype}, is not zeros of it")
    return parts


def _is_zero(x: Tensor) -> bool:
    """Whether all elements are zero; those of a traced tensor are not known yet."""
    return not isinstance(x._value, np.ndarray) or not x._value.any()


def loss_entries(place: ModelPlace, loss: Any) -> list[Entry]:
    """The entry points of a loss, for parameters, input and target where they are floating."""
    found = [_loss_program(place, loss)]
    moves_target = place.target.dtype.kind == "f"
    if place.live:
        found += [_grads(place, loss, name) for name in ("grad_params", "value_and_grad_params")]
        found += [_jvp_params(place, loss), _hvp_params(place, loss)]
    if place.moves_input:
        found += [_grads(place, loss, name) for name in ("grad_x", "value_and_grad_x")]
    if moves_target:
        found += [_grads(place, loss, name) for name in ("grad_target", "value_and_grad_target")]
    if place.moves_input and moves_target:
        found += [_grads(place, loss, name) for name in ("grad_inputs", "value_and_grads")]
    return found


def gradient_entry(place: ModelPlace, loss: Any) -> Entry:
    """The entry point that gives the loss with its gradients in all that is floating, as far as there is one."""
    everything = place.moves_input and place.target.dtype.kind == "f"
    return _grads(place, loss, "value_and_grads" if everything else "value_and_grad_params")


def _loss_program(place: ModelPlace, loss: Any) -> Entry:
    target = place.target

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        return [Part("value", tl.loss_program(place.model, loss)(params, x, scalars(target)), ())]

    return Entry("loss_program", "value", call)


def _grads(place: ModelPlace, loss: Any, name: str) -> Entry:
    """One of the entry points that take ``(model, loss, params, x, target)``."""
    function, target = getattr(tl, name), place.target
    input_leaf = len(place.live)
    target_leaf = input_leaf + place.moves_input

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        results = function(place.model, loss, params, x, scalars(target))
        parts: list[Part] = []
        if name.startswith("value_and"):
            value, *results = results
            parts.append(Part("value", value, ()))
        elif name != "grad_inputs":
            results = [results]
        if name.endswith(("params", "grads")):
            parts += parts_of_params(place, results[0])
        if name.endswith(("_x", "grads", "inputs")):
            g = results[-2 if name.endswith(("grads", "inputs")) else 0]
            parts.append(Part("x", g, place.x.shape, (input_leaf,)))
        if name.endswith(("target", "grads", "inputs")):
            parts.append(Part("target", results[-1], target.shape, (target_leaf,)))
        return parts

    return Entry(name, "reverse", call)


def _jvp_params(place: ModelPlace, loss: Any) -> Entry:
    """Along one parameter after the other; along all together where there are many elements."""
    target = place.target
    if sum(p.size for p in place.params) > LARGE:
        directions = [("params", *place.direction("vparams"))]
    else:
        names = [f"params.{place.names[k]}" for k in place.live]
        directions = [(name, *place.direction("vparams", leaf)) for leaf, name in enumerate(names)]

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        parts = []
        for name, arrays, chosen in directions:
            dy = tl.jvp_params(place.model, loss, params, x, scalars(target), place.pack(map(scalars, arrays)))
            parts.append(Part(name, dy, (), fixed=(chosen,)))
        return parts

    return Entry("jvp_params", "forward", call)


def _hvp_params(place: ModelPlace, loss: Any) -> Entry:
    target = place.target
    arrays, chosen = place.direction("vparams")

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        v = place.pack(map(scalars, arrays))
        products = tl.hvp_params(place.model, loss, params, x, scalars(target), v)
        return parts_of_params(place, products, fixed=(chosen,))

    return Entry("hvp_params", "forward over reverse", call)
