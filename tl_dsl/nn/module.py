"""Modules: frozen dataclasses that are pytrees, whose array leaves are their parameters."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import inspect
import sys
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_args

from typing_extensions import dataclass_transform

from tl_dsl.errors import AnnotationError, ArgumentError, MutationError
from tl_dsl.pytree import Static, register, tree_flatten
from tl_dsl.tensor import Tensor
from tl_dsl.typed import axis_scope, field_checks, is_jaxtyping, require, resolve, typed


@dataclass_transform(eq_default=False, field_specifiers=(dataclasses.field,))
class Module:
    """A model or a part of one. A subclass declares fields, as a dataclass does, and methods that use them.

    Tensors, Modules and containers of them are the parameters; every other field is static: part of the structure, and
    hashable. Parameters that are not floating are carried along: no derivative is taken in them.

    Annotated axes are the class's own: they are held equal between the fields when an object is made, and in methods
    that are checked (``@tl.typed``, or under jaxtyping's import hook). Objects never change; ``replace`` makes others.

    Errors when an object is made: ShapeError, DTypeError, ArgumentError for fields that do not fit their annotations;
    AnnotationError for annotations that cannot be resolved at run time, and for an ``__init__`` that assigns what the
    class does not declare.

    >>> import tl_dsl as tl
    >>> from jaxtyping import Float
    >>> class Scale(tl.Module):
    ...     factor: Float[tl.Tensor, "n"]
    ...     power: int = 1
    ...
    ...     def __call__(self, x: Float[tl.Tensor, "*b n"]) -> Float[tl.Tensor, "*b n"]:
    ...         return self.factor * x**self.power
    >>> Scale(tl.tensor([1.0, 2.0]))
    Scale(factor=float64[2], power=1)
    """

    _own_hints: ClassVar[dict[str, Any] | None] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _as_dataclass(cls)
        register(cls, _take_apart, _put_together)
        with contextlib.suppress(AnnotationError):  # a class defined further down is looked up again when needed
            cls._own_hints = None
            cls._own_hints = _resolve_own(cls, sys._getframe(1).f_locals)
        for name, member in list(vars(cls).items()):
            if _is_checked_by_jaxtyping(member):
                setattr(cls, name, typed(member.__wrapped__))
        if "__init__" in vars(cls):
            setattr(cls, "__init__", _checked_init(cls, vars(cls)["__init__"]))  # noqa: B010  mypy: unsound access

    def set_fields(self, **values: Any) -> None:
        """Give fields their values in an ``__init__`` of one's own. Errors: MutationError at any other time."""
        for name, value in values.items():
            self.__setattr__(name, value)

    def replace(self, **values: Any) -> Self:
        """A Module with other values in some fields, which are checked as when an object is made.

        ``__init__`` is not run. Errors: ArgumentError for a name that is no field, and as for ``Module``.

        >>> import tl_dsl as tl
        >>> tl.nn.Linear(2, 3, key=0).replace(bias=None)
        Linear(weight=float64[3 2], bias=None)
        """
        names = [field.name for field in _fields(self)]
        for name in values:
            if name not in names:
                raise ArgumentError(
                    "replace gives fields new values", got=name, wanted=f"a field of {type(self).__name__}: {names}"
                )
        kept = {name: getattr(self, name) for name in names}
        new: Self = _put_together(type(self), (), tuple(names), tuple(({**kept, **values}).values()))
        check_fields(new)
        return new

    if not TYPE_CHECKING:  # a checker that saw it would let any name be assigned

        def __setattr__(self, name: str, value: object) -> None:
            cls = type(self)
            if not self.__dict__.get("_constructing"):
                raise MutationError(
                    "a Module never changes",
                    got=f"{cls.__name__}.{name} = ...",
                    wanted="a new Module",
                    suggestion=f"module.replace({name}=...), or new parameters: opt.update gives them",
                )
            if all(name != field.name for field in _fields(cls)):
                raise _undeclared(cls, name, value)
            object.__setattr__(self, name, value)

        def __delattr__(self, name: str) -> None:
            raise MutationError("a Module never changes", got=f"del {type(self).__name__}.{name}", wanted="a new one")

    @classmethod
    def _annotated_fields(cls) -> tuple[tuple[str, Any], ...]:
        """The fields whose annotations name arrays. Errors: AnnotationError when one cannot be resolved."""
        found: tuple[tuple[str, Any], ...] | None = vars(cls).get("_array_fields")
        if found is None:
            hints: dict[str, Any] = {}
            for base in reversed(cls.__mro__):
                if issubclass(base, Module):
                    if base._own_hints is None:
                        base._own_hints = _resolve_own(base, {})
                    hints.update(base._own_hints)
            found = tuple([(f.name, hints[f.name]) for f in _fields(cls) if _names_arrays(hints.get(f.name))])
            setattr(cls, "_array_fields", found)  # noqa: B010  not a field
        return found

    def __repr__(self) -> str:
        fields = [f"{f.name}={show_value(getattr(self, f.name, None))}" for f in _fields(self) if f.repr]
        return f"{type(self).__name__}({', '.join(fields)})"

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_flat"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


def _as_dataclass(cls: type[Module]) -> None:
    """Make a class a dataclass. A Tensor may be a default: it never changes, which dataclasses cannot know."""
    defaults = {}
    for name, hint in vars(cls).get("__annotations__", {}).items():
        if "ClassVar" in str(hint):  # as text, too
            continue
        given = getattr(cls, name, None)
        default = given.default if isinstance(given, dataclasses.Field) else given
        if isinstance(default, Tensor):
            defaults[name] = default
            options = given if isinstance(given, dataclasses.Field) else dataclasses.field()
            options.default, options.default_factory = dataclasses.MISSING, functools.partial(_same, default)
            setattr(cls, name, options)
    dataclasses.dataclass(eq=False, repr=False)(cls)
    for name, default in defaults.items():
        setattr(cls, name, default)


def _same(value: Any) -> Any:
    return value


def _undeclared(cls: type[Module], name: str, value: object) -> AnnotationError:
    shape = " ".join(["_"] * value.ndim) if isinstance(value, Tensor) else ""
    kind = f'Float[Tensor, "{shape}"]' if isinstance(value, Tensor) else type(value).__name__
    return AnnotationError(
        "the attributes of a Module are its fields, which the class declares",
        got=f"{cls.__name__}.{name} = ... in __init__, with no such field",
        wanted=f"{name}: {kind}",
        suggestion=f"declare `{name}: {kind}` in the body of class {cls.__name__}",
    )


def _fields(module: Module | type[Module]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(module)  # type: ignore[arg-type]  # mypy sees the transform on subclasses only


def _resolve_own(cls: type[Module], names: dict[str, Any]) -> dict[str, Any]:
    """The annotations of the fields that a class adds, with the names of the scope in which it is defined."""
    own = vars(cls).get("__annotations__", {})
    fields = {f.name: own[f.name] for f in _fields(cls) if f.name in own}
    holder = type(cls.__name__, (), {"__annotations__": fields, "__module__": cls.__module__})
    holder.__qualname__ = cls.__qualname__
    return resolve(holder, {**names, cls.__name__: cls})


def _names_arrays(hint: Any) -> bool:
    return is_jaxtyping(hint) or any(_names_arrays(part) for part in get_args(hint))


def _checked_init(cls: type[Module], init: Callable[..., None]) -> Callable[..., None]:
    """An ``__init__`` during which fields can be set, and after which they are checked."""

    @functools.wraps(init)
    def checked(self: Module, *args: Any, **keywords: Any) -> None:
        outermost = not self.__dict__.get("_constructing")
        self.__dict__["_constructing"] = True
        try:
            init(self, *args, **keywords)
        finally:
            if outermost:
                del self.__dict__["_constructing"]
                for field in _fields(self):
                    if field.name not in self.__dict__ and hasattr(type(self), field.name):
                        self.__dict__[field.name] = getattr(type(self), field.name)  # a default
        if type(self) is cls:
            check_fields(self)

    return checked


def check_fields(module: Module) -> None:
    """Hold the fields of a module against their annotations. Errors: as for ``Module``."""
    cls = type(module)
    for field in _fields(module):
        if field.name not in module.__dict__:
            raise ArgumentError("every field of a Module has a value", got=f"no {cls.__name__}.{field.name}")
    with axis_scope(module.__dict__):
        require(cls.__name__, field_checks(module))
    tree_flatten(module)


def _take_apart(module: Module) -> tuple[tuple[str, ...], tuple[Any, ...], Hashable]:
    names = tuple([f.name for f in _fields(module)])
    children = tuple([_seal(getattr(module, name), f"{type(module).__name__}.{name}") for name in names])
    return names, children, ()


def _put_together(cls: type, data: Hashable, names: tuple[str, ...], children: tuple[Any, ...]) -> Any:
    module: Any = object.__new__(cls)
    module.__dict__.update(zip(names, children, strict=True))
    return module


def _seal(value: Any, path: str) -> Any:
    """A field's value with what is neither tensor, Module nor container marked as part of the structure."""
    if isinstance(value, (Tensor, Module)) or value is None:
        return value
    if type(value) in (tuple, list):
        return type(value)([_seal(item, f"{path}[{k}]") for k, item in enumerate(value)])
    if type(value) is dict:
        return {key: _seal(item, f"{path}[{key!r}]") for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[_seal(item, f"{path}.{name}") for name, item in zip(value._fields, value, strict=True)])
    try:
        hash(value)
    except TypeError:
        raise ArgumentError(
            "a field that is not a tensor is part of the structure, and hashable",
            got=f"{type(value).__name__} at {path}",
            suggestion="tl.tensor(array) for a parameter, a tuple for constants",
        ) from None
    return Static(value)


def _is_checked_by_jaxtyping(member: Any) -> bool:
    """Whether a method went through jaxtyping's decorator (the import hook), which hides the axes of the class."""
    return (
        inspect.isfunction(member)
        and member.__globals__.get("__name__") == "jaxtyping._decorator"
        and hasattr(member, "__wrapped__")
        and member.__name__ != "__init__"
    )


def show_value(value: Any) -> str:
    """A field's value, tensors by their types and functions by their names."""
    if isinstance(value, Tensor):
        return f"{value.dtype}[{' '.join(map(str, value.shape))}]"
    if type(value) in (tuple, list):
        items = ", ".join([show_value(item) for item in value])
        return f"[{items}]" if type(value) is list else f"({items},)" if len(value) == 1 else f"({items})"
    return value.__name__ if inspect.isfunction(value) else repr(value)
