"""Optional fields and variables that get arrays are not None from there on, whatever axes the arrays have."""

import numpy as np
from jaxtyping import Float


class Lazy:
    def __init__(self) -> None:
        self.w: Float[np.ndarray, "p q"] | None = None
        self.layers: list[Float[np.ndarray, "p q"]] | None = None
        self.by_name: dict[str, Float[np.ndarray, "p"]] | None = None

    def once(self, x: Float[np.ndarray, "n p"]) -> Float[np.ndarray, "n q"]:
        if self.w is None:
            self.w = np.zeros((x.shape[1], 2))
        reveal_type(self.w)  # R: ndarray[Float, p, q]
        return x @ self.w

    def wrongly(self, x: Float[np.ndarray, "n p"]) -> Float[np.ndarray, "q n"]:
        if self.w is None:
            self.w = np.zeros((x.shape[1], 2))
        return x @ self.w  # E: got "ndarray[Float, n, q]", expected "ndarray[Float, q, n]") [tensor-shape]

    def straight(self) -> Float[np.ndarray, "q p"]:
        self.w = other = np.zeros((3, 2))
        other.sum()
        return self.w.T

    def of_several(self, x: Float[np.ndarray, "n p"]) -> int:
        self.w, count = two()
        return count + len(self.w)

    def written_out(self) -> int:
        self.w, count = np.zeros((3, 2)), 3
        return count + len(self.w)

    def containers(self, x: Float[np.ndarray, "n p"]) -> list[Float[np.ndarray, "q p"]]:
        if self.layers is None:
            self.layers = [np.zeros((x.shape[1], 2))]
        if self.by_name is None:
            self.by_name = {"a": np.zeros(4)}
        self.by_name["a"].sum()
        return [w.T for w in self.layers]

    def may_be_none(self) -> int:
        self.w = maybe()
        return len(self.w)  # E: incompatible type "ndarray[Float, p, q] | None"; expected "Sized" [arg-type]

    def is_none(self) -> int:
        self.w = None
        return len(self.w)  # E: incompatible type "None"; expected "Sized" [arg-type]

    def in_one_branch(self, flag: bool) -> int:
        if flag:
            self.w = np.zeros((3, 2))
        return len(self.w)  # E: incompatible type "ndarray[Float, p, q] | None"; expected "Sized" [arg-type]


def two() -> tuple[Float[np.ndarray, "3 2"], int]:
    return np.zeros((3, 2)), 1


def maybe() -> Float[np.ndarray, "3 2"] | None:
    return np.zeros((3, 2))


def of_another(lazy: Lazy) -> int:
    lazy.w = np.zeros((3, 2))
    return len(lazy.w)


class Kept:
    v: Float[np.ndarray, "p"] | None = None
    u: Float[np.ndarray, "p"] | None = None


def of_kept(kept: Kept) -> int:
    kept.v = np.zeros(3)  # E: 3 and {kept.p} are not compared [tensor-shape-lost]
    return len(kept.v)


def variable(x: Float[np.ndarray, "n"], xs: list[int]) -> Float[np.ndarray, "n"]:
    mask: Float[np.ndarray, "n"] | None = None
    if mask is None:
        mask = np.ones(len(xs))  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]
    return x * mask
