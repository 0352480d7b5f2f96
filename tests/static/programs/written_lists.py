"""Lists in variables: how long they are is known where they are written out and only read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def columns(f: Callable[[Float[np.ndarray, "p"]], Float[np.ndarray, "m"]], x: Float[np.ndarray, "p"]) -> Float[np.ndarray, "p m"]:
    base = f(x)
    found = [f(x + 1e-3 * e) - base for e in np.eye(x.shape[0])]
    reveal_type(np.stack(found, axis=-1))  # R: ndarray[Float, m, p]
    return np.stack(found, axis=1)  # E: got "ndarray[Float, m, p]", expected "ndarray[Float, p, m]" [tensor-shape]


def rows(q: Float[np.ndarray, "*b"], x: Float[Tensor, "n"]) -> list[Float[Tensor, "_"]]:
    triple = [q, q, q]
    reveal_type(np.stack([np.stack(triple, axis=-1), np.stack(triple, axis=-1)], axis=-2))  # R: ndarray[Float, *b, 2, 3]
    parts = [x[:1], x]
    for part in parts:
        len(parts), parts[0], list(reversed(parts))
    reveal_type(tl.concat(parts))  # R: Tensor[Float, n+1]
    return parts


def that_change(x: Float[Tensor, "n"], more: Callable[[list[Float[Tensor, "n"]]], None]) -> None:
    grown = [x, x]
    grown.append(x)
    reveal_type(tl.stack(grown))  # R: Tensor[Float, Any, n]  # E: nothing is known of axis 0 of [?, n] [tensor-shape-lost]
    other = [x]
    alias = other
    alias.append(x)
    reveal_type(tl.stack(other))  # R: Tensor[Float, Any, n]  # E: nothing is known of axis 0 of [?, n] [tensor-shape-lost]
    cut = [x, x]
    cut[:1] = []
    reveal_type(tl.stack(cut))  # R: Tensor[Float, Any, n]  # E: nothing is known of axis 0 of [?, n] [tensor-shape-lost]
    added = [x, x]
    added += [x]
    reveal_type(tl.stack(added))  # R: Tensor[Float, Any, n]  # E: nothing is known of axis 0 of [?, n] [tensor-shape-lost]
    short = [x, x]
    del short[0]
    reveal_type(tl.stack(short))  # R: Tensor[Float, Any, n]  # E: nothing is known of axis 0 of [?, n] [tensor-shape-lost]
    given = [x, x]
    more(given)
    reveal_type(tl.stack(given))  # R: Tensor[Float, Any, n]  # E: nothing is known of axis 0 of [?, n] [tensor-shape-lost]
    seen = [x, x]

    def grow() -> None:
        seen.append(x)

    grow()
    reveal_type(tl.stack(seen))  # R: Tensor[Float, Any, n]  # E: nothing is known of axis 0 of [?, n] [tensor-shape-lost]
