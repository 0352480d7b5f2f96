"""Random straight-line programs over named axes, and what they do when they run."""

from __future__ import annotations

import random
from dataclasses import dataclass

import tl_dsl as tl
from tl_dsl.errors import TlError

SIZES = {"n": 13, "m": 5, "k": 17, "d": 19}  # primes, so that no two sizes agree by chance
AXES = [*SIZES, "4", "1"]
BINARY = ["{x} + {y}", "{x} * {y}", "{x} @ {y}", "{x} @ {y}.mT", "tl.where({x} > 0, {y}, 0.0)"]
ALONG = [
    "tl.sum({x}, axis={a}, keepdims=True)",
    "{x}.mean(axis={a})",
    "tl.softmax({x}, axis={a})",
    "tl.concat([{x}, {y}], axis={a})",
    "tl.stack([{x}, {y}], axis={a})",
    "tl.expand_dims({x}, axis={a})",
    "tl.squeeze({x}, {a})",
    "tl.repeat({x}, 3, axis={a})",
    "tl.take({x}, tl.zeros((2, 3), dtype=tl.int64), axis={a})",
]
OTHER = [
    "{x}.reshape(-1)",
    "{x}.reshape(len({x}), -1)",
    "tl.permute_dims({x}, (1, 0))",
    "tl.permute_dims({x}, (2, 0, 1))",
    "{x}.T",
    "tl.exp({x} * 0.01)",
    "{x}[0]",
    "{x}[..., -1]",
    "{x}[:, None]",
    "{x}[0, 0]",
    "{x}[1:]",
    "{x}[:, :-1]",
    "{x}[::2]",
    "tl.pad({x}, ((1, 2),))",
    "tl.pad({x}, ((0, 1), (2, 0)))",
    "tl.zeros((len({x}), len({y}) * 2)) @ {y}",
    "tl.broadcast_to({x}, (len({y}), {x}.shape[-1]))",
]


@dataclass
class Step:
    """A line of a program, and its shape when it ran, or the error."""

    code: str
    shape: tuple[int, ...] | None
    error: str = ""


@dataclass
class Program:
    """A function with annotated parameters, up to its first error."""

    parameters: dict[str, list[str]]
    steps: list[Step]


def size(axis: str) -> int:
    return int(axis) if axis.isdigit() else SIZES[axis]


def draw(rng: random.Random) -> Program:
    """A program of up to six lines."""
    parameters = {name: [rng.choice(AXES) for _ in range(rng.choice([0, 1, 2, 2, 2, 3]))] for name in "abc"}
    values: dict[str, object] = {"tl": tl}
    values |= {name: tl.ones(tuple(size(axis) for axis in axes)) for name, axes in parameters.items()}
    names, steps = ["a", "b", "c"], []
    for place in range(rng.randint(2, 6)):
        template = rng.choice(rng.choice([BINARY, ALONG, OTHER]))
        code = template.format(x=rng.choice(names), y=rng.choice(names), a=rng.choice([0, -1, 1, -2]))
        try:
            result = eval(code, values)
        except (TlError, TypeError, IndexError) as error:
            steps.append(Step(code, None, str(error).splitlines()[0]))
            break
        values[f"t{place}"] = result
        names.append(f"t{place}")
        steps.append(Step(code, result.shape))
    return Program(parameters, steps)
