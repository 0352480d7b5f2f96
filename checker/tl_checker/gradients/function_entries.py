"""The entry points of `tl_dsl.autodiff.function`, each applied to a function at drawn arguments."""

from __future__ import annotations

from collections.abc import Iterator

import tl_dsl as tl
from tl_checker.gradients.entries import Entry, Part, Scalars
from tl_checker.gradients.function_parts import (
    Seeds,
    Tangents,
    another,
    example,
    hessian_parts,
    jacobian_parts,
    moving,
    outputs,
    parts_of,
)
from tl_checker.gradients.traced import Traced
from tl_dsl import Tensor
from tl_dsl.pytree import tree_flatten, tree_unflatten

HESSIAN_LIMIT = 24
"""Up to so many elements of all arguments together the whole Hessian is asked for; hvp covers larger ones."""

JACOBIAN_LIMIT = 20_000
"""Up to so many elements whole Jacobians are asked for; vjp and jvp cover larger ones."""


def entries_of(traced: Traced) -> list[Entry]:
    """Every entry point that applies to a function, at traced arguments."""
    several = [_value(traced), _compiled(traced), _vjp(traced), _jvp(traced), _linearize(traced), _vmap(traced)]
    if traced.size * traced.outputs <= JACOBIAN_LIMIT:
        several += [_jacobian(traced, "jacrev"), _jacobian(traced, "jacfwd")]
    if traced.scalar:
        several += [_grad(traced), _value_and_grad(traced), _hvp(traced)]
        if traced.size <= HESSIAN_LIMIT:
            several.append(_hessian(traced))
    return several


def left_out(traced: Traced) -> Iterator[str]:
    """The entry points that apply, and are not asked for since their results are too large."""
    elements = traced.size * traced.outputs
    if elements > JACOBIAN_LIMIT:
        yield f"jacrev and jacfwd, whose results have {elements:,} elements; vjp and jvp are"
    if traced.scalar and traced.size > HESSIAN_LIMIT:
        yield f"hessian, whose result has {traced.size**2:,} elements; hvp is"


def _value(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        return outputs(traced, "", tl.program(traced.function)(*traced.args(scalars)))

    return Entry("program", "value", call)


def _compiled(traced: Traced) -> Entry:
    """A call at other arguments, and one after it, which runs the kept trace."""

    def call(scalars: Scalars) -> list[Part]:
        compiled, args = tl.compile(traced.function), traced.args(scalars)
        others = [another(traced, x) if k in traced.argnums else x for k, x in enumerate(args)]
        first = outputs(traced, "", compiled(*others), scaled=traced.point.other)
        return first + outputs(traced, "", compiled(*args))

    return Entry("compile", "value", call)


def _grad(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        if len(traced.argnums) == 1:  # asked for as people do, by a number
            gradients = (tl.grad(traced.function, traced.argnums[0])(*traced.args(scalars)),)
        else:
            gradients = tl.grad(traced.function, traced.argnums)(*traced.args(scalars))
        return parts_of(traced, gradients)

    return Entry("grad", "reverse", call)


def _value_and_grad(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        value, gradients = tl.value_and_grad(traced.function, traced.argnums)(*traced.args(scalars))
        return [*outputs(traced, "value", value), *parts_of(traced, gradients)]

    return Entry("value_and_grad", "reverse", call)


def _vjp(traced: Traced) -> Entry:
    """The pullback is called twice: it must not be used up."""
    seeds = Seeds(traced)

    def call(scalars: Scalars) -> list[Part]:
        function, moved = moving(traced, scalars)
        value, pullback = tl.vjp(function, *moved)
        pullback(seeds(scalars))
        return [*outputs(traced, "value", value), *parts_of(traced, pullback(seeds(scalars)), seed=seeds.row)]

    return Entry("vjp", "reverse", call)


def _each_leaf(traced: Traced) -> list[tuple[str, Tangents]]:
    """Tangents of one leaf after the other; of all together where there are many elements."""
    if traced.point.together:
        return [("all arguments", Tangents(traced, "tangents"))]
    return [(name, Tangents(traced, "tangents", leaf)) for leaf, name in enumerate(traced.names)]


def _jvp(traced: Traced) -> Entry:
    directions = _each_leaf(traced)

    def call(scalars: Scalars) -> list[Part]:
        function, moved = moving(traced, scalars)
        parts = []
        for name, tangents in directions:
            value, dy = tl.jvp(function, tuple(moved), tangents(scalars))
            parts += [*outputs(traced, "value", value), *outputs(traced, name, dy, fixed=(tangents.direction,))]
        return parts

    return Entry("jvp", "forward", call)


def _linearize(traced: Traced) -> Entry:
    directions = _each_leaf(traced)

    def call(scalars: Scalars) -> list[Part]:
        function, moved = moving(traced, scalars)
        value, pushforward = tl.linearize(function, *moved)
        parts = outputs(traced, "value", value)
        for name, tangents in directions:
            parts += outputs(traced, name, pushforward(*tangents(scalars)), fixed=(tangents.direction,))
        return parts

    return Entry("linearize", "forward", call)


def _jacobian(traced: Traced, name: str) -> Entry:
    transform = {"jacrev": tl.jacrev, "jacfwd": tl.jacfwd}[name]

    def call(scalars: Scalars) -> list[Part]:
        return jacobian_parts(traced, transform(traced.function, traced.argnums)(*traced.args(scalars)))

    return Entry(name, "reverse" if name == "jacrev" else "forward", call)


def _hvp(traced: Traced) -> Entry:
    tangents = Tangents(traced, "tangents")

    def call(scalars: Scalars) -> list[Part]:
        function, moved = moving(traced, scalars)
        products = tl.hvp(function, tuple(moved), tangents(scalars))
        return parts_of(traced, products, fixed=(tangents.direction,))

    return Entry("hvp", "forward over reverse", call)


def _hessian(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        return hessian_parts(traced, tl.hessian(traced.function, traced.argnums)(*traced.args(scalars)))

    return Entry("hessian", "forward over reverse", call)


def _vmap(traced: Traced) -> Entry:
    """A batch of two examples, each against the reference.

    Integers and truth values are the same in both examples, and batched too.
    """

    def call(scalars: Scalars) -> list[Part]:
        batches, axes = [], []
        for k, tree in enumerate(traced.args(scalars)):
            leaves, treedef = tree_flatten(tree)
            batched = all(isinstance(x, Tensor) for x in leaves)
            pairs = [(x, x * traced.point.other if k in traced.argnums else x) for x in leaves] if batched else []
            batches.append(tree_unflatten(treedef, [tl.stack(pair) for pair in pairs]) if batched else tree)
            axes.append(0 if batched else None)
        found = tl.vmap(traced.function, tuple(axes))(*batches)
        first = outputs(traced, "", example(found, 0))
        return first + outputs(traced, "", example(found, 1), scaled=traced.point.other)

    return Entry("vmap", "batch", call)
