"""Types of functions as mypy prints them, compared up to the names of their axes. No mypy here."""

from __future__ import annotations

import re
from typing import Final

from tl_checker.shapes.annotations.type_text import arrays_in, elements_fit
from tl_checker.shapes.sizes.unify import Bindings
from tl_dsl.dims import atoms
from tl_dsl.errors import TlError
from tl_dsl.shapes import Shape, Star, parse_shape

DERIVED: Final = "a function that a transform made"
"""What mypy calls such a function in its messages."""
DESCRIBED: Final = "<callable>"
"""The name of functions that an annotation describes, under which the plugin is asked about their calls."""
_OPEN: Final = {"Any": "_", "int": "_", "Never": "_"}


def without_arrays(text: str) -> str:
    """A printed type with all its arrays alike."""
    for arguments in arrays_in(text):
        text = re.sub(
            r"\b[\w.]*(Tensor|ndarray)\[" + r",\s*".join(map(re.escape, arguments)) + r"\]", "@", text, count=1
        )
    return text


def is_function(text: str) -> bool:
    """Whether a printed type is one of functions."""
    return text.startswith(("Callable[", "def "))


def results_of_partial(got: str, wanted: str) -> tuple[str, str]:
    """What mypy holds against each other of `partial[R]` and a Callable: the results. Other types stay as they are.

    mypy 2.0 takes a partial there for a function of any arguments.
    """
    partial, function = re.fullmatch(r"partial\[(.*)\]", got), re.fullmatch(r"Callable\[\[.*?\], (.*)\]", wanted)
    return (got, wanted) if partial is None or function is None else (partial[1], function[1])


def functions_fit(got: str, wanted: str, any_way: bool = False) -> bool:
    """Whether a function may be another, whatever its own axes are called: `k -> k+1` is `n -> n+1`.

    With `any_way`, elements fit when those of one array may be those of the other.
    """
    given, asked = arrays_in(got), arrays_in(wanted)
    if not given or len(given) != len(asked):
        return False
    try:
        own = [_shape(axes[1:], "own") for axes in given]
        other = [_shape(axes[1:], "other") for axes in asked]
    except TlError:
        return False
    names = frozenset().union(*(_names(shape) for shape in own))
    bindings = Bindings(names)
    for shape, parameter in zip(own[:-1], other[:-1], strict=True):
        bindings.shape(shape, parameter, "")
    bindings.solve(last=True)
    result = Bindings(frozenset())
    result.shape(other[-1], bindings.result(own[-1]), "")
    parameters = zip(asked[:-1], given[:-1], strict=True)
    pairs = [*parameters, (given[-1], asked[-1])]
    elements = all(elements_fit(x, y) or (any_way and elements_fit(y, x)) for x, y in pairs)
    return elements and not bindings.errors and not result.errors


def _shape(axes: tuple[str, ...], scope: str) -> Shape:
    axes = tuple(re.sub(r"@[\w<>]+(:\w+)?", "", axis) for axis in axes)  # each function's names are its own
    words = ["..." if axis.startswith("*tuple[") else _OPEN.get(axis, axis) for axis in axes]
    return parse_shape(" ".join(words), scope).shape()


def _names(shape: Shape) -> frozenset[str]:
    stars = [f"*{axis.name}" for axis in shape if isinstance(axis, Star) and axis.name is not None]
    return frozenset(stars).union(*(atoms(axis) for axis in shape if not isinstance(axis, Star)))
