"""What a traced function read besides its arguments, so that its trace is not used once that has changed.

The code of the model and the loss is read. A trace is kept only if everything that this code starts from is known not
to change unnoticed:

- numbers, strings, Tensors, enumerations' names and tuples of them never change; the name, closure cell, default or
  attribute that holds one is watched (is it still bound to the same object?);
- functions, and the classes of Modules and of frozen dataclasses, are followed in turn; their code, defaults and all
  their attributes are watched, and so is the absence of others;
- functions with rules of their own are followed with their rules;
- what ``tl_dsl``, ``math`` and ``functools`` define, numpy's ufuncs and numbers, and builtins without effects are pure;
- a module is looked into (``pkg.config.SCALE``), each step watched.

Anything else makes it give up, and the function is traced at every call: lists, dicts, sets, numpy arrays, iterators,
objects of other classes, caches, random numbers, imports, ``global`` and ``nonlocal``, names that are not bound,
``getattr`` and double underscores, classes made or instantiated. Wrong would be worse than slow.
"""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl.autodiff.code import Code, read
from tl_dsl.autodiff.custom import CUSTOM_PARTS, CustomFunction, custom_jvp, custom_vjp
from tl_dsl.nn.module import Module
from tl_dsl.pytree import Static, TreeDef
from tl_dsl.tensor import Tensor

# mypy forgets the attribute `__builtins__` when it reads its cache, so its name is a string here.
_builtins_of = operator.attrgetter("__builtins__")
_MISSING = object()
_CONSTANTS = frozenset(
    {bool, int, float, complex, str, bytes, Fraction, range, Tensor, type(None), type(Ellipsis), type(NotImplemented)}
)
_LIBRARIES = frozenset(
    {"tl_dsl", "math", "cmath", "operator", "_operator", "jaxtyping", "typing", "itertools", "functools", "enum"}
    | {"_functools"}
)
_PURE = frozenset(
    {abs, all, any, bool, bytes, complex, dict, divmod, enumerate, filter, float, frozenset, int, isinstance}
    | {issubclass, iter, len, list, map, max, min, next, pow, range, repr, reversed, round, set, slice, sorted, str}
    | {sum, super, tuple, zip}
)
_NOT_RUN = frozenset(
    {
        "__replace__",
        "__module__",
        "__qualname__",
        "__doc__",
        "__dict__",
        "__weakref__",
        "__annotations__",
        "__init__",
        "__slots__",
    }
    | {"__dataclass_fields__", "__dataclass_params__", "__match_args__", "__orig_bases__", "__parameters__"}
    | {"__abstractmethods__", "_abc_impl", "__static_attributes__", "__firstlineno__", "__type_params__"}
    | {"__objclass__", "_own_hints", "_array_fields", "_flat", "_model"}
)
"""Attributes of classes and objects that no call of a model reads; ``__init__``, since no object is made."""
_OF_ENUMS = frozenset(
    {"_member_names_", "_member_map_", "_value2member_map_"}
    | {"_unhashable_values_", "_unhashable_values_map_", "_hashable_values_"}
    | {"_member_type_", "_new_member_", "__new_member__"}
)
"""What enumerations keep to make their names, and to find them."""


class _CanChange(Exception):
    """Something was found that may change unnoticed."""


@dataclass(frozen=True, eq=False)
class Guard:
    """Names, cells, functions and classes with what they were bound to; name spaces with their sizes."""

    names: tuple[tuple[Mapping[str, Any], str, Any], ...]
    sizes: tuple[tuple[Mapping[str, Any], int], ...]
    cells: tuple[tuple[types.CellType, Any], ...]
    objects: tuple[tuple[Any, tuple[Any, ...]], ...]

    def holds(self) -> bool:
        """Whether nothing of this has changed."""
        return (
            all([space.get(name, _MISSING) is value for space, name, value in self.names])
            and all([len(space) == size for space, size in self.sizes])
            and all([_content(cell) is value for cell, value in self.cells])
            and all([a is b for thing, old in self.objects for a, b in zip(_fixed(thing), old, strict=True)])
        )


def guard(*values: Any) -> Guard | None:
    """A guard for what the code of these callables, Modules and structures reaches; None when no trace may be kept."""
    watch = _Watch()
    try:
        watch.all(values)
    except _CanChange:
        return None
    return Guard(tuple(watch.names), tuple(watch.sizes), tuple(watch.cells), tuple(watch.objects))


def _content(cell: types.CellType) -> Any:
    """What a cell holds; _MISSING where its name is not bound."""
    try:
        return cell.cell_contents
    except ValueError:
        return _MISSING


def _fixed(thing: Any) -> tuple[Any, ...]:
    """What can be assigned of a function or a class besides the entries of its name space."""
    if isinstance(thing, type):
        return (thing.__mro__,)
    return thing.__code__, thing.__defaults__, thing.__kwdefaults__, thing.__dict__


