from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypedDict, Protocol
import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int, Bool, Shaped, Float32, Float64, Num
N: Final = 6
Image = Float[np.ndarray, "h w c"]

def t01(a: Float[np.ndarray, "*b n k"], b: Float[np.ndarray, "*b k m"]) -> Float[np.ndarray, "*b m n"]:
    return a @ b  # E: Incompatible return value type (got "ndarray[Float, *b, n, m]", expected "ndarray[Float, * [tensor-shape]
def t01ok(a: Float[np.ndarray, "*b n k"], b: Float[np.ndarray, "*b k m"]) -> Float[np.ndarray, "*b n m"]:
    return a @ b
def t01b(a: Float[np.ndarray, "*b n k"], b: Float[np.ndarray, "*b m k"]) -> Float[np.ndarray, "*b n m"]:
    return a @ b  # E: matmul contracts the last axis of the left operand with the axis before the last of the ri [tensor-shape]
def t01bok(a: Float[np.ndarray, "*b n k"], b: Float[np.ndarray, "*b m k"]) -> Float[np.ndarray, "*b n m"]:
    return a @ np.swapaxes(b, -1, -2)
def t03(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n 5 d"]:
    return x.reshape(x.shape[0], 5, x.shape[1])  # E: reshape keeps the number of elements [tensor-shape]
def t05(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n"]:
    return np.argmax(x, axis=0)  # E: Incompatible return value type (got "ndarray[Int64, d]", expected "ndarray[Float, n]") [tensor-shape]
def t05ok(x: Float[np.ndarray, "n d"]) -> Int[np.ndarray, "n"]:
    return np.argmax(x, axis=1)
def t05b(x: Float[np.ndarray, "n d"]) -> Int[np.ndarray, "n"]:
    return np.argmax(x, axis=0)  # E: Incompatible return value type (got "ndarray[Int64, d]", expected "ndarray[Int, n]") [tensor-shape]
def t07(x: Float[np.ndarray, "n d"], i: Float[np.ndarray, "k"]) -> Float[np.ndarray, "k d"]:
    return x[i]  # E: getitem: an index is an integer or a boolean array [tensor-dtype]
def t07ok(x: Float[np.ndarray, "n d"], i: Int[np.ndarray, "k"]) -> Float[np.ndarray, "k d"]:
    return x[i]
def t07b(x: Float[np.ndarray, "n d"], i: Int[np.ndarray, "k"]) -> Float[np.ndarray, "n k"]:
    return x[i]  # E: Incompatible return value type (got "ndarray[Float, k, d]", expected "ndarray[Float, n, k] [tensor-shape]
def t09(x: Image) -> Float[np.ndarray, "c h w"]:
    return np.moveaxis(x, 0, -1)  # E: Incompatible return value type [tensor-shape]
def t09ok(x: Image) -> Float[np.ndarray, "c h w"]:
    return np.moveaxis(x, -1, 0)
def t11(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "3*n"]:
    return np.repeat(x, 2)  # E: Incompatible return value type (got "ndarray[Float, 2*n]", expected "ndarray[Float, 3*n]") [tensor-shape]
def t11ok(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "3*n"]:
    return np.repeat(x, 3)
def t11b(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "2*n 3*m"]:
    return np.tile(x, (3, 2))  # E: Incompatible return value type (got "ndarray[Float, 3*n, 2*m]", expected "ndarray[Float, 2 [tensor-shape]
def t11bok(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "2*n 3*m"]:
    return np.tile(x, (2, 3))
def t13(x: Float[np.ndarray, "1 n"]) -> Float[np.ndarray, "n"]:
    return np.squeeze(x, axis=1)  # E: squeeze drops only axes of size 1 [tensor-shape]
def t13ok(x: Float[np.ndarray, "1 n"]) -> Float[np.ndarray, "n"]:
    return np.squeeze(x, axis=0)
def t15(a: Float[np.ndarray, "i j"], b: Float[np.ndarray, "k j"]) -> Float[np.ndarray, "i k"]:
    return np.einsum("ij,jk->ik", a, b)  # E: einsum: a label of einsum has one size [tensor-shape]
def t15ok(a: Float[np.ndarray, "i j"], b: Float[np.ndarray, "k j"]) -> Float[np.ndarray, "i k"]:
    return np.einsum("ij,kj->ik", a, b)
def t17(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "n e"]) -> Float[np.ndarray, "n d+e"]:
    return np.concatenate([a, b], axis=0)  # E: concatenate: the arrays must have equal axes [tensor-shape]
def t17ok(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "n e"]) -> Float[np.ndarray, "n d+e"]:
    return np.concatenate([a, b], axis=1)
