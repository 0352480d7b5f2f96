"""What a traced function read besides its arguments, so that its trace is not used once that has changed.

A function's code names the globals that it may read. Those that cannot change are watched (is the name still bound to
the same object?); one that can change in place, such as a list, means that no trace may be kept.
"""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl.nn.module import Module
from tl_dsl.pytree import Static, TreeDef
from tl_dsl.tensor import Tensor

_MISSING = object()
_STABLE = (int, float, complex, str, bytes, Fraction, type(None), type(Ellipsis), slice, range, np.generic, np.dtype)
_TRUSTED = frozenset(
    {"tl_dsl", "numpy", "jaxtyping", "beartype", "math", "builtins", "typing", "functools", "operator"}
)

_BOOKKEEPING = ("_own_hints", "_array_fields")
"""What Module keeps of a class for itself."""


class _CanChange(Exception):
    """Something was found that may change in place."""


@dataclass(frozen=True, eq=False)
class Guard:
    """Names and closure cells with the objects that they were bound to."""

    names: tuple[tuple[Mapping[str, Any], str, Any], ...]
    cells: tuple[tuple[types.CellType, Any], ...]

    def holds(self) -> bool:
        """Whether all of them are still bound to the same objects."""
        return all([space.get(name, _MISSING) is value for space, name, value in self.names]) and all(
            [cell.cell_contents is value for cell, value in self.cells]
        )


def guard(*objects: Any) -> Guard | None:
    """A guard for what the code of these callables, Modules and structures reaches; None when no trace may be kept."""
    watch = _Watch()
    try:
        watch.all(objects)
    except _CanChange:
        return None
    return Guard(tuple(watch.names), tuple(watch.cells))


class _Watch:
    def __init__(self) -> None:
        self.names: list[tuple[Mapping[str, Any], str, Any]] = []
        self.cells: list[tuple[types.CellType, Any]] = []
        self._seen: dict[int, Any] = {}

    def all(self, values: Iterable[Any]) -> None:
        """Follow several values. Errors: _CanChange."""
        for value in values:
            if not isinstance(value, (*_STABLE, Tensor, Enum)) and id(value) not in self._seen:
                self._seen[id(value)] = value
                self._follow(value)

    def _follow(self, value: Any) -> None:
        if isinstance(value, types.FunctionType):
            self._function(value)
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, TreeDef):
            self.all(value.children)
            self.all([value.data.value] if isinstance(value.data, Static) else [value.kind])
        elif isinstance(value, types.MethodType):
            self.all((value.__func__, value.__self__))
        elif isinstance(value, functools.partial):
            self.all((value.func, *value.args, *value.keywords.values()))
        elif isinstance(value, (tuple, frozenset)):
            self.all(value)
        elif isinstance(value, Module) or _is_frozen(value):
            self._class(type(value))
            self.all([part for name, part in vars(value).items() if name != "_flat"])
        elif isinstance(value, (staticmethod, classmethod)):
            self.all((value.__func__,))
        elif isinstance(value, property):
            self.all((value.fget,))
        elif callable(value) and _trusted(type(value)):  # a ufunc, a builtin, what functools.cache gives
            self.all((getattr(value, "__wrapped__", None),))
        elif not isinstance(value, types.ModuleType) and type(value).__module__ != "typing":
            raise _CanChange

    def _class(self, cls: type) -> None:
        for base in cls.__mro__:
            if not _trusted(base):
                for name, member in list(vars(base).items()):
                    if name == "__call__" or not (name.startswith("__") or name in _BOOKKEEPING):
                        self._name(vars(base), name, member)

    def _name(self, space: Mapping[str, Any], name: str, value: Any) -> None:
        self.names.append((space, name, value))
        self.all((value,))

    def _function(self, function: types.FunctionType) -> None:
        if _is_trusted(function.__globals__.get("__name__")):
            self.all((getattr(function, "__wrapped__", None),))  # a decorator of ours around somebody's function
            return
        self.all((*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()))
        for cell in function.__closure__ or ():
            self.cells.append((cell, _contents(cell)))
            self.all((_contents(cell),))
        self._code(function.__code__, function.__globals__)

    def _code(self, code: types.CodeType, space: Mapping[str, Any]) -> None:
        names = set(_names(code))
        for name in names & space.keys():
            value = space[name]
            self._name(space, name, value)
            if isinstance(value, types.ModuleType) and not _is_trusted(value.__name__):
                for inner in names & vars(value).keys():
                    self._name(vars(value), inner, vars(value)[inner])


def _contents(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a name that is not bound yet
        raise _CanChange from None


def _names(code: types.CodeType) -> Iterator[str]:
    if any(step.opname == "IMPORT_NAME" for step in dis.get_instructions(code)):
        raise _CanChange
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _is_frozen(value: Any) -> bool:
    settings = getattr(type(value), "__dataclass_params__", None)
    return settings is not None and bool(settings.frozen)


def _trusted(defined: Any) -> bool:
    return _is_trusted(getattr(defined, "__module__", None))


def _is_trusted(module: str | None) -> bool:
    """Whether a module is one whose globals nobody rebinds."""
    return module is not None and module.partition(".")[0] in _TRUSTED
