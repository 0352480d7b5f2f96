"""Entry points applied at points, and the points: what the judges of entry points have in common.

What an entry point returns is a derivative contracted with nothing, with a direction, or with a seed. A whole gradient
is certified by its products with dense random directions (and with every unit vector where it is small): an error
anywhere in it changes them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any

import numpy as np
from flint import arb, ctx
from tl_specs import Ambiguous

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, exactly, objects, precision
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.graphs import plain
from tl_checker.gradients.program import ReferenceProgram
from tl_checker.gradients.quotients import Direction
from tl_dsl import Tensor
from tl_dsl.autodiff.traced import trace_call
from tl_dsl.graph import Graph

ENTRY_LAYERS = ("annotation", "balls", "simplified", "floats", "numbers", "not finite", "refusals")
"""How entry points of models and functions are judged; `ops.LAYERS` are those of operations."""

BITS = (128, 256, 512, 1024, 2048, 4096)
"""The precisions that are tried, one after the other, until the balls are narrow."""

DIRECTIONS = 2
SMALL = 6
"""Up to so many elements a leaf is also moved along every axis of its own."""

LARGE = 5_000
"""Where more elements than these are moved, all leaves are moved together: two runs of the reference for a gradient."""

Floats = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Part:
    """One array that an entry point returned, and the shape that it must have.

    ``leaves`` are the differentiated leaves whose axes it carries last; ``fixed`` are the directions that it was
    contracted with already, ``seed`` the weights of the outputs, ``rows`` where its output stands in the row of all.
    ``scaled`` says that it was computed at so many times the moved inputs, ``way`` how it was asked for. On floats its
    type is one of ``types``.
    """

    argument: str
    array: Any
    shape: tuple[int, ...]
    leaves: tuple[int, ...] = ()
    fixed: tuple[Direction, ...] = ()
    seed: Objects | None = None
    rows: tuple[int, int | None] = (0, None)
    scaled: float = 1.0
    way: str = ""
    types: tuple[np.dtype[Any], ...] = ()


@dataclass(frozen=True)
class Scalars:
    """The arguments of entry points in one element type."""

    cast: Callable[[Any], Tensor]

    def __call__(self, array: Any) -> Tensor:
        return self.cast(array)


@dataclass(frozen=True)
class Entry:
    """A public entry point, applied: ``call(scalars)`` gives its parts in that element type."""

    name: str
    mode: str
    call: Callable[[Scalars], list[Part]]


@dataclass(frozen=True)
class Run:
    """An entry point run on floats: its parts, and the whole graph of it with the arrays that it took."""

    parts: list[Part]
    graph: Graph
    arrays: list[Floats]


def run_on_floats(entry: Entry) -> Run:
    """Run an entry point as people do, and trace it once more as one program."""
    arrays: list[Any] = []

    def recorded(x: Any) -> Tensor:
        arrays.append(x)
        return tl.tensor(x)

    parts = entry.call(Scalars(recorded))

    def again(*leaves: Tensor) -> list[Tensor]:
        given = iter(leaves)
        return [part.array for part in entry.call(Scalars(lambda x: next(given)))]

    call = trace_call(again, arrays, None)
    graph, values = plain(call.graph, [x.numpy() for x in call.values])
    return Run(parts, graph, values)


@dataclass(frozen=True)
class Point:
    """Where entry points are judged: the leaves that are moved, the references, and what to say of the place."""

    label: str
    leaves: tuple[np.ndarray[Any, np.dtype[Any]], ...]
    reference: ReferenceProgram
    rng_seed: str
    _known: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def together(self) -> bool:
        """Whether all leaves are moved together."""
        return sum(x.size for x in self.leaves) > LARGE

    @cached_property
    def other(self) -> float:
        """A factor of the moved inputs that leads to a second example: finite and smooth there, 1 where none was found.

        Errors: those of the reference.
        """
        together = [self.directions(leaf)[0] for leaf in range(len(self.leaves))]
        with precision(BITS[0]):
            for factor in (0.75, 1.25, 0.875):
                try:
                    slopes = self.reference.derivative((together,), None, factor)
                except Ambiguous:
                    continue
                if all(slope.is_finite() for slope in slopes.reshape(-1).tolist()):
                    return factor
        return 1.0

    @cached_property
    def balls(self) -> Scalars:
        """Arguments as balls of radius zero; integers and booleans stay what they are."""
        known: dict[int, tuple[Any, Tensor]] = {}

        def cast(x: Any) -> Tensor:
            if id(x) not in known:  # the array is kept, so that its id is not given away
                known[id(x)] = x, Tensor(exactly(x)) if x.dtype.kind == "f" else tl.tensor(x)
            return known[id(x)][1]

        return Scalars(cast)

    def directions(self, leaf: int) -> list[Objects]:
        """Dense random directions of a leaf, and its unit vectors when it is small."""
        if leaf not in self._known:
            self._known[leaf] = self._drawn(leaf)
        found: list[Objects] = self._known[leaf]
        return found

    def wanted(self, key: Hashable, compute: Callable[[], Objects]) -> Objects:
        """What the reference says, computed once at each precision for all entry points that need it."""
        full = (ctx.prec, key)
        if full not in self._known:
            self._known[full] = compute()
        found: Objects = self._known[full]
        return found

    def _drawn(self, leaf: int) -> list[Objects]:
        rng, x = Random(f"{self.rng_seed} {leaf}"), self.leaves[leaf]
        found = [dense(rng, x.shape) for _ in range(DIRECTIONS)]
        if 1 < x.size <= SMALL:
            found += [objects(x.shape, [arb(int(j == k)) for j in range(x.size)]) for k in range(x.size)]
        return found

    def only(self, leaf: int, v: Objects) -> list[Objects | None]:
        """A direction that moves one leaf."""
        return [v if k == leaf else None for k in range(len(self.leaves))]


class AtKink(ArithmeticError):
    """The point lies where the function is not differentiable, or a branch cannot be decided."""


def on_floats() -> Scalars:
    """Arguments as they are."""
    return Scalars(tl.tensor)
