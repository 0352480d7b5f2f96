"""Functions of numpy that do more than go along one axis: differences, blocks, windows, pairs, index arrays, draws."""

import numpy as np
from jaxtyping import Bool, Float, Float64, Int
from numpy.lib.stride_tricks import sliding_window_view
from numpy.polynomial import chebyshev, polynomial
from numpy.typing import NDArray


def differences(x: Float[np.ndarray, "n"], y: Float[np.ndarray, "m"]) -> Float[np.ndarray, "n-1"]:
    reveal_type(np.diff(x, prepend=0.0, append=y))  # R: ndarray[Float64, m+n]
    return np.diff(x, prepend=0.0)  # E: Incompatible return value type (got "ndarray[Float64, n]", expected "ndarray[Float, n-1]")  [tensor-shape]


def blocks(q: Float[np.ndarray, "n n"], a: Float[np.ndarray, "m n"]) -> Float[np.ndarray, "n+m n+m"]:
    np.block([[q, a], [a.T, np.zeros((len(a), len(a)))]])  # E: block: the arrays must have equal axes; got [n, n] and [m, n]: axis 0 is n and m  [tensor-shape]
    return np.block([[q, a.T], [a, np.zeros((len(a), len(a)))]])


def windows(x: Float[np.ndarray, "n"], z: Float[np.ndarray, "n 5"], k: int) -> Float[np.ndarray, "4 n"]:
    reveal_type(sliding_window_view(z, 2, axis=1))  # R: ndarray[Float, n, 4, 2]
    sliding_window_view(z, 6, axis=1)  # E: sliding_window_view: a window is not longer than the array; got 6 in [n, 5]  [tensor-shape]
    reveal_type(x * np.hanning(len(x)))  # R: ndarray[Float64, n]
    reveal_type(np.kaiser(k, 5.0))  # E: kaiser: assumes {k} >= 0  [tensor-shape-assumed]  # R: ndarray[Float64, {k}]
    x * np.hamming(len(x) + 1)  # E: mul: shapes broadcast when their axes, from the last, are equal or 1; got [n] and [n+1]; wanted n and n+1 equal, or one of them 1  [tensor-shape]
    return np.lib.stride_tricks.sliding_window_view(x, 4)  # E: sliding_window_view: assumes n-3 >= 1  [tensor-shape-assumed]  # E: Incompatible return value type (got "ndarray[Float, n-3, 4]", expected "ndarray[Float, 4, n]")  [tensor-shape]


def pairs(x: Float[np.ndarray, "n"], y: Float[np.ndarray, "m"], b: Bool[np.ndarray, "n m"]) -> Float[np.ndarray, "m n"]:
    reveal_type(np.less.outer(x, y))  # R: ndarray[Bool, n, m]
    reveal_type(np.add.reduce(b, axis=0, keepdims=True))  # R: ndarray[Int64, 1, m]
    reveal_type(np.maximum.accumulate(x))  # R: ndarray[Float, n]
    reveal_type(np.logical_or.reduce(b, axis=-1))  # R: ndarray[Bool, n]
    reveal_type(np.add.reduceat(x, [0, 2, 3]))  # R: ndarray[Float, 3]
    np.add.reduce(b, axis=2)  # E: reduce: the axis must be one of the 2 axes of [n, m]; got axis 2  [tensor-shape]
    return np.subtract.outer(x, y)  # E: Incompatible return value type (got "ndarray[Float, n, m]", expected "ndarray[Float, m, n]"); try: transpose it: .mT  [tensor-shape]


def in_brackets(x: Float[np.ndarray, "n"], z: Float[np.ndarray, "n m"], k: int) -> Float[np.ndarray, "n m"]:
    reveal_type(np.r_[0.0, x, 1.0])  # R: ndarray[Float, n+2]
    reveal_type(np.r_[0:k, 7])  # R: ndarray[Int64, {k}+1]
    reveal_type(np.mgrid[0:k, 1:5])  # R: ndarray[Int64, 2, {k}, 4]
    reveal_type(np.ogrid[0:k, 0:3])  # R: tuple[ndarray[Int64, {k}, 1], ndarray[Int64, 1, 3]]
    np.r_["0,2", x]  # E: The shape is lost: what stands between the brackets is not known before the program runs  [tensor-shape-lost]
    return np.c_[z, x]  # E: Incompatible return value type (got "ndarray[Float, n, m+1]", expected "ndarray[Float, n, m]")  [tensor-shape]


def index_arrays(s: Float[np.ndarray, "n n"], i: Int[np.ndarray, "k"]) -> Float[np.ndarray, "n*(n-1)//2"]:
    reveal_type(s[np.ix_(i, i[1:])])  # R: ndarray[Float, k, k-1]
    reveal_type(s[np.triu_indices(len(s))])  # R: ndarray[Float, ((n**2+n)//2)]
    reveal_type(np.triu_indices_from(s, 2)[0])  # R: ndarray[Int64, ((n**2+n)//2)-2*n+1]
    reveal_type(s[np.unravel_index(np.argmax(s), s.shape)])  # R: numpy.float64
    s[np.nonzero(s > 0)]  # E: The shape is lost: nothing is known of axis 0 of [?]  [tensor-shape-lost]
    return s[np.triu_indices(len(s), 1)]


