"""Drawing arguments from jaxtyping annotations: sizes for the axes, then short binary fractions for the elements."""

from __future__ import annotations

import dataclasses
import itertools
import math
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from tl_checker.gradients.verdict import first_line
from tl_dsl.dims import Axis, Dim, evaluate
from tl_dsl.dims.text import parse_dim
from tl_dsl.errors import AnnotationError, TlError
from tl_dsl.shapes import parse_shape
from tl_dsl.typed import is_jaxtyping

Size = int | tuple[int, ...]
Sizes = Mapping[str, Size]
"""Sizes by name: an int for an axis, a tuple for a variadic one (its name with the star)."""


class CannotDraw(Exception):
    """No value can be made up for an annotation; the message says why."""


@dataclass(frozen=True)
class Values:
    """How elements are drawn: from both sides of zero, or above it, where a function needs that.

    ``whole`` and ``truth`` are what an int and a bool are.
    """

    name: str
    low: int
    high: int
    definite: bool = False
    whole: int = 2
    truth: bool = True

    def floats(self, rng: Random, shape: tuple[int, ...], dtype: Any = np.float64) -> np.ndarray[Any, Any]:
        """Odd multiples of 2^-11, none of them zero and hardly two of them equal.

        Where the values are ``definite``, square matrices are symmetric and positive definite, so also invertible.
        """
        size = int(np.prod(shape, dtype=int))
        items = [(2 * rng.randrange(self.low, self.high) + 1) / 2048 for _ in range(size)]
        array = np.array(items, np.float64).reshape(shape)
        if self.definite and array.ndim >= 2 and shape[-1] == shape[-2]:
            array = array @ np.swapaxes(array, -1, -2) / 4 + np.eye(shape[-1])
        return array.astype(dtype)

    def with_plain(self, whole: int, truth: bool, hints: Collection[Any]) -> Values:
        """With another int and bool, which are named where the annotations ask for one.

        >>> EVERYWHERE.with_plain(3, False, [int]).name
        'between -2 and 2, ints 3'
        """
        told = (f", ints {whole}" if int in hints else "") + (f", bools {truth}" if bool in hints else "")
        return dataclasses.replace(self, name=self.name + told, whole=whole, truth=truth)


EVERYWHERE = Values("between -2 and 2", -2048, 2048)
POSITIVE = Values("between 0 and 1", 0, 1024)
RANGES = (
    EVERYWHERE,
    POSITIVE,
    Values("between 1 and 3", 1024, 3072),
    Values("between -1/8 and 1/8", -128, 128),
    Values("between -2 and 2, square matrices definite", -2048, 2048, definite=True),
)
"""What elements are drawn from, one after the other until a function is finite and smooth there."""


def names_in(hint: Any) -> list[str]:
    """The axis names that an annotation reads, in order; variadic ones with their star.

    >>> from jaxtyping import Float
    >>> from tl_dsl import Tensor
    >>> names_in(Float[Tensor, "*b n n+m"])
    ['*b', 'n', 'm']
    """
    found: list[str] = []
    for array in arrays_in(hint):
        for token in parse_shape(array.dim_str).tokens:
            if token.kind == "star":
                found.append(f"*{token.text}")
            found += sorted(token.names)
    return list(dict.fromkeys(found))


def arrays_in(hint: Any) -> Iterator[Any]:
    """The jaxtyping annotations inside of an annotation."""
    if is_jaxtyping(hint):
        yield hint
    else:
        for part in [*typing.get_args(hint), *_fields(hint).values()]:
            yield from arrays_in(part)


def _fields(hint: Any) -> dict[str, Any]:
    """The annotated fields of a NamedTuple; of anything else none."""
    named = isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")
    return typing.get_type_hints(hint) if named else {}


