"""What a function takes: the annotations of its parameters, and these by their places."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Sequence
from typing import Any

from tl_checker.gradients.draw import arrays_in, drawable
from tl_dsl.errors import AnnotationError
from tl_dsl.typed import resolve, show_hint


def annotations_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of the parameters without a default, and of the result.

    Errors: AnnotationError when one is missing or cannot be resolved, or none is of jaxtyping.
    """
    hints = resolve(function)
    parameters = inspect.signature(function).parameters.values()
    needed = [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    missing = [name for name in [*needed, "return"] if name not in hints]
    shown = getattr(function, "__qualname__", str(function))
    if missing:
        raise AnnotationError(
            f"a function is verified at inputs drawn from its annotations, and {shown} lacks some",
            got=f"no annotation of {', '.join(missing)}",
            wanted='jaxtyping annotations of every argument and of the result, as x: Float[Tensor, "n"]',
            suggestion="annotate it, or call verify_function(f, draws=[(x, y)]) with arguments of your own",
        )
    if not any(list(arrays_in(hints[name])) for name in needed):
        raise AnnotationError(f"{shown} has no argument annotated with a jaxtyping array", got=", ".join(needed))
    strange = [name for name in needed if not drawable(hints[name])]
    if strange:
        raise AnnotationError(
            f"{shown} takes arguments that cannot be drawn",
            got=", ".join(f"{name}: {show_hint(hints[name])}" for name in strange),
            wanted="jaxtyping arrays, numbers, and containers of them",
            suggestion="verify_function(f, draws=[(x, y)]) with arguments of your own",
        )
    return {name: hints[name] for name in [*needed, "return"]}


def by_position(function: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    """A function that takes those of its parameters by their places, all of them where no names are given.

    It is the function itself unless some go by keyword only, or others are left out before them.
    """
    parameters = inspect.signature(function).parameters
    taken = [parameters[name] for name in names or parameters]
    pairs = zip(taken, parameters.values(), strict=False)
    count = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] is pair[1] and not _by_name(pair[0]), pairs))
    keywords = [p.name for p in taken[count:]]
    if not keywords:
        return function

    @functools.wraps(function)
    def placed(*args: Any) -> Any:
        return function(*args[:count], **dict(zip(keywords, args[count:], strict=False)))

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    setattr(placed, "__signature__", inspect.Signature([p.replace(kind=kind, default=p.empty) for p in taken]))  # noqa: B010
    return placed


def _by_name(parameter: inspect.Parameter) -> bool:
    return parameter.kind is parameter.KEYWORD_ONLY
