"""Functions as programs: traced once for each type of arguments, compiled, printable."""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

from tl_dsl.autodiff.traced import TracedCall, run, trace_call
from tl_dsl.errors import ArgumentError
from tl_dsl.graph import Graph, Node
from tl_dsl.pytree import Static, TreeDef, tree_flatten
from tl_dsl.tensor import Tensor, tensor

P = ParamSpec("P")
R = TypeVar("R")

LIMIT = 64
"""How many traces a program keeps."""


@dataclass(frozen=True)
class _Trace:
    call: TracedCall
    captured: list[Tensor]

    @functools.cached_property
    def rebuild(self) -> Callable[[list[Tensor]], Any]:
        """The leaves of the result put together; a short way for tensors and tuples of them."""
        build = _builder(self.call.out_tree)
        return self.call.result if build is None else lambda leaves: build(iter(leaves))


def _builder(treedef: TreeDef) -> Callable[[Iterator[Tensor]], Any] | None:
    if treedef.kind is None:
        return next
    parts = [_builder(child) for child in treedef.children]
    known = [part for part in parts if part is not None]
    if treedef.kind is not tuple or len(known) < len(parts):
        return None
    return lambda leaves: tuple([part(leaves) for part in known])


def _describe(values: tuple[Any, ...], tensors: list[Tensor], signature: list[Hashable]) -> bool:
    """Append what a trace depends on, for tensors and tuples of them, and the tensors; False for anything else."""
    for x in values:
        if type(x) is Tensor:
            tensors.append(x)
            signature.append(x._value.shape)
            signature.append(x._value.dtype)
        elif type(x) is tuple:
            signature.append(len(x))
            if not _describe(x, tensors, signature):
                return False
        else:
            return False
    return True


class Program(Generic[P, R]):
    """A pure function of tensors as a graph, traced when it first meets arguments of some shapes and types.

    Calling it computes; ``graph(*args)`` is the program for such arguments, which prints like one. What the function
    captures is read when it is traced; Python numbers among the arguments are part of the program.

    >>> import tl_dsl as tl
    >>> print(tl.program(lambda x: x * 2.0).graph(tl.zeros(3)))
    (a: float64[3]):
      b: float64[3] = full(fill_value=2.0, shape=(3,), dtype=float64)
      c: float64[3] = mul(a, b)
      return c
    """

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function
        self._traces: OrderedDict[Hashable, _Trace] = OrderedDict()
        self._flat: dict[Hashable, _Trace] = {}
        self._lock = threading.Lock()
        functools.update_wrapper(self, function, updated=())

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        tensors: list[Tensor] = []
        signature: list[Hashable] = []
        traced = None
        if not kwargs and _describe(args, tensors, signature):
            traced = self._flat.get(tuple(signature))  # seen before: no tree has to be taken apart
        if traced is None:
            tensors, traced = self._traced(args, kwargs)
        value: R = traced.rebuild(run(traced.call.graph, tensors + traced.captured))
        return value

    def __get__(self, instance: object, owner: type | None = None) -> Callable[..., R]:
        """As a method, a program takes the object as its first argument."""
        return self if instance is None else functools.partial(self, instance)  # type: ignore[arg-type]

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.function,)

    def graph(self, *args: P.args, **kwargs: P.kwargs) -> Graph:
        """The traced graph for arguments of these shapes and types, before simplification."""
        return self._traced(args, kwargs)[1].call.graph

    def __str__(self) -> str:
        name = getattr(self.function, "__name__", "program")
        if not self._traces:
            return f"{name}: not traced yet; .graph(*args) traces it for arguments of given shapes"
        return "\n\n".join(f"{name}{trace.call.graph}" for trace in self._traces.values())

    def _traced(self, args: Any, kwargs: Any) -> tuple[list[Tensor], _Trace]:
        leaves, treedef = tree_flatten((args, kwargs))
        tensors = [tensor(x) for x in leaves if isinstance(x, (Tensor, np.ndarray))]
        types = [(x.shape, x.dtype) if isinstance(x, (Tensor, np.ndarray)) else Static(x) for x in leaves]
        key = (treedef, tuple(types))
        try:
            with self._lock:
                found = self._traces.get(key)
                if found is not None:
                    self._traces.move_to_end(key)
                    return tensors, found
        except TypeError as error:
            raise ArgumentError("arguments of a program are tensors or hashable values", got=str(error)) from None

        @functools.wraps(self.function)
        def whole(*values: Any) -> Any:
            return self.function(*values[:-1], **values[-1])

        call = trace_call(whole, (*args, kwargs), None)
        captured = call.values[len(tensors) :]
        found = _Trace(dataclasses.replace(call, values=[]), captured)
        if not any(isinstance(x._value, Node) for x in captured):  # a value of an outer trace ends with that trace
            self._keep(key, found, () if kwargs else args)
        return tensors, found

    def _keep(self, key: Hashable, trace: _Trace, args: tuple[Any, ...]) -> None:
        signature: list[Hashable] = []
        with self._lock:
            self._traces[key] = trace
            if len(self._traces) > LIMIT:
                self._traces.popitem(last=False)
                self._flat.clear()
            if args and _describe(args, [], signature):
                self._flat[tuple(signature)] = trace


def compile(function: Callable[P, R]) -> Program[P, R]:
    """The function as a Program: later calls with arguments of the same shapes and types skip Python.

    >>> import tl_dsl as tl
    >>> step = tl.compile(tl.grad(lambda x: tl.sum(x * x)))
    >>> step(tl.tensor([1.0, 2.0]))
    Tensor[float64, 2]([2., 4.])
    """
    return Program(function)


def program(function: Callable[P, R]) -> Program[P, R]:
    """The graph of a pure function; the identity is a valid program. See ``Program``.

    >>> import tl_dsl as tl
    >>> tl.program(lambda x: x)(tl.tensor(1.0))
    Tensor[float64](1.)
    """
    return Program(function)


Fn = Callable[[Tensor], Tensor]
"""A pure function of one tensor."""
