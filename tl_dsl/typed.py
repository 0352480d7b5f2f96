"""Checking jaxtyping annotations on real values: jaxtyping decides about tensors, beartype about everything else.

jaxtyping's own decorator passes over annotations that it cannot resolve, and methods do not see the axes of their
class; here the first is an error, and the fields of ``self`` are bound before the arguments.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

from tl_dsl.errors import AnnotationError, ArgumentError, DTypeError, ShapeError, TlError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Check:
    """A value and the annotation that it must satisfy; ``what`` names it in messages."""

    what: str
    value: Any
    hint: Any


def typed(function: F) -> F:
    """Check a function's arguments and result against its annotations at every call; of a class, all methods.

    Errors: ShapeError, DTypeError, ArgumentError when a value does not fit; AnnotationError at the first call when an
    annotation cannot be resolved.

    >>> import tl_dsl as tl
    >>> from jaxtyping import Float
    >>> @typed
    ... def outer(x: Float[tl.Tensor, "n"], y: Float[tl.Tensor, "m"]) -> Float[tl.Tensor, "n m"]:
    ...     return tl.reshape(x, (-1, 1)) * y
    >>> outer(tl.tensor([1.0, 2.0]), tl.tensor([3.0])).shape
    (2, 1)
    """
    if isinstance(function, type):
        for name, member in list(vars(function).items()):
            if name == "__init__" and "__create_fn__" in inspect.unwrap(member).__code__.co_qualname:
                continue  # written by dataclasses; a Module checks its fields once they are all there
            if inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod, property)):
                setattr(function, name, _typed_member(member))
        return function
    checked: F = _typed_member(function)
    return checked


def _typed_member(member: Any) -> Any:
    if isinstance(member, (classmethod, staticmethod)):
        return type(member)(_typed_member(member.__func__))
    if isinstance(member, property):
        return property(_typed_member(member.fget), member.fset, member.fdel, member.__doc__)
    if getattr(member, "_tl_typed", False) or getattr(member, "__no_type_check__", False):
        return member
    return _typed_function(member)


def _typed_function(function: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(function)
    is_method = next(iter(signature.parameters), "") == "self"
    result_is_checked = not (
        inspect.isgeneratorfunction(function)
        or inspect.iscoroutinefunction(function)
        or inspect.isasyncgenfunction(function)
    )
    hints: dict[str, Any] | None = None
    import jaxtyping

    @functools.wraps(function)
    def checked(*args: Any, **keywords: Any) -> Any:
        nonlocal hints
        if jaxtyping.config.jaxtyping_disable:
            return function(*args, **keywords)
        if hints is None:
            hints = resolve(function)
        bound = signature.bind(*args, **keywords)
        bound.apply_defaults()
        with axis_scope(bound.arguments):
            checks = field_checks(args[0]) if is_method and args else []
            checks += _argument_checks(signature, bound.arguments, hints)
            require(function.__qualname__, checks)
            result = function(*args, **keywords)
            if result_is_checked and "return" in hints:
                require(function.__qualname__, [*checks, Check("the result", result, hints["return"])], len(checks))
            return result

    checked._tl_typed = True  # type: ignore[attr-defined]
    return checked


def field_checks(module: Any) -> list[Check]:
    """The annotated fields of a Module, whose axes its methods see; nothing for other objects.

    In ``__init__`` they are those that have a value already.
    """
    fields: Callable[[], tuple[tuple[str, Any], ...]] = getattr(type(module), "_annotated_fields", tuple)
    return [Check(f"field {name}", vars(module)[name], hint) for name, hint in fields() if name in vars(module)]


def resolve(annotated: Any, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """The annotations of a function or class as objects. Errors: AnnotationError when a name in one is unknown."""
    try:
        return typing.get_type_hints(annotated, localns=names, include_extras=True)
    except Exception as error:
        raise AnnotationError(
            f"the annotations of {annotated.__qualname__} cannot be resolved at run time",
            got=f"{type(error).__name__}: {error}",
            wanted="names that are visible where it is defined",
            suggestion="import them outside of `if TYPE_CHECKING`, and define classes at the top of the module",
        ) from error


@contextlib.contextmanager
def axis_scope(arguments: dict[str, Any]) -> Iterator[None]:
    """A new scope of axis names; ``{...}`` in annotations sees the arguments."""
    # Private in jaxtyping; its public decorator would add notes to the user's own exceptions.
    from jaxtyping import _storage

    _storage.push_shape_memo(arguments)
    try:
        yield
    finally:
        _storage.pop_shape_memo()


def require(owner: str, checks: list[Check], start: int = 0) -> None:
    """Hold values against their annotations in the present scope, where the first ``start`` have passed already.

    Errors: ShapeError, DTypeError, ArgumentError, AnnotationError.
    """
    for place in range(start, len(checks)):
        if not _fits(owner, checks[place]):
            raise _misfit(owner, checks[place], checks[:place])


def _argument_checks(signature: inspect.Signature, arguments: dict[str, Any], hints: dict[str, Any]) -> list[Check]:
    checks = []
    for name, value in arguments.items():
        if name not in hints:
            continue
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            checks += [Check(f"argument {name}[{k}]", item, hints[name]) for k, item in enumerate(value)]
        elif kind is inspect.Parameter.VAR_KEYWORD:
            checks += [Check(f"argument {key}", item, hints[name]) for key, item in value.items()]
        else:
            checks.append(Check(f"argument {name}", value, hints[name]))
    return checks


def _fits(owner: str, check: Check) -> bool:
    import jaxtyping

    if is_jaxtyping(check.hint):
        unreadable: type[Exception] = jaxtyping.AnnotationError
        fits = isinstance
    else:
        # imported when it is first used: it would take a third of the time of importing tl_dsl
        fits, unreadable = import_module("beartype.door").is_bearable, import_module("beartype.roar").BeartypeException
    try:
        return fits(check.value, check.hint)
    except (jaxtyping.AnnotationError, unreadable) as error:
        raise AnnotationError(
            f"the annotation of {check.what} of {owner} cannot be checked",
            got=f"{show_hint(check.hint)}: {str(error).splitlines()[0]}",
            suggestion="bind each axis name by itself before an expression uses it",
        ) from error


def is_jaxtyping(hint: Any) -> bool:
    """Whether an annotation is one of jaxtyping's arrays, ``Float[Tensor, "n"]``."""
    import jaxtyping

    return isinstance(hint, type) and issubclass(hint, jaxtyping.AbstractArray)


