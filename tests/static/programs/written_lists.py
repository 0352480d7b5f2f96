"""Lists in variables: how long they are is known where they are written out and only read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def scanned(xs: Float[Tensor, "b t d"], h: Float[Tensor, "b d"]) -> Float[Tensor, "b t d"]:
    out = []
    for step in range(xs.shape[1]):
        h = h + xs[:, step]
        out.append(h)
    if xs.shape[0] > 1:
        return tl.stack(out, axis=1)
    late = []
    for step in range(1, xs.shape[1]):
        late.append(xs[:, step])
    return tl.stack(late, axis=1)  # E: got "Tensor[Float, b, t-1, d]", expected "Tensor[Float, b, t, d]" [tensor-shape]  # E: stack: assumes t-1 >= 1 [tensor-shape-assumed]


def smoothed(track: Float[np.ndarray, "t s"]) -> Float[np.ndarray, "t s"]:
    rows = [track[0]]
    for i in range(1, len(track)):
        rows.append(0.5 * rows[-1] + 0.5 * track[i])
    reveal_type(np.array(rows))  # R: ndarray[Float, t, s]
    for j in range(3):
        again: list[Float[np.ndarray, "s"]] = []
        for i, (x, y) in enumerate(zip(track, track)):
            again.append(x + y)
            np.stack(again)  # E: nothing is known of axis 0 of [?, s] [tensor-shape-lost]
        else:
            np.stack(again)  # E: nothing is known of axis 0 of [?, s] [tensor-shape-lost]
        reveal_type(np.stack(again, axis=1))  # R: ndarray[Float, s, t]
    return np.stack(rows)


def not_each_round(track: Float[np.ndarray, "t s"], flag: bool) -> None:
    some = []
    for x in track:
        if flag:
            continue
        some.append(x)
    reveal_type(np.stack(some))  # R: ndarray[Float, Any, s]  # E: nothing is known of axis 0 of [?, s] [tensor-shape-lost]
    twice = []
    for x in track:
        twice.append(x)
        twice.append(x)
    reveal_type(np.stack(twice))  # R: ndarray[Float, Any, s]  # E: nothing is known of axis 0 of [?, s] [tensor-shape-lost]
    nested = []
    for i in range(3):
        for x in track:
            nested.append(x)
    reveal_type(np.stack(nested))  # R: ndarray[Float, Any, s]  # E: nothing is known of axis 0 of [?, s] [tensor-shape-lost]
    within = []
    for x in track:
        if flag:
            within.append(x)
    reveal_type(np.stack(within))  # R: ndarray[Float, Any, s]  # E: nothing is known of axis 0 of [?, s] [tensor-shape-lost]
    tried = []
    try:
        for x in track:
            tried.append(x)
    except ValueError:
        pass
    reveal_type(np.stack(tried))  # R: ndarray[Float, Any, s]  # E: nothing is known of axis 0 of [?, s] [tensor-shape-lost]
    halves = []
    for i in range(0, len(track), 2):
        halves.append(track[i])
    reveal_type(np.stack(halves))  # R: ndarray[Float, Any, s]  # E: nothing is known of axis 0 of [?, s] [tensor-shape-lost]


def under_two_names(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "2 n"]:
    rows = others = [x]
    others += [x]
    return np.stack(rows)  # E: nothing is known of axis 0 of [?, n] [tensor-shape-lost]


def as_an_index(x: Float[np.ndarray, "n d"], y: Float[Tensor, "n d"], some: list[int], truths: list[bool]) -> Float[np.ndarray, "n"]:
    order = [2, 0, 1]
    x[order] + x[[0, 1], :]  # E: got [3, d] and [2, d] [tensor-shape]
    reveal_type(x[order])  # R: ndarray[Float, 3, d]
    y[..., order]  # E: an index array is a Tensor; got list; try: x[tl.tensor(indices)] [tensor-index]
    reveal_type(x[truths])  # R: ndarray[Float, ...]  # E: The shape is lost: the index is not known [tensor-shape-lost]
    grown = [1]
    grown.append(2)
    reveal_type(x[grown])  # R: ndarray[Float, Any, d]  # E: nothing is known of axis 0 of [?, d] [tensor-shape-lost]
    reveal_type(x[some, grown])  # R: ndarray[Float, Any]  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]
    return x[:, some]  # E: got "ndarray[Float, n, Any]", expected "ndarray[Float, n]" [tensor-shape]  # E: nothing is known of axis 1 of [n, ?] [tensor-shape-lost]


def product(ws: Sequence[Float[np.ndarray, "o i"]], x: Float[np.ndarray, "n i"]) -> Float[np.ndarray, "n o"]:
    return x @ ws[0].T


def put_together(x: Float[np.ndarray, "n d"], w: Float[np.ndarray, "k d"], more: list[Float[np.ndarray, "k d"]]) -> None:
    reveal_type(product([w] * 3, x))  # R: ndarray[Float, n, k]
    reveal_type(product([w] if len(x) > 2 else [w, w], x))  # R: ndarray[Float, n, k]
    product([w] + [w.T], x)  # E: product: item 2 of argument 1 (ws) must be [k, d]; got [d, k] [tensor-shape]
    product([w.T] * 2, x)  # E: product: axis 1 (i) of argument 2 (x) must be k; got d [tensor-shape]
    reveal_type(np.stack(3 * [w]))  # R: ndarray[Float, 3, k, d]
    both = [w] + [x]
    reveal_type(np.concatenate(both))  # R: ndarray[Float, k+n, d]
    reveal_type(np.zeros([2] * 3))  # R: ndarray[Float64, 2, 2, 2]
    longer = [w] + more
    reveal_type(np.stack(longer))  # R: ndarray[Float, Any, k, d]  # E: nothing is known of axis 0 of [?, k, d] [tensor-shape-lost]


def of_other_shapes(x: Float[np.ndarray, "n"]) -> list[Float[np.ndarray, "_"]]:
    out = [x]
    while len(out[-1]) > 1:
        out.append(out[-1][::2])  # E: the list gets arrays of another shape [tensor-shape-lost]
    return out


def parts_joined(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"]) -> Float[np.ndarray, "n+m d"]:
    parts = [x]
    parts.append(y)  # E: the list gets arrays of another shape [tensor-shape-lost]
    reveal_type(parts)  # R: list[ndarray[Float, Any, d]]
    return np.concatenate(parts)  # E: The shape is lost [tensor-shape-lost]


def parts_stacked(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"]) -> Float[np.ndarray, "2 n d"]:
    parts = [x]
    parts.append(y)  # E: Argument 1 to "append" of "list" has incompatible type [tensor-shape]
    return np.stack(parts)  # E: The shape is lost [tensor-shape-lost]


def declared_parts(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"]) -> None:
    parts: list[Float[np.ndarray, "n d"]] = [x]
    parts.append(y)  # E: Argument 1 to "append" of "list" has incompatible type [tensor-shape]