def t19(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "n e"]) -> Float[np.ndarray, "n d+e"]:
    return np.hstack([a, b, b])  # E: Incompatible return value type (got "ndarray[Float, n, d+2*e]", expected "ndarray[Float, n [tensor-shape]
def t19ok(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "n e"]) -> Float[np.ndarray, "n d+e"]:
    return np.hstack((a, b))
def softmax(x: Float[np.ndarray, "*b n"]) -> Float[np.ndarray, "*b n"]:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
def softmaxbug(x: Float[np.ndarray, "*b n"]) -> Float[np.ndarray, "*b n"]:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1)  # E: truediv: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]
def norm(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    return x / np.linalg.norm(x)
def norm2(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    return x / np.linalg.norm(x, axis=1, keepdims=True)
def norm2bug(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    return x / np.linalg.norm(x, axis=1)  # E: truediv: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]
def onehot(i: Int[np.ndarray, "n"], k: int) -> Float[np.ndarray, "n {k}"]:
    return np.eye(k)[i]
def mask(x: Float[np.ndarray, "n d"], m: Bool[np.ndarray, "n"]) -> Float[np.ndarray, "_ d"]:
    return x[m]  # E: nothing is known of axis 0 [tensor-shape-lost]
def scal(x: Float[np.ndarray, "n"]) -> float:
    return float(x.sum())
def scal2(x: Float[np.ndarray, "n"]) -> float:
    return x @ x
def dist(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "m d"]) -> Float[np.ndarray, "n m"]:
    return ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=-1)
def distbug(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "m d"]) -> Float[np.ndarray, "n m"]:
    return ((a[:, None] - b) ** 2).sum(axis=1)  # E: Incompatible return value type (got "ndarray[Float, n, d]", expected "ndarray[Float, n, m] [tensor-shape]
def outer(a: Float[np.ndarray, "n"], b: Float[np.ndarray, "m"]) -> Float[np.ndarray, "n m"]:
    return np.outer(b, a)  # E: Incompatible return value type (got "ndarray[Float, m, n]", expected "ndarray[Float, n, m] [tensor-shape]
def cov(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "d d"]:
    c = x - x.mean(axis=0)
    return c.T @ c / (len(x) - 1)
def covbug(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "d d"]:
    c = x - x.mean(axis=0)
    return c @ c.T / (len(x) - 1)  # E: Incompatible return value type (got "ndarray[Float, n, n]", expected "ndarray[Float, d, d] [tensor-shape]
def f32(x: Float32[np.ndarray, "n"]) -> Float32[np.ndarray, "n"]:
    return x * 2.0 + 1
def f32b(x: Float32[np.ndarray, "n"]) -> Float32[np.ndarray, "n"]:
    return x.astype(np.float64)  # E: Incompatible return value type (got "ndarray[Float64, n]", expected "ndarray[Float32, n]") [tensor-dtype]
def idx(x: Int[np.ndarray, "n"]) -> Int[np.ndarray, "n"]:
    return x / 2  # E: Incompatible return value type (got "ndarray[Float64, n]", expected "ndarray[Int, n]") [tensor-dtype]
def conv(x: Float[np.ndarray, "n"], w: Float[np.ndarray, "k"]) -> Float[np.ndarray, "n-k+1"]:
    n, k = len(x), len(w)
    out = np.zeros(n - k + 1)  # E: zeros: assumes n-k+1 >= 0 [tensor-shape-assumed]
    for i in range(n - k + 1):
        out[i] = x[i:i + k] @ w  # E: assumes a slice of k lies inside [tensor-shape-assumed]
    return out
