"""Sizes of the axes under which programs run, and the assumptions that the checker prints."""

from __future__ import annotations

import ast
import functools
import itertools
import random
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

NAMES = ("n", "m", "k", "d")


@dataclass(frozen=True)
class Sizes:
    """What every name stands for in one run of a function."""

    number: int
    axes: dict[str, int]
    runs: dict[str, tuple[int, ...]]
    values: dict[str, int] = field(default_factory=dict)
    """The values of int parameters."""
    flag: bool = True
    """The value of flags."""
    given: bool = True
    """Whether optional arguments are given."""

    @property
    def names(self) -> dict[str, int]:
        return self.axes | self.values


def _sizes(number: int, axes: tuple[int, int, int, int], run: tuple[int, ...], count: int) -> Sizes:
    return Sizes(number, dict(zip(NAMES, axes, strict=True)), {"b": run}, {"count": count})


REVEALING = (
    _sizes(0, (13, 5, 17, 19), (2, 3), 7),  # primes, so that no two sizes agree by chance
    _sizes(1, (7, 19, 11, 5), (), 23),
    _sizes(2, (24, 48, 12, 36), (5,), 12),  # divisible by what programs divide by
    _sizes(3, (60, 24, 36, 12), (), 48),
)
CORNERS = (
    _sizes(4, (1, 1, 1, 1), (1,), 1),
    _sizes(5, (6, 6, 6, 6), (6,), 6),
    _sizes(6, (2, 3, 1, 4), (), 2),
    _sizes(7, (4, 1, 3, 2), (3, 1), 4),
)
BASE = REVEALING + CORNERS


def assignments(kinds: Collection[str]) -> list[Sizes]:
    """The sizes that a function runs with, by the kinds of its parameters; each once for every flag, given or not."""
    flags = (True, False) if "flag" in kinds else (True,)
    given = (True, False) if "optional" in kinds else (True,)
    found = [replace(s, flag=flag, given=here) for flag, here in itertools.product(flags, given) for s in BASE]
    return [replace(s, number=i) for i, s in enumerate(found)]


def more(count: int = 80) -> list[Sizes]:
    """Other sizes, small and large, for a program about which the verdicts disagree."""
    rng = random.Random(0)

    def some() -> int:
        return rng.randint(1, rng.choice([3, 12, 60]))

    runs = ((2, 3), (), (5,), (1, 1, 2))
    return [
        Sizes(100 + i, {n: some() for n in NAMES}, {"b": rng.choice(runs)}, {"count": some()}, i % 2 == 0, i % 4 < 2)
        for i in range(count)
    ]


def is_revealing(sizes: Sizes) -> bool:
    """Whether names have sizes that do not agree by chance."""
    return sizes.number % len(BASE) < len(REVEALING)


@functools.lru_cache(maxsize=100_000)
def compiled(text: str) -> Any:
    """An expression over names; `{count}` and `n@inner` are read as names."""
    plain = re.sub(r"\{(\w+)\}", r"\1", re.sub(r"@\w+", "", text))
    return compile(ast.parse(plain.strip(), mode="eval"), "<size>", "eval")


def value(text: str, names: dict[str, int]) -> int:
    """The size that an expression stands for. Errors: NameError for a name that is not among `names`."""
    result: int = eval(compiled(text), {"__builtins__": {"min": min}}, names)
    return result


def holds(assumption: str, sizes: Sizes) -> bool | None:
    """Whether an assumption of the checker holds for these sizes; None when it is not about sizes.

    >>> holds("3 divides n+1", REVEALING[1]), holds("5 <= n", REVEALING[1]), holds("a is not singular", REVEALING[1])
    (False, True, None)
    """
    text = assumption
    if match := re.fullmatch(r"(.*) divides the number of elements of \[(.*)\]", text):
        text = f"{match[1]} divides " + "*".join(f"({axis})" for axis in axes_of(match[2], sizes))
    if match := re.fullmatch(r"\[(.*)\] has at least two axes", text):
        return len(axes_of(match[1], sizes)) >= 2
    if match := re.fullmatch(r"(.*) divides (.*)", text):
        text = f"({match[2]}) % ({match[1]}) == 0"
    if match := re.fullmatch(r"(.*) equals (.*)", text):
        text = f"({match[1]}) == ({match[2]})"
    try:
        return bool(value(text, sizes.names))
    except ZeroDivisionError:
        return False
    except (NameError, SyntaxError, TypeError):
        return None


def axes_of(text: str, sizes: Sizes) -> list[str]:
    """The axes of a printed shape, with runs put in.

    >>> axes_of("*b, 2*n", REVEALING[0]), axes_of("3, *reversed(b)", REVEALING[0])
    (['2', '3', '2*n'], ['3', '3', '2'])
    """
    found: list[str] = []
    for axis in text.split(", ") if text else []:
        if axis.startswith("*"):
            match = re.fullmatch(r"\*(reversed\()?(\w+)(@\w+)?\)?", axis)
            assert match is not None, axis
            run = sizes.runs[match[2]]
            found += map(str, run[::-1] if match[1] else run)
        else:
            found.append(axis)
    return found