class _Watch:
    def __init__(self) -> None:
        self.names: list[tuple[Mapping[str, Any], str, Any]] = []
        self.sizes: list[tuple[Mapping[str, Any], int]] = []
        self.cells: list[tuple[types.CellType, Any]] = []
        self.objects: list[tuple[Any, tuple[Any, ...]]] = []
        self._seen: dict[int, Any] = {}

    def all(self, values: Iterable[Any]) -> None:
        """Follow several values. Errors: _CanChange."""
        for value in values:
            if type(value) not in _CONSTANTS and id(value) not in self._seen:
                self._seen[id(value)] = value
                self._follow(value)

    def _follow(self, value: Any) -> None:
        if isinstance(value, types.FunctionType):
            self._function(value)
        elif isinstance(value, TreeDef):
            self._structure(value)
        elif isinstance(value, types.MethodType):
            self.all((value.__func__, value.__self__))
        elif type(value) is functools.partial:
            self.all((value.func, *value.args))
            self._space(value.keywords)
        elif type(value) in (tuple, frozenset):
            self.all(value)
        elif type(value) is slice:
            self.all((value.start, value.stop, value.step))
        elif isinstance(value, (staticmethod, classmethod)):
            self.all((value.__func__,))
        elif type(value) is property:
            self.all((value.fget,))
        elif type(value) in (custom_jvp, custom_vjp):
            self._custom(value)
        elif hasattr(value, "__dict__") and (isinstance(value, Enum) or _is_frozen(value)):
            self._class(type(value))
            self._space(vars(value))
        elif not _is_pure(value):
            raise _CanChange

    def _custom(self, function: CustomFunction[..., Any]) -> None:
        space = vars(function)
        for name in CUSTOM_PARTS & space.keys():
            self.names.append((space, name, space[name]))
            self.all((space[name],))

    def _structure(self, treedef: TreeDef) -> None:
        self.all(treedef.children)
        if isinstance(treedef.data, Static):
            self.all([treedef.data])
        elif isinstance(treedef.kind, type) and issubclass(treedef.kind, Module):
            self._class(treedef.kind)
        elif treedef.kind not in (None, tuple, list, dict, type(None)):
            raise _CanChange

    def _class(self, cls: type) -> None:
        for base in cls.__mro__:
            if id(base) not in self._seen and base is not object and not _is_library(base.__module__):
                if type(base).__module__ not in ("builtins", "abc", "enum"):
                    raise _CanChange  # attributes of a class whose own class is the user's
                self._seen[id(base)] = base
                self.objects.append((base, _fixed(base)))
                self._space(vars(base))

    def _space(self, space: Mapping[str, Any]) -> None:
        """Watch a whole name space. What nothing runs is watched as well, but not followed."""
        self.sizes.append((space, len(space)))
        for name, member in list(space.items()):
            self.names.append((space, name, member))
            if name not in _NOT_RUN and name not in _OF_ENUMS and not _is_generated(member):
                self.all((member,))

    def _function(self, function: types.FunctionType) -> None:
        home = function.__globals__.get("__name__")
        if function.__dict__.get("_tl_typed") or home == "jaxtyping._decorator":  # only checks what it wraps
            self.all((function.__dict__.get("__wrapped__"),))
            return
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        if _is_library(home):  # pure, but for what it was made with
            self.all([self._contents(cell) for cell in cells.values()])
            return
        self.objects.append((function, _fixed(function)))
        self.all(function.__defaults__ or ())
        self._space(function.__kwdefaults__ or {})
        self._space(function.__dict__)
        code = read(function.__code__)
        if code.gives_up:
            raise _CanChange
        for name, cell in cells.items():
            self._root(code, name, self._contents(cell))
        self._globals(code, function)

    def _contents(self, cell: types.CellType) -> Any:
        value = _content(cell)
        if value is _MISSING:
            raise _CanChange
        self.cells.append((cell, value))
        return value

    def _globals(self, code: Code, function: types.FunctionType) -> None:
        spaces: list[Mapping[str, Any]] = [function.__globals__, _builtins_of(function)]
        for name in code.globals:
            for space in spaces:
                value = space.get(name, _MISSING)
                self.names.append((space, name, value))
                if value is not _MISSING:
                    self._root(code, name, value)
                    break
            else:
                raise _CanChange

    def _root(self, code: Code, name: str, value: Any) -> None:
        """Follow a value that code names, a module by the attributes that are read from it."""
        if name == "__class__" and isinstance(value, type):  # the cell of super()
            self._class(value)
        elif isinstance(value, types.ModuleType):
            for path in code.paths[name]:
                self._path(value, path)
        else:
            self.all((value,))

    def _path(self, module: types.ModuleType, path: tuple[str, ...]) -> None:
        value: Any = module
        for step in path:
            if isinstance(value, types.ModuleType):
                space = vars(value)
                value = space.get(step, _MISSING)
                self.names.append((space, step, value))
        if value is _MISSING or isinstance(value, types.ModuleType):
            raise _CanChange
        self.all((value,))


def _is_pure(value: Any) -> bool:
    """Whether an object without parts to follow has no state, and no effect when it is called."""
    if isinstance(value, type):
        is_error = issubclass(value, BaseException) and value.__module__ == "builtins"
        return value in _PURE or is_error or issubclass(value, np.generic) or _is_library(value.__module__)
    if isinstance(value, types.BuiltinFunctionType):
        owner = value.__self__
        return value in _PURE or (isinstance(owner, types.ModuleType) and _is_library(owner.__name__))
    if isinstance(value, (np.generic, np.dtype)):
        return not isinstance(value, np.void)
    return isinstance(value, np.ufunc) or type(value).__module__ == "typing"


def _is_frozen(value: Any) -> bool:
    settings = getattr(type(value), "__dataclass_params__", None)
    return settings is not None and bool(settings.frozen)


def _is_generated(member: Any) -> bool:
    """Whether a method is one that ``dataclasses`` wrote."""
    code = getattr(getattr(member, "__wrapped__", member), "__code__", None)
    return isinstance(code, types.CodeType) and code.co_qualname.startswith("__create_fn__.")


def _is_library(module: str | None) -> bool:
    """Whether a module is one whose functions are pure and whose globals nobody rebinds."""
    return module is not None and module.partition(".")[0] in _LIBRARIES
