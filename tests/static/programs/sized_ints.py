"""Ints whose sizes are known, inside of lists, tuples and dictionaries: nobody declared which ints these are."""

import numpy as np
from jaxtyping import Float


def back(costs: Float[np.ndarray, "a b"]) -> list[tuple[int, int]]:
    i, j = costs.shape[0] - 1, costs.shape[1] - 1
    steps = []
    while i > 0 and j > 0:
        steps.append((i - 1, j - 1))
        if i > j:
            i -= 1  # E: i changes with each round of the loop [tensor-shape-lost]
        else:
            j -= 1  # E: j changes with each round of the loop [tensor-shape-lost]
    return steps


def named(x: Float[np.ndarray, "a b"]) -> dict[str, tuple[int, str]]:
    out = {"a": (x.shape[0], "x")}
    out["b"] = (x.shape[1], "y")
    out["c"] = (3, "y")
    return out


def nested(x: Float[np.ndarray, "a b"]) -> list[list[int]]:
    out = [[x.shape[0]]]
    out.append([x.shape[1]])
    return out


def keys(x: Float[np.ndarray, "a b"]) -> dict[int, list[int]]:
    out = {x.shape[0]: [x.shape[1]]}
    out[3] = [x.shape[0], 4]
    return out


def or_none(x: Float[np.ndarray, "a b"]) -> list[int | None]:
    out = [x.shape[0], None]
    out.append(x.shape[1])
    return out


def taken(sizes: list[tuple[int, int]]) -> None: ...


def given(x: Float[np.ndarray, "a b"]) -> list[tuple[str, int]]:
    sizes = [x.shape]
    taken(sizes)
    taken([x.shape, (1, 2)])
    taken([("a", x.shape[0])])  # E: incompatible type "tuple[str, int]"; expected "tuple[int, int]" [list-item]
    again: list[tuple[int, int]] = sizes
    again.append(("a", 4))  # E: incompatible type "tuple[str, int]"; expected "tuple[int, int]" [arg-type]
    return sizes  # E: expected "list[tuple[str, int]]" [return-value]


def put_in(x: Float[np.ndarray, "a b"]) -> Float[np.ndarray, "a"]:
    pairs = [(x.shape[0], "x")]
    pairs += [(3, "y")]
    pairs.insert(0, (x.shape[1], "z"))
    reveal_type(max(pairs))  # R: tuple[int, str]
    pairs.append(("a", "b"))  # E: incompatible type "tuple[str, str]"; expected "tuple[int, str]" [arg-type]
    return np.zeros(pairs[0][0])  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]


def plain(x: Float[np.ndarray, "a b"]) -> list[int]:
    sizes = [x.shape[0]]
    sizes += [3]
    return sizes


def with_arrays(x: Float[np.ndarray, "a b"]) -> list[tuple[int, Float[np.ndarray, "a b"]]]:
    out = [(x.shape[0], x)]
    out.append((x.shape[1], x))
    out.append((x.shape[1], x.T))  # E: ndarray[Float, b, a]]"; expected "tuple[int, ndarray[Float, a, b]]" [tensor-shape]
    return out


def only_arrays(x: Float[np.ndarray, "a b"]) -> list[Float[np.ndarray, "b a"]]:
    out = [x]
    return out  # E: got "list[ndarray[Float, a, b]]", expected "list[ndarray[Float, b, a]]") [tensor-shape]


def without_notes(n: int, shape: tuple[int, ...]) -> list[Float[np.ndarray, "..."]]:
    out = [np.zeros(shape) for _ in range(n)]  # E: the shape is not known before the program runs [tensor-shape-lost]
    return out


def with_notes(x: Float[np.ndarray, "n"], counts: list[int]) -> list[float]:
    return counts  # E: got "list[int]", expected "list[float]") [return-value]


def by_another_name(x: Float[np.ndarray, "a b"]) -> Float[np.ndarray, "a"]:
    pairs = [(x.shape[0], 1)]
    same = pairs
    same.append((x.shape[1], 1))
    return np.zeros(max(pairs)[0])  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]