def show_hint(hint: Any) -> str:
    """An annotation as one would write it."""
    if is_jaxtyping(hint):
        array = getattr(hint.array_type, "__name__", str(hint.array_type))
        return f'{hint.dtype.__name__}[{array}, "{hint.dim_str}"]'
    return getattr(hint, "__name__", str(hint)) if isinstance(hint, type) else str(hint)


def _misfit(owner: str, check: Check, passed: list[Check]) -> TlError:
    reason = ""
    kind: type[TlError] = ArgumentError
    if is_jaxtyping(check.hint):
        reason = check.hint.__instancecheck_str__(check.value)
        if "array has dtype" in reason:
            kind = DTypeError
        elif "underlying array type" not in reason:
            kind = ShapeError
    elif hasattr(check.value, "shape") and "jaxtyping" in str(check.hint):
        kind = ShapeError  # no member of a union fits
    return kind(
        f"{check.what} of {owner} must have its annotated type",
        got=_show(check.value) + (f"; {reason}" if reason else ""),
        wanted=show_hint(check.hint),
        bindings=_bindings(owner, passed),
    )


def _show(value: Any) -> str:
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{type(value).__name__}[{value.dtype}, {' '.join(map(str, value.shape))}]"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _bindings(owner: str, passed: list[Check]) -> str:
    """The axes that earlier values bound, each with the value that bound it."""
    found: dict[str, str] = {}
    from jaxtyping import _storage

    with axis_scope({}), contextlib.suppress(AnnotationError):
        for check in passed:
            _fits(owner, check)
            single, variadic, *_ = _storage.get_shape_memo()  # type: ignore[no-untyped-call]
            for name, size in [*single.items(), *[(f"*{name}", shape) for name, (_, shape) in variadic.items()]]:
                found.setdefault(name, f"{name}={size} ({check.what})")
    return ", ".join(found.values())
