"""First values of parameters. Randomness is explicit: a key goes in, nothing global is read or changed.

A key is an integer or a tuple of integers; equal keys give equal values on every machine (numpy's Philox).
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tl_dsl.errors import ArgumentError, ShapeError
from tl_dsl.tensor import Tensor, tensor

Key: TypeAlias = int | tuple[int, ...]


def fold_in(key: Key, number: int) -> Key:
    """A new key from a key and a number, so that one key can serve several draws.

    >>> fold_in(7, 0), fold_in((7, 0), 3)
    ((7, 0), (7, 0, 3))
    """
    return (*(key if isinstance(key, tuple) else (key,)), number)


def generator(key: Key) -> np.random.Generator:
    """numpy's generator for a key. Errors: ArgumentError unless the key is made of integers that are not negative."""
    numbers = key if isinstance(key, tuple) else (key,)
    if not numbers or any(isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 0 for n in numbers):
        raise ArgumentError(
            "a key is an integer that is not negative, or a tuple of them", got=repr(key), suggestion="key=0"
        )
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([len(numbers), *map(int, numbers)])))


def zeros(shape: tuple[int, ...], *, dtype: npt.DTypeLike = np.float64) -> Tensor:
    """All zeros.

    >>> zeros((2,))
    Tensor[float64, 2]([0., 0.])
    """
    return tensor(np.zeros(shape, dtype))


def uniform(
    shape: tuple[int, ...], *, key: Key, low: float = 0.0, high: float = 1.0, dtype: npt.DTypeLike = np.float64
) -> Tensor:
    """Independent draws from the uniform distribution on [low, high).

    >>> uniform((3,), key=0).shape
    (3,)
    """
    return tensor(generator(key).uniform(low, high, shape).astype(dtype))


def kaiming_uniform(shape: tuple[int, ...], *, key: Key, a: float = 0.0, dtype: npt.DTypeLike = np.float64) -> Tensor:
    """Uniform on ±√(6 / ((1 + a²) fan_in)), for layers followed by a leaky relu of slope ``a``.

    ``fan_in`` is the product of all axes but the first. ``a = √5`` gives torch's Linear: ±1/√fan_in.
    Source: He et al., "Delving Deep into Rectifiers" (2015), eq. 10; torch.nn.init.kaiming_uniform_.
    Errors: ShapeError for fewer than two axes.

    >>> bool(abs(kaiming_uniform((4, 25), key=1, a=5**0.5)).max() <= 0.2)
    True
    """
    if len(shape) < 2:
        raise ShapeError("fan_in needs an axis of outputs and one of inputs", got=str(list(shape)), wanted='"out in"')
    fan_in = math.prod(shape[1:])
    bound = math.sqrt(6.0 / ((1.0 + a * a) * fan_in)) if fan_in else 0.0
    return uniform(shape, key=key, low=-bound, high=bound, dtype=dtype)
