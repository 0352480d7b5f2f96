"""The ways to ask for a derivative: other argnums, auxiliary results, keyword arguments, trees for arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.entries import Entry, Part, Scalars
from tl_checker.gradients.function_parts import (
    Seeds,
    Tangents,
    another,
    as_array,
    example,
    hessian_parts,
    moving,
    outputs,
    parts_of,
    stacked,
    weighted_sum,
)
from tl_checker.gradients.traced import Traced
from tl_dsl.pytree import tree_flatten, tree_map

SMALL = 12
"""Up to so many elements the Hessian is asked for in every way."""

Transform = Callable[..., Callable[..., Any]]
Read = Callable[[Any, str], list[Part]]
"""The parts of derivatives, and the way they were asked for."""


def ways_of(traced: Traced) -> list[Entry]:
    """Every entry point in every way, of ⟨u, f⟩ for the transforms, which is a scalar."""
    found = [_ways(traced, name) for name in ("grad", "value_and_grad", "jacrev", "jacfwd")]
    if traced.size <= SMALL:
        found.append(_ways(traced, "hessian"))
    return [
        *found,
        _vjp_ways(traced),
        _jvp_ways(traced),
        _vmap_ways(traced),
        _compile_ways(traced),
        _detached(traced),
    ]


def _ways(traced: Traced, name: str) -> Entry:
    """A transform of ``(f, argnums, has_aux)``."""
    transform: Transform = getattr(tl, name)
    seeds = Seeds(traced)
    count = len(traced.argnums)
    shift = np.ones((), np.result_type(*[y.dtype for y in traced.call.results]))

    def call(scalars: Scalars) -> list[Part]:
        function, moved = moving(traced, scalars)
        total = weighted_sum(function, seeds(scalars))

        def read(found: Any, way: str) -> list[Part]:
            if name == "hessian":
                return hessian_parts(traced, found, seed=seeds.row, way=way)
            return parts_of(traced, found, (shift.dtype,) if name[:3] == "jac" else (), seed=seeds.row, way=way)

        def derivative(found: Any) -> Any:
            return found[1] if name == "value_and_grad" else found

        backwards = tuple(range(count))[::-1]
        parts = []
        found = derivative(transform(total, backwards)(*moved))
        if name == "hessian":
            if traced.bare:  # inside of containers the order stays
                parts += read(tuple([row[::-1] for row in found[::-1]]), "argnums backwards")
        else:
            parts += read(found[::-1], "argnums backwards")
            for start, way in ((-count, "negative argnums"), (0, "one argnum after the other")):
                single = tuple([derivative(transform(total, start + k)(*moved)) for k in range(count)])
                parts += read(single, way)
        first, whole = derivative(transform(total)(*moved)), derivative(transform(total, tuple(range(count)))(*moved))
        if name != "hessian":
            parts += read((first, *whole[1:]), "no argnums")
        elif traced.bare:
            parts += read(((first, *whole[0][1:]), *whole[1:]), "no argnums")
        parts += _with_aux(transform, total, moved, name, read)
        keyed = transform(lambda *xs, shift: total(*xs) + shift, tuple(range(count)))(*moved, shift=scalars(shift))
        parts += read(derivative(keyed), "with a keyword argument")
        tree = {"b": tuple(moved[1:]), "a": [moved[0]]}
        found = derivative(transform(lambda t: total(*t["a"], *t["b"]))(tree))
        if name != "hessian":
            parts += read((*found["a"], *found["b"]), "with a dict of the arguments")
        return parts

    return Entry(f"{name} in other ways", "forward over reverse" if name == "hessian" else "", call)


def _with_aux(transform: Transform, total: Any, moved: list[Any], name: str, read: Read) -> list[Part]:
    """With ``has_aux``: the auxiliary result must be the function's own."""
    everything = tuple(range(len(moved)))
    found, aux = transform(lambda *xs: (total(*xs), {"kept": xs}), everything, has_aux=True)(*moved)
    if name == "value_and_grad":
        (_, aux), found = found, aux
    parts: list[Part] = read(found, "has_aux")
    for kept, x in zip(tree_flatten(aux)[0], tree_flatten(tuple(moved))[0], strict=True):
        if kept.shape != x.shape:
            raise ValueError("has_aux gives something else than the auxiliary result")
    return parts


def _vjp_ways(traced: Traced) -> Entry:
    """With an auxiliary result, and one tree for all arguments."""
    seeds = Seeds(traced)

    def call(scalars: Scalars) -> list[Part]:
        function, moved = moving(traced, scalars)
        value, pullback, aux = tl.vjp(lambda *xs: (function(*xs), function(*xs)), *moved, has_aux=True)
        parts = outputs(traced, "value", value) + outputs(traced, "value", aux, way="has_aux")
        parts += parts_of(traced, pullback(seeds(scalars)), seed=seeds.row, way="has_aux")
        _, pullback = tl.vjp(lambda t: function(*t["a"], *t["b"]), {"b": tuple(moved[1:]), "a": [moved[0]]})
        (tree,) = pullback(seeds(scalars))
        parts += parts_of(traced, (*tree["a"], *tree["b"]), seed=seeds.row, way="with a dict of the arguments")
        found = tl.vjp(function, *tree_map(as_array, moved))[1](tree_map(as_array, seeds(scalars)))
        return parts + parts_of(traced, found, seed=seeds.row, way="of arrays")

    return Entry("vjp in other ways", "reverse", call)