def draws(n: int, mean: Float[np.ndarray, "d"], cov: Float[np.ndarray, "d d"]) -> Float[np.ndarray, "d {n}"]:
    rng = np.random.default_rng(0)
    reveal_type(rng.dirichlet(mean, size=(n, 2)))  # R: ndarray[Float64, {n}, 2, d]
    reveal_type(rng.multinomial(10, mean))  # R: ndarray[Int64, d]
    rng.multivariate_normal(mean, cov[1:])  # E: multivariate_normal: a covariance has a row and a column for each mean; got [d-1, d]; wanted [d, d]  [tensor-shape]
    return rng.multivariate_normal(mean, cov, size=n)  # E: Incompatible return value type (got "ndarray[Float64, {n}, d]", expected "ndarray[Float, d, {n}]"); try: transpose it: .mT  [tensor-shape]


def number(x: Float[np.ndarray, "n"]) -> float:
    rng = np.random.default_rng(0)
    return rng.random() + np.random.rand() + rng.standard_normal() + np.random.randint(3)


def polynomials(x: Float[np.ndarray, "n"], c: Float[np.ndarray, "k"]) -> Float[np.ndarray, "n k+1"]:
    reveal_type(polynomial.polyval(x, c))  # R: ndarray[Float, n]
    reveal_type(np.polyder(c))  # R: ndarray[Float, k-1]
    return chebyshev.chebvander(x, len(c) - 1)  # E: Incompatible return value type (got "ndarray[Float, n, k]", expected "ndarray[Float, n, k+1]")  [tensor-shape]


def statistics(x: Float[np.ndarray, "n"], z: Float[np.ndarray, "n m"], k: int) -> Float[np.ndarray, "2 2"]:
    reveal_type(np.cov(z, z[0]))  # R: ndarray[Float64, n+1, n+1]
    reveal_type(np.histogram2d(x, x, bins=(3, k))[0].shape)  # R: tuple[SymInt[3], SymInt[{k}]]
    reveal_type(np.histogram_bin_edges(x, k).shape)  # R: tuple[SymInt[{k}+1]]
    reveal_type(np.fromiter((0.5 for _ in range(k)), np.float64, k))  # R: ndarray[Float64, {k}]
    reveal_type(np.fft.irfftn(np.fft.rfftn(z), s=z.shape))  # R: ndarray[Float, n, m]
    reveal_type(np.rollaxis(z, 1))  # R: ndarray[Float, m, n]
    np.cov(x, z)  # E: cov: two sets of variables have as many values each; got n and m  [tensor-shape]
    return np.corrcoef(x, x)


def of_the_data(x: Float[np.ndarray, "n"], i: Int[np.ndarray, "n"]) -> None:
    np.unique(x)  # E: The shape is lost: nothing is known of axis 0 of [?]  [tensor-shape-lost]
    np.bincount(i, minlength=3)  # E: The shape is lost: nothing is known of axis 0 of [?]  [tensor-shape-lost]
    np.compress(x > 0, x)  # E: The shape is lost: nothing is known of axis 0 of [?]  [tensor-shape-lost]
    np.polymul(x, x)  # E: The shape is lost: nothing is known of axis 0 of [?]  [tensor-shape-lost]
    np.convolve(x, np.ones(3), mode="valid")  # E: The shape is lost: nothing is known of axis 0 of [?]  [tensor-shape-lost]


def same_numbers(x: Float[np.ndarray, "n m"], y: Float64[np.ndarray, "n 4"]) -> None:
    reveal_type(y.view(np.float32))  # R: ndarray[Float32, n, 8]
    reveal_type(y.view(np.int64))  # R: ndarray[Int64, n, 4]
    reveal_type(x.argpartition(2, axis=1))  # R: ndarray[Int64, n, m]
    x.view(np.float32)  # E: The shape is lost: nothing is known of axis 1 of [n, ?]  [tensor-shape-lost]
    reveal_type(np.random.gamma(1.0, 2.0, 3))  # R: ndarray[Float64, 3]
    np.diag_indices_from(x)  # E: diag_indices_from: a decomposition takes square matrices; got [n, m]: n rows and m columns  [tensor-shape]


def of_a_library(x: Float[np.ndarray, "n m"], y: NDArray[np.float64]) -> None:
    y + x  # E: The shape is lost: this cannot be decided: add: [...] and [n, m]  [tensor-shape-lost]
    np.apply_along_axis(np.sum, 0, x) * x  # E: The shape is lost: this cannot be decided: mul: [...] and [n, m]  [tensor-shape-lost]
    np.loadtxt("data") + x  # E: The shape is lost: this cannot be decided: add: [...] and [n, m]  [tensor-shape-lost]
    np.vectorize(lambda value: value)(x)  # E: The shape is lost: no shape file says what vectorize gives  [tensor-shape-lost]
    reveal_type(np.meshgrid(x, x[0], sparse=True))  # R: tuple[ndarray[Float, 1, m*n], ndarray[Float, m, 1]]
