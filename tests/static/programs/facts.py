"""What asserts and branches say about sizes is used where they hold, and nowhere else."""

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


# -- asserts: equal sizes


def added(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "m"]:
    assert x.shape[0] == y.shape[0]
    reveal_type(x + y)  # R: Tensor[Float, n]
    return x + y


def too_early(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    z = x + y  # E: shapes broadcast when their axes [tensor-shape]
    assert x.shape[0] == y.shape[0]
    return z


def lengths(x: Float[Tensor, "n k"], y: Float[Tensor, "m k"]) -> Float[Tensor, "n k"]:
    assert len(x) == len(y), "as many rows"
    return x * y


def named(x: Float[Tensor, "n k"], w: Float[Tensor, "j m"]) -> Float[Tensor, "n m"]:
    n, k = x.shape
    j, m = w.shape
    assert k == j and m > 0
    return x @ w


def chained(x: Float[Tensor, "n"], y: Float[Tensor, "m"], z: Float[Tensor, "k"]) -> Float[Tensor, "3"]:
    assert len(x) == len(y) == len(z) == 3
    return x + y + z


def whole_shapes(x: Float[Tensor, "n m"], y: Float[Tensor, "p q"]) -> Float[Tensor, "n m"]:
    assert x.shape == y.shape
    return y


def wrong_sum(x: Float[Tensor, "n"], y: Float[Tensor, "m"], z: Float[Tensor, "k"]) -> Float[Tensor, "n"]:
    assert x.shape[0] == y.shape[0]
    return x + z  # E: shapes broadcast when their axes [tensor-shape]


def wrong_result(x: Float[Tensor, "n"], y: Float[Tensor, "m"], z: Float[Tensor, "k"]) -> Float[Tensor, "k"]:
    assert x.shape[0] == y.shape[0]
    return x + y  # E: Incompatible return value type [tensor-shape]


def unequal(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    assert x.shape[0] != y.shape[0]
    return y  # E: Incompatible return value type [tensor-shape]


def either(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    assert x.shape[0] == y.shape[0] or x.shape[0] == 3
    return y  # E: Incompatible return value type [tensor-shape]


def contradiction(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    assert x.shape[0] == 3
    assert x.shape[0] == 4
    return y  # E: Incompatible return value type [tensor-shape]


# -- divisibility and bounds


def halves(x: Float[Tensor, "d"]) -> Float[Tensor, "2 d//2"]:
    (d,) = x.shape
    assert d % 2 == 0
    return x.reshape(2, d // 2)


def doubled(x: Float[Tensor, "d"]) -> Float[Tensor, "d"]:
    d = x.shape[0]
    assert d % 2 == 0
    y = x[: d // 2]
    return tl.concat([y, y], axis=0)


def assumed(x: Float[Tensor, "d"]) -> Float[Tensor, "2 d//2"]:
    return x.reshape(2, -1)  # E: reshape: assumes 2 divides d [tensor-shape-assumed]


def odd(x: Float[Tensor, "d"]) -> Float[Tensor, "d"]:
    d = x.shape[0]
    assert d % 2 == 1
    y = x[: d // 2]
    return tl.concat([y, y], axis=0)  # E: Incompatible return value type [tensor-shape]


def heads(x: Float[Tensor, "t d"], h: int) -> Float[Tensor, "t {h} d//{h}"]:
    t, d = x.shape
    assert d % h == 0
    return x.reshape(t, h, d // h)


def heads_axis(x: Float[Tensor, "t d"], w: Float[Tensor, "h"]) -> Float[Tensor, "t h d//h"]:
    if x.shape[1] % w.shape[0]:
        raise ValueError("d is no multiple of h")
    return x.reshape(len(x), len(w), -1)


def merged(x: Float[Tensor, "t d"], w: Float[Tensor, "h"]) -> Float[Tensor, "t d"]:
    t, d = x.shape
    h = len(w)
    assert d % h == 0
    return x.reshape(t, h, d // h).reshape(t, -1)


def tail(x: Float[Tensor, "n"]) -> Float[Tensor, "n-2"]:
    assert len(x) >= 2
    return x[2:]


def tail_strict(x: Float[Tensor, "n"]) -> Float[Tensor, "n-2"]:
    if not len(x) > 1:
        raise ValueError("too short")
    return x[2:]


def tail_assumed(x: Float[Tensor, "n"]) -> Float[Tensor, "n-3"]:
    assert len(x) >= 2
    return x[3:]  # E: getitem: assumes 3 <= n [tensor-shape-assumed]


def windows(x: Float[Tensor, "n"], w: Float[Tensor, "k"]) -> Float[Tensor, "n-k"]:
    assert len(x) >= len(w)
    return x[len(w) :]


def multiples_and_bounds(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "3"]:
    assert len(x) > 2 and len(x) % len(y) == 0
    return x[:3]


def products(x: Float[Tensor, "n m"], p: int, q: int) -> Float[Tensor, "{p} {q}"]:
    n, m = x.shape
    assert n * m == p * q
    return x.reshape(p, q)


def wrong_products(x: Float[Tensor, "n m"], p: int, q: int) -> Float[Tensor, "{p} {q}"]:
    n, m = x.shape
    assert n + m == p * q
    return x.reshape(p, q)  # E: reshape keeps the number of elements [tensor-shape]


# -- branches


def inside(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    if x.shape[0] == y.shape[0]:
        return x + y
    x + y  # E: shapes broadcast when their axes [tensor-shape]
    return x


def in_the_else(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    if x.shape[0] == y.shape[0]:
        return y
    else:
        return y  # E: Incompatible return value type [tensor-shape]


def after_the_branch(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    if x.shape[0] == y.shape[0]:
        tl.exp(y)
    return y  # E: Incompatible return value type [tensor-shape]


def early_exit(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    if x.shape[0] != y.shape[0]:
        raise ValueError("unequal")
    return y


def early_exit_not(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    if not (len(x) == len(y) and len(x) >= 2):
        return x
    return y


def no_exit(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    if x.shape[0] != y.shape[0]:
        print("unequal")
    return y  # E: Incompatible return value type [tensor-shape]


def else_of_unequal(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    if x.shape[0] != y.shape[0]:
        return x
    elif len(x) == 7:
        return tl.zeros(7)
    else:
        return y


def elif_alone(x: Float[Tensor, "n"], y: Float[Tensor, "m"], flag: bool) -> Float[Tensor, "n"]:
    if flag:
        return x
    elif len(x) == len(y):
        return y
    return y  # E: Incompatible return value type [tensor-shape]


def loop(x: Float[Tensor, "n"], y: Float[Tensor, "m"], steps: int) -> Float[Tensor, "n"]:
    for _ in range(steps):
        if len(y) != len(x):
            continue
        x = x + y
    while len(x) == len(y):
        x = x + y
    x + y  # E: shapes broadcast when their axes [tensor-shape]
    return x


def guarded(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    try:
        assert len(x) == len(y)
    except AssertionError:
        return y  # E: Incompatible return value type [tensor-shape]
    return y


def swallowed(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    try:
        assert len(x) == len(y)
    except AssertionError:
        pass
    return y  # E: Incompatible return value type [tensor-shape]


# -- names are the axes', not the variables'


def rebound(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    assert len(x) == 3
    x = y
    return tl.zeros(3)


def rebound_size(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    k = len(x)
    assert k == 3
    k = len(y)
    reveal_type(tl.zeros(k))  # R: Tensor[Float64, m]
    return tl.zeros(k)  # E: Incompatible return value type [tensor-shape]


def count_down(x: Float[Tensor, "n"], k: int) -> Float[Tensor, "4"]:
    assert k == 4
    k -= 1
    return tl.zeros(k)  # E: The shape is lost [tensor-shape-lost]


def asserted_int(x: Float[Tensor, "n"], k: int) -> Float[Tensor, "n"]:
    assert k == len(x)
    return x + tl.zeros(k)


# -- functions inside functions


def closure(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    def before() -> Float[Tensor, "n"]:
        return y

    assert len(x) == len(y)

    def shifted() -> Float[Tensor, "n"]:
        return tl.grad(lambda v: tl.sum(v * y))(x)

    return shifted()  # E: The shape is lost: ? of the result is not compared with n [tensor-shape-lost]


def other_calls(x: Float[Tensor, "n"], y: Float[Tensor, "m"], z: Float[Tensor, "k"]) -> Float[Tensor, "n"]:
    def of_its_own(v: Float[Tensor, "i"], w: Float[Tensor, "j"]) -> Float[Tensor, "i"]:
        assert len(v) == len(w)
        return w

    of_its_own(x, y)
    return y  # E: Incompatible return value type [tensor-shape]


# -- calls


def same_rows(x: Float[Tensor, "a k"], y: Float[Tensor, "a k"]) -> Float[Tensor, "a"]:
    return tl.sum(x * y, axis=1)


def calls(x: Float[Tensor, "n k"], y: Float[Tensor, "m k"]) -> Float[Tensor, "m"]:
    same_rows(x, y)  # E: axis 0 (a) of argument 2 (y) must be n; got m [tensor-shape]
    assert len(x) == len(y)
    return same_rows(x, y)


def local_variable(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "m"]:
    a: Float[Tensor, "m"] = x  # E: Incompatible types in assignment [tensor-shape]
    assert len(x) == len(y)
    b: Float[Tensor, "m"] = x
    return b


def energy(x: Float[Tensor, "a"], y: Float[Tensor, "a"]) -> Float[Tensor, ""]:
    return tl.sum(x * y)


def gradients(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "m"]:
    tl.grad(energy)(x, y)  # E: axis 0 (a) of argument 2 (y) must be n; got m [tensor-shape]
    assert len(x) == len(y)
    return tl.grad(energy)(x, y)


class Layer(tl.Module):
    w: Float[Tensor, "o i"]
    heads: int

    def __call__(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b o"]:
        if x.shape[-1] != self.w.shape[1]:
            raise ValueError("another width")
        return x @ self.w.T

    def split(self, x: Float[Tensor, "t d"]) -> Float[Tensor, "t {self.heads} d//{self.heads}"]:
        t, d = x.shape
        assert d % self.heads == 0
        return x.reshape(t, self.heads, -1)  # E: reshape: assumes t*{self.heads} >= 1 [tensor-shape-assumed]
