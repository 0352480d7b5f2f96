"""Tensors in containers, in loops over them, and in local variables."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Optional

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def cont(x: Float[Tensor, "n"], m: Float[Tensor, "n k"], xs: list[Float[Tensor, "n"]], it: Iterable[Float[Tensor, "n"]], seq: Sequence[Float[Tensor, "n"]], d: dict[str, Float[Tensor, "n"]], t: tuple[Float[Tensor, "n"], ...]) -> None:
    xs.append(x)
    xs.append(m)  # E: Argument 1 to "append" of "list" has incompatible type "Tensor[Float, n, k]"; expected "Tensor[Float, n]" [tensor-shape]
    xs.append(tl.concat([x, x]))  # E: Argument 1 to "append" of "list" has incompatible type "Tensor[Float, 2*n]"; expected "Tensor[Float, n]" [tensor-shape]
    xs.extend([x, x])
    xs.extend([m[0]])  # E: List item 0 has incompatible type "Tensor[Float, k]"; expected "Tensor[Float, n]" [tensor-shape]
    xs[0] = x
    xs[0] = m[0]  # E: Incompatible types in assignment (expression has type "Tensor[Float, k]", target has type "Tensor[Float, n]") [tensor-shape]
    xs += [x]
    xs.insert(0, m)  # E: Argument 2 to "insert" of "list" has incompatible type "Tensor[Float, n, k]"; expected "Tensor[Float, n]" [tensor-shape]
    d["a"] = x
    d["a"] = m  # E: Incompatible types in assignment (expression has type "Tensor[Float, n, k]", target has type "Tensor[Float, n]") [tensor-shape]
    reveal_type(d.get("a"))  # R: Tensor[Float, n] | None
    reveal_type(d.get("a", x))  # R: Tensor[Float, n]
    reveal_type(d["a"])  # R: Tensor[Float, n]
    reveal_type(list(d.values()))  # R: list[Tensor[Float, n]]
    for k, v in d.items():
        reveal_type(v)  # R: Tensor[Float, n]
    reveal_type(copy.copy(x))  # R: Tensor[Float, n]
    reveal_type(copy.deepcopy(x))  # R: Tensor[Float, n]
    reveal_type([y * 2 for y in xs])  # R: list[Tensor[Float, n]]
    reveal_type({i: y for i, y in enumerate(xs)})  # R: dict[int, Tensor[Float, n]]
    for i, (p, q) in enumerate(zip(xs, seq)):
        reveal_type(p + q)  # R: Tensor[Float, n]
    for r in m:
        reveal_type(r)  # R: Tensor[Float, k]
    reveal_type([r for r in m])  # R: list[Tensor[Float, k]]
    reveal_type(list(map(lambda y: y * 2, xs)))  # R: list[Tensor[Float, n]]
    reveal_type(sum(xs))  # R: Tensor[Float, n]
    reveal_type(sorted(xs, key=lambda y: y.shape[0]))  # R: list[Tensor[Float, n]]
    reveal_type(list(reversed(xs)))  # R: list[Tensor[Float, n]]
    reveal_type(max(xs, key=lambda y: 1))  # R: Tensor[Float, n]
    reveal_type(t[0] + t[1])  # R: Tensor[Float, n]
    reveal_type(next(iter(xs)))  # R: Tensor[Float, n]
    reveal_type(xs[0] + xs[-1])  # R: Tensor[Float, n]
    reveal_type([*xs, x])  # R: list[Tensor[Float, n]]
    bad: list[Float[Tensor, "k"]] = xs  # E: Incompatible types in assignment (expression has type "list[Tensor[Float, n]]", variable has type "list[Tensor[Float, k]]") [tensor-shape]
    a2, *rest = xs
    reveal_type(rest)  # R: list[Tensor[Float, n]]
    u, v2 = m.mT, x
    reveal_type(u @ v2)  # R: Tensor[Float, k]
    acc: list[Float[Tensor, "n"]] = []
    for r in m.mT:
        acc.append(r)
    for r in m:
        acc.append(r)  # E: Argument 1 to "append" of "list" has incompatible type "Tensor[Float, k]"; expected "Tensor[Float, n]" [tensor-shape]
    out = []
    for r in m:
        out.append(r)
    reveal_type(out)  # R: list[Tensor[Float, k]]
    res = {}
    res["q"] = m
    reveal_type(res)  # R: dict[str, Tensor[Float, n, k]]
    first = xs and xs[0]
    w = xs[0] if xs else None
    if w is not None:
        reveal_type(w)  # R: Tensor[Float, n]
    if isinstance(w, Tensor):
        reveal_type(w)  # R: Tensor[Float, n]
    z = w or x
    (n := x)
    reveal_type(n)  # R: Tensor[Float, n]
    tt = (x, m)
    reveal_type(tt[1])  # R: Tensor[Float, n, k]

def tern(x: Float[Tensor, "n"], y: Float[Tensor, "m"], k: bool) -> None:
    z = x if k else y
    reveal_type(z)  # R: Tensor[Float, n] | Tensor[Float, m]
    z + tl.zeros(3)  # E: add: shapes broadcast when their axes, from the last, are equal or 1; got [n] and [3]; wanted n and 3 equal, or one of them 1 [tensor-shape]
    s = x if k else x * 2
    reveal_type(s)  # R: Tensor[Float, n]
    s.sum(axis=1)  # E: sum: the axis must be the axis of [n]; got axis 1 [tensor-shape]

def uses(a: list[Float[Tensor, "n"]], b: Sequence[Float[Tensor, "n"]], c: Mapping[str, Float[Tensor, "n m"]]) -> Float[Tensor, "n"]:
    return a[0] + b[0]
uses([tl.zeros(3)], (tl.zeros(3), tl.zeros(3)), {"a": tl.zeros((3, 4))})
uses([tl.zeros(3)], (tl.zeros(4), tl.zeros(4)), {"a": tl.zeros((3, 4))})  # E: uses: axis 0 (n) of item 1 of argument 2 (b) must be 3; got 4; where n=3 from item 1 of argument 1 (a) [tensor-shape]
uses([tl.zeros(3)], (tl.zeros(3), tl.zeros(4)), {"a": tl.zeros((3, 4))})  # E: uses: axis 0 (n) of item 2 of argument 2 (b) must be 3; got 4; where n=3 from item 1 of argument 1 (a) [tensor-shape]
uses([tl.zeros(3)], [tl.zeros(3)], {"a": tl.zeros((4, 4))})  # E: uses: axis 0 (n) of item 1 of argument 3 (c) must be 3; got 4; where n=3 from item 1 of argument 1 (a) [tensor-shape]
def opt(x: Optional[Float[Tensor, "n"]], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return y
opt(None, tl.zeros(3))
opt(tl.zeros(4), tl.zeros(3))  # E: opt: axis 0 (n) of argument 2 (y) must be 4; got 3; where n=4 from argument 1 (x) [tensor-shape]
opt(tl.zeros((3, 3)), tl.zeros(3))  # E: opt: argument 1 (x) has 2 axes, and 1 is needed; got [3, 3]; wanted [n] [tensor-shape]
def local(x: Float[Tensor, "n m"]) -> None:
    y: Float[Tensor, "m n"] = x.mT
    z: Float[Tensor, "n m"] = x.mT  # E: Incompatible types in assignment (expression has type "Tensor[Float, m, n]", variable has type "Tensor[Float, n, m]") [tensor-shape]
    w: Float[Tensor, "n"]
    w = x[:, 0]
    w = x[0]  # E: Incompatible types in assignment (expression has type "Tensor[Float, m]", variable has type "Tensor[Float, n]") [tensor-shape]
    q: Float[Tensor, "n+m"] = tl.concat([x[:, 0], x[0]])
    l: list[Float[Tensor, "n"]] = [x[:, 0], x[0]]  # E: List item 1 has incompatible type "Tensor[Float, m]"; expected "Tensor[Float, n]" [tensor-shape]
    t: tuple[Float[Tensor, "n"], Float[Tensor, "m"]] = (x[0], x[:, 0])  # E: Incompatible types in assignment (expression has type "tuple[Tensor[Float, m], Tensor[Float, n]]", variable has type "tuple[Tensor[Float, n], Tensor[Float, m]]") [tensor-shape]



def sizes_in_containers(a: Float[Tensor, "n 4"], b: Float[Tensor, "n n"]) -> None:
    first = list(a.shape)
    first[0] = 1
    second = list(b.shape)
    second[0] = 1
    second.append(4)
    reveal_type(second[0])  # R: int
    reveal_type([*b.shape])  # R: list[SymInt[n]]
    named = {"n": b.shape[0]}
    named["m"] = 7
    reveal_type(named["n"])  # R: int
    for size in second:
        reveal_type(size)  # R: int


def of_several_shapes(x: Float[Tensor, "n m"], y: Float[Tensor, "m k"], b: Float[Tensor, "m"], c: Float[Tensor, "k"]) -> None:
    for w in [x, y, x.mT]:
        w * 2
        reveal_type(tl.sum(w))  # R: Tensor[Float, ()]
    named = {"w": x, "v": y, "b": b, "c": c}
    reveal_type(tl.sum(named["w"]))  # R: Tensor[Float, ()]
    for w, shift in [(x, b), (y, c), (x.mT, b)]:
        reveal_type(w)  # R: Tensor[Float, Any, Any]
        shift * 2