def _jvp_ways(traced: Traced) -> Entry:
    tangents = Tangents(traced, "tangents")

    def call(scalars: Scalars) -> list[Part]:
        function, moved = moving(traced, scalars)
        vs = tangents(scalars)
        how = {"fixed": (tangents.direction,)}
        pair = tl.jvp(lambda *xs: (function(*xs), function(*xs)), tuple(moved), vs, has_aux=True)
        parts = outputs(traced, "value", pair[2], way="has_aux")
        parts += outputs(traced, "all arguments", pair[1], way="has_aux", **how)
        trees = [{"b": tuple(xs[1:]), "a": [xs[0]]} for xs in (moved, vs)]
        _, dy = tl.jvp(lambda t: function(*t["a"], *t["b"]), (trees[0],), (trees[1],))
        parts += outputs(traced, "all arguments", dy, way="with a dict of the arguments", **how)
        arrays = tree_map(as_array, tuple(moved)), tree_map(as_array, vs)
        parts += outputs(traced, "all arguments", tl.jvp(function, *arrays)[1], way="of arrays", **how)
        _, push = tl.linearize(lambda t: function(*t["a"], *t["b"]), trees[0])
        return parts + outputs(
            traced, "all arguments", push(trees[1]), way="linearize of a dict of the arguments", **how
        )

    return Entry("jvp in other ways", "forward", call)


def _vmap_ways(traced: Traced) -> Entry:
    """Over the last axis, with the batch last in the result; and over the first argument alone."""

    def call(scalars: Scalars) -> list[Part]:
        function, moved = moving(traced, scalars)
        batches = [tree_map(lambda x, y: tl.stack((x, y), axis=-1), x, another(traced, x)) for x in moved]
        found = tl.vmap(function, -1, -1)(*batches)
        first, second = (tree_map(lambda y, k=k: y[..., k], found) for k in range(2))
        parts = outputs(traced, "", first, way="over the last axis")
        parts += outputs(traced, "", second, scaled=traced.point.other, way="over the last axis")
        batches = stacked(traced, moved)
        found = tl.vmap(lambda *, xs: function(*xs))(xs=tuple(batches))
        parts += outputs(traced, "", example(found, 0), way="over a keyword argument")
        found = _holder(tl.program(lambda self, *xs: self.kept(*xs)), tl.vmap(function)).method(*batches)
        parts += outputs(traced, "", example(found, 0), way="in a program that is a method")
        twice = tree_map(lambda x: tl.stack((x, x)), moved[0])
        found = tl.vmap(function, (0, *[None] * (len(moved) - 1)))(twice, *moved[1:])
        return parts + outputs(traced, "", example(found, 1), way="over the first argument")

    return Entry("vmap in other ways", "batch", call)


def _compile_ways(traced: Traced) -> Entry:
    """Kept traces are told apart by keywords, by numbers and their types, and by the structure of arguments."""
    seeds = Seeds(traced)

    def call(scalars: Scalars) -> list[Part]:
        function, moved = moving(traced, scalars)
        others = [another(traced, x) for x in moved]

        def either(*xs: Any, instead: Any = None, way: Any = 0) -> Any:
            return function(*(xs if instead is None or way is True else instead))

        compiled = tl.compile(either)
        calls = [
            (compiled(*moved, instead=tuple(others)), False, "with keyword arguments"),
            (compiled(*moved), True, "without them, after that"),
            (compiled(*moved, instead=tuple(others), way=1), False, "with a number"),
            (compiled(*moved, instead=tuple(others), way=True), True, "with a truth value like it"),
        ]
        chosen = tl.compile(lambda first, *xs: function(*(xs[: len(moved)] if first else xs[len(moved) :])))
        for first in (True, False, True):
            calls.append((chosen(first, *moved, *others), first, "with a positional truth value"))
        nested = tl.compile(lambda left, right: function(*left, *right))
        for k in (len(moved), 0, len(moved)):
            calls.append((nested(tuple(moved[:k]), tuple(moved[k:])), True, "of tuples"))
        total = weighted_sum(function, seeds(scalars))
        gradients = tl.grad(lambda *xs: tl.compile(lambda: total(*xs))(), tuple(range(len(moved))))(*moved)
        parts = parts_of(traced, gradients, seed=seeds.row, way="of what a program reads from outside")
        for found, own, way in calls:
            parts += outputs(traced, "", found, scaled=1.0 if own else traced.point.other, way=way)
        return parts

    return Entry("compile in other ways", "", call)


def _holder(program: Any, kept: Any) -> Any:
    """An object with a program for a method, which reads what the object keeps."""
    holder = type("Holder", (), {"method": program})()
    holder.kept = kept
    return holder


def _detached(traced: Traced) -> Entry:
    """f(x) + f(stop_gradient(x)) has the derivatives of f in every mode and order."""
    seeds, tangents = Seeds(traced), Tangents(traced, "tangents")

    def call(scalars: Scalars) -> list[Part]:
        function, moved = moving(traced, scalars)
        total, vs = weighted_sum(function, seeds(scalars)), tangents(scalars)

        def both(*xs: Any) -> Any:
            return total(*xs) + total(*[tree_map(tl.stop_gradient, x) for x in xs])

        everything = tuple(range(len(moved)))
        parts = parts_of(traced, tl.grad(both, everything)(*moved), seed=seeds.row, way="reverse mode")
        along = tl.jvp(both, tuple(moved), vs)[1]
        parts.append(Part("all arguments", along, (), fixed=(tangents.direction,), seed=seeds.row, way="forward mode"))
        return parts

    return Entry("stop_gradient", "", call)
