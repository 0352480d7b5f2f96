"""Verifying a function of tensors: every entry point of `tl_dsl.autodiff.function`, for every argument."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import tl_dsl as tl
from tl_dsl import Tensor, dtypes
from tl_dsl.autodiff.traced import TracedCall, trace_call
from tl_dsl.errors import AnnotationError, ArgumentError, TlError
from tl_dsl.pytree import TreeDef, tree_flatten, tree_unflatten
from tl_dsl.typed import is_jaxtyping, resolve

from tl_checker.gradients.balls import Objects, objects
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.draw import (
    RANGES,
    CannotDraw,
    Size,
    Values,
    arrays_in,
    assignments,
    bind,
    concrete,
    names_in,
    show_sizes,
    value_for,
)
from tl_checker.gradients.entries import AtKink, Entry, Part, Point, Scalars
from tl_checker.gradients.program import ReferenceProgram, as_program
from tl_checker.gradients.run import Work, judged_everywhere
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict

PLACES = 3
"""At so many assignments of sizes a function is verified, if so many are legal."""

HESSIAN_LIMIT = 24
"""Up to so many elements of all arguments together the whole Hessian is asked for; hvp covers larger ones."""


@dataclass(frozen=True)
class Arguments:
    """Drawn arguments of a function: numpy arrays and Python values, as trees, by parameter."""

    label: str
    trees: tuple[Any, ...]


@dataclass(frozen=True)
class Traced:
    """A function at drawn arguments. The leaves of the arguments ``argnums`` are those that are moved."""

    function: Callable[..., Any]
    arguments: Arguments
    argnums: tuple[int, ...]
    names: tuple[str, ...]
    call: TracedCall
    point: Point

    def args(self, scalars: Scalars) -> list[Any]:
        """The arguments in one element type."""
        return [_cast(tree, scalars) for tree in self.arguments.trees]

    @property
    def scalar(self) -> bool:
        """Whether the function has a gradient."""
        return [y.shape for y in self.call.results] == [()]

    @property
    def size(self) -> int:
        """How many elements are moved."""
        return sum(x.size for x in self.point.leaves)


def verify_function(
    function: Callable[..., Any], *, name: str = "", seed: int = 0, draws: Sequence[Sequence[Any]] = ()
) -> Report:
    """Verify every derivative of an annotated function, at arguments drawn from the annotations (or at ``draws``).

    Errors: AnnotationError for a function whose arguments or result are not annotated.
    """
    target = name or getattr(function, "__qualname__", repr(function))
    hints = annotations_of(function)
    places, refused = _places(function, target, hints, seed, draws)
    if not places:
        reason = refused[0] if refused else "there is nothing to draw"
        finding = Finding(f"no arguments could be drawn: {reason}")
        return Report((Row(target, "arguments", "", verdict=Verdict.INCONCLUSIVE, findings=(finding,)),))
    work = [Work(target, entries_of(place), place.point, place.call.graph) for place in places]
    rows = [row for place in places for row in _result_rows(target, function, hints, place)]
    notes = [f"{target}: verified at {'; '.join(place.point.label for place in places)}"]
    notes += [f"{target}: not at {reason}" for reason in refused]
    return Report(tuple(rows), (), tuple(notes)) + judged_everywhere(work)


def annotations_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of the parameters without a default, and of the result.

    Errors: AnnotationError when one is missing or cannot be resolved, or none is of jaxtyping.
    """
    hints = resolve(function)
    parameters = inspect.signature(function).parameters.values()
    needed = [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    missing = [name for name in [*needed, "return"] if name not in hints]
    shown = getattr(function, "__qualname__", str(function))
    if missing:
        raise AnnotationError(
            f"{shown} is verified at inputs drawn from its annotations",
            got=f"no annotation of {', '.join(missing)}",
            wanted='jaxtyping annotations of every argument and of the result, as x: Float[Tensor, "n"]',
            suggestion="annotate it, or call verify_function(f, draws=[(x, y)]) with arguments of your own",
        )
    if not any(list(arrays_in(hints[name])) for name in needed):
        raise AnnotationError(f"{shown} has no argument annotated with a jaxtyping array", got=str(needed))
    return {name: hints[name] for name in [*needed, "return"]}


def _places(
    function: Callable[..., Any], target: str, hints: dict[str, Any], seed: int, draws: Sequence[Sequence[Any]]
) -> tuple[list[Traced], list[str]]:
    """The function traced at several arguments, and why others were refused."""
    if draws:
        given = [Arguments(f"given arguments {k}", tuple(map(_as_numpy, args))) for k, args in enumerate(draws)]
        return [_traced(function, target, hints, args, seed) for args in given], []
    found: list[Traced] = []
    refused: list[str] = []
    for sizes, label in _sizes(hints):
        try:
            found.append(_drawn(function, target, hints, sizes, label, seed))
        except (CannotDraw, TlError, IndexError, ValueError, ZeroDivisionError, TypeError, AtKink) as error:
            refused.append(f"{label or 'fixed sizes'} ({str(error).splitlines()[0]})")
        if len(found) == PLACES or len(found) + len(refused) > 40:
            break
    return found, refused if not found else [reason for reason in refused[:2]]


def _sizes(hints: dict[str, Any]) -> Iterator[tuple[dict[str, Size], str]]:
    names = list(dict.fromkeys(name for key, hint in hints.items() if key != "return" for name in names_in(hint)))
    for sizes in assignments(names, {}):
        yield sizes, show_sizes(sizes, names)


def _drawn(
    function: Callable[..., Any], target: str, hints: dict[str, Any], sizes: dict[str, Size], label: str, seed: int
) -> Traced:
    """The function at arguments where it is finite. Errors: the function's own, of the last range of values tried."""
    trouble: Exception = CannotDraw("no range of values")
    for values in RANGES:
        rng = Random(f"{seed} {target} {label} {values.name}")
        trees = tuple([value_for(hint, sizes, values, rng) for key, hint in hints.items() if key != "return"])
        shown = f"{label or 'fixed sizes'}, values {values.name}"
        try:
            traced = _traced(function, target, hints, Arguments(shown, trees), seed)
            _require_finite(traced)
            return traced
        except TlError as error:
            trouble = error
    raise trouble


def _require_finite(traced: Traced) -> None:
    """Errors: DomainError when the function is not finite here; ArgumentError when nothing can be differentiated."""
    result = traced.function(*traced.args(Scalars(tl.tensor)))
    for leaf in tree_flatten(result)[0]:
        if isinstance(leaf, Tensor):
            leaf.numpy()


def _traced(
    function: Callable[..., Any], target: str, hints: dict[str, Any], arguments: Arguments, seed: int
) -> Traced:
    trees = [_cast(tree, Scalars(tl.tensor)) for tree in arguments.trees]
    parameters = [name for name in hints if name != "return"]
    argnums = tuple([k for k, tree in enumerate(arguments.trees) if _movable(tree)])
    if not argnums:
        raise ArgumentError(f"{target} has no floating argument to differentiate")
    call = trace_call(function, trees, argnums)
    if any(not dtypes.is_floating(y.dtype) for y in call.results):
        raise ArgumentError(f"{target} has a result that is not floating")
    leaves, names = [], []
    for k in argnums:
        own, treedef = tree_flatten(arguments.trees[k])
        leaves += [np.asarray(leaf) for leaf in own]
        names += [parameters[k] + path for path in treedef.paths()]
    inputs = [x.numpy() for x in call.values]
    point = Point(
        arguments.label, tuple(leaves), ReferenceProgram(call.graph, inputs, call.wrt), f"{seed} {target} {arguments.label}"
    )
    return Traced(function, arguments, argnums, tuple(names), call, point)


def _movable(tree: Any) -> bool:
    leaves = tree_flatten(tree)[0]
    return bool(leaves) and all(isinstance(x, np.ndarray) and x.dtype.kind == "f" for x in leaves)


def _as_numpy(tree: Any) -> Any:
    leaves, treedef = tree_flatten(tree)
    return tree_unflatten(treedef, [x.numpy() if isinstance(x, Tensor) else x for x in leaves])


def _cast(tree: Any, scalars: Scalars) -> Any:
    leaves, treedef = tree_flatten(tree)
    return tree_unflatten(treedef, [scalars(x) if isinstance(x, np.ndarray) else x for x in leaves])


def _result_rows(target: str, function: Callable[..., Any], hints: dict[str, Any], traced: Traced) -> list[Row]:
    """Whether the result has the shape and type that its annotation says, at the sizes that the arguments bound."""
    hint = hints["return"]
    if not is_jaxtyping(hint):
        return []
    sizes: dict[str, Size] = {}
    for (key, argument), tree in zip(hints.items(), traced.arguments.trees, strict=False):
        if key != "return" and is_jaxtyping(argument):
            bind(argument, np.shape(tree), sizes)
    y = traced.call.results[0]
    try:
        wanted = concrete(hint, sizes)
    except (CannotDraw, KeyError):
        return []
    row = Row(target, "result", "shape", "", "", comparisons=1, nonzero=1)
    if len(traced.call.results) == 1 and (y.shape == wanted or "_" in hint.dim_str or "..." in hint.dim_str):
        return [row]
    what = f"the result has shape {list(y.shape)}, annotated {hint.dim_str!r}, which is {list(wanted)} here"
    return [Row(target, "result", "shape", "", "", Verdict.FAIL, findings=(Finding(what, traced.point.label),))]


def entries_of(traced: Traced) -> list[Entry]:
    """Every entry point that applies to a function, at traced arguments."""
    several = [_value(traced), _vjp(traced), _jvp(traced), _jacobian(traced, "jacrev"), _jacobian(traced, "jacfwd")]
    several += [_linearize(traced), _vmap(traced)]
    if traced.scalar:
        several += [_grad(traced), _value_and_grad(traced), _hvp(traced)]
        if traced.size <= HESSIAN_LIMIT:
            several.append(_hessian(traced))
    return several


def _value(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        return [Part("", _joined(tl.program(traced.function)(*traced.args(scalars))))]

    return Entry("program", "value", call)


def _grad(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        gradients = tl.grad(traced.function, traced.argnums)(*traced.args(scalars))
        return _parts(traced, gradients, None)

    return Entry("grad", "reverse", call)


def _value_and_grad(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        value, gradients = tl.value_and_grad(traced.function, traced.argnums)(*traced.args(scalars))
        return [Part("value", value), *_parts(traced, gradients, None)]

    return Entry("value_and_grad", "reverse", call)


def _seeds(traced: Traced) -> tuple[Objects, list[np.ndarray[Any, Any]]]:
    """Weights of all items of the result, and the same as arrays of the results' shapes."""
    rng = Random(f"{traced.point.rng_seed} seeds")
    found = [dense(rng, y.shape) for y in traced.call.results]
    row = [item for array in found for item in array.reshape(-1).tolist()]
    floats = [
        np.array([float(z) for z in array.reshape(-1).tolist()], y.dtype).reshape(y.shape)
        for array, y in zip(found, traced.call.results, strict=True)
    ]
    return objects((len(row),), row), floats


def _moving(traced: Traced) -> Callable[..., Any]:
    """The function of the moved arguments alone, for entry points that move all of theirs."""

    def bound(scalars: Scalars) -> tuple[Callable[..., Any], list[Any]]:
        args = traced.args(scalars)

        def function(*moved: Any) -> Any:
            full = list(args)
            for k, value in zip(traced.argnums, moved, strict=True):
                full[k] = value
            return traced.function(*full)

        return function, [args[k] for k in traced.argnums]

    return bound


def _vjp(traced: Traced) -> Entry:
    seed, arrays = _seeds(traced)

    def call(scalars: Scalars) -> list[Part]:
        function, moved = _moving(traced)(scalars)
        _, pullback = tl.vjp(function, *moved)
        cotangent = tree_unflatten(traced.call.out_tree, [scalars(x) for x in arrays])
        return _parts(traced, pullback(cotangent), seed)

    return Entry("vjp", "reverse", call)


def _tangents(traced: Traced, scalars: Scalars, leaf: int | None) -> tuple[tuple[Any, ...], list[Objects | None]]:
    """Tangents that move one leaf (all of them for None), and the same as a direction."""
    rng = Random(f"{traced.point.rng_seed} tangents")
    vs = [dense(rng, x.shape) for x in traced.point.leaves]
    direction = [v if leaf in (None, k) else None for k, v in enumerate(vs)]
    arrays = [
        np.array([float(z) if leaf in (None, k) else 0.0 for z in v.reshape(-1).tolist()], x.dtype).reshape(x.shape)
        for k, (v, x) in enumerate(zip(vs, traced.point.leaves, strict=True))
    ]
    return _trees(traced, [scalars(x) for x in arrays]), direction


def _trees(traced: Traced, leaves: list[Any]) -> tuple[Any, ...]:
    found, rest = [], list(leaves)
    for treedef in _treedefs(traced):
        found.append(tree_unflatten(treedef, rest[: treedef.size]))
        rest = rest[treedef.size :]
    return tuple(found)


def _treedefs(traced: Traced) -> list[TreeDef]:
    return [tree_flatten(traced.arguments.trees[k])[1] for k in traced.argnums]


def _jvp(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        function, moved = _moving(traced)(scalars)
        parts = []
        for leaf, name in enumerate(traced.names):
            tangents, direction = _tangents(traced, scalars, leaf)
            _, dy = tl.jvp(function, tuple(moved), tangents)
            parts.append(Part(name, _joined(dy), fixed=direction))
        return parts

    return Entry("jvp", "forward", call)


def _linearize(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        function, moved = _moving(traced)(scalars)
        value, pushforward = tl.linearize(function, *moved)
        parts = [Part("value", _joined(value))]
        for leaf, name in enumerate(traced.names):
            tangents, direction = _tangents(traced, scalars, leaf)
            parts.append(Part(name, _joined(pushforward(*tangents)), fixed=direction))
        return parts

    return Entry("linearize", "forward", call)


def _jacobian(traced: Traced, name: str) -> Entry:
    transform = {"jacrev": tl.jacrev, "jacfwd": tl.jacfwd}[name]
    several = len(traced.call.results)

    def call(scalars: Scalars) -> list[Part]:
        jacobian = transform(traced.function, traced.argnums)(*traced.args(scalars))
        blocks = tree_flatten(jacobian)[0]
        count = len(traced.names)
        parts = []
        for leaf, argument in enumerate(traced.names):
            rows = [
                tl.reshape(blocks[k * count + leaf], (-1, *traced.point.leaves[leaf].shape))
                if traced.point.leaves[leaf].size
                else blocks[k * count + leaf]
                for k in range(several)
            ]
            parts.append(Part(argument, rows[0] if several == 1 else tl.concat(rows), (leaf,)))
        return parts

    return Entry(name, "reverse" if name == "jacrev" else "forward", call)


def _hvp(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        function, moved = _moving(traced)(scalars)
        tangents, direction = _tangents(traced, scalars, None)
        products = tree_flatten(tl.hvp(function, tuple(moved), tangents))[0]
        pairs = enumerate(zip(traced.names, products, strict=True))
        return [Part(name, product, (leaf,), fixed=direction) for leaf, (name, product) in pairs]

    return Entry("hvp", "forward over reverse", call)


def _hessian(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        blocks = tree_flatten(tl.hessian(traced.function, traced.argnums)(*traced.args(scalars)))[0]
        count = len(traced.names)
        return [
            Part(name, blocks[i * count + j], (i, j)) for i, name in enumerate(traced.names) for j in range(count)
        ]

    return Entry("hessian", "forward over reverse", call)


def _vmap(traced: Traced) -> Entry:
    """A batch of the arguments and of the arguments moved along a dense direction, each against the reference."""

    def call(scalars: Scalars) -> list[Part]:
        _, direction = _tangents(traced, scalars, None)
        batches, axes, place = [], [], 0
        for k, tree in enumerate(traced.args(scalars)):
            if k not in traced.argnums:
                batches.append(tree)
                axes.append(None)
                continue
            leaves, treedef = tree_flatten(tree)
            stacked = [tl.stack([x, x + _like(v, scalars, x)]) for x, v in zip(leaves, direction[place:], strict=False)]
            batches.append(tree_unflatten(treedef, stacked))
            axes.append(0)
            place += len(leaves)
        y = tl.vmap(traced.function, tuple(axes))(*batches)
        found = tree_flatten(y)[0]
        return [Part("", _row(found, 0)), Part("", _row(found, 1), moved=direction)]

    return Entry("vmap", "batch", call)


def _like(v: Objects | None, scalars: Scalars, x: Tensor) -> Tensor:
    assert v is not None
    return scalars(np.array([float(z) for z in v.reshape(-1).tolist()], np.float64).reshape(x.shape))


def _row(leaves: list[Tensor], k: int) -> Tensor:
    return _joined([leaf[k] for leaf in leaves])


def _parts(traced: Traced, gradients: Any, seed: Objects | None) -> list[Part]:
    leaves = tree_flatten(gradients)[0]
    pairs = enumerate(zip(traced.names, leaves, strict=True))
    return [Part(name, g, (leaf,), seed=seed) for leaf, (name, g) in pairs]


def _joined(tree: Any) -> Tensor:
    """All items of a tree of tensors in one row."""
    leaves = [tl.reshape(x, (x.size,)) for x in tree_flatten(tree)[0]]
    return leaves[0] if len(leaves) == 1 else tl.concat(leaves)


__all__ = ["annotations_of", "as_program", "entries_of", "verify_function"]
