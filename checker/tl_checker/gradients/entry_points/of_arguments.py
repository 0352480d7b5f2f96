"""Cases of what functions under a transform take: trees, numbers, tensors from outside, sizes 0, what is not finite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from tl_checker.gradients.entry_points.cases import (
    Case,
    as_tensors,
    everywhere,
    refused,
)
from tl_checker.gradients.entry_points.cases import (
    engine as tl,
)
from tl_checker.gradients.entry_points.of_functions import W, Y
from tl_dsl import Module
from tl_dsl.errors import DomainError


def argument_cases() -> Iterator[Case]:
    """All of them."""
    yield from _trees()
    yield from _read_from_outside()
    yield from _numbers()
    yield from _edges()
    yield from _not_finite()
    yield from _derivatives_of_not_finite()


class _Pair(NamedTuple):
    left: Any
    right: Any


class _Scaled(Module):
    scale: Any
    factor: int


def _trees() -> Iterator[Case]:
    """Arguments and results that are trees, with None and static values inside."""

    def of_tree(tree: Any, other: Any) -> Any:
        return tl.sum(tree["a"][0] * tree["b"].left) * other

    value = lambda tree, other: tl.grad(of_tree)(tree, other)
    tree = {"b": _Pair(Y, None), "a": [W, ()]}
    total = np.asarray(2.0)
    yield from everywhere("grad", "a tree", value, (tree, total), {"a": [2 * Y, ()], "b": _Pair(2 * W, None)})
    both = tl.grad(of_tree, (1, 0))
    wanted = (np.asarray((Y * W).sum()), {"a": [2 * Y, ()], "b": _Pair(2 * W, None)})
    yield from everywhere("grad", "a tree and a number", both, (tree, total), wanted)
    blocks = tl.jacfwd(lambda pair, y: _Pair(pair[0] * pair[1], [y]), (0, 1))
    wanted_blocks = _Pair(((np.diag(W), np.diag(Y)), np.zeros((4, 4))),
                          [((np.zeros((4, 4)), np.zeros((4, 4))), np.eye(4))])  # fmt: skip
    yield from everywhere("jacfwd", "a pair", blocks, ((Y, W), Y), _cleaned(wanted_blocks))
    blocks = tl.jacrev(lambda pair, y: _Pair(pair[0] * pair[1], [y]), (0, 1))
    yield from everywhere("jacrev", "a pair", blocks, ((Y, W), Y), _cleaned(wanted_blocks))
    model = _Scaled(tl.tensor(W), 3)
    hessian = tl.hessian(lambda m, z: m.factor * tl.sum(m.scale * z * z), (0, 1))
    leaves = lambda: tl.pytree.tree_leaves(hessian(model, tl.tensor(Y)))
    mixed = 2 * 3 * np.diag(Y)
    yield Case("hessian", "a Module", leaves, [np.zeros((4, 4)), mixed, mixed, 6 * np.diag(W) + 0.0])
    empty = lambda x: tl.grad(lambda none, z: tl.sum(z * z), (0, 1))(None, x)
    yield from everywhere("grad", "an empty tree", empty, (Y,), (None, 2 * Y))


def _cleaned(tree: Any) -> Any:
    return tl.pytree.tree_map(lambda x: x + 0.0, tree)


def _read_from_outside() -> Iterator[Case]:
    """Tensors that a function reads from outside: known ones, and ones of a trace that runs around it."""
    y, w = as_tensors((Y, W))
    yield Case("grad", "a tensor from outside", lambda: tl.grad(lambda z: tl.sum(z * w))(y), W)
    diagonal = np.diag(W) + 0.0
    for name in ("jacrev", "jacfwd"):
        transform = getattr(tl, name)
        yield Case(name, "a tensor from outside", lambda t=transform: t(lambda z: z * w)(y), diagonal)
    yield Case("hvp", "a tensor from outside", lambda: tl.hvp(lambda z: tl.sum(z * z * w), (y,), (y,)), (2 * W * Y,))
    yield Case("linearize", "a tensor from outside", lambda: tl.linearize(lambda z: z * w, y)[1](y), W * Y)
    nested: list[tuple[str, Callable[..., Any], Any]] = [
        ("grad of grad", lambda a: tl.grad(lambda x: x * tl.grad(lambda z: x + z)(tl.tensor(1.0)))(a), 1.0),
        ("grad of jvp", lambda a: tl.grad(lambda x: x * tl.jvp(lambda z: x * z, (x,), (x,))[1])(a), 3 * 4.0),
        ("jvp of grad", lambda a: tl.jvp(lambda x: x * tl.grad(lambda z: x * z * z)(x), (a,), (a,))[1], 6 * 4.0 * 2),
        ("grad of vjp", lambda a: tl.grad(lambda x: tl.vjp(lambda z: x * z, x)[1](x)[0])(a), 4.0),
        ("jvp of jvp", lambda a: tl.jvp(lambda x: tl.jvp(lambda z: x * z, (x,), (x,))[1], (a,), (a,))[1], 8.0),
        ("grad of jacfwd", lambda a: tl.grad(lambda x: x * tl.jacfwd(lambda z: x * z)(x))(a), 4.0),
        ("jacrev of hessian", lambda a: tl.jacrev(lambda x: tl.hessian(lambda z: x * z**3)(x))(a), 6 * 2 * 2.0),
        ("grad of linearize", lambda a: tl.grad(lambda x: tl.linearize(lambda z: x * z * z, x)[1](x))(a), 24.0),
        ("grad of hvp", lambda a: tl.grad(lambda x: tl.hvp(lambda z: x * z**3, (x,), (x,))[0])(a), 6 * 3 * 4.0 * 1),
    ]  # fmt: skip
    nested[-1] = (*nested[-1][:2], 18 * 4.0)
    for name, f, wanted in nested:
        yield from everywhere(name, "a traced tensor from outside", f, (np.asarray(2.0),), np.asarray(wanted))
    kept: list[Any] = []

    def keeping(x: Any) -> Any:
        kept.append(tl.vjp(lambda z: x * z, w)[1])
        return tl.sum(kept[0](x)[0])

    yield Case("grad", "a pullback that reads a traced tensor", lambda: _fresh(kept, keeping, y), 2 * Y)


def _fresh(kept: list[Any], f: Any, y: Any) -> Any:
    kept.clear()
    return tl.grad(f)(y)


def _numbers() -> Iterator[Case]:
    """What is not differentiated passes through as it is; what is becomes a tensor."""
    x = tl.tensor(2.0)
    held = [True, 3, 2.5, Fraction(1, 3), "text", None, (4, "b"), np.float64(0.5)]

    def seen(f: Callable[..., Any]) -> list[Any]:
        found: list[Any] = []

        def function(z: Any, *others: Any) -> Any:
            found.extend(others)
            return z * z

        f(function)(x, *held)
        return [type(one) for one in found] + [found[0], found[4], found[6]]

    types: list[Any] = [*[type(one) for one in held], True, "text", (4, "b")]
    for name in ("grad", "value_and_grad", "jacrev", "jacfwd", "hessian"):
        yield Case(name, "arguments that are no tensors", lambda name=name: seen(getattr(tl, name)), types)
    yield Case("program", "arguments that are no tensors", lambda: seen(tl.program), types)
    arrays = lambda: _seen_type(tl.grad, x, np.ones(2))
    yield Case("grad", "an array that is not differentiated", arrays, "Tensor float64 (2,)")
    whole = lambda: _seen_type(tl.grad, x, np.array([1, 2], np.int32))
    yield Case("grad", "an array of integers", whole, "Tensor int32 (2,)")
    for name in ("float", "float64", "float32", "fraction"):
        number: Any = {"float": 3.0, "float64": np.float64(3.0), "float32": np.float32(3.0), "fraction": Fraction(3)}[
            name
        ]
        found = tl.grad(lambda z: z * z)
        dtype: Any = {"float32": np.float32, "fraction": object}.get(name, np.float64)
        exact = np.array(Fraction(6), dtype=object) if name == "fraction" else np.asarray(6.0, dtype)
        yield Case("grad", f"a {name}", lambda n=number, g=found: g(n), exact)
    results: list[tuple[Any, Any]] = [(2, np.asarray(2)), (True, np.asarray(True)), (2.5, np.asarray(2.5))]
    for number, wanted in results:
        yield Case("program", f"the result {number!r}", lambda n=number: tl.program(lambda z: [n, z])(x),
                   [wanted, np.asarray(2.0)])  # fmt: skip
        yield Case("vmap", f"the result {number!r}", lambda n=number: tl.vmap(lambda z: n)(tl.ones(3)),
                   np.full(3, number))  # fmt: skip
    yield Case("grad", "a number for a result", lambda: tl.grad(lambda z: 3.0)(x), np.asarray(0.0))


def _seen_type(transform: Any, x: Any, other: Any) -> str:
    found: list[Any] = []

    def function(z: Any, y: Any) -> Any:
        found.append(f"{type(y).__name__} {y.dtype} {y.shape}")
        return z * z

    transform(function)(x, other)
    return str(found[0])


def _edges() -> Iterator[Case]:
    """Axes of size 0 and 1, no arguments, single precision beside double, integers beside floats."""
    none, one = np.zeros((0, 2)), np.full((1, 1), 3.0)
    for name in ("jacrev", "jacfwd"):
        transform = getattr(tl, name)
        yield from everywhere(name, "an axis of size 0", transform(lambda x: x * x), (none,), np.zeros((0, 2, 0, 2)))
        f = transform(lambda x, y: tl.sum(x) * y, (0, 1))
        yield from everywhere(name, "an empty argument", f, (none, Y), (np.zeros((4, 0, 2)), np.zeros((4, 4))))
        yield from everywhere(name, "axes of size 1", transform(lambda x: x * x), (one,), np.full((1, 1, 1, 1), 6.0))
    yield from everywhere("hessian", "an axis of size 0", tl.hessian(tl.sum), (none,), np.zeros((0, 2, 0, 2)))
    yield from everywhere("grad", "an axis of size 0", tl.grad(lambda x: tl.sum(x * x)), (none,), none)
    large = tl.tensor(1e200)
    yield Case("grad", "a value that overflows", lambda: tl.grad(lambda x: x * 1e200)(large), np.asarray(1e200))
    yield refused(
        "value_and_grad", "a value that overflows", DomainError, lambda: tl.value_and_grad(lambda x: x * 1e200)(large)
    )
    yield Case("vjp", "no arguments", lambda: tl.vjp(lambda: tl.ones(2))[1](tl.ones(2)), ())
    yield Case("jvp", "no arguments", lambda: tl.jvp(lambda: tl.ones(2), (), ()), (np.ones(2), np.zeros(2)))

    def mixed(x: Any, y: Any) -> Any:
        return tl.astype(x, tl.float64) * tl.sum(y), tl.astype(y, tl.float32) * tl.sum(x)

    x, y = tl.tensor(np.asarray([1, 2], np.float32)), tl.tensor([3.0, 4.0])
    single = [np.float32, np.float64]
    for name in ("jacrev", "jacfwd"):
        blocks = [[7 * np.eye(2), np.asarray([[1.0, 1], [2, 2]])], [np.asarray([[3.0, 3], [4, 4]]), 3 * np.eye(2)]]
        found = lambda name=name: _in_double(getattr(tl, name)(mixed, (0, 1))(x, y))
        yield Case(name, "several element types", found, blocks)
    gradients: Any = (np.asarray([7, 7], np.float32) + np.float32(7), np.asarray([6.0, 6.0]))
    of_mixed = lambda: tl.grad(lambda a, b: sum(tl.sum(tl.astype(z, tl.float64)) for z in mixed(a, b)), (0, 1))(x, y)
    yield Case("grad", "several element types", of_mixed, gradients)
    wanted = tuple([g.astype(kind) for g, kind in zip(gradients, single, strict=True)])
    yield Case(
        "vjp",
        "several element types",
        lambda: tl.vjp(mixed, x, y)[1]((tl.ones(2), tl.ones(2, dtype=tl.float32))),
        wanted,
    )
    integers = tl.tensor([2, 1, 0])
    taken = lambda: tl.grad(lambda z, i: tl.sum(tl.take(z, i, axis=0) * tl.tensor([1.0, 2.0, 4.0])))(
        tl.tensor([5.0, 6.0, 7.0]), integers
    )
    yield Case("grad", "integers beside floats", taken, np.asarray([4.0, 2.0, 1.0]))


def _not_finite() -> Iterator[Case]:
    """Arguments that are not finite: given ones pass, and so do results of them; ones that were computed are faults."""
    given = tl.tensor([np.nan, 2.0])
    made = tl.log(tl.tensor([0.0, 1.0])) + 2
    whole = tl.tensor([3.0, 4.0])
    ways: list[tuple[str, Callable[..., Any]]] = [
        ("compile", lambda f, *xs: tl.compile(f)(*xs)),
        ("compile", lambda f, *xs: tl.compile(lambda: f(*xs))()),
        ("vjp", lambda f, *xs: tl.vjp(f, *xs)[0]),
        ("jvp", lambda f, *xs: tl.jvp(f, xs, xs)[0]),
        ("linearize", lambda f, *xs: tl.linearize(f, *xs)[0]),
        ("vmap", lambda f, *xs: tl.vmap(f)(*xs)),
    ]
    first, both = (lambda x, y: y * y + x * 0), (lambda x, y: (x * y, y))
    for entry, way in ways:
        passed = lambda way=way: tl.sum(tl.where(tl.log(way(first, given, whole) * 0) < 0, 1.0, 0.0))
        yield Case(entry, "results of nan that was given pass", passed, np.asarray(1.0))
        yield refused(entry, "a number that was not finite when made", DomainError,
                      lambda way=way: way(first, made, whole).numpy())  # fmt: skip
        finite = lambda way=way: tl.tensor(way(both, made, whole)[1].numpy())
        yield Case(entry, "a finite result beside it", finite, np.asarray([3.0, 4.0]))
        beside = lambda way=way: tl.sum(tl.where(tl.log(way(both, made, given)[1] * 0) < 0, 1.0, 0.0))
        yield Case(entry, "a number made not finite beside nan that was given", beside, np.asarray(1.0))
        logarithm = lambda x, y: tl.log(x - 3) * y
        unchecked = lambda way=way, f=logarithm: _without_check(way, f, whole, whole)
        yield Case(entry, "without the check of domains", unchecked, np.asarray([-np.inf, 0.0]))
        raises = lambda way=way, f=logarithm: way(f, whole, whole).numpy()
        yield refused(entry, "a result that is not finite", DomainError, raises)


def _derivatives_of_not_finite() -> Iterator[Case]:
    """Of nan that was given, a tangent that divides zero by zero passes; of one that was made, it is that fault.

    Beside it, tangents are as ever: the maximum of each row of two.
    """
    given = tl.tensor([[np.nan, 1.0], [2.0, 3.0]])
    made = tl.log(tl.tensor([[0.0, 1.0], [np.e, np.e**2]])) * 0 + tl.tensor([[5.0, 1.0], [2.0, 3.0]])
    f, v = (lambda x: tl.max(x, axis=1)), tl.tensor([[1.0, 2.0], [3.0, 4.0]])
    ways: list[tuple[str, Callable[..., Any], Any]] = [
        ("vjp", lambda x: tl.vjp(f, x)[1](tl.tensor([2.0, 7.0]))[0][1], [0.0, 7.0]),
        ("linearize", lambda x: tl.linearize(f, x)[1](v)[1], 4.0),
        ("jvp", lambda x: tl.jvp(f, (x,), (v,))[1][1], 4.0),
        ("jacrev", lambda x: tl.jacrev(f)(x)[1, 1], [0.0, 1.0]),
    ]
    for entry, way, wanted in ways:
        for what, x in (("that was given", given), ("that was made", made)):
            of = lambda way=way, x=x: tl.tensor(way(x).numpy())
            yield Case(entry, f"a derivative beside nan {what}", of, np.asarray(wanted))


def _without_check(way: Any, f: Any, *args: Any) -> Any:
    with tl.config(domain="ignore"):
        return way(f, *args)


def _in_double(blocks: Any) -> Any:
    return [[tl.astype(block, tl.float64) for block in row] for row in blocks]
