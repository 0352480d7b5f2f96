"""What is read of arrays that may not have so many axes."""

import numpy as np
from jaxtyping import Bool, Float

from tl_dsl import Tensor


def lengths(a: Float[np.ndarray, "..."], b: Float[np.ndarray, "*b"], c: Float[Tensor, "... d"]) -> None:
    len(a)  # E: [...] may have no first axis [tensor-shape-lost]
    len(b)  # E: [*b] may have no first axis [tensor-shape-lost]
    len(c)


def rows(a: Float[Tensor, "..."], b: Float[np.ndarray, "*b"], c: Float[Tensor, "... d"]) -> None:
    for _ in a:  # E: [...] may have no first axis [tensor-shape-lost]
        pass
    for _, _ in zip(b, c):  # E: [*b] may have no first axis [tensor-shape-lost]
        pass


def sizes(a: Float[np.ndarray, "..."], c: Float[Tensor, "n"]) -> None:
    n, d = a.shape  # E: so many names for the sizes of any number of axes [tensor-shape-lost]
    n, *rest = a.shape
    h = a.shape[-2]  # E: an index among the sizes of any number of axes [tensor-shape-lost]
    h = a.shape[0]  # E: an index among the sizes of any number of axes [tensor-shape-lost]
    k = 1
    h, k = c.shape[0], a.shape[1]  # E: an index among the sizes of any number of axes [tensor-shape-lost]
    a.shape[:1]
    if a.ndim == 2:
        n, d = a.shape
        h = a.shape[1]
        len(a)


def scalar(m: Bool[np.ndarray, "n"]) -> None:
    len(m[0])  # E: a tensor without axes has no length [tensor-shape]


def elements(x: Float[np.ndarray, "*b n n-1 #d"]) -> None:
    x.reshape(-1, 6)  # E: reshape: assumes 6 divides the number of elements of [*b, n, n-1, #d] [tensor-shape-assumed]
    x.reshape(-1, 1)


def elements_of_one_or(x: Float[np.ndarray, "n #k"], y: Float[np.ndarray, "k"]) -> None:
    x.reshape(len(y), -1)  # E: reshape: assumes k divides the number of elements of [n, #k] [tensor-shape-assumed]
    x.reshape(len(x), -1)


def broadcast_first(a: Float[np.ndarray, "d #k"], b: Float[np.ndarray, "k d"]) -> None: ...


def what_may_bind(x: Float[np.ndarray, "n #m"], y: Float[np.ndarray, "n n"], z: Float[np.ndarray, "m n"]) -> None:
    broadcast_first(x, y)  # E: n of argument 2 (b) is not compared with #m [tensor-shape-lost]
    broadcast_first(x, z)


def both_broadcast(a: Float[Tensor, "#k"], b: Float[Tensor, "#k"]) -> None: ...


def two_that_may_bind(x: Float[Tensor, "#m"], y: Float[Tensor, "#n"]) -> None:
    both_broadcast(x, x)
    both_broadcast(x, y)  # E: #n of argument 2 (b) is not compared with #m [tensor-shape-lost]
