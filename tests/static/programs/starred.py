"""Lists of arrays that are spread over the parameters of a call."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass
class Pair:
    name: str
    wq: Float[np.ndarray, "d d"]
    wk: Float[np.ndarray, "d d"]

    @classmethod
    def star(cls, d: int, rng: np.random.Generator) -> "Pair":
        ws = [rng.normal(size=(d, d)) for _ in range(2)]
        return cls("", *ws)  # E: Pair: assumes {d} >= 1 [tensor-shape-assumed]

    @classmethod
    def of_three_axes(cls, d: int, rng: np.random.Generator) -> "Pair":
        ws = [rng.normal(size=(d, d, d)) for _ in range(2)]
        return cls("", *ws)  # E: argument 2 (wq) has 3 axes, and 2 are needed [tensor-shape]  # E: argument 3 (wk) has 3 axes [tensor-shape]  # E: incompatible type "*list[ndarray[Float64, {d}, {d}, {d}]]" [tensor-shape]

    @classmethod
    def of_names(cls, names: list[str]) -> "Pair":
        return cls("", *names)  # E: incompatible type "*list[str]"; expected "ndarray[Float, d, d]" [arg-type]


@dataclass
class Flagged:
    wq: Float[np.ndarray, "d d"]
    wk: Float[np.ndarray, "d d"]
    flag: str = ""

    @classmethod
    def star(cls, d: int, rng: np.random.Generator) -> "Flagged":
        ws = [rng.normal(size=(d, d)) for _ in range(2)]
        return cls(*ws)  # E: Flagged: assumes {d} >= 1 [tensor-shape-assumed]

    @classmethod
    def of_three(cls, w: Float[np.ndarray, "d d"]) -> "Flagged":
        ws = (w, w, w)
        return cls(*ws)  # E: expected "str" [arg-type]


def flagged(d: int, rng: np.random.Generator) -> Flagged:
    ws = [rng.normal(size=(d, d)) / np.sqrt(d) for _ in range(2)]
    return Flagged(*ws)  # E: Flagged: assumes {d} >= 1 [tensor-shape-assumed]


def of_three_axes(d: int, rng: np.random.Generator) -> Flagged:
    ws = [rng.normal(size=(d, d, d)) for _ in range(2)]
    return Flagged(*ws)  # E: Flagged: argument 1 (wq) has 3 axes [tensor-shape]  # E: Flagged: argument 2 (wk) has 3 axes [tensor-shape]


def of_three_arrays(w: Float[np.ndarray, "d d"]) -> Flagged:
    ws = (w, w, w)
    return Flagged(*ws)  # E: expected "str" [arg-type]


def first_a_name(name: str = "", x: Float[np.ndarray, "d"] | None = None) -> None: ...


def counted(x: Float[np.ndarray, "d"], counts: dict[str, int]) -> None: ...


def others(xs: list[Float[np.ndarray, "d"]]) -> None:
    first_a_name(*xs)  # E: incompatible type "*list[ndarray[Float, d]]"; expected "str" [arg-type]
    counted(*xs)  # E: expected "dict[str, int]" [arg-type]
