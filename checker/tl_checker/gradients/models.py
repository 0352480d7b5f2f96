"""Verifying a model: every entry point of `tl_dsl.autodiff.model`, for parameters, inputs and targets."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Collection, Iterator
from functools import partial
from random import Random
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.depth import STANDARD, Depth
from tl_checker.gradients.draw import (
    POSITIVE,
    RANGES,
    Size,
    Values,
    assignments,
    bind,
    names_in,
    show_sizes,
    value_for,
)
from tl_checker.gradients.entries import ENTRY_LAYERS, LARGE, AtKink
from tl_checker.gradients.functions import ATTEMPTS, TRIES, Refusal
from tl_checker.gradients.model_entries import JACOBIAN_LIMIT, ModelPlace, loss_entries, output_entries, place_at
from tl_checker.gradients.model_ways import loss_ways, output_ways
from tl_checker.gradients.nonfinite import passing
from tl_checker.gradients.places import liveliest
from tl_checker.gradients.reproduce import of_model
from tl_checker.gradients.run import Progress, Work, judged_everywhere, quiet
from tl_checker.gradients.samples import samples_of
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict, first_line
from tl_dsl import Tensor
from tl_dsl.errors import ArgumentError
from tl_dsl.pytree import tree_map
from tl_dsl.typed import field_checks, is_jaxtyping, resolve

Model = Any
Loss = Any


def verify_model(
    model: Model,
    loss: Loss = None,
    *,
    name: str = "",
    seed: int = 0,
    x: Any = None,
    target: Any = None,
    progress: Progress = quiet,
    depth: Depth = STANDARD,
    layers: Collection[str] = ENTRY_LAYERS,
) -> Report:
    """Verify every derivative of a model, at its own parameters and an input drawn from its annotations (or at ``x``).

    At further inputs, the parameters are moved, too. What no layer needs that is asked for is left out.

    Without a loss, the model is verified with the mean squared error, and with cross-entropy too when the last axis of
    its output has at least two elements. ``target`` goes with a loss of one's own whose target is not like the output.
    Errors: ArgumentError for a model that does not take one input.

    >>> import tl_dsl as tl
    >>> verify_model(tl.nn.Linear(2, 1, key=0)).verdict.value
    'PASS'
    """
    label = name or type(model).__name__
    given = samples_of(model, seed=seed, count=depth.places) if x is None else []
    places, refused = ([], []) if given else _places(model, label, seed, x, depth)
    if given:
        places = [place_at(model, label, f"the given input {k}", _array(one[0]), seed) for k, one in enumerate(given)]
    if not places:
        reason = str(refused[0]) if refused else "there is nothing to draw"
        finding = Finding(f"no input could be drawn: {reason}")
        return Report((Row(label, "input", "", verdict=Verdict.INCONCLUSIVE, findings=(finding,)),))
    notes = [f"{label}: verified at {'; '.join(place.label for place in places)}"]
    notes += [f"{label}: not at {refusal}" for refusal in refused[:2]]
    work = [one for place in places for one in _work(label, place, loss, target, seed, first=place is places[0])]
    judged = judged_everywhere(work, progress, depth, layers=layers)
    report = Report((), tuple(_skipped(label, places[0])), tuple(notes)) + judged
    return sum(_passing(label, places[0], loss, target, seed), report) if "not finite" in layers else report


def _passing(label: str, place: ModelPlace, loss: Loss, target: Any, seed: int) -> Iterator[Report]:
    """Every entry point at values that are not finite."""
    if _is_large(place.model):
        return
    yield passing(label, place.output[0], output_entries(place))
    for title, one in _losses(loss, place):
        point, _ = place.with_loss(one, _target(place, one, target, seed))
        yield passing(f"{label} with {title}", point, loss_entries(place, one))


def _work(label: str, place: ModelPlace, loss: Loss, target: Any, seed: int, *, first: bool) -> Iterator[Work]:
    """Every entry point at one place, loss by loss; in every way at the first place."""
    reproduction = of_model(place.model, label, place.x)
    point, graph = place.output
    names = [*[f"params.{place.names[k]}" for k in place.live], *(["x"] if place.moves_input else []), "target"]
    entries = output_entries(place) + (output_ways(place) if first else [])
    yield Work(label, entries, point, graph, reproduction, names[:-1])
    for title, one in _losses(loss, place):
        point, graph = place.with_loss(one, _target(place, one, target, seed))
        entries = loss_entries(place, one) + (loss_ways(place, one, point) if first else [])
        yield Work(f"{label} with {title}", entries, point, graph, reproduction, names)


def _skipped(label: str, place: ModelPlace) -> Iterator[str]:
    """What is not verified of a model, and why."""
    if sum(p.size for p in place.params) > LARGE:
        yield f"{label}: other batches, and values that are not finite, since it has more than {LARGE:,} parameters"
    if not place.moves_input:
        yield f"{label}: derivatives in the input, which is {place.x.dtype}"
    if place.jacobian_size > JACOBIAN_LIMIT:
        yield f"{label}: jacrev_params, whose result has {place.jacobian_size:,} elements"
    for k, name in enumerate(place.names):
        if k not in place.live:
            yield f"{label}: the parameter {name} is not floating; its derivatives must be zeros"


def _is_large(model: Model) -> bool:
    return sum(p.size for p in tl.init_params(model)) > LARGE


def _losses(loss: Loss, place: ModelPlace) -> list[tuple[str, Loss]]:
    if loss is not None:
        return [("the given loss", loss)]
    found = [("mse", tl.OutputLoss.mse())]
    if place.output_shape and place.output_shape[-1] >= 2:
        found.append(("cross_entropy_one_hot", tl.OutputLoss.cross_entropy_one_hot()))
    return found


def _places(model: Model, label: str, seed: int, x: Any, depth: Depth) -> tuple[list[ModelPlace], list[Refusal]]:
    """The model traced at several inputs, and why others were refused."""
    if x is not None:
        return [place_at(model, label, "the given input", _array(x), seed)], []
    found: list[ModelPlace] = []
    refused: list[Refusal] = []
    known: set[int] = set()
    wanted = 1 if _is_large(model) else depth.places
    for described, make in _inputs(model):
        at = model if not found else _moved(model, Random(f"{seed} {label} {len(found)} parameters"))
        where = described if not found else f"{described}, parameters moved"
        try:
            attempts = _attempts(at, label, where, make, seed)
            found.append(liveliest(attempts, lambda place: place.output[0], known))
        except Exception as error:  # a model may refuse an input in any way it likes; what it said is reported
            refused.append(Refusal(described, first_line(error), isinstance(error, AtKink)))
        if len(found) == wanted or len(found) + len(refused) > TRIES:
            break
    return found, refused if not found or input_annotation(model) is not None else []


def _moved(model: Model, rng: Random) -> Model:
    """The model with each parameter moved by a short binary fraction, at most 1/2.

    Where parameters are equal or zero, as they are when they were just made, a derivative can be zero by chance.
    """

    def move(leaf: Any) -> Any:
        if not isinstance(leaf, Tensor) or leaf.dtype.kind != "f":
            return leaf
        steps = [rng.choice((-1, 1)) * rng.randint(1, 16) / 32 for _ in range(leaf.size)]
        return leaf + tl.tensor(np.reshape(steps, leaf.shape), dtype=leaf.dtype)

    return tree_map(move, tl.init_params(model)).model


def _array(x: Any) -> np.ndarray[Any, Any]:
    return x.numpy() if isinstance(x, Tensor) else np.asarray(x)


def _attempts(model: Model, label: str, described: str, make: Any, seed: int) -> Iterator[Callable[[], ModelPlace]]:
    """The model at inputs of one range of values after the other."""
    for values, attempt in itertools.product(RANGES, range(ATTEMPTS)):
        rng = Random(f"{seed} {label} {described} {values.name} {attempt}")
        yield partial(place_at, model, label, f"{described}, values {values.name}", make(values, rng), seed)


def _inputs(model: Model) -> Iterator[tuple[str, Any]]:
    """Descriptions of inputs to try, and what draws each."""
    hint = input_annotation(model)
    if hint is None:
        for shape in _likely_shapes(model):
            yield f"x of shape {list(shape)}", _drawer_of_shape(shape)
        return
    fixed = own_sizes(model)
    names = names_in(hint)
    for sizes in assignments(names, fixed):
        yield show_sizes(sizes, names) or "fixed sizes", _drawer(hint, sizes)


def _drawer(hint: Any, sizes: dict[str, Size]) -> Any:
    return lambda values, rng: value_for(hint, sizes, values, rng)


def _drawer_of_shape(shape: tuple[int, ...]) -> Any:
    def draw(values: Values, rng: Random) -> np.ndarray[Any, Any]:
        return values.floats(rng, shape)

    return draw


def input_annotation(model: Model) -> Any:
    """The jaxtyping annotation of the one input of a model; None where there is none, as for Sequential.

    Errors: ArgumentError for a model of several inputs.
    """
    if not callable(model):
        raise ArgumentError(f"{type(model).__name__} cannot be called", suggestion="def __call__(self, x)")
    parameters = list(inspect.signature(type(model).__call__).parameters.values())[1:]
    needed = [p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(needed) != 1:
        raise ArgumentError("the entry points of models take models of one input", got=f"{len(needed)} inputs")
    hint = resolve(type(model).__call__).get(needed[0].name)
    return hint if is_jaxtyping(hint) else None


def own_sizes(model: Model) -> dict[str, Size]:
    """The sizes of the class's own axes, from the arrays in the fields of a model."""
    sizes: dict[str, Size] = {}
    for check in field_checks(model):
        if is_jaxtyping(check.hint) and isinstance(check.value, Tensor):
            bind(check.hint, check.value.shape, sizes)
        elif isinstance(check.value, Tensor):
            for part in getattr(check.hint, "__args__", ()):
                if is_jaxtyping(part):
                    bind(part, check.value.shape, sizes)
    return sizes


def _likely_shapes(model: Model) -> Iterator[tuple[int, ...]]:
    """Shapes that a model without an annotated input may take: sizes of its parameters behind a batch."""
    sizes = sorted({n for p in tl.init_params(model) for n in p.shape}, reverse=True)
    first = next((p for p in tl.init_params(model) if p.ndim >= 2), None)
    likely = [first.shape[1]] if first is not None and first.ndim == 2 else []
    for size in dict.fromkeys([*likely, *sizes, 3]):
        yield (2, size)
        yield (size,)
        yield (1, size)
        for rows in range(2, size):
            if size % rows == 0:
                yield (2, rows, size // rows)
                break


def _target(place: ModelPlace, loss: Loss, target: Any, seed: int) -> np.ndarray[Any, Any]:
    if target is not None:
        return _array(target)
    rng = Random(f"{seed} {place.label} target")
    return POSITIVE.floats(rng, place.output_shape, place.dtype)
