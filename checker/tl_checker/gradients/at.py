"""How many digits of a gradient are right, at given data: `tl verify TARGET --at data.npz`.

The gradient is certified in balls as everywhere; the floats that people get are then compared with it, parameter by
parameter.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.depth import STANDARD, Depth
from tl_checker.gradients.entries import Part
from tl_checker.gradients.floating import accuracy
from tl_checker.gradients.function_entries import entries_of
from tl_checker.gradients.model_entries import gradient_entry, place_at
from tl_checker.gradients.run import Progress, Work, judged_everywhere, quiet
from tl_checker.gradients.signature import by_position
from tl_checker.gradients.traced import Arguments, traced_at
from tl_checker.gradients.verdict import Report
from tl_dsl.errors import ArgumentError

Floats = np.ndarray[Any, np.dtype[Any]]
Data = Mapping[str, Floats]


@dataclass(frozen=True)
class Digits:
    """The accuracy of one array of a gradient.

    ``right`` decimal digits of ``held`` are right relative to its largest element. The element at ``index`` is the one
    with the fewest right digits of its own, ``own``: it was ``got`` for ``exact``.
    """

    name: str
    shape: tuple[int, ...]
    right: float
    held: float
    own: float
    index: tuple[int, ...]
    got: float
    exact: str

    def __str__(self) -> str:
        place = f"[{', '.join(map(str, self.index))}]" if self.index else ""
        return (
            f"{self.name}{list(self.shape)}: {self.right:.1f} of {self.held:.1f} digits are right; "
            f"fewest in {self.name}{place}: {self.own:.1f}, {self.got!r} for {self.exact}"
        )


@dataclass(frozen=True)
class AtReport:
    """The report of the verification at the data, and the digits of each array of the gradient."""

    report: Report
    digits: tuple[Digits, ...]


def load_data(path: str | Path) -> dict[str, Floats]:
    """The arrays of an .npz file by name. Errors: ArgumentError for what is not one, OSError."""
    try:
        found = np.load(path, allow_pickle=False)
        if isinstance(found, np.ndarray):
            raise ValueError("one array without a name")
        with found:
            return {name: found[name] for name in found.files}
    except ValueError as error:
        raise ArgumentError(
            "data are an .npz file of arrays by name",
            got=f"{path}: {error}",
            suggestion='numpy.savez("data.npz", x=x, target=target)',
        ) from error


def verify_at(
    target: Any,
    data: Data,
    *,
    loss: Any = None,
    name: str = "",
    depth: Depth = STANDARD,
    progress: Progress = quiet,
) -> AtReport:
    """Certify the gradient of a model or a function at data, and say how many digits of the floats are right.

    For a model, ``data`` has ``x``, ``target`` and, where they are not its own, parameters by their names
    (``layers[0].weight``); the loss is the mean squared error unless given. For a function, its arguments by name; a
    result that is no scalar is weighted at random. Errors: ArgumentError for missing, unknown or misshapen arrays.

    >>> import tl_dsl as tl
    >>> found = verify_at(tl.nn.Linear(2, 1, key=0), {"x": np.ones((1, 2)), "target": np.zeros((1, 1))})
    >>> found.report.verdict.value, [one.name for one in found.digits]
    ('PASS', ['params.weight', 'params.bias', 'x', 'target'])
    """
    label = name or getattr(target, "__qualname__", type(target).__name__)
    prepare = _model_work if isinstance(target, tl.Module) else _function_work
    work = prepare(target, data, loss, label)
    seen: list[Digits] = []

    def watch(part: Part, exact: Floats) -> None:
        if part.leaves:
            seen.append(digits_of(part.argument, part.array.numpy(), exact))

    report = judged_everywhere([work], progress, depth, watch=watch)
    return AtReport(report, tuple(seen))


def digits_of(name: str, values: Floats, exact: Floats) -> Digits:
    """How many digits of floats are right, of all together and of the worst element."""
    found = accuracy(values, exact)
    held = (np.finfo(values.dtype).nmant + 1) * math.log10(2)
    if not values.size:
        return Digits(name, values.shape, held, held, held, (), 0.0, "")
    worst = int(np.nanargmax(found.relative)) if not np.isnan(found.relative).all() else 0
    index = tuple(map(int, np.unravel_index(worst, values.shape))) if values.ndim else ()
    got, ball = float(values.reshape(-1)[worst]), exact.reshape(-1)[worst]
    error = float(found.relative[worst])
    own = min(held, max(0.0, -math.log10(error))) if error > 0 else held
    return Digits(name, values.shape, min(found.digits, held), held, own, index, got, ball.mid().str(20, radius=False))


def _model_work(model: Any, data: Data, loss: Any, label: str) -> Work:
    given = dict(data)
    model = _with_parameters(model, given)
    x, wanted = (_taken(given, key) for key in ("x", "target"))
    _require_used(given, [*tl.init_params(model).names, "x", "target"])
    place = place_at(model, label, "the given data", x, 0)
    chosen = tl.OutputLoss.mse() if loss is None else loss
    point, graph = place.with_loss(chosen, wanted)
    entry = gradient_entry(place, chosen)
    return Work(label, [entry], point, graph)


def _with_parameters(model: Any, given: dict[str, Floats]) -> Any:
    """The model with the parameters among the data in place; these are taken from the data."""
    params = tl.init_params(model)
    leaves = []
    for name, leaf in zip(params.names, params, strict=True):
        array = given.pop(name, given.pop(f"params.{name}", None))
        if array is not None and array.shape != leaf.shape:
            raise ArgumentError(
                f"the data for {name} have its shape", got=str(list(array.shape)), wanted=str(list(leaf.shape))
            )
        leaves.append(leaf if array is None else tl.tensor(array))
    return tl.Params(params.structure, leaves).model


def _taken(given: dict[str, Floats], key: str) -> Floats:
    if key not in given:
        raise ArgumentError(
            f"a model is verified at data with {key}",
            got=", ".join(given) or "no arrays",
            suggestion='numpy.savez("data.npz", x=x, target=target)',
        )
    return given.pop(key)


def _require_used(given: Mapping[str, Any], known: list[str]) -> None:
    if given:
        raise ArgumentError("data are arrays by name", got=", ".join(given), wanted=f"some of {', '.join(known)}")


def _function_work(function: Callable[..., Any], data: Data, loss: Any, label: str) -> Work:
    parameters = inspect.signature(function).parameters.values()
    names = [p.name for p in parameters if p.name in data or p.default is p.empty]
    missing = [name for name in names if name not in data]
    if missing:
        raise ArgumentError(
            f"{label} is verified at data for each of its arguments",
            got=", ".join(data) or "no arrays",
            wanted=", ".join(names),
        )
    _require_used({key: value for key, value in data.items() if key not in names}, names)
    traced = traced_at(
        by_position(function, names), label, names, Arguments("the given data", tuple([data[n] for n in names])), 0
    )
    wanted = "value_and_grad" if traced.scalar else "vjp"
    entry = next(entry for entry in entries_of(traced) if entry.name == wanted)
    return Work(label, [entry], traced.point, traced.call.graph)
