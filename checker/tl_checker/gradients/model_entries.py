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
from tl_checker.gradients.entries import Entry, Part, Point, Scalars
from tl_checker.gradients.program import ReferenceProgram
from tl_dsl import Tensor, dtypes
from tl_dsl.autodiff.traced import trace_call
from tl_dsl.errors import ArgumentError
from tl_dsl.graph import Graph

Traced = tuple[Point, Graph]


@dataclass
class ModelPlace:
    """A model at an input: the leaves that are moved are the parameters, the input where it is floating, the target."""

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
    def moves_input(self) -> bool:
        """Whether the input carries derivatives."""
        return bool(self.x.dtype.kind == "f")

    def pack(self, leaves: Any) -> Any:
        """Parameters of the model from leaves."""
        return tl.Params(self.structure, tuple(leaves))

    def arguments(self, scalars: Scalars) -> tuple[Any, Tensor]:
        """Parameters and input in one element type."""
        return self.pack(map(scalars, self.params)), scalars(self.x)

    def direction(self, what: str, leaf: int | None = None) -> tuple[list[np.ndarray[Any, Any]], list[Objects | None]]:
        """A dense direction of the parameters, or of one of them, as arrays and as balls."""
        rng = Random(f"{self.seed} {self.target_name} {self.label} {what}")
        vs = [dense(rng, p.shape) for p in self.params]
        chosen = [v if leaf in (None, k) else None for k, v in enumerate(vs)]
        arrays = [
            _floats(v, p) if v is not None else np.zeros(p.shape, p.dtype)
            for v, p in zip(chosen, self.params, strict=True)
        ]
        return arrays, chosen

    def output_seed(self) -> tuple[np.ndarray[Any, Any], Objects]:
        """A dense cotangent of the output, as an array and as balls in one row."""
        weights = dense(Random(f"{self.seed} {self.target_name} {self.label} seed"), self.output_shape)
        array = _floats(weights, np.zeros(self.output_shape, self.dtype))
        return array, objects((weights.size,), weights.reshape(-1).tolist())

    def with_loss(self, loss: Any, target: np.ndarray[Any, Any]) -> Traced:
        """The loss at a target, traced; the target stays for the entry points."""
        self.target = target
        moved = (*range(len(self.params)), *([len(self.params)] if self.moves_input else []))
        count = len(self.params)

        def value(*leaves: Tensor) -> Tensor:
            result: Tensor = loss(self.pack(leaves[:count]).model(leaves[count]), leaves[count + 1])
            return result

        floating = target.dtype.kind == "f"
        wrt = (*moved, *([count + 1] if floating else []))
        call = trace_call(value, [tl.tensor(a) for a in (*self.params, self.x, target)], wrt)
        leaves = (*self.params, *([self.x] if self.moves_input else []), *([target] if floating else []))
        reference = ReferenceProgram(call.graph, [z.numpy() for z in call.values], call.wrt)
        return Point(self.label, leaves, reference, f"{self.seed} {self.target_name} {self.label} loss"), call.graph


