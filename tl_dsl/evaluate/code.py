"""A program's lines while they are written, and the names in them.

Arrays that are there before the program runs (constants, places in the arena, views of both) have names in its scope;
arrays that arise while it runs (inputs, values that are returned, results of kernels that take no ``out=``) are
variables.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Scope = dict[str, Any]


class Code:
    """Lines and names.

    ``scope``: names that all copies of the program share. ``setup``: names that each copy makes for itself, in order.
    ``lines``: the body. ``calls``: how many of them compute. ``variables``: names that the body assigns.
    """

    def __init__(self) -> None:
        self.scope: Scope = {}
        self.setup: list[tuple[str, Callable[[Scope], Any]]] = []
        self.lines: list[str] = []
        self.calls = 0
        self.variables: set[str] = set()
        self._shared: dict[Any, str] = {}
        self._counts: dict[str, int] = {}

    def bind(self, value: Any, name: str) -> str:
        """A name in the shared scope for a value; equal objects share one."""
        key = ("object", id(value), name)
        if key not in self._shared:
            self._shared[key] = self._unique(name)
            self.scope[self._shared[key]] = value
        return self._shared[key]

    def function(self, function: Any) -> str:
        """The name of a numpy function."""
        key = ("function", id(function))
        found = self._shared.get(key)
        if found is None:
            name = getattr(function, "__name__", "")
            found = self.bind(function, name if name.isidentifier() and len(name) > 1 else "kernel")
            self._shared[key] = found
        return found

    def constant(self, value: Any, dtype: np.dtype[Any]) -> str:
        """The name of a number as an array without axes: twice as fast as a Python number, and never promotes."""
        number = value if isinstance(value, (bool, int, float)) else float(value)
        return self.shared(("constant", repr(value), dtype), "c", lambda: np.asarray(number, dtype))

    def dtype(self, dtype: np.dtype[Any]) -> str:
        """The name of an element type."""
        return self.bind(dtype, type_name(dtype))

    def shared(self, key: Any, name: str, make: Callable[[], Any]) -> str:
        """A name in the shared scope for what ``make`` gives, made once for each key."""
        if key not in self._shared:
            self._shared[key] = self._unique(name)
            self.scope[self._shared[key]] = make()
        return self._shared[key]

    def prepare(self, name: str, make: Callable[[Scope], Any], *, key: Any = None) -> str:
        """A name for what each copy of the program makes from names that it has already, once for each key."""
        if key is not None and key in self._shared:
            return self._shared[key]
        unique = self._unique(name)
        self.setup.append((unique, make))
        if key is not None:
            self._shared[key] = unique
        return unique

    def _unique(self, name: str) -> str:
        count = self._counts.get(name, 0)
        self._counts[name] = count + 1
        if len(name) == 1:
            return f"{name}{count}"
        return f"{name}_{count}" if count else name

    def method(self, x: str, method: str) -> str:
        """A bound method of an array; of an array that is there before the program runs it is looked up once."""
        if self.is_variable(x):
            return f"{x}.{method}"
        return self.prepare(f"{x}_{method}", lambda scope: getattr(scope[x], method), key=(x, method))

    def arguments(self, names: list[str], params: Mapping[str, Any]) -> str:
        """The arguments of a kernel: arrays by name, and keyword arguments that are bound in the scope."""
        return ", ".join([*names, *[f"{key}={self.bind(value, 'p_' + key)}" for key, value in params.items()]])

    def is_variable(self, name: str) -> bool:
        """Whether a name or expression stands for an array that arises while the program runs."""
        return name in self.variables or not name.isidentifier()

    def assign(self, expression: str) -> str:
        """A new variable for what an expression gives."""
        name = self._unique("t")
        self.variables.add(name)
        self.lines.append(f"{name} = {expression}")
        return name

    def call(self, text: str) -> None:
        """A line that computes."""
        self.calls += 1
        self.lines.append(text)


@functools.cache
def type_name(dtype: np.dtype[Any]) -> str:
    """numpy's name of an element type, which it makes anew each time it is asked."""
    return dtype.name