def assignments(names: Sequence[str], fixed: Sizes) -> Iterator[dict[str, Size]]:
    """Sizes for names, the most telling first: all different, all 1, all equal, and then whatever is small."""
    free = [name for name in names if name not in fixed]

    def sized(sizes: Sequence[int], star: tuple[int, ...]) -> dict[str, Size]:
        given = iter(sizes)
        return {**fixed, **{name: star if name[0] == "*" else next(given) for name in free}}

    count = sum(name[0] != "*" for name in free)
    different = [2, 3, 4, 5, 6, 7, 8, 9] * (count // 8 + 1)
    seen: list[dict[str, Size]] = []
    proposals = [sized(different, (2,)), sized([1] * count, ()), sized([3] * count, (2, 1))]
    combined = itertools.islice(itertools.product((2, 1, 3, 4, 6), repeat=count), 200 if count else 0)
    for proposal in itertools.chain(proposals, (sized(sizes, ()) for sizes in combined)):
        if proposal not in seen:
            seen.append(proposal)
            yield proposal


def others(names: Sequence[str], largest: int) -> Iterator[dict[str, Size]]:
    """More sizes for names, for what is judged fast: ones, equal ones, falling ones beyond 4, and large ones.

    >>> [sizes["n"] for sizes in others(["n"], 9)], [sizes["n"] for sizes in others(["n"], 128)]
    ([1, 3, 9], [1, 3, 9, 16, 128])
    """
    count = sum(name[0] != "*" for name in names)
    falling = [max(2, min(9, largest) - k) for k in range(count)]
    growing = [16 + k for k in range(count)]
    proposals: list[tuple[list[int], tuple[int, ...]]] = [([1] * count, ()), ([3] * count, (2, 1)), (falling, (2, 3))]
    proposals += [(growing, (1, 2, 2))] if largest >= 16 else []
    proposals += [([128], (1, 1, 1, 2))] if largest >= 128 and count == 1 else []
    for sizes, star in proposals:
        given = iter(sizes)
        yield {name: star if name[0] == "*" else next(given) for name in names}


def concrete(hint: Any, sizes: Sizes) -> tuple[int, ...]:
    """The shape that a jaxtyping annotation stands for at these sizes. Errors: CannotDraw."""
    shape: list[int] = []
    for token in parse_shape(hint.dim_str).tokens:
        if token.kind == "star":
            star = sizes[f"*{token.text}"]
            shape += star if isinstance(star, tuple) else (star,)
        elif token.kind == "ellipsis":
            continue
        elif token.kind == "anonymous":
            shape.append(2)
        elif token.braces:
            raise CannotDraw(f"{{...}} in {hint.dim_str!r} depends on arguments")
        else:
            shape.append(_size(token.text, sizes, hint.dim_str))
    return tuple(shape)


def elements(hints: Mapping[str, Any], sizes: Sizes) -> int:
    """How many elements the arguments of a function have at these sizes. Errors: CannotDraw."""
    arrays = [array for key, hint in hints.items() if key != "return" for array in arrays_in(hint)]
    return sum(math.prod(concrete(array, sizes)) for array in arrays)


def _size(text: str, sizes: Sizes, whole: str) -> int:
    def of(name: str) -> Axis:
        found = sizes[name]
        if not isinstance(found, int):
            raise CannotDraw(f"{name} is variadic and stands in an expression in {whole!r}")
        return found

    try:
        size = parse_dim(text, "", of)
    except (TlError, ZeroDivisionError) as error:
        raise CannotDraw(first_line(error)) from error
    if isinstance(size, Dim):
        size = evaluate(size, {})
    if not isinstance(size, int) or size < 0:
        raise CannotDraw(f"{text} in {whole!r} is {size}")
    return size


def value_for(hint: Any, sizes: Sizes, values: Values, rng: Random) -> Any:
    """A numpy array, a number or a container of them for an annotation. Errors: CannotDraw, AnnotationError."""
    if is_jaxtyping(hint):
        return _array(hint, concrete(hint, sizes), values, rng)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and parts and parts[-1] is not Ellipsis:
        return tuple([value_for(part, sizes, values, rng) for part in parts])
    if origin in (tuple, list) and parts:
        several = [value_for(parts[0], sizes, values, rng) for _ in range(2)]
        return tuple(several) if origin is tuple else several
    if origin is dict and len(parts) == 2 and parts[0] is str:
        return {key: value_for(parts[1], sizes, values, rng) for key in ("a", "b")}
    if fields := _fields(hint):
        return hint(*[value_for(field, sizes, values, rng) for field in fields.values()])
    if hint is bool:
        return values.truth
    if hint is int:
        return values.whole
    if hint is float:
        return float(values.floats(rng, (1,))[0])
    raise CannotDraw(f"no value can be drawn for {getattr(hint, '__name__', hint)}")


def _array(hint: Any, shape: tuple[int, ...], values: Values, rng: Random) -> np.ndarray[Any, Any]:
    known = kinds(hint)
    if any(kind.startswith("bool") for kind in known) and not any("float" in kind for kind in known):
        return np.array([rng.random() < 0.5 for _ in range(int(np.prod(shape, dtype=int)))], bool).reshape(shape)
    if known and all("int" in kind for kind in known):
        return np.array([rng.randrange(2) for _ in range(int(np.prod(shape, dtype=int)))], np.int64).reshape(shape)
    single = bool(known) and "float32" in known and "float64" not in known
    return values.floats(rng, shape, np.float32 if single else np.float64)


def drawable(hint: Any) -> bool:
    """Whether `value_for` knows what to draw.

    >>> drawable(tuple[int, float]), drawable(str)
    (True, False)
    """
    if is_jaxtyping(hint) or hint in (bool, int, float):
        return True
    if fields := _fields(hint):
        return all(map(drawable, fields.values()))
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is dict:
        return len(parts) == 2 and parts[0] is str and drawable(parts[1])
    several = [part for part in parts if part is not Ellipsis]
    return origin in (tuple, list) and bool(several) and all(map(drawable, several))


def kinds(hint: Any) -> list[str]:
    """The names of the element types that a jaxtyping annotation admits; none where it admits all.

    >>> from jaxtyping import Bool
    >>> from tl_dsl import Tensor
    >>> kinds(Bool[Tensor, "n"])[:1]
    ['bool']
    """
    return [str(kind) for kind in hint.dtypes] if isinstance(hint.dtypes, (list, tuple)) else []


def bind(hint: Any, shape: Sequence[int], sizes: dict[str, Size]) -> None:
    """Note the sizes that an array of this shape gives to the plain names of its annotation."""
    tokens = parse_shape(hint.dim_str).tokens
    variadic = [k for k, token in enumerate(tokens) if token.kind in ("star", "ellipsis")]
    extra = len(shape) - len(tokens) + 1
    axes: list[Any] = list(shape)
    if variadic:
        at = variadic[0]
        axes[at : at + extra] = [tuple(shape[at : at + extra])]
    if len(axes) != len(tokens):
        raise AnnotationError("an array has the rank of its annotation", got=str(list(shape)), wanted=hint.dim_str)
    for token, size in zip(tokens, axes, strict=True):
        if token.kind == "star":
            sizes.setdefault(f"*{token.text}", size)
        elif token.kind == "name":
            sizes.setdefault(token.text, size)


def show_sizes(sizes: Sizes, names: Sequence[str]) -> str:
    """``n=2, m=3, *b=(2,)``, of these names."""
    return ", ".join(f"{name}={sizes[name]}" for name in names if name in sizes)