def _floats(v: Objects, like: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.array([float(z) for z in v.reshape(-1).tolist()], like.dtype).reshape(like.shape)


def place_at(model: Any, target: str, label: str, x: np.ndarray[Any, Any], seed: int) -> ModelPlace:
    """A model at an input. Errors: its own; ArgumentError when the output is not one floating tensor."""
    params = tl.init_params(model)
    arrays = tuple([p.numpy() for p in params])
    dtype = arrays[0].dtype if arrays else np.dtype(np.float64)
    if x.dtype.kind == "f":
        x = x.astype(dtype)
    structure, count = params.structure, len(arrays)
    moved = (*range(count), *([count] if x.dtype.kind == "f" else []))

    def output(*leaves: Tensor) -> Any:
        return tl.Params(structure, leaves[:count]).model(leaves[count])

    call = trace_call(output, [tl.tensor(a) for a in (*arrays, x)], moved)
    if call.out_tree.kind is not None or not dtypes.is_floating(call.results[0].dtype):
        raise ArgumentError("the entry points of models take models with one floating output")
    if not math.prod(call.results[0].shape):
        raise ArgumentError("the output is empty here")
    leaves = (*arrays, *([x] if x.dtype.kind == "f" else []))
    reference = ReferenceProgram(call.graph, [z.numpy() for z in call.values], call.wrt)
    point = Point(label, leaves, reference, f"{seed} {target} {label}")
    y = call.results[0]
    return ModelPlace(
        model, target, label, seed, structure, params.names, arrays, x, (point, call.graph), y.shape, y.dtype
    )


def output_entries(place: ModelPlace) -> list[Entry]:
    """The entry points that need no loss."""
    found = [_jacrev_params(place), _vjp_params(place)] if place.params else []
    return found + ([_vjp_inputs(place), _vjp_input(place)] if place.moves_input else [])


def _jacrev_params(place: ModelPlace) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        return _of_params(place, tl.jacrev_params(place.model, params, x), place.output_shape)

    return Entry("jacrev_params", "reverse", call)


def _vjp_params(place: ModelPlace) -> Entry:
    seed, weights = place.output_seed()

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        return _of_params(place, tl.vjp_params(place.model, params, x, scalars(seed)), seed=weights)

    return Entry("vjp_params", "reverse", call)


def _vjp_inputs(place: ModelPlace) -> Entry:
    seed, weights = place.output_seed()

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        (g,) = tl.vjp_inputs(place.model, params, x, scalars(seed))
        return [Part("x", g, place.x.shape, (len(place.params),), seed=weights)]

    return Entry("vjp_inputs", "reverse", call)


def _vjp_input(place: ModelPlace) -> Entry:
    seed, weights = place.output_seed()

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        g = tl.vjp_input(place.model, params, x, scalars(seed))
        return [Part("x", g, place.x.shape, (len(place.params),), seed=weights)]

    return Entry("vjp_input", "reverse", call)


def _of_params(place: ModelPlace, pack: Any, out: tuple[int, ...] = (), **how: Any) -> list[Part]:
    pairs = enumerate(zip(place.names, pack, strict=True))
    return [Part(f"params.{name}", g, out + place.params[leaf].shape, (leaf,), **how) for leaf, (name, g) in pairs]


def loss_entries(place: ModelPlace, loss: Any) -> list[Entry]:
    """The entry points of a loss, for parameters, input and target where they are floating."""
    found = [_loss_program(place, loss)]
    moves_target = place.target.dtype.kind == "f"
    if place.params:
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
    input_leaf = len(place.params)
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
            parts += _of_params(place, results[0])
        if name.endswith(("_x", "grads", "inputs")):
            g = results[-2 if name.endswith(("grads", "inputs")) else 0]
            parts.append(Part("x", g, place.x.shape, (input_leaf,)))
        if name.endswith(("target", "grads", "inputs")):
            parts.append(Part("target", results[-1], target.shape, (target_leaf,)))
        return parts

    return Entry(name, "reverse", call)


def _jvp_params(place: ModelPlace, loss: Any) -> Entry:
    target = place.target

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        parts = []
        for leaf, name in enumerate(place.names):
            arrays, chosen = place.direction("vparams", leaf)
            v = place.pack(map(scalars, arrays))
            dy = tl.jvp_params(place.model, loss, params, x, scalars(target), v)
            parts.append(Part(f"params.{name}", dy, (), fixed=(chosen,)))
        return parts

    return Entry("jvp_params", "forward", call)


def _hvp_params(place: ModelPlace, loss: Any) -> Entry:
    target = place.target

    def call(scalars: Scalars) -> list[Part]:
        params, x = place.arguments(scalars)
        arrays, chosen = place.direction("vparams")
        v = place.pack(map(scalars, arrays))
        products = tl.hvp_params(place.model, loss, params, x, scalars(target), v)
        return _of_params(place, products, fixed=(chosen,))

    return Entry("hvp_params", "forward over reverse", call)
