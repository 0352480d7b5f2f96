"""Shape files against the library that they describe: calls on arrays of drawn shapes, also such as it refuses.

Each row is evaluated twice, with the library and with the rules. What the rules give has to be what the library gives,
but for what they leave open; what the library refuses because of shapes they may refuse, and what they refuse it has
to refuse.
"""

from __future__ import annotations

import itertools
import random
import warnings
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
from tl_checker.shapes.facts.values import TensorValue
from tl_checker.shapes.libraries.libraries import Library
from tl_checker.shapes.libraries.library_calls import given_by
from tl_checker.shapes.operations.arguments import IllTyped

from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN
from tl_dsl.errors import LostShape, TlError
from tl_dsl.shapes import Star

DRAWS = 60


def rows(text: str) -> list[str]:
    """The calls of a table, between semicolons."""
    return [row.strip() for row in text.replace("\n", " ").split(";") if row.strip()]


def rules_of(forms: Library, module: str) -> SimpleNamespace:
    """A module whose functions give shapes for shapes."""
    inner = {name.removeprefix(module + ".") for name in forms if name.startswith(module + ".")}
    return SimpleNamespace(**{name: _rules(forms, f"{module}.{name}") for name in {n.partition(".")[0] for n in inner}})


def _rules(forms: Library, name: str) -> Any:
    """A function as its rule, with the rules of its methods; a module."""
    inner = rules_of(forms, name) if any(other.startswith(f"{name}.") for other in forms) else SimpleNamespace()
    if f"{name}.__getitem__" in forms:
        return Brackets(lambda key: given_by(forms[f"{name}.__getitem__"], [key], {})[0])
    if name not in forms:
        return inner

    def call(*positional: Any, **named: Any) -> Any:
        return given_by(forms[name], list(positional), named)[0]

    vars(call).update(vars(inner))
    return call


class Brackets:
    """An object that takes what stands between brackets."""

    def __init__(self, rule: Callable[[Any], Any]) -> None:
        self._rule = rule

    def __getitem__(self, key: Any) -> Any:
        return self._rule(key)


def decided(row: str, rules: dict[str, Any], real: dict[str, Any]) -> int:
    """Compare the rules of a call with what it gives, and count the draws that the rules decide.

    Errors: AssertionError where they disagree.
    """
    count = 0
    for values in drawn(row):
        rule, found = outcome(row, rules | known(values)), outcome(row, real | arrays(values))
        where = f"{row} of {values}: the rule says {rule}, the library {found}"
        if rule == "open":
            continue
        assert not isinstance(rule, TypeError), where
        if isinstance(rule, Exception):
            assert isinstance(found, Exception), where
        elif not isinstance(found, Exception):
            assert agrees(rule, found), where
            count += 1
    return count


def refused(row: str, names: dict[str, Any]) -> bool:
    """Whether a call is refused for all draws."""
    real = isinstance(names["np"], type(np))
    return all(isinstance(outcome(row, names | (arrays(v) if real else known(v))), Exception) for v in drawn(row))


def known(values: dict[str, Any]) -> dict[str, Any]:
    return {k: TensorValue(v, dtypes.Float64) if isinstance(v, tuple) else v for k, v in values.items()}


def drawn(row: str) -> Iterator[dict[str, Any]]:
    """Arrays a and b of any rank, vectors u and v, an axis i, a size k."""
    generator = random.Random(row)
    shapes = [tuple(shape) for rank in range(4) for shape in itertools.product((1, 2, 3), repeat=rank)]
    for draw in range(DRAWS):
        a, b = generator.choice(shapes), generator.choice(shapes)
        axis = generator.randint(-2, 2)
        if draw < 2:  # what numpy allows for an array without axes differs from function to function
            a, axis = (), -draw
        b = generator.choice([a, a[-1:] + a[:-1], b])
        sizes = {"a": a, "b": b, "u": (generator.randint(1, 4),), "v": (generator.randint(1, 4),)}
        yield {**sizes, "i": axis, "k": generator.randint(1, 4)}


def _shape_of(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, TensorValue):
        return value.shape
    return [_shape_of(item) for item in value] if isinstance(value, (tuple, list)) else np.shape(value)


def agrees(rule: Any, real: Any) -> bool:
    if isinstance(rule, list):
        return isinstance(real, list) and len(rule) == len(real) and all(map(agrees, rule, real))
    if not isinstance(real, tuple) or Star() in rule:  # with None, the rule only says what is refused
        return True
    return len(rule) == len(real) and all(x is UNKNOWN or x == y for x, y in zip(rule, real, strict=True))


def outcome(row: str, names: dict[str, Any]) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _shape_of(eval(row, dict(names)))
    except (LostShape, IllTyped):
        return "open"
    except (TlError, ValueError, TypeError, IndexError, np.linalg.LinAlgError) as error:
        return error


def arrays(values: dict[str, Any]) -> dict[str, Any]:
    generator = np.random.default_rng(0)
    return {name: _array(value, generator) if isinstance(value, tuple) else value for name, value in values.items()}


def _array(shape: tuple[int, ...], generator: np.random.Generator) -> Any:
    """A vector that is sorted, or matrices that have inverses."""
    found = np.asarray(generator.random(shape))
    return np.sort(found) if found.ndim == 1 else found + 9 * np.eye(shape[-2], shape[-1]) if shape else found
