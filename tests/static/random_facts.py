"""Random functions that put a condition before an operation, and what real numpy says of them at small sizes."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

HEADER = """\
import numpy as np
from jaxtyping import Float
from numpy import ndarray


def same(x: Float[ndarray, "a"], y: Float[ndarray, "a"]) -> Float[ndarray, "a"]:
    return np.stack([x, y])[0]

"""
SIGNATURE = '(x: Float[ndarray, "n"], y: Float[ndarray, "m"], z: Float[ndarray, "k"]) -> None:'
SIZES = {"x": "n", "y": "m", "z": "k"}
OPERATIONS = {  # what is done, and conditions some of which make it right
    "{x} + {y}": ["{n} == {m}", "{m} - {n} == 0", "{n} == {k} == {m}", "{n} * 2 == {m} * 2", "{n} >= {m}"],
    "same({x}, {y})": ["{n} == {m}", "({n},) == ({m},)", "{n} == 3 == {m}"],
    "np.concatenate([{x}, {y}]) + {z}": ["{n} + {m} == {k}", "{k} - {n} == {m}", "{n} == {k} - {m}"],
    "{x}.reshape({m}, -1)": ["{n} % {m} == 0", "{m} * ({n} // {m}) == {n}", "{n} == {m} * {k}", "{n} == 2 * {m}"],
    "{x}.reshape({m}, {n} // {m})": ["{n} % {m} == 0", "{n} // {m} * {m} == {n}", "{n} == {m}"],
    "{x}.reshape(2, -1)": ["{n} % 2 == 0", "{n} == 2 * {m}", "{n} % 4 == 0", "{n} % 6 == 2", "{n} == 4"],
    "{x}[{m}:] + {z}": ["{n} == {m} + {k}", "{n} - {m} == {k}"],
    "{x}[: {n} // 2] + {y}": ["{n} // 2 == {m}", "{n} == 2 * {m}", "{n} == 2 * {m} + 1"],
    "{x}[:{m}]": ["{m} <= {n}", "{m} < {n}", "{n} == {m} + {k}", "{k} <= {n} and {m} <= {k}"],
    "{x}[3:]": ["{n} >= 3", "3 < {n}", "{n} == {m} + 2", "{n} >= {m} + 2"],
    "{x}[4:]": ["{n} > 2", "3 < {n}", "{n} > 3", "2 < {n}", "{n} >= 3"],
    "np.repeat({x}, 2) + {y}": ["2 * {n} == {m}", "{m} // 2 == {n}", "{m} // 2 == {n} and {m} % 2 == 0"],
    "np.outer({x}, {y}).reshape(-1) + {z}": ["{n} * {m} == {k}", "{k} // {n} == {m} and {k} % {n} == 0"],
    "{z}.reshape({n}, {m})": ["{n} * {m} == {k}", "{n} * {m} == 6 == {k}"],
}
PLACES = [
    ["assert {c}", "{o}"],
    ["if {c}:", "    {o}"],
    ["if {c}:", "    return", "{o}"],
    ["if {c}:", "    pass", "else:", "    {o}"],
    ["for _ in range(2):", "    if {c}:", "        continue", "    {o}"],
    ["while {c}:", "    {o}", "    break"],
    ["try:", "    assert {c}", "except AssertionError:", "    pass", "{o}"],
    ["if {c}:", "    pass", "{o}"],
    ["if {c}:", "    raise KeyError", "elif {d}:", "    return", "{o}"],
    ["assert {c}", "assert {d}", "{o}"],
]


@dataclass(frozen=True)
class Sample:
    """A function and the line of its operation, from 0."""

    source: list[str]
    at: int


def sample(draw: random.Random, number: int) -> Sample:
    """A function whose condition often makes its operation right."""
    operation, conditions = draw.choice(list(OPERATIONS.items()))
    names = dict(zip("xyz", draw.sample("xyz", 3), strict=True))

    def size(name: str) -> str:
        array = names[name]
        return draw.choice([SIZES[array], f"len({array})", f"{array}.shape[0]"])

    def condition(texts: list[str]) -> str:
        text = draw.choice(texts).format_map({SIZES[name]: size(name) for name in "xyz"})
        form = draw.choice(["{0}", "{0}", "{0}", "not ({0})", "not ({0})", "({0} and {1})", "({0} or {1})"])
        return form.format(text, draw.choice(["n == 3", "m % 2 == 0", "k >= 2", "n != m"]))

    every = [text for texts in OPERATIONS.values() for text in texts]
    filled = operation.format_map({**names, **{SIZES[name]: SIZES[names[name]] for name in "xyz"}})
    place = [
        line.format(c=condition(conditions), d=condition(every), o=f"r = {filled}") for line in draw.choice(PLACES)
    ]
    lines = [f"def f{number}{SIGNATURE}", "    n, m, k = len(x), len(y), len(z)", *("    " + line for line in place)]
    at = next(i for i, line in enumerate(lines) if line.lstrip().startswith("r = "))
    indent = re.match(" *", lines[at])
    return Sample([*lines[: at + 1], f"{indent[0] if indent else ''}reveal_type(r)", *lines[at + 1 :], ""], at)


def outcomes(function: Callable[..., None], seen: list[tuple[int, ...]]) -> Iterator[tuple[dict[str, int], Any]]:
    """For small sizes that come as far as the operation: the shape of its result, or None where numpy refuses."""
    for n, m, k in itertools.product(range(1, 7), repeat=3):
        seen.clear()
        try:
            function(np.ones(n), np.ones(m), np.ones(k))
        except (AssertionError, KeyError, ZeroDivisionError):
            continue
        except ValueError:
            yield {":n": n, ":m": m, ":k": k}, None
        if seen:
            yield {":n": n, ":m": m, ":k": k}, seen[0]