def heads(x: Float[np.ndarray, "b t d"], h: int) -> Float[np.ndarray, "b {h} t d//{h}"]:
    b, t, d = x.shape
    return x.reshape(b, t, h, d // h).transpose(0, 2, 1, 3)  # E: assumes {h} divides d [tensor-shape-assumed]
def headsbug(x: Float[np.ndarray, "b t d"], h: int) -> Float[np.ndarray, "b {h} t d//{h}"]:
    b, t, d = x.shape
    return x.reshape(b, t, h, d // h)  # E: assumes {h} divides d [tensor-shape-assumed]  # E: Incompatible return value type [tensor-shape]
@dataclass
class Mlp:
    w1: Float[np.ndarray, "h i"]
    w2: Float[np.ndarray, "o h"]
    def __call__(self, x: Float[np.ndarray, "b i"]) -> Float[np.ndarray, "b o"]:
        return np.maximum(x @ self.w1.T, 0) @ self.w2.T
    def bug(self, x: Float[np.ndarray, "b i"]) -> Float[np.ndarray, "b o"]:
        return np.maximum(x @ self.w1.T, 0) @ self.w2  # E: matmul contracts the last axis of the left operand with the axis before the last of the ri [tensor-shape]
def lstm_loop(xs: Float[np.ndarray, "t d"], w: Float[np.ndarray, "d h"], u: Float[np.ndarray, "h h"]) -> Float[np.ndarray, "h"]:
    h = np.zeros(w.shape[1])
    for x in xs:
        h = np.tanh(x @ w + h @ u)
    return h
def power_iter(a: Float[np.ndarray, "n n"], steps: int) -> Float[np.ndarray, "n"]:
    v = np.ones(a.shape[0])
    for _ in range(steps):
        v = a @ v
        v = v / np.linalg.norm(v)
    return v
def kalman(p: Float[np.ndarray, "n n"], h: Float[np.ndarray, "m n"], r: Float[np.ndarray, "m m"]) -> Float[np.ndarray, "n m"]:
    s = h @ p @ h.T + r
    return p @ h.T @ np.linalg.inv(s)
def kalmanbug(p: Float[np.ndarray, "n n"], h: Float[np.ndarray, "m n"], r: Float[np.ndarray, "m m"]) -> Float[np.ndarray, "n m"]:
    s = h.T @ p @ h + r  # E: matmul contracts the last axis of the left operand with the axis before the last of the ri [tensor-shape]
    return p @ h.T @ np.linalg.inv(s)
def diffs(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n-1"]:
    return np.diff(x)
def diffsbug(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    return np.diff(x)  # E: Incompatible return value type (got "ndarray[Float, n-1]", expected "ndarray[Float, n]") [tensor-shape]
def stacks(xs: list[Float[np.ndarray, "d"]]) -> Float[np.ndarray, "_ d"]:
    return np.stack(xs)  # E: The shape is lost [tensor-shape-lost]
def vst(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "d"]) -> Float[np.ndarray, "n+1 d"]:
    return np.vstack([a, b])
def where(m: Bool[np.ndarray, "n"], x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    return np.where(m, x, 0.0)
def spl(x: Float[np.ndarray, "n 12"]) -> Float[np.ndarray, "n 4"]:
    a, b, c = np.split(x, 3, axis=1)
    return a + b + c
def splbug(x: Float[np.ndarray, "n 12"]) -> Float[np.ndarray, "n 4"]:
    a, b = np.split(x, 2, axis=1)
    return a + b  # E: Incompatible return value type (got "ndarray[Float, n, 6]", expected "ndarray[Float, n, 4] [tensor-shape]
def cs(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n m"]:
    return np.cumsum(x, axis=1)
def csbug(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n m"]:
    return np.cumsum(x)  # E: Incompatible return value type (got "ndarray[Float, m*n]", expected "ndarray[Float, n, m]" [tensor-shape]
def fin() -> Float[np.ndarray, "6 12"]:
    return np.zeros((N, 2 * N))
def finbug() -> Float[np.ndarray, "6 12"]:
    return np.zeros((2 * N, N))  # E: Incompatible return value type (got "ndarray[Float64, 12, 6]", expected "ndarray[Float, 6, [tensor-shape]
def tal(x: Float[np.ndarray, "n k"], i: Int[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    return np.take_along_axis(x, i[:, None], axis=1)[:, 0]
def fancy(x: Float[np.ndarray, "n k"], i: Int[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    return x[np.arange(len(i)), i]
def srt(x: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n k"]:
    return x[np.argsort(x[:, 0])]
def inpl(x: Float[np.ndarray, "n d"]) -> None:
    x[:, 0] = 1.0
    x[0] = np.zeros(x.shape[1])
    x[0] = np.zeros(x.shape[0])  # E: setitem: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]
def inpl2(x: Float[np.ndarray, "n d"]) -> None:
    x += np.ones(x.shape[1])
    x += np.ones(x.shape[0])  # E: iadd: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]
def rng(n: int) -> Float[np.ndarray, "{n} 3"]:
    g = np.random.default_rng(0)
    return g.normal(size=(n, 3))
def rngbug(n: int) -> Float[np.ndarray, "{n} 3"]:
    g = np.random.default_rng(0)
    return g.normal(size=(3, n))  # E: Incompatible return value type [tensor-shape]
def lin() -> Float[np.ndarray, "5"]:
    return np.linspace(0, 1, 5)
def mesh(x: Float[np.ndarray, "n"], y: Float[np.ndarray, "m"]) -> Float[np.ndarray, "m n"]:
    a, b = np.meshgrid(x, y)
    return a + b
def trap(y: Float[np.ndarray, "n"], dx: float) -> Float[np.ndarray, ""]:
    return dx * y.sum()  # E: Incompatible return value type (got "float64", expected "ndarray[Float, ()]") [tensor-shape]
def ternary(x: Float[np.ndarray, "n m"], flag: bool) -> Float[np.ndarray, "n m"]:
    y = x if flag else x.T
    return y  # E: Incompatible return value type (got "ndarray[Float, n, m] | ndarray[Float, m, n]", expecte [tensor-shape]


def without_axes(a: Float[np.ndarray, ""], b: Float[np.ndarray, "2 m"], flag: bool) -> Float[np.ndarray, "m 2"]:
    np.sum(a, axis=0)
    reveal_type(np.argmax(b[:, 1:], axis=1))  # E: argmax: assumes m-1 >= 1 [tensor-shape-assumed]  # R: ndarray[Int64, 2]
    b[:, 1:].max()  # E: max: assumes m-1 >= 1 [tensor-shape-assumed]
    np.max(b[:, 1:], initial=0.0)
    either = b if flag else np.zeros((2, b.shape[1]))
    reveal_type(np.zeros(either.shape[1]))  # R: ndarray[Float64, m]
    turned: Float[np.ndarray, "m 2"] = np.moveaxis(b + 1, 0, -1)
    return turned
def einsum_of_ones(a: Float[np.ndarray, "n 1"], b: Float[np.ndarray, "m k"]) -> Float[np.ndarray, "n k"]:
    return np.einsum("ij,jk->ik", a, b)
def appended(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n+1"]:
    return np.append(x, 1.0)
def appended_bug(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    return np.append(x, 1.0)  # E: Incompatible return value type [tensor-shape]
def filtered(x: Float[np.ndarray, "n"], taps: Float[np.ndarray, "k"]) -> Float[np.ndarray, "n"]:
    reveal_type(np.convolve(np.ones(9), np.ones(3), mode="same"))  # R: ndarray[Float64, 9]
    reveal_type(np.correlate(np.ones(3), np.ones(9)))  # R: ndarray[Float64, 7]
    np.convolve(x, taps, "valid") + x  # E: nothing is known [tensor-shape-lost]
    padded = np.concatenate([np.zeros(len(taps) - 1), x])
    wrong: Float[np.ndarray, "n"] = np.convolve(np.append(padded, 0.0), taps, mode="valid")  # E: Incompatible types in assignment [tensor-shape]
    return np.convolve(padded, taps, mode="valid")


def negative_sizes(x: Float[np.ndarray, "n m"], count: int) -> None:
    reveal_type(x.reshape(-7, x.shape[1]))  # R: ndarray[Float, n, m]
    reveal_type(np.reshape(x, (1, -len(x))))  # R: ndarray[Float, 1, m*n]
    reveal_type(x.reshape(-count, 1))  # R: ndarray[Float, m*n, 1]  # E: reshape: assumes {count} >= 1 [tensor-shape-assumed]
    x.reshape(-1, -len(x))  # E: reshape fills in at most one -1 [tensor-shape]
