"""The derivatives of a subject as graphs: traced once through the public entry points, then run on any scalar.

``f`` is the subject's function of its operands xs, φ the functional ⟨u, f⟩ for a cotangent u, v and w are tangents.
Where f is linear, the derivatives of second order are zero; f² stands for f there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.balls import exactly
from tl_checker.gradients.subject import Subject
from tl_checker.gradients.wellformed import malformed
from tl_dsl import Tensor
from tl_dsl.autodiff.traced import run
from tl_dsl.evaluate import evaluate, interpret
from tl_dsl.graph import Graph
from tl_dsl.op import trace
from tl_dsl.transform.simplify import simplify

Arrays = list[np.ndarray[Any, Any]]
Function = Callable[..., Any]

Type = tuple[tuple[int, ...], np.dtype[Any]]

NESTINGS = ("reverse over reverse", "forward over reverse", "reverse over forward", "forward over forward")
HESSIANS = ("hessian of a number", "jacrev of grad", "jacfwd of jacfwd", "jacrev of jacfwd")
"""Ways to all second derivatives of ⟨u, f⟩, which take xs and u and give the blocks of each two operands."""


@dataclass(frozen=True)
class Derivative:
    """A graph, and the values that it captured."""

    graph: Graph
    captured: tuple[np.ndarray[Any, Any], ...]

    @classmethod
    def of(cls, function: Callable[..., list[Tensor]], types: list[Type]) -> Derivative:
        """The graph of a function of tensors of these shapes and element types."""
        graph, captured = trace(function, types)
        return cls(graph, tuple([np.asarray(x) for x in captured]))

    def replayed(self, *xs: Tensor) -> Tensor:
        """The one output, computed or emitted into the trace that the operands are of: as a call of the function."""
        (y,) = run(self.graph, [*xs, *map(tl.tensor, self.captured)])
        return y

    def exact(self, arrays: Sequence[np.ndarray[Any, Any]]) -> Arrays:
        """The outputs, node by node: on balls, or on the numbers that are given."""
        if arrays and not any(x.size for x in arrays):  # no element says what the constants are to be
            arrays = [np.zeros(x.shape) for x in arrays]
            return [exactly(np.asarray(y)) for y in interpret(self.graph, [*arrays, *self.captured])]
        return [_in_balls(np.asarray(y)) for y in interpret(self.graph, [*arrays, *self.captured])]

    def compiled(self, arrays: Sequence[np.ndarray[Any, Any]]) -> Arrays:
        """The outputs by the program that users run, values that are not finite included."""
        with tl.config(domain="ignore"):
            return evaluate(self.graph, [*arrays, *self.captured])

    @cached_property
    def simplified(self) -> Derivative:
        """The same in simplest form."""
        return Derivative(simplify(self.graph), self.captured)


Known = dict[Hashable, Derivative]
"""Graphs of one operation that were traced before, by what they depend on."""


class MalformedError(Exception):
    """A graph that breaks what all graphs promise."""


class Derived:
    """The graphs of a subject's derivatives by name, each traced when it is first asked for.

    The operation is traced once, and derivatives are taken of what that gave; `traced` goes the whole way.

    ``value``, ``jacrev`` and ``jacfwd`` take xs, as these ``one by one``, which hold the other operands;
    ``pullback`` and ``hessian`` xs and u; ``pushforward`` xs and vs.
    The `NESTINGS` take xs, u and vs and give the derivative of φ along vs and each coordinate, but for the last, which
    takes xs, vs and ws and gives that of every item of f along both. Errors: MalformedError for a graph that transforms
    could not go on from.

    ``result`` is the shape of what the subject gives. ``known`` holds graphs that other points left: those of one
    operation, where operands differ in numbers alone.
    """

    def __init__(
        self,
        subject: Subject,
        result: tuple[int, ...],
        dtype: np.dtype[Any] | None = None,
        known: Known | None = None,
    ) -> None:
        self.subject = subject
        self._count = len(subject.primals)
        self._xs = [(x.shape, x.dtype) for x in subject.primals]
        self.result = result
        self._u = [(result, dtype or np.dtype(float))]
        self._form = (subject.held, tuple(self._xs), self._u[0])
        self._known = {} if known is None else known

    def __getitem__(self, key: str | tuple[str, bool]) -> Derivative:
        name, squared = key if isinstance(key, tuple) else (key, False)
        place = (name, squared, self._form)
        found = self._known.get(place)
        if found is None:
            f = self.subject.engine if name == "value" else self["value"].replayed
            found = self._traced(name, squared, f)
            if wrong := malformed(found.graph, self.subject.own):
                raise MalformedError(f"{name}: {wrong}")
            self._known[place] = found
        return found

    def traced(self, name: str, squared: bool = False) -> Derivative:
        """A graph made anew, the operation itself included: inside of each transform that it is differentiated by."""
        return self._traced(name, squared, self.subject.engine)

    def _traced(self, name: str, squared: bool, f: Function) -> Derivative:
        function, types = self._function(name, _square(f) if squared else f)
        return Derivative.of(lambda *xs: _flat(function(*xs)), types)

    def _function(self, name: str, f: Function) -> tuple[Function, list[Any]]:
        n, xs, u = self._count, self._xs, self._u
        every = tuple(range(n))
        found: dict[str, Callable[[], tuple[Function, list[Any]]]] = {
            "value": lambda: (f, xs),
            "jacrev": lambda: (tl.jacrev(f, every), xs),
            "jacfwd": lambda: (tl.jacfwd(f, every), xs),
            "jacrev one by one": lambda: (lambda *a: [tl.jacrev(f, k)(*a) for k in every], xs),
            "jacfwd one by one": lambda: (lambda *a: [tl.jacfwd(f, k)(*a) for k in every], xs),
            "pullback": lambda: (lambda *a: _pulled(f, a[n])(*a[:n]), xs + u),
            "pushforward": lambda: (lambda *a: _pushed(f, a[n:])(*a[:n]), xs + xs),
            "hessian": lambda: (lambda *a: tl.jacfwd(_pulled(f, a[n]), every)(*a[:n]), xs + u),
            HESSIANS[0]: lambda: (lambda *a: tl.hessian(_weighted(f, a[n]), every)(*a[:n]), xs + u),
            HESSIANS[1]: lambda: (lambda *a: tl.jacrev(tl.grad(_weighted(f, a[n]), every), every)(*a[:n]), xs + u),
            HESSIANS[2]: lambda: (lambda *a: tl.jacfwd(tl.jacfwd(_weighted(f, a[n]), every), every)(*a[:n]), xs + u),
            HESSIANS[3]: lambda: (lambda *a: tl.jacrev(tl.jacfwd(_weighted(f, a[n]), every), every)(*a[:n]), xs + u),
            NESTINGS[0]: lambda: (lambda *a: tl.vjp(_pulled(f, a[n]), *a[:n])[1](a[n + 1 :]), xs + u + xs),
            NESTINGS[1]: lambda: (lambda *a: _pushed(_pulled(f, a[n]), a[n + 1 :])(*a[:n]), xs + u + xs),
            NESTINGS[2]: lambda: (lambda *a: _pulled(_pushed(f, a[n + 1 :]), a[n])(*a[:n]), xs + u + xs),
            NESTINGS[3]: lambda: (lambda *a: _pushed(_pushed(f, a[n : 2 * n]), a[2 * n :])(*a[:n]), xs + xs + xs),
        }  # fmt: skip
        return found[name]()


def _in_balls(y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Sums of nothing are fractions, since no element says what they are made of."""
    if not y.dtype.hasobject or Fraction not in set(map(type, y.reshape(-1).tolist())):
        return y
    return exactly(y)


def _weighted(f: Function, u: Any) -> Function:
    """xs -> ⟨u, f⟩."""
    return lambda *xs: tl.sum(f(*xs) * u)


def _pulled(f: Function, u: Any) -> Function:
    """xs -> the gradient of ⟨u, f⟩."""
    return lambda *xs: tl.vjp(f, *xs)[1](u)


def _pushed(f: Function, vs: Sequence[Any]) -> Function:
    """xs -> the derivative of f along vs."""
    return lambda *xs: tl.jvp(f, xs, tuple(vs))[1]


def _square(f: Function) -> Function:
    def squared(*xs: Tensor) -> Tensor:
        y: Tensor = f(*xs)
        return y * y

    return squared


def _flat(result: Any) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    return [y for part in result for y in _flat(part)]
